"""The one way to move a lead from state to state: whoever asks, whatever the step."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Refused, Unfit
from partners.models import User
from referrals import wording
from referrals.clock import due, spans, total
from referrals.models import EventKind, Referral, ReferralEvent, TeamMember
from referrals.services.completeness import must_be_complete
from referrals.services.directing import route
from referrals.services.recording import locked, must_be_current, record, side_of
from referrals.states import (
    CLOSED,
    HOLDERS,
    REASONS,
    STEPS,
    UNDECIDED,
    Actor,
    DealType,
    Hold,
    Holder,
    Need,
    Rule,
    SalesStage,
    State,
    Step,
    target_of,
)


@dataclass(frozen=True)
class Said:
    """What goes with a step: a code of its list, words, the value won."""

    reason: str
    text: str
    value: Decimal | None


@transaction.atomic
def take_step(
    referral: Referral,
    step: Step,
    *,
    by: User | None,
    at: datetime,
    version: int | None = None,
    reason: str = "",
    text: str = "",
    value: Decimal | None = None,
) -> Referral:
    """Take one step of the table; `by` of None is the clock. Returns the lead in its new state, one event written.

    `version` is the one that the person saw (None: whatever it is). `reason` is a code of the step's list, `value` the
    value won. Refused with a sentence, and nothing written: another's lead (403), another's step (403), a state that does
    not fit or a claim of somebody else (409), an old version (412), something missing (422).
    """
    rule, said = STEPS[step], Said(reason, text.strip(), value)
    lead = locked(referral, by)
    actor = side_of(by)
    _must_be_theirs(rule, actor)
    _must_fit(rule, lead, actor, by)
    must_be_current(lead, version)
    _must_have(rule, lead, said, by=by, at=at)
    before, holder = lead.state, lead.reviewer_id
    _move(lead, rule, said, by=by, at=at)
    lead.save(update_fields=WRITTEN)
    if step == Step.TAKE_ON:
        _join(lead, by, at)
    moved = {"from_state": before, "to_state": lead.state, "reason": lead.reason, "text": said.text}
    # whoever held it is told when it was taken from them, and stands on the lead no longer
    changes = {"held_by": holder} if step == Step.RELEASE else {}
    record(lead, EventKind(step.value), by=by, at=at, changes=changes, **moved)
    return lead


def _join(lead: Referral, by: User | None, at: datetime) -> None:
    """Whoever takes a lead on works on it, and therefore sees it (R32, R53)."""
    facts = {"partner_id": lead.partner_id, "added_at": at, "added_by_name": str(by)}
    TeamMember.objects.get_or_create(referral=lead, user=by, defaults=facts)


# what a step may touch; the database lets a channel manager touch nothing else
WRITTEN = (
    "state",
    "version",
    "updated_at",
    "submitted_at",
    "answer_due_at",
    "expires_at",
    "reminders",
    "decided_at",
    "closed_at",
    "reviewer",
    "reviewer_name",
    "claimed_at",
    "claimed_until",
    "claimed_from",
    "reason",
    "reason_text",
    "won_value",
    "sales_stage",
    "routed_to",
    "routed_to_name",
    "routed_location",
)


def may_take(rule: Rule, lead: Referral, by: User) -> bool:
    """Whether the table lets a person take a step now, as far as can be seen without asking for anything."""
    try:
        actor = side_of(by)
        _must_be_theirs(rule, actor)
        _must_fit(rule, lead, actor, by)
    except Refused:
        return False
    return _fits_type(rule, lead)


def _must_be_theirs(rule: Rule, actor: Actor) -> None:
    if actor not in rule.actors:
        raise NotAllowed(wording.not_yours(rule.step))


def _must_fit(rule: Rule, lead: Referral, actor: Actor, by: User | None) -> None:
    if lead.state not in rule.sources:
        raise Refused(wording.wrong_state(rule.step, lead.state, lead.reviewer_name))
    is_held_by_other = lead.state == State.IN_REVIEW and (by is None or lead.reviewer_id != by.pk)
    if actor is Actor.REVIEWER and rule.hold in (Hold.OWN, Hold.FREE_OR_OWN) and is_held_by_other:
        raise Refused(wording.held_by(lead.reviewer_name))


def _fits_type(rule: Rule, lead: Referral) -> bool:
    is_private = lead.deal_type == DealType.PRIVATE
    return not ((Need.SHARED in rule.needs and is_private) or (Need.PRIVATE in rule.needs and not is_private))


def _must_have(rule: Rule, lead: Referral, said: Said, *, by: User | None, at: datetime) -> None:
    if not _fits_type(rule, lead):
        raise Unfit(
            _("This does not fit the deal type “%(type)s”.") % {"type": lead.get_deal_type_display()}, field="deal_type"
        )
    if Need.COMPLETE in rule.needs:
        must_be_complete(lead, at=at, by=by, is_new=lead.state == State.DRAFT)
    if Need.REASON in rule.needs and said.reason not in REASONS[rule.step].values:
        raise Unfit(_("Please choose a reason."), field="reason")
    if Need.TEXT in rule.needs and not said.text:
        raise Unfit(_("Please explain it in a few words."), field="text")
    if Need.VALUE in rule.needs and (said.value is None or said.value < 0):
        raise Unfit(_("Please enter the value that was won."), field="value")
    _must_be_overdue(rule, lead, by=by, at=at)


def _must_be_overdue(rule: Rule, lead: Referral, *, by: User | None, at: datetime) -> None:
    """The clock takes no step before its time."""
    if Need.OVERDUE in rule.needs and (lead.expires_at is None or at < lead.expires_at):
        raise Refused(_("The time to answer has not passed yet."))
    if by is None and rule.step == Step.RELEASE and (lead.claimed_until is None or at < lead.claimed_until):
        raise Refused(_("The time of this review has not passed yet."))


def _move(lead: Referral, rule: Rule, said: Said, *, by: User | None, at: datetime) -> None:
    before, target = lead.state, target_of(rule, lead.claimed_from)
    used = _used_by_microsoft(lead, at) if rule.step == Step.RESUBMIT else timedelta()
    lead.state, lead.version, lead.updated_at = target, lead.version + 1, at
    for name, value in _always(target).items():
        setattr(lead, name, value)
    for name, value in _of_step(lead, rule.step, before, by=by, at=at, used=used).items():
        setattr(lead, name, value)
    if target in CLOSED:
        lead.closed_at, lead.reason_text = at, said.text
    if rule.step in REASONS:
        lead.reason = said.reason
    if rule.step == Step.WIN:
        lead.won_value = said.value


def _always(target: State) -> dict[str, Any]:
    """What a state does not have; the constraints of the table say the same."""
    cleared: dict[str, Any] = {}
    if target != State.IN_REVIEW:
        cleared |= {"claimed_at": None, "claimed_until": None, "claimed_from": ""}
    if target not in UNDECIDED:
        cleared |= {"expires_at": None}
    if HOLDERS[target] != Holder.MICROSOFT:
        cleared |= {"answer_due_at": None}
    return cleared


def _of_step(
    lead: Referral, step: Step, before: str, *, by: User | None, at: datetime, used: timedelta
) -> dict[str, Any]:
    programme = lead.programme
    hours = programme.hours(lead.country)
    waits = {"expires_at": at + timedelta(days=programme.expiry_days), "reminders": 0}
    reviewer = {"reviewer": by, "reviewer_name": wording.name_of(by) if by else ""}
    if step == Step.SUBMIT:
        answer = {"submitted_at": at, "answer_due_at": due(at, programme.answer_time, hours)}
        return {**answer, **route(lead, at), **waits}
    if step == Step.RESUBMIT:
        left = max(programme.answer_time - used, timedelta())
        return {"answer_due_at": due(at, left, hours), **waits}
    if step == Step.CLAIM:
        until = due(at, timedelta(hours=programme.claim_hours), hours)
        return {"claimed_at": at, "claimed_until": until, "claimed_from": before, **reviewer}
    if step == Step.RELEASE:
        return {"reviewer": None, "reviewer_name": ""}
    if step == Step.RETURN:
        return {**waits, **reviewer}
    if step in (Step.ACCEPT, Step.DECLINE):
        return {"decided_at": at, "sales_stage": SalesStage.CREATED if step == Step.ACCEPT else "", **reviewer}
    if step in (Step.KEEP, Step.TAKE_ON):
        return {"decided_at": at, "sales_stage": SalesStage.CREATED}
    return {"decided_at": at} if step == Step.REFUSE else {}


def _used_by_microsoft(lead: Referral, at: datetime) -> timedelta:
    turns = ReferralEvent.objects.filter(referral=lead).turns()
    return total(spans(turns, lead.programme.hours(lead.country), now=at), Holder.MICROSOFT)
