"""The ledger read again: an entry proves itself, a forged one does not, and two of them tell what changed between them."""

import hashlib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from motions import ledger, wording
from motions.bulk import Counts
from motions.causes import Difference, differences
from motions.ledger import canonical
from motions.models import Assessment, Deal
from motions.policy.kit import Motion
from tests import factories
from tests.motions.strategies import steady

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(deal: Deal, drain: Callable[[], Counts]) -> Assessment:
    factories.DealFactory(customer=deal.customer, azure=True, amount=Decimal("250000.00"), needs=["multi_tenant"])
    drain()
    return Assessment.objects.get()


def forged(entry: Assessment, *, rehashed: bool, **answer: Any) -> Assessment:
    """The entry with another answer in its document; with a hash that fits again, if asked for."""
    copy = deepcopy(entry)
    copy.facts["answer"].update(answer)
    if rehashed:
        copy.hash = hashlib.sha256(canonical(copy.facts).encode()).digest()
    return copy


def test_an_entry_proves_itself(entry: Assessment) -> None:
    assert ledger.holds(entry)
    answer = ledger.read(entry.facts)
    assert (answer.policy_id, answer.edition.number, answer.currency) == (entry.policy_id, 1, "USD")
    assert answer.ruling is answer.lines[0]
    assert answer.facts == answer.lines[0].facts
    assert answer.together.azure == Decimal("250000.00")
    assert str(entry).startswith(f"{entry.customer_id}: breadth at ")


@pytest.mark.parametrize(
    "answer", [{"motion": "enterprise"}, {"trace": "11111"}, {"deal": None}, {"motion": "breadth", "trace": "00000"}]
)
def test_a_forged_answer_is_noticed_by_the_hash_and_by_the_policy(answer: dict[str, Any], entry: Assessment) -> None:
    assert not ledger.holds(forged(entry, rehashed=False, **answer))
    assert not ledger.holds(forged(entry, rehashed=True, **answer)), "a hash that was made to fit proves nothing"


def test_a_forged_fact_or_column_is_noticed(entry: Assessment) -> None:
    copy = deepcopy(entry)
    copy.facts["lines"][0]["seats"] = 9999
    assert not ledger.holds(copy)
    copy.hash = hashlib.sha256(canonical(copy.facts).encode()).digest()
    assert not ledger.holds(copy)
    slight = deepcopy(entry)
    slight.facts["lines"][0]["seats"] = 2398
    assert not ledger.holds(slight), "the policy would answer the same; the hash does not"
    other = deepcopy(entry)
    other.motion = Motion.ENTERPRISE
    assert not ledger.holds(other)


def test_a_document_without_deals_is_an_answer_too(customer: Any, drain: Callable[[], Counts]) -> None:
    drain()
    entry = Assessment.objects.get()
    answer = ledger.read(entry.facts)
    assert (answer.lines, answer.ruling, answer.decision.motion, answer.decision.outcomes) == ((), None, "unknown", ())
    assert ledger.holds(entry)


@pytest.mark.parametrize("broken", [{}, {"limits": {}}])
def test_what_is_no_document_is_no_answer(broken: dict[str, Any]) -> None:
    with pytest.raises(KeyError):
        ledger.read(broken)


def test_the_largest_of_each_kind_stands_beside_the_limits_or_all_where_they_count_together(entry: Assessment) -> None:
    factories.DealFactory(
        customer_id=entry.customer_id, partner_id=entry.partner_id, customer=entry.customer, seats=100
    )
    answer = ledger.read(entry.facts)
    line = answer.lines[0]
    several = replace(answer, lines=(line, replace(line, seats=100, deal_id=0), answer.lines[1]))
    assert (several.shown.seats, several.shown.azure) == (2399, Decimal("250000.00"))
    assert replace(several, aggregation="combined").shown == several.together


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('abäß€z"\\ ', max_size=4), inner, max_size=4),
    max_leaves=12,
)


@steady
@given(value=json_values)
def test_the_canonical_text_is_the_databases_own(value: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb::text", [canonical(value)])
        assert canonical(value) == cursor.fetchone()[0]


LINE: dict[str, Any] = {
    "deal": 1,
    "seats": 10,
    "amount": None,
    "currency": "",
    "needs": None,
    "prefers": None,
    "basis": "",
    "as_of": "2026-03-03",
    "kind": "seats",
    "source": "form",
}
OLDER: dict[str, Any] = {"policy": 1, "rates": None, "lines": [LINE]}


@pytest.mark.parametrize(
    ("newer", "found"),
    [
        (OLDER, []),
        ({**OLDER, "policy": 2}, [Difference("policy", None, 1, 2)]),
        ({**OLDER, "rates": "2026-03-02"}, [Difference("rates", None, None, "2026-03-02")]),
        ({**OLDER, "lines": []}, [Difference("deal_removed", 1, LINE, None)]),
        (
            {**OLDER, "lines": [LINE, {**LINE, "deal": 2}]},
            [Difference("deal_added", 2, None, {**LINE, "deal": 2})],
        ),
        (
            {**OLDER, "lines": [{**LINE, "seats": 11, "needs": ["multi_tenant"], "as_of": "2026-03-04"}]},
            [
                Difference("seats", 1, 10, 11),
                Difference("needs", 1, None, ["multi_tenant"]),
                Difference("as_of", 1, "2026-03-03", "2026-03-04"),
            ],
        ),
    ],
)
def test_two_entries_tell_what_changed_between_them(newer: dict[str, Any], found: list[Difference]) -> None:
    assert differences(OLDER, newer) == found


def test_rates_and_their_day_are_kept_only_where_they_were_used(rates: Any, drain: Callable[[], Counts]) -> None:
    factories.DealFactory(azure=True, currency="USD")
    foreign = factories.DealFactory(azure=True, currency="EUR")
    drain()
    days = {one.customer_id: ledger.read(one.facts).rate_date for one in Assessment.objects.all()}
    assert set(days.values()) == {None, date(2026, 3, 2)}
    assert days[foreign.customer_id] == date(2026, 3, 2)
    assert Assessment.objects.get(customer=foreign.customer).rate_set == rates


@pytest.mark.parametrize(
    ("currency", "amount", "text"),
    [
        ("USD", Decimal("250000.00"), ""),
        ("EUR", None, ""),
        ("EUR", Decimal("250000.00"), "$312,500 at a rate of 1.25"),
        ("SEK", Decimal("250000.00"), "no exchange rate for SEK"),
    ],
)
def test_what_an_amount_was_taken_as_is_told_where_it_was_converted(
    currency: str, amount: Decimal | None, text: str, rates: Any, drain: Callable[[], Counts]
) -> None:
    factories.DealFactory(azure=True, amount=amount, currency=currency)
    drain()
    (line,) = ledger.read(Assessment.objects.get().facts).lines
    with override("en"):
        assert wording.conversion_text(line, "USD") == text
