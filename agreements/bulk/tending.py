"""What time and others change: links expire, reminders fall due, cut-offs come, partners change, Microsoft knows more.

Each pass takes rows in batches of their own transactions, and skips what somebody else holds; running it twice changes
nothing.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils.timezone import localdate

from agreements.models import Acceptance, Agreement
from agreements.policy import too_early_for
from agreements.services import microsoft, steps
from agreements.sql import DUE_REMINDERS
from agreements.states import SIGNED, STEPS, Path, State, Step
from common.isolation import Side, acting
from partners.roles import CspType

BATCH = 200
MOST_REMINDERS = 1_000
ASK_INVITED_AFTER = timedelta(minutes=10)
ASK_OTHERS_AFTER = timedelta(days=1)

Clock = Callable[[], datetime]


def tend(*, clock: Clock, most_batches: int = 50) -> dict[str, int]:
    """All passes; returns how many agreements or mails each of them touched."""
    passes: dict[str, Callable[[datetime], int]] = {
        "expired": expire_links,
        "reminded": remind,
        "asked_again": ask_again,
        "revoked": revoke_of_resellers,
        "learned": ask_microsoft,
    }
    return {name: _until_done(one, clock, most_batches) for name, one in passes.items()}


def _until_done(one: Callable[[datetime], int], clock: Clock, most_batches: int) -> int:
    total = 0
    for _turn in range(most_batches):
        with acting(Side.WORKER):
            done = one(clock())
        total += done
        if not done:
            break
    return total


def _taken(agreements: QuerySet[Agreement]) -> list[Agreement]:
    return list(agreements.order_by("id").select_for_update(of=("self",), skip_locked=True)[:BATCH])


def expire_links(at: datetime) -> int:
    """End links whose time is over."""
    due = Agreement.objects.filter(state=State.LINK_SENT, links__ended_at__isnull=True, links__expires_at__lte=at)
    found = _taken(due)
    for agreement in found:
        steps.take(agreement, Step.EXPIRE_LINK, doer=steps.worker(), at=at)
    return len(found)


def remind(at: datetime) -> int:
    """Put the reminders that are due into the outbox, each once."""
    with connection.cursor() as cursor:
        cursor.execute(DUE_REMINDERS, {"at": at, "most": MOST_REMINDERS})
        return int(cursor.rowcount)


def ask_again(at: datetime) -> int:
    """Agreements that a cut-off no longer lets count are to be accepted again."""
    rules = [row.rule for row in steps.cut_offs(localdate(at))]
    days = [rule.accepted_before for rule in rules if rule.accepted_before]
    if not days:
        return 0
    found = _taken(Agreement.objects.filter(state__in=SIGNED, accepted_on__lt=max(days)))
    for agreement in found:
        rule = too_early_for(agreement.accepted_on, rules)
        changes = {"cut_off": [None, rule.code if rule else ""]}
        steps.take(agreement, Step.ASK_AGAIN, doer=steps.worker(), at=at, changes=changes)
    return len(found)


def revoke_of_resellers(at: datetime) -> int:
    """An attestation is not carried over when its partner becomes an indirect reseller; a direct acceptance is (M10).

    Found by what stands in the rows, whichever door the partner's type was changed by.
    """
    found = _taken(
        Agreement.objects.filter(
            state__in=STEPS[Step.REVOKE].sources, partner__csp_type=CspType.INDIRECT_RESELLER, by_provider=False
        ).exclude(requests__state="taken")
    )
    for agreement in found:
        revoke(agreement, at=at)
    return len(found)


def revoke(agreement: Agreement, *, at: datetime) -> None:
    """Revoke one locked agreement and its attestations."""
    steps.take(agreement, Step.REVOKE, doer=steps.worker(), at=at)
    standing = Acceptance.objects.filter(agreement=agreement, revoked_at__isnull=True)
    standing.exclude(path=Path.DIRECT).update(revoked_at=at)


def ask_microsoft(at: datetime, *, customers: Collection[int] | None = None) -> int:
    """Ask about direct acceptances: often where the customer was invited, else once a day (M5, M9: there is no event)."""
    waiting = Agreement.objects.filter(state__in=STEPS[Step.LEARN_DIRECT].sources)
    if customers is not None:
        found = _taken(waiting.filter(customer__in=customers))
    else:
        is_due = Q(asked_at__isnull=True) | Q(asked_at__lte=at - ASK_OTHERS_AFTER)
        is_invited = Q(state=State.DIRECT_INVITED, asked_at__lte=at - ASK_INVITED_AFTER)
        due = waiting.filter(is_due | is_invited).order_by(F("asked_at").asc(nulls_first=True), "id")
        found = list(due.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    signed = microsoft.client().signed_among([agreement.customer_id for agreement in found])
    Agreement.objects.filter(pk__in=[agreement.pk for agreement in found]).update(asked_at=at)
    for agreement in found:
        if agreement.customer_id in signed:
            learn(agreement, at=at)
    return len(found)


def learn(agreement: Agreement, *, at: datetime) -> None:
    """Note a direct acceptance on a locked agreement; on which day it happened Microsoft does not say (M5)."""
    steps.take(agreement, Step.LEARN_DIRECT, doer=steps.worker(), at=at, path=Path.DIRECT)
    Acceptance.objects.create(
        partner_id=agreement.partner_id,
        customer_id=agreement.customer_id,
        agreement=agreement,
        path=Path.DIRECT,
        at=at,
        by_name=steps.worker().name,
    )
