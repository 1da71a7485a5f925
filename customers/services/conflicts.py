"""The life of a conflict: opened by the worker, answered by a channel manager, appealed once by each side."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from common.isolation import Side, acting
from common.refusals import NotAllowed, Refused, Stale, Unfit
from customers.models import ConflictCase, ConflictDecision, ConflictEvent, ConflictSide, Customer, Merge
from customers.policy import OUTCOMES, CaseEventKind, Ground, Outcome, keeps
from customers.services.precedence import in_order
from customers.sql import comparing
from partners.models import User
from partners.roles import Role

BATCH = 500  # marks in one comparison
DECIDERS = frozenset({Role.CHANNEL_MANAGER, Role.ADMINISTRATOR})

Clock = Callable[[], datetime]
Grid = Callable[[datetime], datetime]


def compare(*, clock: Clock, grid: Grid, size: int = BATCH) -> int:
    """Compare every marked customer with other partners' ones; returns how many cases were opened.

    `grid` gives the moment as of which a case that is found now is shown, to both sides alike.
    """
    total = 0
    while True:
        with acting(Side.WORKER), connection.cursor() as cursor:
            cursor.execute(comparing.TAKE, {"size": size})
            customers = sorted({row[0] for row in cursor.fetchall()})
            if not customers:
                return total
            cursor.execute(comparing.OPEN, {"customers": customers, "opens": grid(clock())})
            total += cursor.fetchone()[0]


def settle(*, clock: Clock) -> int:
    """Answer the open cases of which a registration was withdrawn (archived, not merged); returns how many."""
    with acting(Side.WORKER):
        at = clock()
        gone = Customer.objects.filter(pk=OuterRef("customer"), archived_at__isnull=False)
        merged = Merge.objects.standing().filter(duplicate=OuterRef("customer"))
        withdrawn = ConflictSide.objects.filter(Exists(gone), ~Exists(merged), answered_at__isnull=True)
        cases = ConflictCase.objects.filter(answered_at__isnull=True, pk__in=withdrawn.values("case"))
        found = list(cases.select_for_update(of=("self",), skip_locked=True))
        for case in found:
            sides = list(case.sides.all())  # both stand: who was first does not matter
            _answer(case, Outcome.BOTH, sides=sides, ground=Ground.WITHDRAWN, text="", by=None, at=at)
        return len(found)


@transaction.atomic
def decide(
    case: ConflictCase, *, by: User, at: datetime, version: int, outcome: Outcome, ground: Ground, text: str = ""
) -> ConflictCase:
    """Answer a case, or the appeals against its answer (docs/conflicts.md). Both partners are told in neutral words.

    Refused: a case without a question (409), an older version (412), one's own answer on appeal (403), a ground that
    does not lead to the outcome or lacks its explanation (422).
    """
    if by.role not in DECIDERS:
        raise NotAllowed(_("Only channel managers and administrators answer conflict cases."))
    case = ConflictCase.objects.visible_to(by).select_for_update(of=("self",)).get(pk=case.pk)
    if case.version != version:
        raise Stale(_("Somebody else answered this case meanwhile. Please look at the answer first."))
    appeals = [side for side in case.sides.all() if side.answered_at and side.is_waiting]
    if case.answered_at and not appeals:
        raise Refused(_("This case has its answer, and nobody has appealed."))
    if appeals and by.role != Role.ADMINISTRATOR and _decided_before(case, by):
        raise NotAllowed(_("An appeal is decided by somebody who has not answered the case before."))
    _must_fit(outcome, ground, text, is_on_appeal=bool(appeals))
    sides = [claimant.side for claimant in in_order(case)]
    _answer(case, outcome, sides=sides, ground=ground, text=text.strip(), by=by, at=at)
    return case


def _decided_before(case: ConflictCase, by: User) -> bool:
    return case.decisions.filter(by=by).exists()


def _must_fit(outcome: Outcome, ground: Ground, text: str, *, is_on_appeal: bool) -> None:
    if ground is Ground.WITHDRAWN or outcome not in OUTCOMES[ground]:
        raise Unfit(_("This reason does not lead to this decision."), field="ground")
    if (ground is Ground.OTHER or is_on_appeal) and not text.strip():
        raise Unfit(_("Please explain the decision in a few words."), field="text")


def _answer(
    case: ConflictCase,
    outcome: Outcome,
    *,
    sides: list[ConflictSide],
    ground: Ground,
    text: str,
    by: User | None,
    at: datetime,
) -> None:
    """`sides`: the earlier one first."""
    is_on_appeal = case.answered_at is not None
    for place, side in enumerate(sides):
        _tell(side, stands=keeps(outcome, is_first=place == 0), at=at)
    ConflictDecision.objects.create(
        case=case,
        outcome=outcome,
        ground=ground,
        text=text,
        is_on_appeal=is_on_appeal,
        at=at,
        by=by,
        by_name=str(by or ""),
    )
    case.outcome, case.answered_at, case.version = outcome, at, case.version + 1
    case.save(update_fields=["outcome", "answered_at", "version"])


def _tell(side: ConflictSide, *, stands: bool, at: datetime) -> None:
    """A side learns what holds for it; on an appeal, who neither appealed nor is concerned learns nothing."""
    has_appealed = side.answered_at is not None and side.is_waiting
    if not has_appealed and side.stands == stands:
        return
    kind = CaseEventKind.APPEAL_ANSWERED if has_appealed else CaseEventKind.ANSWERED
    if has_appealed:
        side.appeal_answered_at = at
    side.stands, side.answered_at = stands, at
    side.save(update_fields=["stands", "answered_at", "appeal_answered_at"])
    ConflictEvent.objects.create(partner_id=side.partner_id, side=side, kind=kind, at=at, changes={"stands": stands})


@transaction.atomic
def appeal(side: ConflictSide, *, by: User, at: datetime, text: str) -> ConflictSide:
    """Appeal against an answer by which one's registration does not stand; once, within the time for it, with a reason."""
    if not by.is_of_partner:
        raise NotAllowed(_("Only the partner itself appeals."))
    side = ConflictSide.objects.visible_to(by).select_for_update(of=("self",)).get(pk=side.pk)
    if side.appealed_at:
        raise Refused(_("You have appealed in this case before; there is one appeal for each side."))
    until = side.appeal_until
    if until is None:
        raise Refused(_("There is nothing to appeal against."))
    if localdate(at) > until:
        raise Refused(_("The time for an appeal is over."))
    if not text.strip():
        raise Unfit(_("Please say why the answer should be looked at again."), field="text")
    side.appealed_at, side.appeal_text, side.appeal_by_name = at, text.strip(), str(by)
    side.save(update_fields=["appealed_at", "appeal_text", "appeal_by_name"])
    ConflictEvent.objects.create(
        partner_id=side.partner_id,
        side=side,
        kind=CaseEventKind.APPEALED,
        at=at,
        by_name=str(by),
        changes={"text": side.appeal_text},
    )
    return side
