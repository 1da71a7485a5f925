"""The policy against an oracle written from the facts S1 to S3, I1 and I2, and flips against the policy. Pure."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given

from motions.policy.answer import Flip, combined, decide, flips, ruling_part
from motions.policy.editions import FIRST
from motions.policy.kit import Comparator, Edition, Facts, Limits, Motion
from tests.motions.strategies import CENT, editions, facts, limits, steady, usual

NONE: frozenset[str] = frozenset()


Size = Decimal | int | None


def _answer(needs: bool, alone: bool, seats: Size, azure: Size, bounds: Limits) -> str:
    """The source's own words, for a customer of whom everything is known (S1 to S3, I1, I2)."""
    if needs:
        return "enterprise"
    if alone:
        return "self_service"
    if seats is None and azure is None:
        return "unknown"
    sizes = [(seats or 0, bounds.seats), (azure or 0, bounds.azure)]
    counts = bounds.comparator is Comparator.AT_LEAST
    return "enterprise" if any(size > limit or (counts and size == limit) for size, limit in sizes) else "breadth"


def told_by_the_facts(known: Facts, bounds: Limits) -> set[str]:
    """Every motion that could still fit, over all that the unknown facts may turn out to be."""

    def possible(size: Size, is_complete: bool, limit: Decimal | int) -> list[Size]:
        return [size] if is_complete else [size or 0, (size or 0) + 2 * limit]

    return {
        _answer(*one, bounds)
        for one in product(
            [True, False] if known.needs is None else [bool(known.needs)],
            [True, False] if known.prefers_self_service is None else [known.prefers_self_service],
            possible(known.seats, known.seats_complete, bounds.seats),
            possible(known.azure, known.azure_complete, bounds.azure),
        )
    }


@steady
@given(known=facts(), bounds=limits)
def test_a_final_answer_is_the_only_one_that_the_facts_allow(known: Facts, bounds: Limits) -> None:
    found = decide(FIRST, known, bounds)
    possible = told_by_the_facts(known, bounds)
    if not found.is_provisional:
        assert possible == {found.motion.value}
    elif found.motion != Motion.UNKNOWN:
        assert found.motion.value in possible


@steady
@given(known=facts())
def test_a_provisional_answer_is_the_final_one_once_open_questions_are_answered_with_no(known: Facts) -> None:
    asked = replace(known, needs=known.needs or NONE, prefers_self_service=bool(known.prefers_self_service))
    assert decide(FIRST, known, usual()).motion == decide(FIRST, asked, usual()).motion


def _applied(flip: Flip, known: Facts, by: Decimal) -> Facts:
    if flip.kind == "seats":
        return replace(known, seats=int((known.seats or 0) + by))
    if flip.kind == "azure":
        return replace(known, azure=(known.azure or Decimal(0)) + by)
    if flip.kind in ("need", "no_needs"):
        return replace(known, needs=frozenset({"any"}) if flip.kind == "need" else NONE)
    return replace(known, prefers_self_service=flip.kind == "self_service")


def _one_less(flip: Flip) -> Decimal:
    assert flip.by is not None
    step = Decimal(1) if flip.kind == "seats" else CENT
    return flip.by - step if flip.by > 0 else flip.by + step


@steady
@given(edition=editions, known=facts(), bounds=limits)
def test_every_flip_does_what_it_says_and_one_unit_less_does_not(
    edition: Edition, known: Facts, bounds: Limits
) -> None:
    now = decide(edition, known, bounds).motion
    for flip in flips(edition, known, bounds):
        assert flip.motion != now
        assert decide(edition, _applied(flip, known, flip.by or Decimal(0)), bounds).motion == flip.motion
        if flip.by is not None:
            assert flip.to == (known.size("seats" if flip.kind == "seats" else "azure") or 0) + flip.by
            assert decide(edition, _applied(flip, known, _one_less(flip)), bounds).motion == now


def test_a_small_customer_is_told_what_would_call_for_enterprise() -> None:
    known = Facts(seats=2059, needs=NONE, prefers_self_service=False)
    assert flips(FIRST, known, usual()) == [
        Flip("seats", Motion.ENTERPRISE, Decimal(341), Decimal(2400)),
        Flip("need", Motion.ENTERPRISE),
        Flip("self_service", Motion.SELF_SERVICE),
    ]


def test_a_large_customer_is_told_how_far_it_is_above() -> None:
    known = Facts(azure=Decimal("1000000.00"), needs=NONE, prefers_self_service=False)
    assert flips(FIRST, known, usual())[0] == Flip("azure", Motion.BREADTH, -CENT, Decimal("999999.99"))
    on_the_line = flips(FIRST, known, usual(Comparator.ABOVE))[0]
    assert on_the_line == Flip("azure", Motion.ENTERPRISE, CENT, Decimal("1000000.01"))


def test_needs_and_self_service_can_fall_away() -> None:
    known = Facts(seats=10, needs=frozenset({"multi_tenant"}), prefers_self_service=True)
    assert flips(FIRST, known, usual()) == [Flip("no_needs", Motion.SELF_SERVICE)]
    alone = replace(known, needs=NONE)
    assert Flip("not_self_service", Motion.BREADTH) in flips(FIRST, alone, usual())


@steady
@given(parts=facts().flatmap(lambda one: facts().map(lambda other: [one, other])), bounds=limits)
def test_a_reached_limit_is_never_hidden_by_another_deal(parts: list[Facts], bounds: Limits) -> None:
    asked = [replace(part, needs=NONE, prefers_self_service=False) for part in parts]
    alone = {decide(FIRST, part, bounds).motion for part in asked}
    ruling = decide(FIRST, asked[ruling_part(asked, bounds) or 0], bounds).motion
    if Motion.ENTERPRISE in alone:
        assert ruling == Motion.ENTERPRISE
        assert decide(FIRST, combined(asked), bounds).motion == Motion.ENTERPRISE


@pytest.mark.parametrize("comparator", Comparator)
def test_more_seats_never_lead_back_to_breadth(comparator: Comparator) -> None:
    motions = [decide(FIRST, Facts(seats=seats), usual(comparator)).motion for seats in range(2390, 2411)]
    assert motions == sorted(motions, key=lambda motion: motion == Motion.ENTERPRISE)
