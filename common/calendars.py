"""Working days: which days a country has off. Knows no app."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache


@lru_cache(maxsize=512)
def _holidays(country: str, year: int) -> frozenset[date]:
    """National holidays; none for a country that nobody has listed."""
    import holidays  # noqa: PLC0415 -- slow to load, and needed by few

    if country not in holidays.list_supported_countries():
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))


def is_holiday_in(country: str) -> Callable[[date], bool]:
    """National holidays of a country (ISO alpha-2)."""
    return lambda day: day in _holidays(country, day.year)


def working_day_after(day: date, count: int, *, country: str) -> date:
    """The day `count` working days after a day: Monday to Friday, without the national holidays of a country."""
    is_holiday = is_holiday_in(country)
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and not is_holiday(day)
    return day
