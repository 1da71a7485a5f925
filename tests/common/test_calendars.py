"""Working days: weekends and a country's own holidays are none."""

from datetime import date

import pytest

from common.calendars import is_holiday_in, working_day_after


def test_holidays_are_the_countrys_own_and_a_country_that_nobody_lists_has_none() -> None:
    unity = date(2026, 10, 3)
    assert is_holiday_in("DE")(unity)
    assert not is_holiday_in("FR")(unity)
    assert is_holiday_in("FR")(date(2026, 7, 14))
    assert not is_holiday_in("ZZ")(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("day", "count", "country", "expected"),
    [
        (date(2026, 3, 5), 1, "DE", date(2026, 3, 6)),
        (date(2026, 3, 6), 1, "DE", date(2026, 3, 9)),
        (date(2026, 3, 7), 5, "DE", date(2026, 3, 13)),
        (date(2026, 4, 2), 1, "DE", date(2026, 4, 7)),  # over Good Friday and Easter Monday
        (date(2026, 4, 2), 1, "ZZ", date(2026, 4, 3)),
        (date(2026, 12, 31), 1, "DE", date(2027, 1, 4)),
        (date(2026, 3, 7), 0, "DE", date(2026, 3, 7)),
    ],
)
def test_working_days_leave_out_weekends_and_holidays(day: date, count: int, country: str, expected: date) -> None:
    assert working_day_after(day, count, country=country) == expected
