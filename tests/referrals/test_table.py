"""The table of steps, walked: every state, every step, everybody; what it says happens, and nothing else."""

from typing import Any

import pytest
from django.db import transaction
from django.forms.models import model_to_dict

from common.refusals import NotAllowed, Refused, Stale, Unfit
from customers.models import Customer
from referrals.models import Referral, ReferralEvent
from referrals.services import may_take, take_step
from referrals.states import (
    ACTORS,
    CLOSED,
    HOLDERS,
    REASONS,
    STEPS,
    WIRE,
    Actor,
    Hold,
    Holder,
    Need,
    State,
    Step,
    actor_of,
    target_of,
)
from tests.referrals.places import NOON, SOON, WHO, Cast, acting_as, asked_of, cast_for, lead_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(customer: Customer) -> Cast:
    return cast_for(customer)


def lead_for(state: State, step: Step, customer: Customer, cast: Cast) -> Referral:
    facts = {"deal_type": "private"} if step == Step.KEEP and state == State.DRAFT else {}
    return lead_in(state, customer=customer, team=[cast.member], reviewer=cast.reviewer, **facts)


def sees(who: str, lead: Referral) -> bool:
    """R53, written down a second time."""
    if who in ("reviewer", "other_reviewer"):
        return lead.state != State.DRAFT and lead.deal_type != "private"
    return who in ("member", "chief", "office", "clock")


def actor(who: str) -> Actor:
    return {"member": Actor.PARTNER, "chief": Actor.PARTNER, "office": Actor.OFFICE, "clock": Actor.CLOCK}.get(
        who, Actor.REVIEWER
    )


def promised(step: Step, lead: Referral, who: str) -> type[Refused] | None:
    """What the table promises: a refusal, or None for a step that is taken."""
    rule = STEPS[step]
    if not sees(who, lead) or actor(who) not in rule.actors:
        return NotAllowed
    if lead.state not in rule.sources:
        return Refused
    is_anothers = lead.state == State.IN_REVIEW and who == "other_reviewer"
    return Refused if is_anothers and rule.hold in (Hold.OWN, Hold.FREE_OR_OWN) else None


def everything() -> list[dict[str, Any]]:
    """All that could have been written by a step."""
    return [
        *(model_to_dict(lead) | {"version": lead.version} for lead in Referral.objects.order_by("pk")),
        *ReferralEvent.objects.order_by("pk").values(),
    ]


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("state", list(State))
def test_every_step_from_every_state_by_everybody_ends_as_the_table_says(
    state: State, step: Step, customer: Customer, cast: Cast
) -> None:
    lead = lead_for(state, step, customer, cast)
    before, rule = everything(), STEPS[step]
    for who in WHO:
        by, expected = cast.of(who), promised(step, lead, who)
        if expected is None:
            with transaction.atomic():
                with acting_as(by):
                    moved = take_step(lead, step, by=by, version=lead.version, **asked_of(step, who))
                moved.refresh_from_db()
                assert moved.state == target_of(rule, State.SUBMITTED), who
                assert moved.version == lead.version + 1
                event = ReferralEvent.objects.get()
                assert (event.kind, event.from_state, event.to_state) == (step, state, moved.state)
                assert (event.by, event.side) == (by, actor(who))
                assert event.notified_at is None
                transaction.set_rollback(True)
        else:
            with pytest.raises(Refused) as refusal, acting_as(by):
                take_step(lead, step, by=by, version=lead.version, **asked_of(step, who))
            assert type(refusal.value) is expected, who
            assert str(refusal.value)
        assert everything() == before, who


@pytest.mark.parametrize("state", list(State))
def test_a_button_is_shown_exactly_where_the_step_would_be_taken(state: State, customer: Customer, cast: Cast) -> None:
    for step, rule in STEPS.items():
        lead = lead_for(state, step, customer, cast)
        for who in WHO:
            if (by := cast.of(who)) and sees(who, lead):
                assert may_take(rule, lead, by) == (promised(step, lead, who) is None), (step, who)


STEPS_WITH = {need: [step for step, rule in STEPS.items() if need in rule.needs] for need in Need}
BY = {Actor.PARTNER: "member", Actor.REVIEWER: "reviewer", Actor.OFFICE: "office", Actor.CLOCK: "clock"}


def _who(step: Step) -> str:
    return BY[min(STEPS[step].actors, key=list(Actor).index)]


def _refused(step: Step, customer: Customer, cast: Cast, **changed: Any) -> Unfit:
    """The refusal of a step that lacks one thing, from each of its states; nothing is written."""
    found = None
    for state in STEPS[step].sources:
        lead, who = lead_for(state, step, customer, cast), _who(step)
        before = everything()
        with pytest.raises(Unfit) as refusal, acting_as(cast.of(who)):
            take_step(lead, step, by=cast.of(who), **{**asked_of(step, who), **changed})
        assert everything() == before
        found = refusal.value
    assert found
    return found


@pytest.mark.parametrize("step", STEPS_WITH[Need.REASON])
@pytest.mark.parametrize("code", ["", "nonsense", "of_another_list"])
def test_a_step_that_needs_a_reason_takes_none_but_one_of_its_list(
    step: Step, code: str, customer: Customer, cast: Cast
) -> None:
    other = "budget" if step == Step.CLOSE_AS_ERROR else "test"
    assert _refused(step, customer, cast, reason=other if code == "of_another_list" else code).field == "reason"


@pytest.mark.parametrize("step", STEPS_WITH[Need.TEXT])
def test_a_step_that_needs_words_takes_no_silence(step: Step, customer: Customer, cast: Cast) -> None:
    assert _refused(step, customer, cast, text="  \n ").field == "text"


@pytest.mark.parametrize("step", STEPS_WITH[Need.VALUE])
@pytest.mark.parametrize("value", [None, -1])
def test_a_win_needs_its_value(step: Step, value: Any, customer: Customer, cast: Cast) -> None:
    assert _refused(step, customer, cast, value=value).field == "value"


@pytest.mark.parametrize("step", [*STEPS_WITH[Need.SHARED], *STEPS_WITH[Need.PRIVATE]])
def test_a_private_deal_is_kept_and_a_shared_one_submitted_and_not_the_other_way(
    step: Step, customer: Customer, cast: Cast
) -> None:
    deal_type = "private" if step == Step.SUBMIT else "partner_led"
    lead = lead_in(State.DRAFT, customer=customer, team=[cast.member], deal_type=deal_type)
    with pytest.raises(Unfit) as refusal:
        take_step(lead, step, by=cast.member, at=SOON)
    assert refusal.value.field == "deal_type"


@pytest.mark.parametrize("step", [Step.EXPIRE, Step.RELEASE])
def test_the_clock_takes_no_step_before_its_time(step: Step, customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.IN_REVIEW, customer=customer, team=[cast.member], reviewer=cast.reviewer)
    ends = lead.expires_at if step == Step.EXPIRE else lead.claimed_until
    assert ends
    with pytest.raises(Refused), acting_as(None):
        take_step(lead, step, by=None, at=ends.replace(microsecond=0) - (SOON - NOON) / 3600)
    with acting_as(None):
        assert take_step(lead, step, by=None, at=ends).state != State.IN_REVIEW


@pytest.mark.parametrize("step", list(Step))
def test_a_step_on_what_somebody_else_has_changed_is_refused_whatever_it_is(
    step: Step, customer: Customer, cast: Cast
) -> None:
    lead, who = lead_for(min(STEPS[step].sources), step, customer, cast), _who(step)
    with pytest.raises(Stale), acting_as(cast.of(who)):
        take_step(lead, step, by=cast.of(who), version=lead.version - 1, **asked_of(step, who))


def test_every_state_has_its_pair_on_the_wire_and_the_pair_fits() -> None:
    """The table of 1.5: which substatus a status allows; an error stands in files alone (R34)."""
    allowed = {
        "None": {"None"},
        "New": {"Pending", "Received"},
        "Active": {"Accepted"},
        "Closed": {"Won", "Lost", "Declined", "Expired", "Error"},
    }
    assert set(WIRE) == set(State)
    assert [state for state, (status, substatus) in WIRE.items() if substatus not in allowed[status]] == []


def test_no_step_makes_a_move_that_the_wire_forbids() -> None:
    """1.5: new may become anything but won or lost, active only closed, closed nothing."""
    for rule in STEPS.values():
        for source in rule.sources:
            before, after = WIRE[source][0], WIRE[target_of(rule, State.SUBMITTED)]
            assert before != "Closed"
            assert not (before == "Active" and after[0] == "New")
            assert not (before == "New" and after[1] in ("Won", "Lost"))


def test_closed_is_where_no_step_begins_and_every_other_state_has_a_way_out() -> None:
    begins = frozenset().union(*(rule.sources for rule in STEPS.values()))
    assert set(State) - begins == CLOSED
    assert set(STEPS) == set(Step)


def test_every_step_with_a_reason_has_its_list() -> None:
    assert {step for step, rule in STEPS.items() if Need.REASON in rule.needs} == set(REASONS)


def test_the_ball_is_always_with_somebody_who_can_play_it_or_at_rest() -> None:
    side = {Holder.PARTNER: Actor.PARTNER, Holder.MICROSOFT: Actor.REVIEWER}
    for state, holder in HOLDERS.items():
        able = set().union(*(rule.actors for rule in STEPS.values() if state in rule.sources))
        assert holder is Holder.NOBODY or side[holder] in able


def test_whoever_has_no_part_in_leads_is_nobody() -> None:
    assert actor_of("policy_owner") is None
    assert actor_of(None) is Actor.CLOCK
    assert {actor_of(role) for role in ACTORS} == {Actor.PARTNER, Actor.REVIEWER, Actor.OFFICE}
