"""Two at the same lead in the same instant, on connections of their own: exactly one wins, the other is told."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from common.refusals import Refused
from customers.models import Customer
from partners.models import Partner
from referrals import notices
from referrals.models import Referral, ReferralEvent
from referrals.services import appeal, expire_due, take_step
from referrals.states import State, Step
from tests import factories
from tests.factories import NOON
from tests.motions.test_races import Beside
from tests.referrals.places import MUCH_LATER, SOON, Cast, acting_as, cast_for, lead_in

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.fixture
def partner() -> Partner:
    return factories.PartnerFactory()


@pytest.fixture
def customer(partner: Partner) -> Customer:
    return factories.CustomerFactory(partner=partner)


@pytest.fixture
def cast(customer: Customer) -> Cast:
    return cast_for(customer)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Everybody starts at the same instant; what each found, or the refusal."""
    barrier = Barrier(len(works))

    def started(work: Callable[[], Any]) -> Callable[[], Any]:
        def go() -> Any:
            barrier.wait()
            try:
                return work()
            except Refused as refusal:
                return refusal

        return go

    running = [Beside(started(work)) for work in works]
    return [one.result() for one in running]


def taking(lead: Referral, step: Step, by: Any, **asked: Any) -> Callable[[], Any]:
    def go() -> Any:
        with acting_as(by):
            return take_step(lead, step, by=by, at=SOON, **asked)

    return go


def test_of_two_reviewers_who_claim_at_once_one_wins_and_the_other_is_told(customer: Customer, cast: Cast) -> None:
    for _round in range(ROUNDS):
        lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
        both = [cast.reviewer, cast.other_reviewer]
        found = at_once(*(taking(lead, Step.CLAIM, by, version=1) for by in both))
        lead.refresh_from_db()
        won = [by for by, one in zip(both, found, strict=True) if isinstance(one, Referral)]
        (told,) = [str(one) for one in found if isinstance(one, Refused)]
        assert [lead.reviewer] == won
        assert str(won[0]) in told
        assert ReferralEvent.objects.filter(referral=lead).count() == 1


def test_of_acceptance_and_withdrawal_at_once_exactly_one_happens(customer: Customer, cast: Cast) -> None:
    for _round in range(ROUNDS):
        lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
        found = at_once(taking(lead, Step.ACCEPT, cast.reviewer), taking(lead, Step.WITHDRAW, cast.member))
        lead.refresh_from_db()
        assert sum(isinstance(one, Refused) for one in found) == 1
        assert lead.state in (State.ACCEPTED, State.WITHDRAWN)
        assert ReferralEvent.objects.filter(referral=lead).count() == 1


def test_of_expiry_and_acceptance_at_the_same_instant_exactly_one_wins(customer: Customer, cast: Cast) -> None:
    ends = SOON
    for _round in range(ROUNDS):
        lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member], expires_at=ends)
        accepted, expired = at_once(taking(lead, Step.ACCEPT, cast.reviewer), lambda: expire_due(clock=lambda: ends))
        lead.refresh_from_db()
        assert (isinstance(accepted, Refused), expired) in ((True, 1), (False, 0))
        assert lead.state == (State.EXPIRED if expired else State.ACCEPTED)
        assert ReferralEvent.objects.filter(referral=lead).count() == 1


def test_a_lead_that_somebody_decides_at_this_instant_is_passed_over_by_the_sweep_and_holds_up_no_other(
    customer: Customer, cast: Cast
) -> None:
    held = lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
    other = lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
    with acting_as(cast.reviewer):
        take_step(held, Step.ACCEPT, by=cast.reviewer, at=SOON)
        assert Beside(lambda: expire_due(clock=lambda: MUCH_LATER)).result() == 1
    states = {lead.pk: lead.state for lead in Referral.objects.all()}
    assert states == {held.pk: State.ACCEPTED, other.pk: State.EXPIRED}


def test_sweeps_side_by_side_expire_each_lead_once(customer: Customer, cast: Cast) -> None:
    for _number in range(9):
        lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
    late = NOON + timedelta(days=15)
    found = at_once(*(lambda: expire_due(clock=lambda: late) for _worker in range(3)))
    assert sum(found) == 9
    assert ReferralEvent.objects.count() == 9


def test_tellers_side_by_side_tell_everybody_once(customer: Customer, cast: Cast) -> None:
    for _number in range(6):
        lead = lead_in(State.SUBMITTED, customer=customer, team=[cast.member])
        take_step(lead, Step.ACCEPT, by=cast.reviewer, at=SOON)
    found = at_once(*(lambda: notices.tell(clock=lambda: SOON) for _worker in range(3)))
    assert sum(found) == 6
    assert cast.member.notices.count() == 6


def test_two_appeals_at_once_are_one(customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.DECLINED, customer=customer, team=[cast.member], reviewer=cast.reviewer)

    def appealing() -> Any:
        with acting_as(cast.member):
            return appeal(lead, by=cast.member, at=SOON, text="Look again.")

    found = at_once(appealing, appealing)
    assert sum(isinstance(one, Refused) for one in found) == 1
    assert Referral.objects.filter(appeal_of=lead).count() == 1
