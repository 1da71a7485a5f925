"""Reading the ledger: whether an entry is untouched, and what changed from one to the next."""

import hashlib
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from motions.bulk import Counts
from motions.ledger import Difference, canonical, differences, holds, read
from motions.models import Assessment, Deal, RateSet
from motions.policy.kit import Facts, Motion
from motions.states import Need
from tests import factories
from tests.motions.strategies import steady

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(deal: Deal, rates: RateSet, drain: Callable[[], Counts]) -> Assessment:
    """An entry over two deals, one of them in another currency."""
    Deal.objects.filter(pk=deal.pk).update(needs=[Need.MULTI_TENANT], prefers_self_service=False)
    factories.DealFactory(customer=deal.customer, azure=True, amount=Decimal("100.00"), currency="EUR")
    drain()
    return Assessment.objects.get()


def sealed(entry: Assessment) -> Assessment:
    """The entry as somebody would leave it who also knows how to make the hash."""
    entry.hash = hashlib.sha256(canonical(entry.facts).encode()).digest()
    return entry


def test_an_entry_tells_what_was_judged_and_how(entry: Assessment, deal: Deal) -> None:
    answer = read(entry.facts)
    assert holds(entry)
    assert (answer.currency, answer.aggregation, answer.rate_date) == ("USD", "largest", date(2026, 3, 2))
    assert (answer.limits.seats, answer.limits.azure) == (2400, Decimal("1000000.00"))
    seats, azure = answer.lines
    assert answer.ruling is seats
    assert (
        answer.facts == seats.facts == Facts(seats=2399, needs=frozenset({"multi_tenant"}), prefers_self_service=False)
    )
    assert (azure.amount, azure.rate, azure.azure) == (Decimal("100.00"), Decimal("1.25"), Decimal("125.00"))
    assert answer.together.azure == Decimal("125.00")
    assert answer.decision.motion == Motion.ENTERPRISE
    assert (answer.shown.seats, answer.shown.azure) == (2399, Decimal("125.00"))


def test_an_entry_without_deals_holds_as_well(customer: Customer, drain: Callable[[], Counts]) -> None:
    drain()
    entry = Assessment.objects.get()
    assert holds(entry)
    assert read(entry.facts).facts == Facts()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("lines", 0, "seats"), 2398),
        (("lines", 0, "as_of"), "2026-03-04"),
        (("limits", "seats"), 2399),
        (("answer", "motion"), "breadth"),
        (("answer", "trace"), "00000"),
    ],
)
def test_an_entry_that_was_tampered_with_does_not_hold(place: tuple[Any, ...], value: Any, entry: Assessment) -> None:
    *way, last = place
    found: Any = entry.facts
    for step in way:
        found = found[step]
    found[last] = value
    assert not holds(entry)


def test_an_entry_with_a_new_hash_still_has_to_give_its_own_answer_again(entry: Assessment) -> None:
    assert holds(sealed(entry))
    for name, value in [("motion", "breadth"), ("trace", "00000"), ("deal", None)]:
        forged = deepcopy(entry)
        forged.facts["answer"][name] = value
        assert not holds(sealed(forged)), name
    entry.motion = "breadth"
    assert not holds(sealed(entry)), "the column says what the document does not"


documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6), inner)
    ),
    max_leaves=12,
)


@steady
@given(several=st.lists(documents, min_size=1, max_size=20))
def test_the_canonical_text_is_the_text_that_postgresql_gives(several: list[Any]) -> None:
    texts = [canonical(one) for one in several]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT one::jsonb::text FROM unnest(%s::text[]) WITH ORDINALITY AS t(one, n) ORDER BY n", [texts]
        )
        assert [row[0] for row in cursor.fetchall()] == texts


def test_the_same_facts_differ_in_nothing(entry: Assessment) -> None:
    assert differences(entry.facts, deepcopy(entry.facts)) == []


def test_differences_name_the_deal_the_fact_and_both_values(entry: Assessment) -> None:
    newer = deepcopy(entry.facts)
    seats, azure = newer["lines"]
    newer |= {"policy": 99, "rates": "2026-03-03"}
    seats |= {"seats": 2400, "needs": None, "prefers": True, "as_of": "2026-03-04"}
    azure |= {"amount": "1.00", "currency": "CHF", "basis": "actual"}
    assert differences(entry.facts, newer) == [
        Difference("policy", None, entry.policy_id, 99),
        Difference("rates", None, "2026-03-02", "2026-03-03"),
        Difference("seats", seats["deal"], 2399, 2400),
        Difference("needs", seats["deal"], ["multi_tenant"], None),
        Difference("prefers", seats["deal"], False, True),
        Difference("as_of", seats["deal"], "2026-03-03", "2026-03-04"),
        Difference("amount", azure["deal"], "100.00", "1.00"),
        Difference("currency", azure["deal"], "EUR", "CHF"),
        Difference("basis", azure["deal"], "forecast", "actual"),
    ]


def test_deals_come_and_go(entry: Assessment) -> None:
    newer = deepcopy(entry.facts)
    gone = newer["lines"].pop(0)
    come = {**gone, "deal": gone["deal"] + 1000}
    newer["lines"].append(come)
    assert differences(entry.facts, newer) == [
        Difference("deal_removed", gone["deal"], gone, None),
        Difference("deal_added", come["deal"], None, come),
    ]
