"""Numbers, amounts, dates and countries as German and English readers write them. No test here needs a database."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import deactivate_all, override

from common import money
from common.templatetags import figures

NBSP = "\xa0"


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [
        (None, "", ""),
        (0, "0", "0"),
        (2400, "2,400", "2.400"),
        (Decimal("999999.99"), "999,999.99", "999.999,99"),
        (-341, "-341", "-341"),
    ],
)
def test_numbers(value: int | Decimal | None, english: str, german: str) -> None:
    with override("en"):
        assert figures.number(value) == english
    with override("de"):
        assert figures.number(value) == german


@pytest.mark.parametrize(
    ("value", "currency", "english", "german"),
    [
        (None, "EUR", "", ""),
        (Decimal("1000000.00"), "USD", "$1,000,000", f"1.000.000{NBSP}$"),
        (Decimal("999999.99"), "USD", "$999,999.99", f"999.999,99{NBSP}$"),
        (Decimal("0.50"), "EUR", "€0.50", f"0,50{NBSP}€"),
        (Decimal("12.30"), "CHF", "CHF12.30", f"12,30{NBSP}CHF"),
        (Decimal(-5), "EUR", "-€5", f"-5{NBSP}€"),
        (Decimal("1500.00"), "JPY", "¥1,500", f"1.500{NBSP}¥"),
    ],
)
def test_amounts_are_whole_or_to_the_cent(value: Decimal | None, currency: str, english: str, german: str) -> None:
    with override("en"):
        assert figures.amount(value, currency) == english
    with override("de"):
        assert figures.amount(value, currency) == german


def test_shares() -> None:
    with override("en"):
        assert (figures.percent(Decimal("0.9")), figures.percent(None)) == ("90%", "")
    with override("de"):
        assert figures.percent(0.9) == f"90{NBSP}%"


def test_days_and_moments() -> None:
    at = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    with override("en"):
        assert figures.day(date(2026, 3, 2)) == "Mar 2, 2026"
        assert figures.moment(at) == "Jul 2, 2026, 00:30", "in the portal's time zone"
        assert figures.day(at) == "Jul 2, 2026", "the day that it is there"
    with override("de"):
        assert figures.day(date(2026, 3, 2)) == "02.03.2026"
        assert figures.moment(at) == "02.07.2026, 00:30"
    assert (figures.day(None), figures.moment(None)) == ("", "")


def test_countries_by_name() -> None:
    with override("en"):
        assert (figures.country("AT"), figures.country("??")) == ("Austria", "??")
    with override("de"):
        assert figures.country("AT") == "Österreich"


def test_choices_are_in_the_readers_language_and_order() -> None:
    with override("de"):
        names = [name for _code, name in money.country_choices()]
        assert ("DE", "Deutschland") in money.country_choices()
        currencies = money.currency_choices()
    assert names == sorted(names)
    assert [code for code, _name in currencies[:4]] == ["EUR", "USD", "CHF", "GBP"]
    assert ("CHF", "CHF · Schweizer Franken") in currencies
    assert len(currencies) == len(dict(currencies)), "each once"


def test_codes_are_those_of_the_standards() -> None:
    assert {"DE", "AT", "CH", "US", "GB"} <= money.countries()
    assert not money.countries() & {"EU", "UN", "ZZ", "XA"}
    assert all(len(code) == 2 for code in money.countries())
    assert {"EUR", "USD", "CHF", "JPY"} <= money.currencies()
    assert not money.currencies() & {"DEM", "XXX"}


def test_without_a_language_it_is_english() -> None:
    with override("de"):
        deactivate_all()
        assert money.locale().language == "en"


@pytest.mark.parametrize(("language", "text"), [("en", "1.16845"), ("de", "1,16845")])
def test_a_rate_is_written_with_every_decimal(language: str, text: str) -> None:
    with override(language):
        assert figures.exact(Decimal("1.16845000")) == text
