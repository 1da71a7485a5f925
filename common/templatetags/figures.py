"""Numbers, amounts and dates as the reader writes them."""

from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent
from django import template
from django.utils.timezone import localtime

from common import money

register = template.Library()


@register.filter
def number(value: int | Decimal | None) -> str:
    """1234 -> '1.234' for a German reader; '' for nothing."""
    return "" if value is None else format_decimal(value, locale=money.locale())


@register.filter
def exact(value: Decimal) -> str:
    """Every decimal of a number, without the zeros at its end."""
    return format_decimal(value.normalize(), decimal_quantization=False, locale=money.locale())


@register.filter
def amount(value: Decimal | None, currency: str) -> str:
    """An amount of money with its currency; whole amounts without decimals."""
    if value is None:
        return ""
    digits = value == value.to_integral_value()
    pattern = None if not digits else _whole_pattern()
    return format_currency(value, currency, pattern, locale=money.locale(), currency_digits=not digits)


def _whole_pattern() -> str:
    pattern: str = money.locale().currency_formats["standard"].pattern
    return pattern.replace("0.00", "0")


@register.filter
def percent(value: Decimal | float | None) -> str:
    """0.9 -> '90 %' for a German reader."""
    return "" if value is None else format_percent(value, locale=money.locale())


@register.filter
def percent_tenths(value: Decimal | float | None) -> str:
    """0.0123 -> '1,2 %' for a German reader: a percentage with one decimal."""
    pattern = money.locale().percent_formats[None].pattern.replace("##0", "##0.0")
    return "" if value is None else format_percent(value, format=pattern, locale=money.locale())


@register.filter
def day(value: date | None) -> str:
    """A date without time; of a point in time the date in the portal's time zone."""
    if isinstance(value, datetime):
        value = localtime(value).date()
    return "" if value is None else format_date(value, format="medium", locale=money.locale())


@register.filter
def month(value: date) -> str:
    """'October 2026' in the reader's language."""
    return format_skeleton("yMMMM", value, locale=money.locale())


@register.filter
def moment(value: datetime | None) -> str:
    """A point in time in the portal's time zone, to the minute."""
    if value is None:
        return ""
    local = localtime(value)
    return f"{format_date(local, format='medium', locale=money.locale())}, {local:%H:%M}"


@register.filter
def country(code: str) -> str:
    """A country's name in the reader's language."""
    return money.country_name(code)
