"""Made-up conflicts of the demo: one that waits, one with an answer, one with an appeal against it."""

from datetime import datetime
from typing import Any

from common.isolation import acting
from customers import services
from customers.models import ConflictCase, ConflictSide, Customer
from customers.policy import Ground, Outcome
from partners.models import User

# how the answers go, by case: none yet, the earlier one stands, the earlier one stands and the later one appeals
_STORIES = ((False, False), (True, False), (True, True))


def dispute(*, first: User, second: User, judge: User, at: datetime) -> int:
    """Let another partner register some of the first one's customers, and a judge answer; returns how many cases."""
    with _as(first):
        theirs = list(
            Customer.objects.visible_to(first).current().filter(country="DE").order_by("-pk")[: len(_STORIES)]
        )
    for customer in theirs:
        facts = {"name": customer.name.removesuffix(" GmbH"), "segment": customer.segment}
        with _as(second):
            services.register(by=second, at=at, facts={**facts, "country": customer.country, "domain": customer.domain})
    services.compare(clock=lambda: at, grid=lambda moment: moment)
    with _as(judge):
        found = ConflictCase.objects.visible_to(judge).filter(sides__customer__in=[one.pk for one in theirs])
        cases = list(found.order_by("pk"))
    for case, (is_answered, is_appealed) in zip(cases, _STORIES, strict=False):
        if is_answered:
            _answer(case, judge, at=at)
        if is_appealed:
            _appeal(case, second, at=at)
    return len(cases)


def _as(person: User) -> Any:
    return acting(person.context.side, partner_id=person.partner_id, user_id=person.pk)


def _answer(case: ConflictCase, judge: User, *, at: datetime) -> None:
    with _as(judge):
        services.decide(case, by=judge, at=at, version=case.version, outcome=Outcome.FIRST, ground=Ground.FIRST_ACTIVE)


def _appeal(case: ConflictCase, by: User, *, at: datetime) -> None:
    with _as(by):
        side = ConflictSide.objects.visible_to(by).get(case=case)
        services.appeal(
            side, by=by, at=at, text="Wir betreuen die Firma seit Jahren und bauen gerade ihr Rechenzentrum um."
        )
