"""People leave closed leads when the time of keeping is over; what happened to the lead stays."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from common.isolation import Side, acting

MOST_AT_ONCE = 200  # leads in one transaction


def anonymise_old(*, clock: Callable[[], datetime]) -> int:
    """Take people out of leads that were closed longer ago than they are kept; nothing while no time is set."""
    if not settings.LEADS_KEEP_DAYS:
        return 0
    before, total = clock() - timedelta(days=settings.LEADS_KEEP_DAYS), 0
    while True:
        with acting(Side.WORKER), connection.cursor() as cursor:
            cursor.execute("SELECT referrals_anonymise(%s, %s)", [before, MOST_AT_ONCE])
            done: int = cursor.fetchone()[0]
        total += done
        if done < MOST_AT_ONCE:
            return total
