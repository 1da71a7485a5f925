"""The first reader of a policy: limits, unknowns and mixed deals. Pure; no test here needs a database."""

from dataclasses import replace
from decimal import Decimal

import pytest

from motions.policy.answer import (
    VEHICLES,
    Decision,
    Leaning,
    Vehicle,
    combined,
    decide,
    distances,
    leaning,
    outcomes_of,
    ruling_part,
    weight_of,
)
from motions.policy.editions import EDITIONS, FIRST
from motions.policy.kit import AllOf, AnyOf, Comparator, Exists, Facts, Motion, Need, Not, Reaches
from tests.motions.strategies import usual

AT_LEAST, ABOVE = Comparator.AT_LEAST, Comparator.ABOVE
MILLION = Decimal("1000000.00")


@pytest.mark.parametrize(
    ("seats", "comparator", "motion"),
    [
        (2399, AT_LEAST, Motion.BREADTH),
        (2400, AT_LEAST, Motion.ENTERPRISE),
        (2401, AT_LEAST, Motion.ENTERPRISE),
        (2399, ABOVE, Motion.BREADTH),
        (2400, ABOVE, Motion.BREADTH),
        (2401, ABOVE, Motion.ENTERPRISE),
    ],
)
def test_seats_are_measured_by_the_convention_on_the_limit(seats: int, comparator: Comparator, motion: Motion) -> None:
    assert decide(FIRST, Facts(seats=seats), usual(comparator)).motion == motion


@pytest.mark.parametrize(
    ("azure", "comparator", "motion"),
    [
        ("999999.99", AT_LEAST, Motion.BREADTH),
        ("1000000.00", AT_LEAST, Motion.ENTERPRISE),
        ("1000000.01", AT_LEAST, Motion.ENTERPRISE),
        ("999999.99", ABOVE, Motion.BREADTH),
        ("1000000.00", ABOVE, Motion.BREADTH),
        ("1000000.01", ABOVE, Motion.ENTERPRISE),
    ],
)
def test_consumption_is_measured_to_the_cent(azure: str, comparator: Comparator, motion: Motion) -> None:
    assert decide(FIRST, Facts(azure=Decimal(azure)), usual(comparator)).motion == motion


def test_nothing_known_is_unknown_and_not_zero() -> None:
    assert decide(FIRST, Facts(), usual()) == Decision(Motion.UNKNOWN, (None, None, False, False, False))
    assert decide(FIRST, Facts(seats=0), usual()).motion == Motion.BREADTH
    assert decide(FIRST, Facts(azure=Decimal(0)), usual()).motion == Motion.BREADTH


def test_a_deal_of_unknown_size_is_not_a_small_deal() -> None:
    unsized = Facts(seats_complete=False, needs=frozenset(), prefers_self_service=False)
    found = decide(FIRST, unsized, usual())
    assert found.motion == Motion.UNKNOWN
    assert found.trace == "00?0?"
    assert found.is_provisional


def test_what_is_known_may_already_be_enough() -> None:
    partly = Facts(seats=2400, seats_complete=False, needs=frozenset(), prefers_self_service=False)
    found = decide(FIRST, partly, usual())
    assert (found.motion, found.is_provisional) == (Motion.ENTERPRISE, False)
    assert decide(FIRST, replace(partly, seats=2399), usual()).motion == Motion.UNKNOWN


@pytest.mark.parametrize("need", Need)
def test_any_contract_need_calls_for_enterprise_with_ten_seats(need: Need) -> None:
    facts = Facts(seats=10, needs=frozenset({need.value}), prefers_self_service=True)
    assert decide(FIRST, facts, usual()).motion == Motion.ENTERPRISE


def test_self_service_fits_at_any_size() -> None:
    facts = Facts(seats=5000, needs=frozenset(), prefers_self_service=True)
    found = decide(FIRST, facts, usual())
    assert (found.motion, found.is_provisional) == (Motion.SELF_SERVICE, False)
    assert leaning(facts, usual()) == Leaning.TOWARDS_ENTERPRISE


def test_an_answer_is_provisional_while_a_rule_above_it_is_open() -> None:
    asked = Facts(seats=10, needs=frozenset(), prefers_self_service=False)
    assert not decide(FIRST, asked, usual()).is_provisional
    assert decide(FIRST, replace(asked, needs=None), usual()).is_provisional
    assert decide(FIRST, replace(asked, prefers_self_service=None), usual()).is_provisional
    # a rule below the one that holds changes nothing any more
    settled = replace(asked, needs=frozenset({"multi_tenant"}), prefers_self_service=None)
    assert not decide(FIRST, settled, usual()).is_provisional


def test_the_mixed_deal_reaches_enterprise_by_the_limit_that_it_reached() -> None:
    seats = Facts(seats=1000, needs=frozenset(), prefers_self_service=False)
    azure = Facts(azure=Decimal("2000000.00"), needs=frozenset(), prefers_self_service=False)
    together = decide(FIRST, combined([seats, azure]), usual())
    assert (together.motion, together.trace) == (Motion.ENTERPRISE, "00010")
    index = ruling_part([seats, azure], usual())
    assert index == 1
    assert decide(FIRST, (seats, azure)[index], usual()).motion == Motion.ENTERPRISE


def test_deals_below_the_limit_reach_it_only_together() -> None:
    parts = [Facts(seats=1200), Facts(seats=1200)]
    assert decide(FIRST, combined(parts), usual()).motion == Motion.ENTERPRISE
    assert decide(FIRST, parts[ruling_part(parts, usual()) or 0], usual()).motion == Motion.BREADTH


def test_combining_adds_sizes_and_keeps_what_is_unknown() -> None:
    parts = [
        Facts(seats=5, needs=frozenset({"multi_tenant"}), prefers_self_service=True),
        Facts(seats=7, prefers_self_service=True),
        Facts(seats_complete=False, needs=frozenset({"multi_affiliate"}), prefers_self_service=True),
        Facts(azure=Decimal("1.50"), prefers_self_service=True),
        Facts(azure=Decimal("2.25"), azure_complete=False, prefers_self_service=True),
    ]
    assert combined(parts) == Facts(
        seats=12,
        seats_complete=False,
        azure=Decimal("3.75"),
        azure_complete=False,
        needs=frozenset({"multi_tenant", "multi_affiliate"}),
        prefers_self_service=True,
    )
    assert combined([]) == Facts()


@pytest.mark.parametrize(
    ("several", "together"),
    [
        ([True, True], True),
        ([True, None], None),
        ([True, False], False),
        ([None, False], False),
        ([None, None], None),
    ],
)
def test_self_service_holds_together_only_when_every_deal_has_it(
    several: list[bool | None], together: bool | None
) -> None:
    assert combined([Facts(prefers_self_service=one) for one in several]).prefers_self_service is together


@pytest.mark.parametrize(
    ("several", "together"),
    [
        ([None, None], None),
        ([None, frozenset()], None),
        ([frozenset(), frozenset()], frozenset()),
        ([None, frozenset({"multi_tenant"})], frozenset({"multi_tenant"})),
    ],
)
def test_no_needs_together_only_when_every_deal_was_asked(
    several: list[frozenset[str] | None], together: frozenset[str] | None
) -> None:
    assert combined([Facts(needs=one) for one in several]).needs == together


def test_the_largest_share_of_its_limit_speaks_for_the_customer() -> None:
    parts = [Facts(seats=1200), Facts(azure=Decimal("500000.01")), Facts(seats=100)]
    assert ruling_part(parts, usual()) == 1
    assert ruling_part([], usual()) is None
    assert ruling_part([Facts(seats=5), Facts(seats=5)], usual()) == 0, "the first of equals"


def test_an_unknown_size_may_be_the_largest_unless_a_limit_is_reached_already() -> None:
    unsized = Facts(azure_complete=False)
    assert ruling_part([Facts(seats=2399), unsized], usual()) == 1
    assert ruling_part([unsized, Facts(seats=2400)], usual()) == 1
    assert ruling_part([unsized, Facts(seats=2400)], usual(ABOVE)) == 0


def test_weights_are_exact_products() -> None:
    assert weight_of(Facts(seats=1, azure=Decimal("0.01")), usual()) == MILLION
    assert weight_of(Facts(azure=Decimal("0.01")), usual()) == 24
    assert weight_of(Facts(seats=1, azure_complete=False), usual()) is None
    assert weight_of(Facts(), usual()) is None


def test_distances_say_how_much_is_missing_and_what_is_on_the_line() -> None:
    seats, azure = distances(Facts(seats=2059, azure=MILLION), usual())
    assert (seats.measure, seats.missing, seats.is_on_boundary) == ("seats", 341, False)
    assert (azure.measure, azure.missing, azure.is_on_boundary, azure.share) == ("azure", 0, True, 1)
    seats, azure = distances(Facts(seats=2400, azure=MILLION), usual(ABOVE))
    assert (seats.missing, azure.missing) == (1, Decimal("0.01"))
    assert distances(Facts(), usual()) == []
    assert distances(Facts(seats=9999), usual())[0].missing == 0


def test_the_economics_follow_size_alone() -> None:
    small = Facts(seats=10, needs=frozenset({"multi_tenant"}))
    assert leaning(small, usual()) == Leaning.BREADTH_OPTIMISED
    assert leaning(Facts(), usual()) == Leaning.UNKNOWN
    assert leaning(Facts(seats=10, azure_complete=False), usual()) == Leaning.UNKNOWN
    assert leaning(Facts(azure=MILLION, seats_complete=False), usual()) == Leaning.TOWARDS_ENTERPRISE


def test_csp_stays_possible_in_every_motion() -> None:
    assert all(Vehicle.CSP in VEHICLES[motion] for motion in Motion if motion != Motion.UNKNOWN)
    assert set(VEHICLES) == set(Motion)


def test_a_trace_can_be_read_back() -> None:
    outcomes = (True, False, None)
    assert outcomes_of(Decision(Motion.BREADTH, outcomes).trace) == outcomes


def test_unknown_is_settled_by_one_part_where_logic_allows_it() -> None:
    yes, no, open_ = Exists("seats"), Exists("azure"), Reaches("seats")
    facts = Facts(seats=1, seats_complete=False)
    assert AllOf((open_, no)).outcome(facts, usual()) is False
    assert AllOf((open_, yes)).outcome(facts, usual()) is None
    assert AllOf((yes, Not(no))).outcome(facts, usual()) is True
    assert AnyOf((open_, yes)).outcome(facts, usual()) is True
    assert AnyOf((open_, no)).outcome(facts, usual()) is None
    assert AnyOf((no, Not(yes))).outcome(facts, usual()) is False
    assert Not(open_).outcome(facts, usual()) is None


def test_editions_are_found_by_their_number_and_name_their_sources() -> None:
    assert all(number == edition.number for number, edition in EDITIONS.items())
    assert all(rule.source for edition in EDITIONS.values() for rule in edition.rules)
    assert all(len({rule.code for rule in one.rules}) == len(one.rules) for one in EDITIONS.values())
