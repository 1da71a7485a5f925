"""Whose a new lead is: precedence, dates, refusals, assigning by hand, absences, and who is told (R55)."""

from datetime import date, timedelta
from typing import Any

import pytest

from common.refusals import NotAllowed, Refused, Stale, Unfit
from customers.models import Customer
from partners.models import Notice, User
from referrals import notices, services
from referrals.models import Referral, ReferralEvent, RoutingRule
from referrals.services import routing
from referrals.services.directing import routed_to, rule_for, stands_for
from referrals.states import State, Step
from referrals.states.routing import Route, chosen
from tests import factories
from tests.factories import NOON, TODAY
from tests.referrals.places import SOON, Cast, acting_as, cast_for, lead_in

pytestmark = pytest.mark.django_db

RULES = [
    Route("US", "Azure", 1),
    Route("US", "", 2),
    Route("", "Teams", 3),
    Route("DE", "Azure", 4),
    Route("", "", 5),
]
# the precedence of R55 as five leads: exact pair, solution everywhere, all of a market, the default, one before another
LEADS = [
    ("US", ["Azure"], 1),
    ("US", ["Teams"], 3),
    ("US", ["SQL"], 2),
    ("FR", ["SQL"], 5),
    ("DE", ["Teams", "Azure"], 4),
]


@pytest.mark.parametrize(("country", "solutions", "manager"), LEADS)
def test_the_most_exact_rule_wins(country: str, solutions: list[str], manager: int) -> None:
    for rules in (RULES, RULES[::-1]):
        found = chosen(rules, country=country, solutions=solutions)
        assert found is not None
        assert found.manager == manager


REVIEWING = ("reviewer", "other_reviewer", "far_reviewer")


def test_without_a_default_a_lead_that_no_rule_knows_is_nobodys() -> None:
    assert chosen(RULES[:4], country="FR", solutions=["SQL"]) is None


@pytest.fixture
def cast(customer: Customer) -> Cast:
    return cast_for(customer)


@pytest.fixture
def rule(cast: Cast) -> RoutingRule:
    found: RoutingRule = factories.RoutingRuleFactory(manager=cast.other_reviewer)
    return found


def submitted(customer: Customer, cast: Cast, **facts: Any) -> Referral:
    draft = lead_in(State.DRAFT, customer=customer, team=[cast.member], **facts)
    with acting_as(cast.member):
        return services.take_step(draft, Step.SUBMIT, by=cast.member, at=SOON)


def test_a_submitted_lead_is_whose_the_rule_says_and_only_they_are_told(
    customer: Customer, cast: Cast, rule: RoutingRule
) -> None:
    previewed = rule_for(country="DE", segment="commercial", solutions=["azure"], at=SOON)
    lead = submitted(customer, cast)
    assert previewed is not None
    assert (lead.routed_to, lead.routed_to_name) == (cast.other_reviewer, str(cast.other_reviewer))
    assert previewed.manager_id == lead.routed_to_id
    notices.tell(clock=lambda: SOON)
    assert {notice.user for notice in Notice.objects.select_related("user")} == {cast.other_reviewer}


def test_a_manager_who_may_not_see_the_customer_gets_no_lead_and_everybody_responsible_is_told(
    customer: Customer, cast: Cast
) -> None:
    factories.RoutingRuleFactory(manager=cast.far_reviewer)
    lead = submitted(customer, cast)
    assert lead.routed_to is None
    notices.tell(clock=lambda: SOON)
    told = {notice.user for notice in Notice.objects.select_related("user")}
    assert told == {cast.reviewer, cast.other_reviewer}


def test_a_lead_goes_to_a_location_and_those_who_work_there_are_told_and_have_it_as_theirs(
    customer: Customer, cast: Cast
) -> None:
    place = factories.ReviewLocationFactory(name="Berlin", people=[cast.other_reviewer, cast.far_reviewer])
    factories.RoutingRuleFactory(manager=None, manager_name="", location=place, location_name=place.name)
    lead = submitted(customer, cast)
    assert (lead.routed_to, lead.routed_location, lead.routed_to_name) == (None, place, "Berlin")
    notices.tell(clock=lambda: SOON)
    # of those who work there only who may see the lead
    assert {notice.user for notice in Notice.objects.select_related("user")} == {cast.other_reviewer}
    mine = {who: Referral.objects.filter(routed_to(cast.of(who), TODAY)).count() for who in REVIEWING}  # type: ignore[arg-type]
    assert mine == {"reviewer": 0, "other_reviewer": 1, "far_reviewer": 1}
    routing.staff_location(place, by=cast.office, people=[cast.reviewer.pk])
    assert Referral.objects.filter(routed_to(cast.reviewer, TODAY)).get() == lead
    assert not Referral.objects.filter(routed_to(cast.other_reviewer, TODAY)).exists()
    moved = routing.assign(lead, by=cast.reviewer, at=SOON, version=None, to=cast.other_reviewer.pk)
    assert (moved.routed_to, moved.routed_location) == (cast.other_reviewer, None)


def test_a_location_where_nobody_may_see_the_lead_is_passed_over_for_the_next_rule(
    customer: Customer, cast: Cast, rule: RoutingRule
) -> None:
    place = factories.ReviewLocationFactory(people=[cast.far_reviewer])
    exact: dict[str, Any] = {"country": "DE", "solution": "azure", "manager": None, "manager_name": ""}
    factories.RoutingRuleFactory(location=place, location_name=place.name, **exact)
    lead = submitted(customer, cast)
    assert (lead.routed_to, lead.routed_location) == (cast.other_reviewer, None)


def test_locations_are_entered_and_staffed_by_the_office_with_people_who_review(cast: Cast) -> None:
    place = routing.add_location(by=cast.office, at=SOON, name=" North  West ", people=[cast.reviewer.pk])
    assert place.name == "North West"
    with pytest.raises(Unfit, match="name already"):
        routing.add_location(by=cast.office, at=SOON, name="north west", people=[])
    with pytest.raises(Unfit):
        routing.staff_location(place, by=cast.office, people=[cast.member.pk])
    with pytest.raises(NotAllowed):
        routing.staff_location(place, by=cast.reviewer, people=[])
    with pytest.raises(Unfit, match="Nobody at this location"):
        routing.add_rule(by=cast.office, at=SOON, country="FR", solution="", location=place.pk)
    routing.add_rule(by=cast.office, at=SOON, country="DE", solution="", location=place.pk)
    with pytest.raises(Refused, match="Germany, all solutions → North West"):
        routing.add_rule(by=cast.office, at=SOON, country="DE", solution="", manager=cast.reviewer.pk)


def test_a_rule_is_not_retroactive_and_counts_between_its_dates(customer: Customer, cast: Cast) -> None:
    before = submitted(customer, cast)
    rule = routing.add_rule(
        by=cast.office, at=SOON, country="DE", solution="", manager=cast.reviewer.pk, starts_at=SOON + timedelta(days=1)
    )
    assert submitted(customer, cast).routed_to is None
    before.refresh_from_db()
    assert before.routed_to is None
    facts: dict[str, Any] = {"country": "DE", "segment": "commercial", "solutions": []}
    assert rule_for(**facts, at=SOON + timedelta(days=1)) == rule
    routing.end_rule(rule, by=cast.office, at=SOON + timedelta(days=2))
    assert rule_for(**facts, at=SOON + timedelta(days=2)) is None
    with pytest.raises(Refused, match="ended already"):
        routing.end_rule(rule, by=cast.office, at=SOON + timedelta(days=3))


def test_a_second_rule_about_the_same_is_refused_with_the_name_of_the_first(cast: Cast) -> None:
    facts: dict[str, Any] = {"by": cast.office, "at": SOON, "country": "DE", "solution": "Azure"}
    routing.add_rule(**facts, manager=cast.reviewer.pk)
    with pytest.raises(Refused, match=f"Germany, Azure → {cast.reviewer}"):
        routing.add_rule(**facts, manager=cast.other_reviewer.pk)
    routing.add_rule(**{**facts, "solution": ""}, manager=cast.other_reviewer.pk)


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"starts_at": NOON}, "starts_at"), ({"country": "FR"}, "to")],
)
def test_a_rule_starts_now_or_later_and_goes_to_somebody_responsible(
    facts: dict[str, Any], field: str, cast: Cast
) -> None:
    with pytest.raises(Unfit) as refused:
        routing.add_rule(
            **{"by": cast.office, "at": SOON, "country": "DE", "solution": "", "manager": cast.reviewer.pk, **facts}
        )
    assert refused.value.field == field


@pytest.mark.parametrize("who", ["member", "chief", "reviewer", "policy_owner"])
def test_only_the_administrator_writes_rules(who: str, cast: Cast, rule: RoutingRule) -> None:
    with pytest.raises(NotAllowed):
        routing.add_rule(by=cast.of(who), at=SOON, country="DE", solution="", manager=cast.reviewer.pk)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        routing.end_rule(rule, by=cast.of(who), at=SOON)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", [State.SUBMITTED, State.IN_REVIEW, State.RETURNED])
def test_a_lead_is_handed_to_a_colleague_who_is_told(state: State, customer: Customer, cast: Cast) -> None:
    lead = lead_in(state, customer=customer, team=[cast.member], reviewer=cast.reviewer)
    with acting_as(cast.reviewer):
        moved = routing.assign(lead, by=cast.reviewer, at=SOON, version=lead.version, to=cast.other_reviewer.pk)
    assert moved.routed_to_id == cast.other_reviewer.pk
    assert moved.state == (State.SUBMITTED if state == State.IN_REVIEW else state)
    assert ReferralEvent.objects.filter(kind="assigned").count() == 1
    notices.tell(clock=lambda: SOON)
    assert {notice.user for notice in Notice.objects.filter(kind="referrals.assigned")} == {cast.other_reviewer}


def test_handing_over_is_refused_where_it_does_not_fit(customer: Customer, cast: Cast) -> None:
    lead = lead_in(State.IN_REVIEW, customer=customer, team=[cast.member], reviewer=cast.reviewer)
    to: dict[str, Any] = {"at": SOON, "version": lead.version, "to": cast.other_reviewer.pk}
    with pytest.raises(Refused, match="in review"):
        routing.assign(lead, by=cast.other_reviewer, **to)
    with pytest.raises(Stale):
        routing.assign(lead, by=cast.reviewer, **{**to, "version": lead.version - 1})
    with pytest.raises(Unfit):
        routing.assign(lead, by=cast.reviewer, **{**to, "to": cast.far_reviewer.pk})
    for stranger in (cast.member, cast.far_reviewer, cast.policy_owner):
        with pytest.raises(NotAllowed):
            routing.assign(lead, by=stranger, **to)
    closed = lead_in(State.DECLINED, customer=customer, team=[cast.member], reviewer=cast.reviewer)
    with pytest.raises(Refused, match="not waiting"):
        routing.assign(closed, by=cast.reviewer, **to)
    assert not ReferralEvent.objects.exists()


def test_whoever_stands_in_has_the_leads_of_the_absent_and_is_told_of_new_ones(
    customer: Customer, cast: Cast, rule: RoutingRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referrals.notices.localdate", lambda: TODAY)
    with acting_as(cast.other_reviewer):
        routing.stand_in(
            by=cast.other_reviewer,
            person=cast.other_reviewer.pk,
            substitute=cast.reviewer.pk,
            first_day=TODAY,
            last_day=TODAY,
        )
    with acting_as(cast.reviewer):
        assert stands_for(cast.reviewer, TODAY) == [cast.reviewer.pk, cast.other_reviewer.pk]
        assert stands_for(cast.reviewer, TODAY + timedelta(days=1)) == [cast.reviewer.pk]
    submitted(customer, cast)
    notices.tell(clock=lambda: SOON)
    told = {notice.user for notice in Notice.objects.select_related("user")}
    assert told == {cast.reviewer, cast.other_reviewer}


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"first_day": TODAY + timedelta(days=1)}, Unfit),
        ({"substitute": "self"}, Unfit),
        ({"person": "other"}, NotAllowed),
    ],
)
def test_an_absence_is_ones_own_with_a_colleague_and_in_order(
    facts: dict[str, Any], refusal: type[Exception], cast: Cast
) -> None:
    people = {"self": cast.reviewer.pk, "other": cast.other_reviewer.pk}
    asked: dict[str, Any] = {"person": "self", "substitute": "other", "first_day": TODAY, "last_day": TODAY, **facts}
    asked |= {name: people[asked[name]] for name in ("person", "substitute")}
    with pytest.raises(refusal):
        routing.stand_in(by=cast.reviewer, **asked)


def test_only_whoever_is_away_or_the_office_takes_an_absence_back(cast: Cast) -> None:
    absence = factories.AbsenceFactory(user=cast.reviewer, substitute=cast.other_reviewer, last_day=date(2026, 4, 1))
    with pytest.raises(NotAllowed):
        routing.cancel_absence(absence, by=cast.other_reviewer)
    routing.cancel_absence(absence, by=cast.office)


def test_a_channel_manager_sees_no_absence_that_does_not_concern_them(cast: Cast) -> None:
    factories.AbsenceFactory(user=cast.reviewer, substitute=cast.other_reviewer)

    def seen(user: User) -> int:
        with acting_as(user):
            return int(factories.Absence.objects.count())

    assert [seen(one) for one in (cast.reviewer, cast.other_reviewer, cast.far_reviewer)] == [1, 1, 0]
