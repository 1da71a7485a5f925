"""What the room shows: the page of a lead, both sides' clock, the list, and the leads of a customer."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import now

from customers.models import Contact as Person
from customers.models import Customer
from partners.models import User
from referrals import services, wording
from referrals.clock import Span, spans, total
from referrals.models import Comment, Consent, EventKind, Favourite, Programme, Referral, ReferralEvent
from referrals.panels.registering import registration_panel
from referrals.states import CLOSED, REASONS, STEPS, DealType, Holder, State, Step, actor_of

# how a state looks: the kinds of the status component
LOOKS: dict[State, str] = {
    State.DRAFT: "off",
    State.OFFERED: "wait",
    State.SUBMITTED: "wait",
    State.IN_REVIEW: "info",
    State.RETURNED: "warn",
    State.RESUBMITTED: "wait",
    State.ACCEPTED: "good",
    State.DECLINED: "bad",
    State.EXPIRED: "bad",
    State.WITHDRAWN: "off",
    State.WON: "good",
    State.LOST: "bad",
    State.ERROR: "off",
}
HOLDER_LOOKS = {Holder.PARTNER: "warn", Holder.MICROSOFT: "wait", Holder.NOBODY: "off"}
ON_CUSTOMER = 5


@dataclass(frozen=True)
class Turn:
    """One span of the clock, ready to be shown."""

    label: str
    look: str
    span: Span
    spent: str


@dataclass(frozen=True)
class Clock:
    """Who held the ball how long, and until when an answer is due; the same for both sides."""

    turns: list[Turn]
    microsoft: str
    partner: str
    due_at: datetime | None
    is_overdue: bool
    expires_at: datetime | None


def clock(lead: Referral, *, at: datetime) -> Clock:
    """The two-sided clock of a lead at a moment."""
    moves = ReferralEvent.objects.filter(referral=lead).turns()
    found = spans(moves, lead.programme.hours(lead.country), now=at, closed_at=lead.closed_at)
    turns = [
        Turn(str(span.holder.label), HOLDER_LOOKS[Holder(span.holder)], span, wording.hours(span.spent))
        for span in found
    ]
    due = lead.answer_due_at
    return Clock(
        turns=turns,
        microsoft=wording.hours(total(found, Holder.MICROSOFT)),
        partner=wording.hours(total(found, Holder.PARTNER)),
        due_at=due,
        is_overdue=due is not None and due < at,
        expires_at=lead.expires_at,
    )


@dataclass(frozen=True)
class Happening:
    """One event in words."""

    event: ReferralEvent
    title: str
    reason: str
    changes: list[tuple[str, str, str]]


def timeline(lead: Referral, *, by: User) -> list[Happening]:
    """What happened, the newest first; comments stand on their own."""
    events = ReferralEvent.objects.visible_to(by).filter(referral=lead).exclude(kind=EventKind.COMMENTED)
    return [
        Happening(event, str(EventKind(event.kind).label), reason_label(event), _changes(event, lead, by))
        for event in events.order_by("-id")[:100]
    ]


def _changes(event: ReferralEvent, lead: Referral, by: User) -> list[tuple[str, str, str]]:
    if event.kind not in (
        EventKind.EDITED,
        EventKind.SHARED,
        EventKind.TEAM,
        EventKind.ASSIGNED,
        EventKind.REGISTRATION,
    ):
        return []
    return wording.changes_text(event.changes, hides_contact=not lead.contact(by).email)


def reason_label(event: ReferralEvent) -> str:
    """The reason of an event in words, '' without one."""
    reasons = REASONS.get(Step(event.kind)) if event.kind in Step.values else None
    return str(reasons(event.reason).label) if reasons and event.reason else ""


def steps_for(lead: Referral, *, by: User) -> list[Step]:
    """The steps that the table lets a person take now, submitting aside: that has a page of its own."""
    pages = (Step.SUBMIT, Step.KEEP)
    return [step for step, rule in STEPS.items() if step not in pages and services.may_take(rule, lead, by)]


def all_steps_for(lead: Referral, *, by: User) -> list[Step]:
    """The steps that the table lets a person take now, submitting included."""
    return [step for step, rule in STEPS.items() if services.may_take(rule, lead, by)]


def lead_links(lead: Referral, *, by: User) -> dict[str, Any]:
    """What stands around a lead for one person: consents, favourite, the appeal and what it was against."""
    related = Referral.objects.visible_to(by)
    return {
        "consents": list(
            Consent.objects.visible_to(by).filter(referral=lead).order_by("id").values_list("kind", flat=True)
        ),
        "is_favourite": Favourite.objects.visible_to(by).filter(referral=lead).exists(),
        "appeal_of": related.filter(appeal=lead).values_list("public_id", flat=True).first(),
        "appeal": related.filter(appeal_of=lead).values_list("public_id", flat=True).first(),
    }


def lead_page(lead: Referral, *, by: User) -> dict[str, Any]:
    """Everything on the page of a lead, forms aside."""
    at = now()
    return {
        "lead": lead,
        "title": lead.name or wording.nameless(),
        "look": LOOKS[State(lead.state)],
        "contact": lead.contact(by),
        "hides_contact": lead.hides_person(by),
        "clock": clock(lead, at=at),
        "happenings": timeline(lead, by=by),
        "comments": Comment.objects.visible_to(by).filter(referral=lead).order_by("id").prefetch_related("files"),
        "consents": Consent.objects.visible_to(by).filter(referral=lead).order_by("id"),
        "team": lead.team.select_related("user").order_by("id") if by.is_of_partner else [],
        "solutions": [wording.solution(one) for one in lead.solutions],
        "reason": wording.reason(lead.reason),
        "is_favourite": Favourite.objects.visible_to(by).filter(referral=lead).exists(),
        "may_talk": actor_of(by.role) is not None,
        "may_write": by.is_of_partner and not lead.is_closed,
        "may_share": by.is_of_partner
        and lead.state not in CLOSED | {State.DRAFT}
        and lead.deal_type != DealType.CO_SELL,
        "appeal": Referral.objects.visible_to(by).filter(appeal_of=lead).first()
        if lead.state == State.DECLINED
        else None,
        **registration_panel(lead, by=by, at=at),
    }


def known(customer: Customer, *, by: User, deals: list[Any]) -> dict[str, Any]:
    """What the portal knows already, for a new draft: the primary person and the newest open deal's value."""
    person = Person.objects.visible_to(by).current().filter(customer=customer).in_order().first()
    facts: dict[str, Any] = {"name": customer.name}
    if person:
        facts |= {
            "contact_first_name": person.first_name,
            "contact_last_name": person.last_name,
            "contact_email": person.email,
            "contact_phone": person.phone,
        }
    priced = next((deal for deal in deals if deal.amount is not None), None)
    if priced:
        facts |= {"value": priced.amount, "currency": priced.currency}
    dated = next((deal for deal in deals if deal.expected_close_date), None)
    if dated:
        facts["close_date"] = dated.expected_close_date
    return facts


def of_customer(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """The newest leads about a customer, and whether one may be begun."""
    leads = Referral.objects.visible_to(by).filter(customer=customer).select_related("programme").order_by("-id")
    newest = list(leads[: ON_CUSTOMER + 1])
    return {
        "customer": customer,
        "rows": [(lead, LOOKS[State(lead.state)]) for lead in newest[:ON_CUSTOMER]],
        "has_more": len(newest) > ON_CUSTOMER,
        "may_write": by.is_of_partner and customer.archived_at is None,
    }


def open_programmes(at: datetime) -> list[Programme]:
    """The programmes to which a lead can be sent now."""
    return [one for one in Programme.objects.outbound().order_by("code") if one.is_open(at)]
