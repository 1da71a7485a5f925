"""A partner and two reviewers at one lead, each with the version they last saw, against a model that knows no table.

`--hypothesis-profile=long` plays 2,000 lives instead of the few of a usual run.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from common.refusals import NotAllowed, Refused, Stale, Unfit
from customers.models import Customer
from partners.models import User
from referrals.models import Referral, ReferralEvent
from referrals.services import change, take_step
from referrals.states import State, Step
from tests.motions.strategies import LONG
from tests.referrals.places import NOON, Cast, acting_as, cast_for, lead_in

pytestmark = pytest.mark.django_db
FEW = 25
WAITING = ("submitted", "resubmitted")
PEOPLE = ("member", "reviewer", "other_reviewer")


@dataclass
class Life:
    """The model: what must be true after each move, told with ifs."""

    state: str = "draft"
    version: int = 1
    holder: str = ""
    waited_as: str = ""
    events: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PEOPLE, 1))
    name: str = "first"

    def after(self, who: str, step: str) -> tuple[str, type[Exception] | None]:
        """(new state, None) or (the old one, refusal)."""
        if who != "member" and self.state == "draft":
            return self.state, NotAllowed
        new = self._by_partner(step) if who == "member" else self._by_reviewer(who, step)
        if new == "not yours":
            return self.state, NotAllowed
        if new == "":
            return self.state, Refused
        return (new, None) if self.seen[who] == self.version else (self.state, Stale)

    def _by_partner(self, step: str) -> str:
        if step in ("claim", "release", "return", "accept", "decline", "expire", "recall"):
            return "not yours"
        if step in ("take_on", "refuse"):
            return ""  # it came from the partner
        if step == "submit":
            return "submitted" if self.state == "draft" else ""
        if step == "resubmit":
            return "resubmitted" if self.state == "returned" else ""
        if step == "withdraw":
            return "withdrawn" if self.state in (*WAITING, "in_review", "returned") else ""
        if step in ("win", "lose"):
            return {"win": "won", "lose": "lost"}[step] if self.state == "accepted" else ""
        assert step == "close_as_error"
        return "error" if self.state in (*WAITING, "in_review", "returned", "accepted") else ""

    def _by_reviewer(self, who: str, step: str) -> str:
        if step in ("submit", "resubmit", "withdraw", "win", "lose", "expire", "take_on", "refuse"):
            return "not yours"
        if step == "recall":
            return ""
        if step == "claim":
            return "in_review" if self.state in WAITING else ""
        if self.state == "in_review" and self.holder != who:
            return ""
        if step == "release":
            return self.waited_as if self.state == "in_review" else ""
        if step == "close_as_error":
            return "error" if self.state in (*WAITING, "in_review", "returned", "accepted") else ""
        done = {"return": "returned", "accept": "accepted", "decline": "declined"}[step]
        return done if self.state in (*WAITING, "in_review") else ""

    def move(self, who: str, step: str, new: str) -> None:
        """Take the step."""
        if new == "in_review":
            self.holder, self.waited_as = who, self.state
        self.state, self.version = new, self.version + 1
        self.events.append(step)
        if who in self.seen:
            self.seen[who] = self.version


def refusal_of(by: User | None, work: Callable[[], Any]) -> type[Refused] | None:
    """What refused somebody's work, None when it was done."""
    try:
        with acting_as(by):
            work()
    except Refused as refusal:
        return type(refusal)
    return None


class ThreeAtOneLead(RuleBasedStateMachine):
    """Everybody acts on what they last saw; only looking again tells them more."""

    def __init__(self, customer: Customer, cast: Cast) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.model, self.now, self.cast = Life(), NOON, cast
        self.lead: Referral = lead_in(State.DRAFT, customer=customer, team=[cast.member], name="first")

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        self.go("member", "submit")

    def go(self, who: str, step: str) -> None:
        """Take a step as a person, and compare."""
        new, refusal = self.model.after(who, step)
        by = getattr(self.cast, who)
        asked: dict[str, Any] = {"text": "Because.", "value": Decimal("1.00")}
        asked["reason"] = "test" if step == "close_as_error" else "budget"
        found = refusal_of(
            by, lambda: take_step(self.lead, Step(step), by=by, at=self.now, version=self.model.seen[who], **asked)
        )
        assert found is refusal, (who, step)
        if not refusal:
            self.model.move(who, step, new)

    @rule(who=st.sampled_from(PEOPLE), step=st.sampled_from([step.value for step in Step if step != Step.KEEP]))
    def step(self, who: str, step: str) -> None:
        self.go(who, step)

    @rule(
        who=st.sampled_from(("reviewer", "other_reviewer")),
        step=st.sampled_from(["claim", "release", "return", "accept", "decline"]),
    )
    def review(self, who: str, step: str) -> None:
        """Reviewers do their work more often than they try what is not theirs."""
        self.look(who)
        self.go(who, step)

    @rule(who=st.sampled_from(PEOPLE))
    def look(self, who: str) -> None:
        self.model.seen[who] = self.model.version

    @rule(name=st.sampled_from(["second", "third"]))
    def edit(self, name: str) -> None:
        """The partner corrects the lead, where that is still open."""
        model = self.model
        by, seen = self.cast.member, model.seen["member"]
        found = refusal_of(by, lambda: change(self.lead, by=by, at=self.now, version=seen, facts={"name": name}))
        assert found is self._refusal_of_edit(name, seen)
        if not found and name != model.name:
            model.name, model.version = name, model.version + 1
            model.seen["member"] = model.version
            model.events.append("edited")
        # an edit that changes nothing is no edit

    def _refusal_of_edit(self, name: str, seen: int) -> type[Refused] | None:
        """A returned lead may be given another name, an accepted one may be changed but keeps its name."""
        if self.model.state not in ("returned", "accepted"):
            return Refused
        if seen != self.model.version:
            return Stale
        return Unfit if self.model.state == "accepted" and name != self.model.name else None

    @rule(hours=st.sampled_from([1, 30, 24 * 15]))
    def wait(self, hours: int) -> None:
        """Time passes, and the clock looks at the lead."""
        self.now += timedelta(hours=hours)
        self.lead.refresh_from_db()
        model, lead = self.model, self.lead
        is_late = lead.expires_at is not None and lead.expires_at <= self.now
        is_idle = lead.claimed_until is not None and lead.claimed_until <= self.now
        for step, is_due in ((Step.EXPIRE, is_late), (Step.RELEASE, is_idle and not is_late)):
            found = refusal_of(None, partial(take_step, lead, step, by=None, at=self.now))
            assert (found is None) == is_due, step
            if not found:
                model.move("clock", step.value, "expired" if step == Step.EXPIRE else model.waited_as)

    @invariant()
    def the_lead_is_as_the_model_says(self) -> None:
        """No illegal state, no lost update, one event for each transition."""
        self.lead.refresh_from_db()
        model, lead = self.model, self.lead
        assert (lead.state, lead.version, lead.name) == (model.state, model.version, model.name)
        events = ReferralEvent.objects.filter(referral=lead).order_by("pk")
        assert [event.kind for event in events] == model.events
        moves = [(event.from_state, event.to_state) for event in events if event.to_state]
        assert [before for before, _after in moves[1:]] == [after for _before, after in moves[:-1]]
        holder = getattr(self.cast, model.holder) if model.state == "in_review" else None
        assert lead.state != "in_review" or lead.reviewer_id == holder.pk


def test_a_partner_and_two_reviewers_never_bring_a_lead_where_it_must_not_be(customer: Customer) -> None:
    # the people are the same in every life: what is rolled back stays in their tables until the test ends, to be read over
    cast = cast_for(customer)
    current = settings()
    is_long = current.max_examples == settings.get_profile(LONG).max_examples
    runs = current.max_examples if is_long else FEW
    run_state_machine_as_test(
        partial(ThreeAtOneLead, customer, cast), settings=settings(current, max_examples=runs, stateful_step_count=15)
    )
