"""Alerts: what workers tell partners of the ledger, of agreements and of forecasts; each once, and nothing skipped."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation
from django.utils.timezone import localdate, now

from common.isolation import Side, acting
from customers.models import Customer
from motions import bulk, outlooks, services, tasks
from motions.alerts import runs
from motions.models import Alert, AlertCursor, Assessment, Backtest, Contract, Deal, Mark, PolicyVersion
from motions.sql import alerting
from motions.states import AlertKind, Kind, Source
from partners.models import Partner, User
from tests import factories

pytestmark = pytest.mark.django_db
Drain = Callable[[], bulk.Counts]


def kinds(customer: Customer) -> list[str]:
    return list(Alert.objects.filter(customer=customer).order_by("id").values_list("kind", flat=True))


@pytest.fixture
def resize(drain: Drain) -> Callable[..., list[str]]:
    """Give a deal another size, have it judged and told; returns the kinds of the customer's alerts so far."""

    def resized(deal: Deal, **sizes: Any) -> list[str]:
        Deal.objects.filter(pk=deal.pk).update(**sizes)
        drain()
        runs.follow(clock=now)
        return kinds(deal.customer)

    return resized


@pytest.fixture
def small(customer: Customer, resize: Callable[..., list[str]]) -> Deal:
    """A seat deal far below the limit, judged."""
    deal = factories.DealFactory(customer=customer, name="M365", seats=100)
    assert resize(deal) == []
    return deal


def test_coming_near_a_limit_is_told_once_and_again_after_going_away(small: Deal, resize: Any) -> None:
    assert resize(small, seats=2160) == ["near"]
    assert resize(small, seats=2200) == ["near"]
    assert resize(small, seats=2159) == ["near"]
    assert resize(small, seats=2399) == ["near", "near"]
    alert = Alert.objects.filter(kind="near").earliest("id")
    assert alert.params == {"measure": "seats", "size": "2160", "before": "100", "limit": "2400", "currency": "USD"}
    assert (alert.partner_id, alert.seen_at) == (small.partner_id, None)


def test_crossing_a_limit_is_told_either_way_with_both_sizes(small: Deal, resize: Any) -> None:
    assert resize(small, seats=2400) == ["above"]
    assert resize(small, seats=5000) == ["above"]
    assert resize(small, seats=2300) == ["above", "below"]
    up, down = Alert.objects.order_by("id")
    assert (up.params["before"], up.params["size"]) == ("100", "2400")
    assert (down.params["before"], down.params["size"]) == ("5000", "2300")


def test_an_amount_in_another_currency_crosses_by_its_worth(customer: Customer, resize: Any, rates: object) -> None:
    deal = factories.DealFactory(customer=customer, azure=True, amount="700000", currency="EUR")
    assert resize(deal) == []
    assert resize(deal, amount=Decimal(800_000)) == ["above"]
    assert Alert.objects.get().params["size"] == "1000000.00"
    # a currency without a rate leaves the size unknown: nothing is said of it
    assert resize(deal, currency="SEK") == ["above"]


def test_another_deal_that_reaches_the_limit_is_a_crossing_too(small: Deal, resize: Any) -> None:
    factories.DealFactory(customer=small.customer, azure=True, amount="2000000")
    assert resize(small) == ["above"]
    assert Alert.objects.get().params["before"] == "0"


def test_the_first_answer_of_a_customer_is_no_news(customer: Customer, resize: Any) -> None:
    assert resize(factories.DealFactory(customer=customer, seats=2399)) == []
    other = factories.CustomerFactory(partner=customer.partner)
    assert resize(factories.DealFactory(customer=other, seats=9000)) == []


def test_an_unknown_size_is_neither_near_nor_across(small: Deal, resize: Any) -> None:
    assert resize(small, seats=None) == []
    assert resize(small, seats=9000) == []
    unknown = factories.DealFactory(customer=small.customer, seats=None)
    assert resize(unknown) == []


def test_deals_together_cross_where_the_policy_adds_them_up(
    partner: Partner, resize: Any, combined: PolicyVersion
) -> None:
    customer = factories.CustomerFactory(partner=partner, country="FR")
    one, other = (factories.DealFactory(customer=customer, seats=1000) for _two in range(2))
    assert resize(one) == []
    assert resize(other, seats=1400) == ["above"]


@pytest.fixture
def combined(db: None) -> PolicyVersion:
    return factories.PolicyVersionFactory(market="FR", aggregation="combined", published_at=factories.NOON)


def test_a_policy_that_moves_a_customer_is_told_as_the_policys_doing(small: Deal, resize: Any, drain: Drain) -> None:
    resize(small, seats=1500)
    policy = factories.PolicyVersionFactory(
        market="DE", seat_limit=1000, title_en="Lower limits", title_de="Niedrigere Grenzen", published_at=now()
    )
    Mark.objects.create(customer=small.customer, partner_id=small.partner_id, made_at=now())
    drain()
    runs.follow(clock=now)
    assert kinds(small.customer) == ["policy"]
    (alert,) = Alert.objects.all()
    assert alert.params == {"motion": "enterprise", "before": "breadth", "policy": policy.pk}
    for language, sentence in (("en", "“Lower limits” moved"), ("de", "„Niedrigere Grenzen“ hat")):
        with translation.override(language):
            assert sentence in outlooks.told([alert])[0]["text"]
    # the next crossing is of the inputs again
    assert resize(small, seats=10) == ["policy", "below"]


def test_an_edit_after_a_version_that_moved_nobody_is_a_crossing_of_its_own(small: Deal, resize: Any) -> None:
    factories.PolicyVersionFactory(market="DE", seat_limit=3000, published_at=now())
    assert bulk.reconcile(clock=now) == 0, "the version moves nobody"
    assert resize(small, seats=3000) == ["above"]


def test_the_task_run_twice_tells_nothing_twice(small: Deal, resize: Any) -> None:
    resize(small, seats=2400)
    before = list(Alert.objects.values_list("pk", "made_at"))
    for _again in range(2):
        tasks.alert()
    AlertCursor.objects.update(reached=0, bound=0)
    tasks.alert()
    assert list(Alert.objects.values_list("pk", "made_at")) == before


def test_many_small_windows_tell_the_same_as_one_large(partner: Partner, drain: Drain) -> None:
    deals = [factories.DealFactory(customer=factories.CustomerFactory(partner=partner), seats=9) for _each in range(7)]
    drain()
    Deal.objects.filter(pk__in=[deal.pk for deal in deals]).update(seats=2400)
    drain()
    assert runs.follow(clock=now, window=2) == 7
    cursor = AlertCursor.objects.get(name="ledger")
    assert str(cursor) == f"ledger at {cursor.reached}"
    assert cursor.reached == Assessment.objects.latest("id").pk
    assert runs.follow(clock=now) == 0


def test_writers_that_a_former_server_noted_hold_nothing_up(small: Deal, resize: Any) -> None:
    newest = Assessment.objects.latest("id").pk
    AlertCursor.objects.update(reached=0, bound=newest, writers=["99999/1"])
    assert resize(small, seats=2400) == ["above"]


def test_an_archived_customer_is_no_news(small: Deal, resize: Any) -> None:
    Customer.objects.filter(pk=small.customer_id).update(archived_at=now())
    assert resize(small, seats=2400) == []


@pytest.fixture
def ending(small: Deal) -> Contract:
    """An agreement of a customer below the limits that ends in half a year."""
    return factories.ContractFactory(customer=small.customer, ea_end_date=localdate() + timedelta(days=180))


def test_an_agreement_that_ends_within_a_year_is_told_where_the_size_lies_below_the_limits(
    ending: Contract, resize: Any, small: Deal
) -> None:
    assert resize(small) == ["ea_end"]
    assert resize(small) == ["ea_end"]
    later = ending.ea_end_date + timedelta(days=30)
    factories.ContractFactory(customer=small.customer, ea_end_date=later)
    assert resize(small) == ["ea_end", "ea_end"]
    assert Alert.objects.latest("id").params == {"end": str(later)}


@pytest.mark.parametrize("days", [-1, 400])
def test_an_agreement_that_has_ended_or_runs_for_long_is_not_told(days: int, small: Deal, resize: Any) -> None:
    factories.ContractFactory(customer=small.customer, ea_end_date=localdate() + timedelta(days=days))
    assert resize(small) == []


def test_an_agreement_that_was_taken_back_is_not_told(ending: Contract, small: Deal, resize: Any) -> None:
    factories.ContractFactory(customer=small.customer, ea_end_date=None)
    assert resize(small) == []


def test_an_agreements_end_waits_while_the_guidance_is_not_fresh_or_above(ending: Contract, small: Deal) -> None:
    Deal.objects.filter(pk=small.pk).update(seats=101)
    runs.follow(clock=now)
    assert kinds(small.customer) == []
    Deal.objects.filter(pk=small.pk).update(seats=9000)
    bulk.drain(clock=now, is_bulk=False)
    runs.follow(clock=now)
    assert "ea_end" not in kinds(small.customer)


def growing(customer: Customer, seller: User, *, months: int = 7, step: int = 60) -> Deal:
    """A deal whose size was said every month until today, a little uneven, and just below the limit by now."""
    today, deal = localdate(), None
    for back in range(months - 1, -1, -1):
        day = today - timedelta(days=30 * back)
        facts = {"name": "M365", "kind": Kind.SEATS, "seats": 2300 - step * back - back % 2 * 9}
        at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        how: dict[str, Any] = {"by": seller, "at": at, "facts": facts, "source": Source.FORM, "size_date": day}
        deal = services.change_deal(deal, version=deal.version, **how) if deal else services.add_deal(customer, **how)
    assert deal
    return deal


def test_a_likely_crossing_within_months_is_told_once(customer: Customer, seller: User, drain: Drain) -> None:
    growing(customer, seller)
    drain()
    tasks.foresee()
    tasks.foresee()
    (alert,) = Alert.objects.all()
    assert (alert.kind, alert.params["way"], alert.params["limit"]) == (AlertKind.LEAD, "up", "2400")
    with translation.override("en"):
        assert outlooks.told([alert])[0]["text"].startswith("Likely crosses the limit of 2,400 seats")


def test_a_crossing_that_is_far_away_or_uncertain_is_not_told(customer: Customer, seller: User, drain: Drain) -> None:
    growing(customer, seller, step=5)
    growing(factories.CustomerFactory(partner=customer.partner), seller, months=3)
    drain()
    assert runs.foresee(clock=now) == 0


def test_the_next_run_goes_on_behind_the_last_customer_and_then_from_the_start(
    partner: Partner, seller: User, drain: Drain
) -> None:
    customers = [factories.CustomerFactory(partner=partner) for _each in range(3)]
    for customer in customers:
        growing(customer, seller)
    drain()
    assert [runs.foresee(clock=now, most=2, chunk=2) for _turn in range(3)] == [2, 1, 0]
    assert Alert.objects.count() == 3


def test_no_policy_in_force_means_nothing_to_foresee(customer: Customer, seller: User, drain: Drain) -> None:
    growing(customer, seller)
    assert runs.foresee(clock=lambda: datetime(1999, 1, 1, tzinfo=UTC)) == 0


def test_the_backtest_stores_a_figure_without_names_once_there_are_enough_histories(
    partner: Partner, seller: User, policy_owner: User
) -> None:
    for _each in range(runs.LEAST_HISTORIES - 1):
        growing(factories.CustomerFactory(partner=partner), seller)
    tasks.backtest()
    assert Backtest.objects.get(measure="seats").trend_error is None
    growing(factories.CustomerFactory(partner=partner), seller)
    seats, azure = runs.backtest(clock=now, chunk=2)
    assert (seats.histories, seats.held_out, azure.histories) == (runs.LEAST_HISTORIES, 15, 0)
    assert seats.trend_error is not None
    assert seats.last_error is not None
    assert seats.trend_error < seats.last_error
    shown = outlooks.quality(by=policy_owner)
    assert [row["figure"] for row in shown] == [seats, azure]
    assert str(seats) == f"seats at {seats.at:%Y-%m-%d}"


def test_the_backtest_is_a_command_too_and_prints_a_line_for_each_measure(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("backtest")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    nothing = {"histories": 0, "held_out": 0, "trend_error": None, "last_error": None}
    assert lines == [{"measure": measure, **nothing} for measure in ("seats", "azure")]


def test_workers_do_all_this_with_their_own_rights_alone(customer: Customer, seller: User, drain: Drain) -> None:
    growing(customer, seller)
    drain()
    with acting(Side.WORKER):
        assert alerting.with_histories(after=0, least=4, size=9) == [customer.pk]
        assert Alert.objects.count() == 0


@pytest.mark.parametrize("kind", AlertKind.values)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_kind_of_alert_is_worded_in_both_languages(kind: str, language: str, customer: Customer) -> None:
    params = {
        "measure": "azure",
        "size": "950000.00",
        "before": "100000.00",
        "limit": "1000000.00",
        "currency": "USD",
        "end": "2027-06-30",
        "motion": "breadth",
        "policy": 0,
        "way": "down",
        "earliest": str(date(2026, 10, 1)),
        "latest": str(date(2027, 1, 9)),
    }
    if kind == AlertKind.POLICY:
        params["before"] = "enterprise"
    alert = factories.AlertFactory(customer=customer, kind=kind, params=params)
    with translation.override(language):
        (row,) = outlooks.told([alert])
    assert len(row["text"]) > 20
    assert str(alert) == f"{customer.pk}: {kind} {alert.key}"
