"""Dated sizes out of what happened to deals, and the panel that foretells from them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.timezone import localdate

from customers.models import Customer
from motions import outlooks, services
from motions.alerts.wording import forecast_text, trend_text
from motions.current import rates_into
from motions.forecasting import Dated, Trend, forecast
from motions.models import Deal, DealEvent, PolicyVersion, RateSet
from motions.policy.kit import Comparator, Measure
from motions.series import Series, rows_of, series_of
from motions.sql.freshness import in_force
from motions.states import Kind, Source, Stage
from motions.wording import size_text
from partners.models import User
from tests import factories

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def days(*months: int) -> list[date]:
    return [date(2026, month, 1) for month in months]


def told(customer: Customer, seller: User, sizes: dict[date, Any], *, name: str = "M365", currency: str = "") -> Deal:
    """A deal whose size is said again and again; seats, or with a currency an amount."""
    field = "amount" if currency else "seats"
    kind = Kind.AZURE if currency else Kind.SEATS
    deal: Deal | None = None
    for day, size in sizes.items():
        facts = {"name": name, "kind": kind, field: size, "currency": currency, "basis": "actual" if currency else ""}
        how: dict[str, Any] = {"by": seller, "at": moment(day), "source": Source.FORM, "size_date": day}
        if deal is None:
            deal = services.add_deal(customer, facts=facts, **how)
        else:
            deal = services.change_deal(deal, version=deal.version, facts=facts, **how)
    assert deal
    return deal


def series(customer: Customer, measure: Measure = "seats", policy: PolicyVersion | None = None) -> Series:
    current = in_force(date(2026, 12, 1))
    policy = policy or current.policies[""]
    events, deals = rows_of(DealEvent.objects.filter(customer=customer), Deal.objects.filter(customer=customer))
    rates = rates_into(policy.currency, current.rates)
    return series_of(measure, events=events, deals=deals, policy=policy, rates=rates)


def sizes(
    customer: Customer, measure: Measure = "seats", policy: PolicyVersion | None = None
) -> list[tuple[date, int]]:
    return [(point.on, int(point.size)) for point in series(customer, measure, policy).points]


def test_each_dated_size_of_a_deal_is_a_point(customer: Customer, seller: User) -> None:
    told(customer, seller, dict(zip(days(1, 3, 5), (100, 200, 300), strict=True)))
    assert sizes(customer) == list(zip(days(1, 3, 5), (100, 200, 300), strict=True))
    assert series(customer, "azure") == Series()


def test_a_size_is_dated_by_what_it_says_and_not_by_when_it_was_typed(customer: Customer, seller: User) -> None:
    facts = {"name": "M365", "kind": Kind.SEATS, "seats": 100}
    services.add_deal(
        customer, by=seller, at=moment(date(2026, 4, 9)), facts=facts, source=Source.FORM, size_date=date(2026, 3, 31)
    )
    assert sizes(customer) == [(date(2026, 3, 31), 100)]


def test_a_deal_without_any_history_is_one_point(deal: Deal) -> None:
    assert sizes(deal.customer) == [(deal.size_date, 2399)]


def test_what_an_import_noted_is_dated_by_the_day_of_the_import(customer: Customer) -> None:
    deal = factories.DealFactory(customer=customer, seats=300, size_date=date(2026, 5, 1))
    for day, before, after in ((date(2026, 2, 1), None, 100), (date(2026, 5, 1), 100, 300)):
        changes = {"seats": [before, after], "amount": [None, None], "currency": ["", ""]}
        kind = "changed" if before else "added"
        factories.DealEventFactory(customer=customer, deal_id=deal.pk, kind=kind, at=moment(day), changes=changes)
    assert sizes(customer) == [(date(2026, 2, 1), 100), (date(2026, 5, 1), 300)]


def test_a_size_that_was_taken_back_is_no_point(customer: Customer) -> None:
    """An import that was undone: the deal is dated as before, and its later size counts no more."""
    deal = factories.DealFactory(customer=customer, seats=100, size_date=date(2026, 2, 1))
    for day, pair in ((date(2026, 2, 1), [None, 100]), (date(2026, 5, 1), [100, 900])):
        factories.DealEventFactory(customer=customer, deal_id=deal.pk, at=moment(day), changes={"seats": pair})
    factories.DealEventFactory(customer=customer, deal_id=deal.pk, kind="changed", changes={"undone": 7})
    assert sizes(customer) == [(date(2026, 2, 1), 100)]


def test_sizes_that_were_told_in_the_wrong_order_stand_in_the_right_one(customer: Customer, seller: User) -> None:
    told(customer, seller, dict(zip(days(1, 5), (100, 300), strict=True)), name="one")
    told(customer, seller, dict(zip(days(2, 6), (250, 350), strict=True)), name="other")
    assert sizes(customer) == list(zip(days(1, 2, 5, 6), (100, 250, 300, 350), strict=True))
    reversed_ = factories.CustomerFactory(partner=customer.partner)
    told(reversed_, seller, dict(zip(days(5, 1), (300, 100), strict=True)))
    # the newest word is that of January: what was said about May was taken back with it
    assert sizes(reversed_) == [(date(2026, 1, 1), 100)]


def test_the_policy_says_whether_the_largest_deal_counts_or_all_together(customer: Customer, seller: User) -> None:
    told(customer, seller, dict(zip(days(1, 3), (100, 200), strict=True)), name="one")
    told(customer, seller, dict(zip(days(2, 4), (50, 500), strict=True)), name="other")
    assert sizes(customer) == list(zip(days(1, 2, 3, 4), (100, 100, 200, 500), strict=True))
    combined = factories.PolicyVersionFactory(aggregation="combined")
    assert sizes(customer, policy=combined) == list(zip(days(1, 2, 3, 4), (100, 150, 250, 700), strict=True))


def test_a_deal_counts_while_it_is_open_and_one_that_was_removed_never_did(customer: Customer, seller: User) -> None:
    large = told(customer, seller, {date(2026, 1, 1): 900}, name="large")
    gone = told(customer, seller, {date(2026, 1, 2): 700}, name="gone")
    told(customer, seller, {date(2026, 1, 3): 100}, name="small")
    how: dict[str, Any] = {"by": seller, "source": Source.FORM, "size_date": large.size_date}
    services.change_deal(large, at=moment(date(2026, 2, 1)), version=1, facts={"stage": Stage.LOST}, **how)
    services.remove_deal(gone, by=seller, at=moment(date(2026, 3, 1)), version=1)
    assert sizes(customer) == [(date(2026, 1, 1), 900), (date(2026, 1, 3), 900), (date(2026, 2, 1), 100)]


def test_a_day_with_an_unknown_size_is_no_point(customer: Customer, seller: User) -> None:
    told(customer, seller, dict(zip(days(1, 3), (100, 200), strict=True)), name="one")
    told(customer, seller, dict(zip(days(2, 4), (None, 500), strict=True)), name="other")
    assert sizes(customer) == [(date(2026, 1, 1), 100), (date(2026, 4, 1), 500)]


def test_amounts_are_taken_into_the_policys_currency_at_the_rate_in_force(
    customer: Customer, seller: User, rates: RateSet
) -> None:
    told(customer, seller, {date(2026, 1, 1): Decimal(800), date(2026, 2, 1): Decimal(1600)}, currency="EUR")
    assert sizes(customer, "azure") == [(date(2026, 1, 1), 1000), (date(2026, 2, 1), 2000)]


def test_a_currency_without_a_rate_leaves_sizes_unknown_and_is_named(
    customer: Customer, seller: User, rates: RateSet
) -> None:
    told(customer, seller, {date(2026, 1, 1): Decimal(800)}, currency="USD", name="one")
    told(customer, seller, {date(2026, 2, 1): Decimal(800)}, currency="SEK", name="other")
    assert series(customer, "azure").no_rate == {"SEK"}
    assert sizes(customer, "azure") == [(date(2026, 1, 1), 800)]
    panel = outlooks.ahead(customer, by=seller, on=date(2026, 3, 3))
    assert "SEK" in panel["outlines"][1].no_rate
    assert panel["outlines"][0].no_rate == ""


def growing(customer: Customer, seller: User) -> Deal:
    today = localdate()
    points = {today - timedelta(days=30 * back): 2300 - 60 * back - back % 2 * 9 for back in range(6, -1, -1)}
    return told(customer, seller, points)


@pytest.mark.parametrize(
    ("language", "likely", "few"),
    [
        ("en", "Likely crosses the limit of 2,400 seats", "Too little data: 0 of at least 4 dated sizes."),
        (
            "de",
            "Überschreitet den Schwellenwert von 2.400 Seats",
            "Zu wenige Daten: 0 von mindestens 4 datierten Größen.",
        ),
    ],
)
def test_the_panel_says_when_a_limit_is_likely_crossed_or_that_there_is_too_little(
    language: str, likely: str, few: str, customer: Customer, seller: User
) -> None:
    growing(customer, seller)
    with translation.override(language):
        seats, azure = outlooks.ahead(customer, by=seller, on=localdate())["outlines"]
    assert seats.sentence.startswith(likely)
    assert seats.trend
    assert azure.sentence == few


def test_without_a_policy_in_force_the_panel_says_so(customer: Customer, seller: User) -> None:
    panel = outlooks.ahead(customer, by=seller, on=date(1999, 1, 1))
    assert panel["outlines"] == []


def test_a_strangers_customer_is_not_foretold(signed_in: SignIn, rival: User, customer: Customer) -> None:
    for path, how in (("forecast", "get"), ("ea-end", "post")):
        assert getattr(signed_in(rival), how)(f"/customers/{customer.public_id}/{path}/").status_code == 404


def test_the_forecast_is_a_page_and_a_part_and_asks_equally_often(
    signed_in: SignIn, seller: User, customer: Customer, django_assert_num_queries: Any
) -> None:
    growing(customer, seller)
    client, path = signed_in(seller), f"/customers/{customer.public_id}/forecast/"
    assert "<html" in client.get(path).content.decode()
    for _more in range(2):
        told(customer, seller, dict(zip(days(1, 2, 3, 4), (1, 2, 3, 4), strict=True)), name="more")
        with django_assert_num_queries(13):
            part = client.get(path, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in part


@pytest.mark.parametrize(
    ("sizes_", "wait", "sentence"),
    [
        ((2000, 2100, 2200, 2300), 0, "Likely crosses the limit of 2,400 seats in May 2026."),
        ((1400, 1500, 1580, 1700, 1790), 0, "Likely crosses the limit of 2,400 seats between "),
        ((3400, 3290, 3200, 3090, 3000), 0, "Likely falls below the limit of 2,400 seats between "),
        ((2800, 2700, 2600, 2500), 0, "Likely falls below the limit of 2,400 seats in May 2026."),
        ((2000, 2300, 1950, 2350, 2000, 2390), 0, "May cross the limit of 2,400 seats from "),
        ((2900, 2500, 2950, 2450, 2900, 2410), 0, "May fall below the limit of 2,400 seats from "),
        ((2000, 2100, 2200, 2300), 400, "By its trend it has crossed the limit of 2,400 seats by May 2026."),
        ((2800, 2700, 2600, 2500), 400, "By its trend it has fallen below the limit of 2,400 seats by May 2026."),
        ((2000, 1900, 1800, 1700), 0, "Below the limit of 2,400 seats and moving away from it."),
        ((2500, 2600, 2700, 2800), 0, "Above the limit of 2,400 seats and moving away from it."),
        ((100, 100, 100, 100), 0, "Not likely to cross the limit of 2,400 seats within two years."),
        ((9000, 9000, 9000, 9000), 0, "Not likely to fall below the limit of 2,400 seats within two years."),
        ((100, 200, 300), 0, "Too little data: 3 of at least 4 dated sizes."),
    ],
)
def test_every_outlook_is_worded(sizes_: tuple[int, ...], wait: int, sentence: str) -> None:
    start = date(2026, 1, 1)
    points = [Dated(start + timedelta(days=30 * index), Decimal(size)) for index, size in enumerate(sizes_)]
    on = points[-1].on + timedelta(days=wait)
    found = forecast(points, limit=Decimal(2400), comparator=Comparator.AT_LEAST, on=on)
    told_, german = [], []
    for language, into in (("en", told_), ("de", german)):
        with translation.override(language):
            into.append(forecast_text(found, limit=size_text("seats", Decimal(2400), "USD")))
    assert told_[0].startswith(sentence)
    assert german[0]
    assert german != told_


def test_sizes_of_a_few_weeks_are_said_to_cover_too_few_days() -> None:
    points = [Dated(date(2026, 1, day), Decimal(day)) for day in range(1, 6)]
    found = forecast(points, limit=Decimal(2400), comparator=Comparator.AT_LEAST, on=date(2026, 1, 6))
    assert forecast_text(found, limit="") == "Too little data: the dated sizes cover 4 of at least 60 days."


@pytest.mark.parametrize(
    ("trend", "measure", "sentence"),
    [
        (Trend(120, 60, 180), "seats", "Change a year: +120 seats (90% interval: +60 seats to +180 seats)."),
        (Trend(5, -5, 9), "seats", "Change a year: +5 seats (90% interval: −5 seats to +9 seats). The sizes also fit"),
        (Trend(-1000, -2000, -500), "azure", "Change a year: −$1,000"),
        (Trend(0, 0, 0), "seats", "The size has not changed."),
    ],
)
def test_a_slope_is_said_with_its_interval_and_one_that_may_be_none_is_said_to(
    trend: Trend, measure: Measure, sentence: str
) -> None:
    with translation.override("en"):
        assert trend_text(trend, measure=measure, currency="USD").startswith(sentence)
