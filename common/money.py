"""Currencies and countries by their standard codes, named in the reader's language."""

from functools import lru_cache

from babel import Locale
from babel.numbers import get_territory_currencies
from django.utils.translation import get_language


def locale() -> Locale:
    """The reader's locale."""
    return Locale.parse(get_language() or "en")


def _territories() -> set[str]:
    codes = map(str, Locale("en").territories)
    return {code for code in codes if len(code) == 2 and code.isalpha()}


@lru_cache
def currencies() -> frozenset[str]:
    """ISO 4217 codes that are legal tender somewhere today."""
    return frozenset(code for place in _territories() for code in get_territory_currencies(place))


@lru_cache
def countries() -> frozenset[str]:
    """ISO 3166 alpha-2 codes."""
    not_countries = {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
    return frozenset(_territories() - not_countries)


def country_name(code: str) -> str:
    """A country's name in the reader's language; the code itself when it is not known."""
    return str(locale().territories.get(code, code))


def country_choices() -> list[tuple[str, str]]:
    """All countries, by name, for a select."""
    return sorted(((code, country_name(code)) for code in countries()), key=lambda pair: pair[1])


def currency_choices() -> list[tuple[str, str]]:
    """All currencies for a select, the most used first."""
    names = locale().currencies
    first = ["EUR", "USD", "CHF", "GBP"]
    rest = sorted(currencies() - set(first))
    return [(code, f"{code} · {names.get(code, code)}") for code in [*first, *rest]]
