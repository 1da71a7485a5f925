"""Guidance in words: every rule, flip, motion and vehicle has its sentence in both languages. No database."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from motions import panels, wording
from motions.causes import Difference
from motions.policy.answer import Flip, Leaning, Vehicle, decide
from motions.policy.editions import EDITIONS, FIRST
from motions.policy.kit import Comparator, Facts, Motion
from motions.states import Need
from tests.motions.strategies import usual

LANGUAGES = ["en", "de"]
BY, TO = Decimal(341), Decimal(2400)
FLIPS = [
    *(Flip("seats", Motion.ENTERPRISE, by, TO) for by in (BY, -BY, Decimal(1), Decimal(-1))),
    *(Flip("azure", Motion.BREADTH, by, TO) for by in (BY, -BY)),
    *(Flip(kind, Motion.SELF_SERVICE) for kind in ("need", "no_needs", "self_service", "not_self_service")),
]
KNOWN = [
    Facts(),
    Facts(seats=10, azure=Decimal(10), needs=frozenset(), prefers_self_service=False),
    Facts(seats=2400, azure=Decimal("1000000.00"), needs=frozenset({"multi_tenant"}), prefers_self_service=True),
    Facts(seats=9999, azure=Decimal(9999999), needs=frozenset(Need.values)),
    Facts(seats=10, seats_complete=False, azure=Decimal(10), azure_complete=False),
    Facts(seats_complete=False, azure_complete=False),
]


def in_both(text: object) -> None:
    """A sentence that is there, has no hole in it, and is not the same in the other language."""
    assert callable(text)
    spoken = []
    for language in LANGUAGES:
        with override(language):
            spoken.append(str(text()))
    assert all(spoken), spoken
    assert not any("%(" in one or "None" in one for one in spoken), spoken
    assert spoken[0] != spoken[1], spoken


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("code", [rule.code for edition in EDITIONS.values() for rule in edition.rules])
@pytest.mark.parametrize("comparator", Comparator)
def test_every_outcome_of_every_rule_is_a_sentence_in_both_languages(
    code: str, known: Facts, comparator: Comparator
) -> None:
    bounds = usual(comparator)
    outcomes = dict(zip([rule.code for rule in FIRST.rules], decide(FIRST, known, bounds).outcomes, strict=True))
    in_both(lambda: wording.rule_text(code, outcomes[code], known, bounds, "USD"))


@pytest.mark.parametrize("flip", FLIPS)
def test_every_flip_is_a_sentence_in_both_languages(flip: Flip) -> None:
    in_both(lambda: wording.flip_text(flip, "USD"))


def test_motions_economics_and_vehicles_are_worded_in_both_languages() -> None:
    for motion in Motion:
        in_both(lambda motion=motion: wording.headline(motion.value))
    for leaning in Leaning:
        in_both(lambda leaning=leaning: wording.leaning_text(leaning))
    for vehicle in Vehicle:
        for language in LANGUAGES:
            with override(language):
                assert wording.vehicle_text(vehicle)


@pytest.mark.parametrize(
    ("size", "english", "german"),
    [
        (("seats", Decimal(1), ""), "1 seat", "1 Seat"),
        (("seats", Decimal(2400), ""), "2,400 seats", "2.400 Seats"),
        (("azure", Decimal("999999.99"), "USD"), "$999,999.99 a year", None),
    ],
)
def test_sizes_are_said_in_their_own_unit(size: tuple, english: str, german: str | None) -> None:  # type: ignore[type-arg]
    with override("en"):
        assert wording.size_text(*size) == english
    with override("de"):
        assert german in (None, wording.size_text(*size))


def test_a_fact_that_nobody_asked_for_is_never_a_no() -> None:
    with override("en"):
        assert wording.needs_text(None) == wording.asked_text(None) == "Not asked yet"
        assert (wording.needs_text([]), wording.asked_text(False)) == ("None", "No")
        assert wording.needs_text(["multi_tenant"]) == "Multi-tenant"
        assert wording.deal_size_text(None, None, "") == "Unknown"
        assert wording.deal_size_text(0, None, "") == "0 seats"
        assert wording.deal_size_text(None, Decimal(0), "EUR") == "€0 a year"


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        (Difference("deal_added", 1, None, {}), "Deal “M365” came in"),
        (Difference("deal_removed", 1, {}, None), "Deal “M365” went out"),
        (Difference("policy", None, 1, 2), "Policy version: First → 2"),
        (Difference("rates", None, None, "2026-03-02"), "Exchange rates of: unknown → Mar 2, 2026"),
        (Difference("seats", 1, 2399, None), "M365, Seats: 2,399 seats → unknown"),
        (Difference("amount", 1, "1.50", "2.00"), "M365, Annual consumption: €1.50 → €2"),
        (Difference("currency", 1, "", "EUR"), "M365, Currency: unknown → EUR"),
        (Difference("needs", 1, [], ["multi_tenant"]), "M365, Contract needs: none → Multi-tenant"),
        (Difference("prefers", 1, True, False), "M365, Prefers self-service: yes → no"),
        (Difference("basis", 1, "forecast", "actual"), "M365, Basis: Forecast → Actual, last 12 months"),
    ],
)
def test_what_changed_is_told_as_before_and_after(difference: Difference, text: str) -> None:
    def told() -> str:
        return wording.difference_text(difference, deal_name="M365", policy_names={1: "First"}, currency="EUR")

    with override("en"):
        assert told() == text
    in_both(told) if difference.what != "currency" else None
    with override("en"):
        plain = wording.difference_text(Difference("amount", 1, "1.50", None), deal_name="M365", policy_names={})
        assert plain == "M365, Annual consumption: 1.50 → unknown"


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("comparator", Comparator)
def test_an_explanation_names_the_rule_that_decides_and_no_other(known: Facts, comparator: Comparator) -> None:
    found = panels.explain(FIRST, known, usual(comparator), "USD")
    decision = decide(FIRST, known, usual(comparator))
    deciding = [line.code for line in found.rules if line.decides]
    expected = [FIRST.rules[decision.outcomes.index(True)].code] if True in decision.outcomes else []
    assert deciding == expected
    assert (found.motion, found.is_provisional) == (decision.motion.value, decision.is_provisional)
    assert len(found.gauges) == 2
    for gauge in found.gauges:
        assert gauge.share is None or 0 <= gauge.share <= 2000
