"""Leads in any state, and the people around them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from common.isolation import Side, acting
from customers.models import Customer
from partners.models import User
from partners.roles import Role
from referrals.models import Referral
from referrals.states import CLOSED, State, Step
from tests import factories
from tests.factories import NOON

SOON = NOON + timedelta(hours=1)
MUCH_LATER = NOON + timedelta(days=60)
WITH_MICROSOFT = {State.SUBMITTED, State.RESUBMITTED, State.IN_REVIEW}
UNDECIDED = WITH_MICROSOFT | {State.RETURNED, State.OFFERED}


def columns_of(state: State, reviewer: User | None) -> dict[str, Any]:
    """What the columns of a lead hold in a state, written down a second time, without the table."""
    direction = {State.OFFERED: "inbound"}.get(state, "outbound")
    facts: dict[str, Any] = {"state": state, "deal_type": "co_sell", "direction": direction}
    if state != State.DRAFT:
        facts["submitted_at"] = NOON
    if state in UNDECIDED:
        facts["expires_at"] = NOON + timedelta(days=14)
    if state in WITH_MICROSOFT:
        facts["answer_due_at"] = NOON + timedelta(days=2)
    if state == State.IN_REVIEW:
        facts |= {"claimed_at": NOON, "claimed_until": NOON + timedelta(days=1), "claimed_from": State.SUBMITTED}
    if state not in (State.DRAFT, State.SUBMITTED, State.RESUBMITTED):
        facts |= {"reviewer": reviewer, "reviewer_name": str(reviewer)}
    if state in (State.ACCEPTED, State.DECLINED, State.WON, State.LOST):
        facts["decided_at"] = NOON
    if state in CLOSED:
        facts["closed_at"] = NOON
    facts |= {
        State.DECLINED: {"reason": "budget", "reason_text": "No money."},
        State.LOST: {"reason": "budget"},
        State.ERROR: {"reason": "test"},
        State.WON: {"won_value": Decimal("1.00")},
    }.get(state, {})
    return facts


def lead_in(
    state: State, *, customer: Customer, team: list[User], reviewer: User | None = None, **facts: Any
) -> Referral:
    """A complete lead in a state, agreed to by the customer, held or decided by the reviewer where somebody must."""
    lead: Referral = factories.ReferralFactory(customer=customer, team=team, **{**columns_of(state, reviewer), **facts})
    for kind in ("contact", "share_with_sellers"):
        factories.ConsentFactory(referral=lead, kind=kind)
    return lead


@dataclass(frozen=True)
class Cast:
    """Everybody who could want something of a lead; the first reviewer holds it where somebody does."""

    member: User
    colleague: User
    chief: User
    rival: User
    reviewer: User
    other_reviewer: User
    far_reviewer: User
    office: User
    policy_owner: User

    def of(self, who: str) -> User | None:
        """A person by the name of the part; the clock is nobody."""
        return None if who == "clock" else getattr(self, who)


WHO = (
    "member",
    "colleague",
    "chief",
    "rival",
    "reviewer",
    "other_reviewer",
    "far_reviewer",
    "office",
    "policy_owner",
    "clock",
)


def cast_for(customer: Customer) -> Cast:
    """The people around a customer of a partner, in Germany."""

    def reviewer(**scope: str) -> User:
        user = factories.UserFactory(channel_manager=True)
        factories.ChannelScopeFactory(user=user, **scope)
        return user

    return Cast(
        member=factories.UserFactory(partner=customer.partner, name="Mia Member"),
        colleague=factories.UserFactory(partner=customer.partner, name="Cem Colleague"),
        chief=factories.UserFactory(partner=customer.partner, role=Role.PARTNER_ADMIN, name="Cora Chief"),
        rival=factories.UserFactory(name="Rick Rival"),
        reviewer=reviewer(),
        other_reviewer=reviewer(),
        far_reviewer=reviewer(country="FR"),
        office=factories.UserFactory(administrator=True),
        policy_owner=factories.UserFactory(policy_owner=True),
    )


def acting_as(user: User | None) -> Any:
    """In the database as that person's side; the clock is a worker."""
    if user is None:
        return acting(Side.WORKER)
    return acting(user.context.side, partner_id=user.context.partner_id, user_id=user.pk)


def asked_of(step: Step, who: str) -> dict[str, Any]:
    """Everything that a step could ask for; a clock comes when the time has passed."""
    reason = {Step.DECLINE: "budget", Step.REFUSE: "budget", Step.LOSE: "no_answer", Step.CLOSE_AS_ERROR: "test"}.get(
        step, ""
    )
    at: datetime = MUCH_LATER if who == "clock" else SOON
    return {"at": at, "reason": reason, "text": "Because.", "value": Decimal("10.00")}
