"""Policies and rates reach whom they can move, and nobody else."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.utils.timezone import localdate, now

from customers.models import Customer
from motions import bulk, services
from motions.current import rates_into, under
from motions.ledger import read
from motions.models import Assessment, Deal, Fanout, FanoutCause, FanoutSlice, Mark, PolicyVersion, RateSet, Standing
from motions.policy.kit import Need
from motions.scoping import near_limit, with_freshness
from motions.sql.freshness import count_stale, in_force
from motions.states import Motion
from tests import factories

pytestmark = pytest.mark.django_db
Drain = Callable[[], bulk.Counts]
LATER = date(2026, 3, 3)


def fresh_ones(on: date | None = None) -> set[int]:
    shown = with_freshness(Customer.objects.all(), in_force(on or localdate())).filter(is_fresh=True)
    return set(shown.values_list("pk", flat=True))


def published(**facts: Any) -> PolicyVersion:
    """A version in force from today."""
    return services.publish(factories.PolicyVersionFactory(valid_from=localdate(), **facts), at=now())


def of_seats(*sizes: int | None) -> dict[int | None, int]:
    return {size: factories.DealFactory(seats=size).customer_id for size in sizes}


def motion_of(customer_id: int) -> str:
    return Standing.objects.get(customer=customer_id).motion


def test_a_moved_limit_makes_only_those_stale_whose_size_it_passes(drain: Drain) -> None:
    who = of_seats(10, 2000, 2399, 2400, 2999, 3000, None)
    drain()
    entries = Assessment.objects.count()
    newest = published(seat_limit=3000)
    assert set(who.values()) - fresh_ones() == {who[2400], who[2999]}
    counts = bulk.roll_out(clock=now, size=2)
    assert (counts.computed, counts.changed, counts.moved) == (2, 2, 2)
    assert Assessment.objects.count() == entries + 2
    assert (motion_of(who[2999]), motion_of(who[3000])) == (Motion.BREADTH, Motion.ENTERPRISE)
    assert Standing.objects.filter(policy=newest).count() == 2
    assert count_stale(localdate()) == 0
    assert not Mark.objects.exists()


def test_the_full_pass_finds_nothing_left_to_change(drain: Drain) -> None:
    of_seats(10, 2400, 2999, None)
    drain()
    published(seat_limit=3000)
    bulk.roll_out(clock=now)
    before = list(Standing.objects.order_by("pk").values())
    counts = bulk.recompute_all(clock=now)
    assert (counts.computed, counts.changed, counts.moved) == (4, 0, 0)
    assert list(Standing.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    "change",
    [{"currency": "EUR"}, {"aggregation": "combined"}],
)
def test_another_way_of_judging_reaches_everybody(change: dict[str, Any], rates: RateSet, drain: Drain) -> None:
    of_seats(10, 20)
    drain()
    published(**change)
    assert not fresh_ones()
    assert bulk.roll_out(clock=now).computed == 2
    assert len(fresh_ones()) == 2


def test_another_convention_reaches_whoever_stands_on_the_limit(drain: Drain) -> None:
    who = of_seats(2399, 2400, 2401)
    drain()
    published(comparator="above")
    assert set(who.values()) - fresh_ones() == {who[2400]}
    bulk.roll_out(clock=now)
    assert motion_of(who[2400]) == Motion.BREADTH


def test_limits_that_change_which_deal_decides_reach_its_customer(drain: Drain) -> None:
    both = factories.DealFactory(seats=1200, needs=[Need.MULTI_TENANT]).customer
    factories.DealFactory(customer=both, azure=True, amount=Decimal("400000.00"), currency="USD", needs=[])
    drain()
    assert motion_of(both.pk) == Motion.ENTERPRISE, "1,200 of 2,400 is more than 400,000 of a million"
    published(azure_limit=Decimal("500000.00"))
    assert not fresh_ones()
    bulk.roll_out(clock=now)
    assert motion_of(both.pk) != Motion.ENTERPRISE


def test_rates_reach_only_whose_amount_can_cross(rates: RateSet, drain: Drain) -> None:
    def deal(amount: str, currency: str) -> int:
        return factories.DealFactory(azure=True, amount=Decimal(amount), currency=currency).customer_id

    small, dollars, close, large = (
        deal("100000.00", "EUR"),
        deal("999999.00", "USD"),
        deal("900000.00", "EUR"),
        deal("5000000.00", "EUR"),
    )
    drain()
    assert motion_of(close) == Motion.ENTERPRISE
    newest = factories.RateSetFactory(date=LATER, rates={"EUR": "1", "USD": "1.1", "CHF": "1"})
    Fanout.objects.create(cause=FanoutCause.RATES, made_at=now())
    assert fresh_ones() == {small, dollars, large}
    assert bulk.roll_out(clock=now).computed == 1
    standing = Standing.objects.get(customer=close)
    assert (standing.motion, standing.rate_set) == (Motion.BREADTH, newest)
    assert count_stale(localdate()) == 0


def test_a_currency_that_loses_its_rate_reaches_whoever_uses_it(rates: RateSet, drain: Drain) -> None:
    who = {
        currency: factories.DealFactory(azure=True, amount=Decimal("10.00"), currency=currency).customer_id
        for currency in ("EUR", "CHF", "USD")
    }
    drain()
    factories.RateSetFactory(date=LATER, rates={"EUR": "1", "USD": "1.25"})
    assert set(who.values()) - fresh_ones() == {who["CHF"]}


def test_of_two_deals_that_may_change_places_their_customer_is_judged(rates: RateSet, drain: Drain) -> None:
    first = factories.DealFactory(azure=True, amount=Decimal("100000.00"), currency="EUR", needs=[])
    factories.DealFactory(
        customer=first.customer, azure=True, amount=Decimal("120000.00"), currency="USD", needs=[Need.MULTI_TENANT]
    )
    drain()
    assert motion_of(first.customer_id) != Motion.ENTERPRISE
    factories.RateSetFactory(date=LATER, rates={"EUR": "1", "USD": "1.1", "CHF": "1"})
    assert not fresh_ones()
    bulk.reconcile(clock=now)
    drain()
    assert motion_of(first.customer_id) == Motion.ENTERPRISE


def test_amounts_in_several_currencies_move_by_the_furthest_of_them(rates: RateSet, drain: Drain) -> None:
    published(aggregation="combined")
    first = factories.DealFactory(azure=True, amount=Decimal("500000.00"), currency="EUR")
    factories.DealFactory(customer=first.customer, azure=True, amount=Decimal("290000.00"), currency="CHF")
    drain()
    assert (motion_of(first.customer_id), len(fresh_ones())) == (Motion.BREADTH, 1)
    factories.RateSetFactory(date=LATER, rates={"EUR": "1", "USD": "1.25", "CHF": "0.95"})
    assert not fresh_ones()
    assert bulk.roll_out(clock=now).computed == 1
    assert motion_of(first.customer_id) == Motion.ENTERPRISE


def _portfolio(random: Random) -> None:
    """Customers with up to four deals; sizes near the limits, in several currencies, with and without needs."""
    for _ in range(60):
        customer = factories.CustomerFactory(country=random.choice(["DE", "AT"]))
        for _ in range(random.choice([0, 1, 1, 2, 2, 3, 4])):
            facts: dict[str, Any] = {
                "needs": random.choice([None, [], [], [Need.MULTI_TENANT]]),
                "prefers_self_service": random.choice([None, False, False, True]),
            }
            if random.random() < 0.5:
                seats = random.choice([None, 2000, 2160, 2399, 2400, 2401, 2640, random.randint(0, 5000)])
                factories.DealFactory(customer=customer, seats=seats, **facts)
            else:
                amount = random.choice([None, "800000.00", "900000.00", "1000000.00", "999999.99", "1250000.00"])
                amount = amount and str(Decimal(amount) + random.choice([0, 0, 1, -1, random.randint(-200000, 200000)]))
                currency = random.choice(["EUR", "EUR", "USD", "USD", "CHF", "SEK"]) if amount else ""
                factories.DealFactory(customer=customer, azure=True, amount=amount, currency=currency, **facts)


CHANGES: list[dict[str, Any]] = [
    {},
    {"seat_limit": 2200},
    {"azure_limit": Decimal("900000.00"), "near_share": Decimal("0.80")},
    {"seat_limit": 2640, "azure_limit": Decimal("1100000.00"), "comparator": "above"},
    {"seat_limit": 2401, "market": "AT"},
]


@pytest.mark.parametrize("aggregation", ["largest", "combined"])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("dollars", [None, "1.25", "1.2", "1.3"])
def test_whoever_counts_as_fresh_would_be_judged_the_same(
    aggregation: str, change: dict[str, Any], dollars: str | None, rates: RateSet, drain: Drain
) -> None:
    random = Random(f"{aggregation} {sorted(change)} {dollars}")
    published(aggregation=aggregation, valid_to=None)
    _portfolio(random)
    drain()
    if change:
        draft = factories.PolicyVersionFactory(
            valid_from=localdate(), valid_to=None, aggregation=aggregation, **{"market": "DE", **change}
        )
        services.publish(draft, at=now())
    if dollars:
        franc = random.choice(["1", "0.95", "1.05"])
        factories.RateSetFactory(date=LATER, rates={"EUR": "1", "USD": dollars, "CHF": franc, "SEK": "11"})
    current, fresh = in_force(localdate()), fresh_ones()
    assert len(fresh) > 10, "or the test would prove nothing"
    before = _told(fresh)
    _read_today(fresh, current)
    with connection.cursor() as cursor:
        # forget what would let the full pass leave an answer alone
        cursor.execute("UPDATE motions_standing SET azure_currency = NULL")
    bulk.recompute_all(clock=now)
    assert _told(fresh) == before


def _told(customers: set[int]) -> dict[int, tuple[str, bool, bool]]:
    near = set(Customer.objects.filter(near_limit(in_force(localdate()))).values_list("pk", flat=True))
    return {
        one.customer_id: (one.motion, one.is_provisional, one.customer_id in near)
        for one in Standing.objects.filter(customer__in=customers)
    }


def _read_today(customers: set[int], current: Any) -> None:
    """What the page shows under today's version and rates is the motion that stands."""
    for standing in Standing.objects.filter(customer__in=customers).select_related("assessment", "customer"):
        policy = current.policy_of(standing.customer.country)
        answer = under(
            read(standing.assessment.facts),
            policy,
            rates_into("USD", current.rates),
            current.rates and current.rates.date,
        )
        assert (answer.decision.motion, answer.decision.is_provisional) == (standing.motion, standing.is_provisional)


def test_what_is_read_today_is_what_would_be_written_today(rates: RateSet, drain: Drain) -> None:
    random = Random(7)
    _portfolio(random)
    drain()
    published(seat_limit=2200)
    newest = factories.RateSetFactory(date=LATER, rates={"EUR": "1", "USD": "1.17", "CHF": "0.93", "SEK": "11.03"})
    policy, into = in_force(localdate()).policies[""], rates_into("USD", newest)
    read_today = {
        one.customer_id: under(read(one.assessment.facts), policy, into, newest.date)
        for one in Standing.objects.select_related("assessment")
    }
    with connection.cursor() as cursor:
        cursor.execute("UPDATE motions_standing SET azure_currency = NULL")
    bulk.recompute_all(clock=now)
    for standing in Standing.objects.select_related("assessment"):
        assert read(standing.assessment.facts) == read_today[standing.customer_id]


def test_everybody_can_be_asked_for(drain: Drain) -> None:
    factories.CustomerFactory.create_batch(5)
    drain()
    bulk.start_all(at=now(), by_name="Olga Owner")
    assert bulk.roll_out(clock=now, size=2).computed == 5
    fanout = Fanout.objects.get()
    assert (fanout.slices, fanout.computed, fanout.changed, fanout.end) == (3, 5, 0, "done")
    assert bulk.roll_out(clock=now).computed == 0


def test_nobody_there_is_nothing_to_do() -> None:
    bulk.start_all(at=now())
    assert bulk.roll_out(clock=now).computed == 0
    assert Fanout.objects.get().end == "done"


def test_newer_roll_outs_supersede_older_ones_that_they_cover(drain: Drain) -> None:
    factories.CustomerFactory.create_batch(3)
    drain()
    causes = [FanoutCause.POLICY, FanoutCause.ALL, FanoutCause.RATES, FanoutCause.POLICY]
    fanouts = [factories.FanoutFactory(cause=cause) for cause in causes]
    bulk.roll_out(clock=now, size=2, go_on=lambda: False)
    assert [Fanout.objects.get(pk=one.pk).end for one in fanouts] == ["superseded", "", "superseded", ""]
    assert FanoutSlice.objects.count() == 4
    bulk.roll_out(clock=now)
    assert not FanoutSlice.objects.exists()
    factories.FanoutFactory(cause=FanoutCause.ALL)
    factories.FanoutFactory(cause=FanoutCause.ALL)
    assert bulk.roll_out(clock=now).computed == 3, "each customer once, not twice"


def test_a_customer_of_a_slice_that_cannot_be_judged_is_set_apart_and_the_others_go_on(
    drain: Drain, caplog: pytest.LogCaptureFixture
) -> None:
    poisoned = factories.DealFactory(azure=True, amount=Decimal("9999999999999.99"), currency="USD")
    others = of_seats(10, 2400)
    drain()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE motions_standing SET azure_currency = NULL")
    factories.RateSetFactory(rates={"EUR": "1", "USD": "999999", "XAF": "0.00000001"})
    Deal.objects.filter(pk=poisoned.pk).update(currency="XAF")
    Mark.objects.all().delete()
    bulk.start_all(at=now())
    assert bulk.roll_out(clock=now).computed == 0
    assert "a slice of a roll-out failed" in caplog.text
    assert Fanout.objects.get().end == "done"
    for _ in range(3):
        drain()
    assert not Mark.objects.exists()
    assert fresh_ones() == set(others.values())


def test_more_stale_ones_than_an_anti_entropy_pass_takes_are_a_roll_out(drain: Drain) -> None:
    of_seats(10, 20, 30)
    drain()
    published(edition=1, currency="EUR")
    Fanout.objects.all().delete()
    assert bulk.reconcile(clock=now, limit=2) == 2
    assert bulk.reconcile(clock=now, limit=2) == 0, "the roll-out comes to them"
    bulk.roll_out(clock=now)
    assert count_stale(localdate()) == 0
