"""What the tests of comparison, receipts and verifying share: answers of different days, and ways to spoil them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from customers.models import Customer
from motions import bulk
from motions.ledger import canonical, fingerprint
from motions.models import Assessment, Deal, PolicyVersion
from motions.policy.editions import EDITIONS, FIRST
from motions.policy.kit import Edition
from motions.services.policies import publish
from tests import factories

THEN, LATER = datetime(2026, 3, 3, 12, tzinfo=UTC), datetime(2026, 4, 7, 12, tzinfo=UTC)
SECOND = Edition(number=2, rules=tuple(rule for rule in FIRST.rules if rule.code != "seats_reached"))


def judged(customer: Customer, at: datetime) -> Assessment:
    """The entry that stands after everything marked was judged at a moment."""
    factories.MarkFactory(customer=customer, partner=customer.partner)
    bulk.drain(clock=lambda: at, is_bulk=False)
    bulk.drain(clock=lambda: at, is_bulk=True)
    return Assessment.objects.filter(customer=customer).latest("pk")


def resized(deal: Deal, **facts: Any) -> None:
    Deal.objects.filter(pk=deal.pk).update(**facts)


def in_force_from(day: date, **limits: Any) -> PolicyVersion:
    """A version published and in force from a day."""
    draft = factories.PolicyVersionFactory(title_en="The next", title_de="Die nächste", valid_from=day, **limits)
    return publish(draft, at=LATER)


def altered(entry: Assessment, *, rehashed: bool = False, motion: str = "", **document: Any) -> Assessment:
    """The entry as somebody who owns the tables could rewrite it."""
    facts = {**entry.facts, **document}
    digest = fingerprint(facts) if rehashed else bytes(entry.hash)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE motions_assessment DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE motions_assessment SET facts = %s::jsonb, hash = %s, motion = %s WHERE id = %s",
            [canonical(facts), digest, motion or entry.motion, entry.pk],
        )
        cursor.execute("ALTER TABLE motions_assessment ENABLE TRIGGER USER")
    entry.refresh_from_db()
    return entry


@contextmanager
def second_edition() -> Iterator[None]:
    """A release that has an edition in which seats reach nothing; afterwards one that no longer has it."""
    EDITIONS[2] = SECOND
    try:
        yield
    finally:
        del EDITIONS[2]


def euro_deal(customer: Customer, amount: str) -> Deal:
    deal: Deal = factories.DealFactory(customer=customer, azure=True, currency="EUR", amount=Decimal(amount))
    return deal
