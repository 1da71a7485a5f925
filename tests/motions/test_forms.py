"""What people type about deals: read as their language writes it, and unknown stays unknown. No database."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from motions.forms.deals import ChoiceForm, DealForm, WhatIfForm, initial_of
from motions.policy.kit import Facts
from motions.states import Kind, Motion
from tests import factories

SEATS: dict[str, Any] = {"name": "M365", "seats": "341", "size_date": "2026-03-03", "stage": "open"}
AZURE: dict[str, Any] = {
    "name": "Azure",
    "amount": "1000000",
    "currency": "USD",
    "basis": "forecast",
    "size_date": "2026-03-03",
    "stage": "open",
}


@pytest.mark.parametrize(
    ("language", "seats", "amount"), [("en", "2,400", "1,000,000.50"), ("de", "2.400", "1.000.000,50")]
)
def test_numbers_are_read_as_the_language_writes_them(language: str, seats: str, amount: str) -> None:
    with override(language):
        form = DealForm({**SEATS, "seats": seats}, kind=Kind.SEATS)
        assert form.is_valid(), form.errors
        assert form.facts["seats"] == 2400
        form = DealForm({**AZURE, "amount": amount}, kind=Kind.AZURE)
        assert form.is_valid(), form.errors
        assert form.facts["amount"] == Decimal("1000000.50")


def test_a_form_has_only_the_fields_of_its_kind() -> None:
    seats, azure = DealForm(SEATS, kind=Kind.SEATS), DealForm(AZURE, kind=Kind.AZURE)
    assert {"amount", "currency", "basis"}.isdisjoint(seats.fields)
    assert "seats" not in azure.fields
    assert seats.is_valid()
    assert seats.facts == {
        "kind": Kind.SEATS,
        "name": "M365",
        "seats": 341,
        "stage": "open",
        "expected_close_date": None,
        "needs": None,
        "prefers_self_service": None,
    }


def test_an_empty_size_is_unknown_and_zero_is_zero() -> None:
    for typed, known in [("", None), ("0", 0)]:
        form = DealForm({**SEATS, "seats": typed}, kind=Kind.SEATS)
        assert form.is_valid()
        assert form.facts["seats"] == known


@pytest.mark.parametrize(
    ("ticked", "needs"),
    [([], None), (["none"], []), (["multi_tenant", "dual_use_rights"], ["multi_tenant", "dual_use_rights"])],
)
def test_nothing_ticked_is_not_asked_and_none_of_these_is_an_answer(ticked: list[str], needs: list[str] | None) -> None:
    form = DealForm({**SEATS, "needs": ticked}, kind=Kind.SEATS)
    assert form.is_valid()
    assert form.facts["needs"] == needs


@pytest.mark.parametrize(("typed", "known"), [("", None), ("yes", True), ("no", False)])
def test_a_preference_may_be_unknown(typed: str, known: bool | None) -> None:
    form = DealForm({**SEATS, "prefers_self_service": typed}, kind=Kind.SEATS)
    assert form.is_valid()
    assert form.facts["prefers_self_service"] is known


@pytest.mark.parametrize(
    ("kind", "broken", "field"),
    [
        (Kind.SEATS, {"seats": "-1"}, "seats"),
        (Kind.SEATS, {"seats": "2.5"}, "seats"),
        (Kind.SEATS, {"seats": "100000001"}, "seats"),
        (Kind.SEATS, {"seats": "many"}, "seats"),
        (Kind.SEATS, {"name": ""}, "name"),
        (Kind.SEATS, {"stage": "other"}, "stage"),
        (Kind.SEATS, {"size_date": "3.3.2026"}, "size_date"),
        (Kind.SEATS, {"needs": ["none", "multi_tenant"]}, "needs"),
        (Kind.SEATS, {"needs": ["other"]}, "needs"),
        (Kind.AZURE, {"amount": "-0.01"}, "amount"),
        (Kind.AZURE, {"amount": "0.001"}, "amount"),
        (Kind.AZURE, {"amount": "99999999999999"}, "amount"),
        (Kind.AZURE, {"currency": "DEM"}, "currency"),
        (Kind.AZURE, {"basis": ""}, "basis"),
    ],
)
def test_each_mistake_is_told_at_its_field(kind: Kind, broken: dict[str, Any], field: str) -> None:
    typed = {**(SEATS if kind == Kind.SEATS else AZURE), **broken}
    with override("en"):
        assert list(DealForm(typed, kind=kind).errors) == [field]


@pytest.mark.parametrize("needs", [None, [], ["multi_tenant"]])
def test_a_deal_shown_in_its_form_and_saved_again_stays_the_same(needs: list[str] | None) -> None:
    deal = factories.DealFactory.build(
        seats=2399, needs=needs, prefers_self_service=True, expected_close_date=date(2026, 5, 1), version=3
    )
    form = DealForm(initial_of(deal), kind=Kind.SEATS)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["version"] == 3
    assert {name: getattr(deal, name) for name in form.facts} == form.facts


def test_trying_out_takes_any_facts() -> None:
    with override("de"):
        form = WhatIfForm({"seats": "2.400", "azure": "1,50", "needs": ["none"], "prefers_self_service": "no"})
        assert form.is_valid(), form.errors
        assert form.facts == Facts(seats=2400, azure=Decimal("1.50"), needs=frozenset(), prefers_self_service=False)
    form = WhatIfForm({})
    assert form.is_valid()
    assert form.facts == Facts()


def test_nobody_chooses_not_to_know() -> None:
    form = ChoiceForm({"motion": Motion.UNKNOWN, "reason": "price"})
    assert list(form.errors) == ["motion"]
