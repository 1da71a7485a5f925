"""The map of a portfolio: what stands is what it says, and what would be is what `decide` says. It writes nothing."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from customers.models import Customer
from motions.current import rates_into, under
from motions.ledger import read
from motions.models import Assessment, Mark, PolicyVersion, RateSet, Standing
from motions.policy.editions import FIRST
from motions.policy.kit import Comparator, Limits
from motions.sql.scenario import HIGHEST, LOWEST, MOST_CELLS, Cell, Scenario, answers, moving, summary
from motions.states import Kind, Need, Stage
from partners.models import Partner, User
from tests import factories

pytestmark = pytest.mark.django_db

CENT = Decimal("0.01")
USUAL = Limits(2400, Decimal("1000000.00"))
SCENARIOS = [
    USUAL,
    replace(USUAL, comparator=Comparator.ABOVE),
    replace(USUAL, seats=1200),
    replace(USUAL, seats=2401),
    replace(USUAL, azure=Decimal("800000.00")),
    Limits(300, Decimal("1250000.00"), Comparator.ABOVE),
    Limits(1, CENT),
]


def scenario_of(
    limits: Limits, rates: RateSet | None, *, aggregation: str = "largest", currency: str = "USD"
) -> Scenario:
    return Scenario(FIRST, limits, aggregation, currency, rates.pk if rates else None)


@pytest.fixture
def portfolio(partner: Partner, rates: RateSet, drain: Callable[[], object]) -> list[Customer]:
    """120 customers with up to four deals, sizes on and around limits, in currencies with and without a rate."""
    luck = random.Random(20260303)
    customers = [factories.CustomerFactory(partner=partner, name=f"Kunde {number}") for number in range(120)]
    for customer in customers:
        for _deal in range(luck.choice([0, 1, 1, 2, 3, 4])):
            factories.DealFactory(customer=customer, **_facts(luck))
    drain()
    return customers


def _facts(luck: random.Random) -> dict[str, Any]:
    bought = {
        "needs": luck.choice([None, None, [], [], ["multi_tenant"], [Need.DUAL_USE_RIGHTS.value]]),
        "prefers_self_service": luck.choice([None, None, False, False, True]),
        "stage": luck.choice([Stage.OPEN, Stage.OPEN, Stage.OPEN, Stage.WON]),
    }
    if luck.random() < 0.5:
        return {**bought, "seats": luck.choice([None, 0, 299, 300, 1199, 1200, 2399, 2400, 2401, luck.randrange(6000)])}
    amount = luck.choice(
        [None, Decimal(0), Decimal(800000), Decimal(1000000), Decimal(luck.randrange(2 * 10**8)) / 100]
    )
    currency = luck.choice(["USD", "USD", "EUR", "CHF", "SEK"]) if amount is not None else ""
    return {**bought, "kind": Kind.AZURE, "seats": None, "amount": amount, "currency": currency, "basis": "forecast"}


def said_by_decide(customer: Customer, tried: Scenario) -> str:
    """The motion that Python gives for the facts that are stored of a customer, at the rates in force."""
    entry = Assessment.objects.filter(customer=customer).order_by("-id").first()
    if entry is None:
        return "unknown"
    policy = PolicyVersion(
        edition=1,
        seat_limit=tried.limits.seats,
        azure_limit=tried.limits.azure,
        comparator=tried.limits.comparator.value,
        currency=tried.currency,
        aggregation=tried.aggregation,
    )
    rates = rates_into(tried.currency, RateSet.objects.filter(pk=tried.rate_set).first())
    return under(read(entry.facts), policy, rates, None).decision.motion.value


def test_with_unmoved_limits_the_map_says_exactly_what_stands(
    portfolio: list[Customer], rates: RateSet, seller: User
) -> None:
    policy = PolicyVersion.objects.get(code__contains="2023")
    tried = scenario_of(policy.limits, rates, aggregation=policy.aggregation, currency=policy.currency)
    customers = Customer.objects.visible_to(seller)
    standing = dict(Standing.objects.values_list("customer_id", "motion"))
    assert len(set(standing.values())) == 4
    assert answers(customers, tried) == {customer: (motion, motion) for customer, motion in standing.items()}
    found = summary(customers, tried)
    assert {(move.now, move.later): move.customers for move in found.moves} == {
        (motion, motion): count for motion, count in Counter(standing.values()).items()
    }
    assert sum(cell.moved for cell in found.cells) == 0
    assert list(moving(customers, tried)) == []


@pytest.mark.parametrize("aggregation", ["largest", "combined"])
@pytest.mark.parametrize("limits", SCENARIOS, ids=str)
def test_moved_limits_give_for_each_customer_what_decide_says(
    limits: Limits, aggregation: str, portfolio: list[Customer], rates: RateSet, seller: User
) -> None:
    tried = scenario_of(limits, rates, aggregation=aggregation)
    customers = Customer.objects.visible_to(seller)
    standing = dict(Standing.objects.values_list("customer_id", "motion"))
    expected = {one.pk: (standing[one.pk], said_by_decide(one, tried)) for one in portfolio}
    assert answers(customers, tried) == expected
    assert {one.pk for one in moving(customers, tried)} == {pk for pk, (now, later) in expected.items() if now != later}
    found = summary(customers, tried)
    assert {(move.now, move.later): move.customers for move in found.moves} == Counter(expected.values())
    assert sum(cell.customers for cell in found.cells) == len(portfolio)
    assert sum(cell.moved for cell in found.cells) == sum(now != later for now, later in expected.values())


def test_a_limit_in_another_currency_meets_the_amounts_at_the_rates_in_force(
    partner: Partner, rates: RateSet, seller: User, drain: Callable[[], object]
) -> None:
    own, foreign, unrated = (factories.CustomerFactory(partner=partner) for _ in range(3))
    for customer, amount, currency in ((own, 500, "CHF"), (foreign, 625, "USD"), (unrated, 900, "SEK")):
        factories.DealFactory(customer=customer, azure=True, amount=Decimal(amount), currency=currency, needs=[])
    drain()
    at_500_francs = scenario_of(Limits(2400, Decimal("500.00")), rates, currency="CHF")
    found = answers(Customer.objects.visible_to(seller), at_500_francs)
    assert [found[one.pk][1] for one in (own, foreign, unrated)] == ["enterprise", "enterprise", "unknown"]
    above = scenario_of(Limits(2400, Decimal("500.01")), rates, currency="CHF")
    found = answers(Customer.objects.visible_to(seller), above)
    assert [found[one.pk][1] for one in (own, foreign, unrated)] == ["breadth", "breadth", "unknown"]


def test_an_answer_that_still_holds_meets_other_limits_at_the_rates_of_today(
    customer: Customer, rates: RateSet, seller: User, drain: Callable[[], object]
) -> None:
    factories.DealFactory(customer=customer, azure=True, amount=Decimal(800), currency="EUR", needs=[])
    drain()
    today = factories.RateSetFactory(date=factories.TODAY, rates={"EUR": "1", "USD": "1.50", "CHF": "1"})
    customers = Customer.objects.visible_to(seller)
    # 1,000 dollars then, 1,200 today; nobody was judged again, for the limit in force is far away
    drain()
    assert Assessment.objects.count() == 1
    assert answers(customers, scenario_of(USUAL, today)) == {customer.pk: ("breadth", "breadth")}
    tried = scenario_of(replace(USUAL, azure=Decimal("1200.00")), today)
    assert answers(customers, tried) == {customer.pk: ("breadth", "enterprise")}
    assert said_by_decide(customer, tried) == "enterprise"


def test_a_customer_that_waits_for_its_recompute_stands_where_it_stood(
    customer: Customer, deal: Any, seller: User, drain: Callable[[], object]
) -> None:
    drain()
    type(deal).objects.filter(pk=deal.pk).update(seats=9000)
    tried = scenario_of(USUAL, None)
    assert answers(Customer.objects.visible_to(seller), tried) == {customer.pk: ("breadth", "breadth")}


def test_the_map_writes_nothing(portfolio: list[Customer], seller: User, rates: RateSet, as_person: Any) -> None:
    before = (Assessment.objects.count(), Mark.objects.count(), list(Standing.objects.order_by("pk").values_list()))
    with as_person(seller), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL transaction_read_only = on")
        summary(Customer.objects.visible_to(seller), scenario_of(SCENARIOS[2], rates))
        list(moving(Customer.objects.visible_to(seller), scenario_of(SCENARIOS[2], rates)))
        transaction.set_rollback(True)
    after = (Assessment.objects.count(), Mark.objects.count(), list(Standing.objects.order_by("pk").values_list()))
    assert after == before


def test_a_neighbours_customers_are_on_nobody_elses_map(portfolio: list[Customer], rival: User, as_person: Any) -> None:
    with as_person(rival):
        found = summary(Customer.objects.all(), scenario_of(SCENARIOS[2], None))
    assert (found.moves, found.cells) == ([], [])
    assert summary(Customer.objects.visible_to(rival), scenario_of(SCENARIOS[2], None)).moves == []


@pytest.mark.parametrize("comparator", Comparator)
def test_no_cell_of_the_picture_lies_on_both_sides_of_a_limit(
    comparator: Comparator, partner: Partner, seller: User, drain: Callable[[], object]
) -> None:
    sizes = [0, 1, 239, 240, 2398, 2399, 2400, 2401, 3000, 90_000_000]
    for size in sizes:
        customer = factories.CustomerFactory(partner=partner, name=f"K {size}")
        factories.DealFactory(customer=customer, seats=size, needs=[], prefers_self_service=False)
    drain()
    tried = scenario_of(Limits(2400, Decimal(1), comparator), None)
    cells = summary(Customer.objects.visible_to(seller), tried).cells
    assert len(cells) <= MOST_CELLS
    for cell in cells:
        assert cell.azure_step is None
        assert cell.seats_step is None or LOWEST <= cell.seats_step <= HIGHEST
        is_reached = cell.seats_step is not None and cell.seats_step >= 0
        assert set(cell.motions) == {"enterprise" if is_reached else "breadth"}


def test_the_motion_of_a_cell_is_that_of_most_of_its_customers() -> None:
    cell = Cell(0, 0, motions={"breadth": 2, "enterprise": 3})
    assert (cell.customers, cell.motion) == (5, "enterprise")
