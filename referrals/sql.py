"""Statements that the models cannot say."""

from django.db import connection
from django.utils.translation import gettext


def responsible(country: str = "", segment: str = "") -> dict[int, str]:
    """Name by key of the channel managers for a market and a segment; '' is any. In the order of their names.

    Who has entered no name is told by the work alone, never by an address.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM referrals_responsible(%s, %s)", [country, segment])
        return {pk: name or gettext("Channel manager") for pk, name in cursor.fetchall()}


def staffed(country: str = "", segment: str = "") -> set[int]:
    """Keys of the locations where somebody is responsible for a market and a segment; '' is any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT referrals_staffed(%s, %s)", [country, segment])
        return {pk for (pk,) in cursor.fetchall()}


def alone_with(what: str) -> None:
    """Wait until nobody else is at work on something that has no row yet; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 13))", [what])
