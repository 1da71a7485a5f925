"""The forecast alone: no database, no clock. The slope is checked against a small one of the test's own."""

from datetime import date, timedelta
from decimal import Decimal
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motions.forecasting import (
    HORIZON_MONTHS,
    LEAST_DAYS,
    LEAST_SIZES,
    YEAR,
    Dated,
    Forecast,
    Outlook,
    forecast,
    held_out,
    months_after,
    trend_of,
)
from motions.policy.kit import Comparator

START = date(2026, 1, 1)
LIMIT = Decimal(2400)


def sized(*sizes: float, every: int = 30, start: date = START) -> list[Dated]:
    """Sizes at equal distances."""
    return [Dated(start + timedelta(days=every * index), Decimal(str(size))) for index, size in enumerate(sizes)]


def seen(points: list[Dated], *, on: date | None = None, comparator: Comparator = Comparator.AT_LEAST) -> Forecast:
    return forecast(points, limit=LIMIT, comparator=comparator, on=on or points[-1].on)


def slopes(points: list[Dated]) -> list[float]:
    """Every pair's slope a year, the independent way."""
    return sorted(
        float(other.size - one.size) * YEAR / (other.on - one.on).days
        for index, one in enumerate(points)
        for other in points[index + 1 :]
    )


STEPS = st.lists(st.tuples(st.integers(1, 200), st.integers(0, 10_000)), min_size=4, max_size=25)


@given(STEPS)
def test_the_slope_is_the_median_of_all_pairs_and_lies_in_its_interval(steps: list[tuple[int, int]]) -> None:
    day, points = START, []
    for days, size in steps:
        day += timedelta(days=days)
        points.append(Dated(day, Decimal(size)))
    pairs, found = slopes(points), trend_of(points)
    assert found.slope == pytest.approx(median(pairs), abs=1e-6)
    assert found.low <= found.slope + 1e-9
    assert found.high >= found.slope - 1e-9
    # ends of the interval are slopes of pairs as well
    for end in (found.low, found.high):
        assert min(abs(end - pair) for pair in pairs) < 1e-6 * max(1, abs(end))


def test_one_wild_size_does_not_turn_the_slope() -> None:
    assert trend_of(sized(100, 110, 5000, 130, 140, 150)).slope == pytest.approx(10 * YEAR / 30, rel=0.2)


def test_a_steady_rise_crosses_between_two_dates_that_lie_around_its_own() -> None:
    found = seen(sized(1900, 2000, 2080, 2200, 2290))
    assert found.outlook is Outlook.LIKELY
    assert found.earliest
    assert found.latest
    assert found.expected
    assert found.earliest <= found.expected <= found.latest
    assert (found.count, found.days, found.is_reached) == (5, 120, False)


def test_an_exact_line_crosses_on_its_own_day() -> None:
    found = seen(sized(2000, 2100, 2200, 2300))
    assert {found.earliest, found.latest, found.expected} == {date(2026, 4, 1) + timedelta(days=30)}


def test_a_customer_above_the_limit_is_foreseen_to_fall_below_it() -> None:
    found = seen(sized(2900, 2790, 2700, 2590, 2500))
    assert (found.outlook, found.is_reached) == (Outlook.LIKELY, True)
    assert seen(sized(2500, 2600, 2690, 2800)).outlook is Outlook.AWAY


def test_a_slope_that_may_be_none_has_no_end() -> None:
    found = seen(sized(2000, 2300, 1950, 2350, 2000, 2390))
    assert found.trend
    assert found.trend.is_unclear
    assert (found.outlook, found.latest) == (Outlook.POSSIBLE, None)
    assert found.earliest


def test_a_constant_series_crosses_nothing() -> None:
    found = seen(sized(2000, 2000, 2000, 2000))
    assert (found.outlook, found.earliest, found.expected) == (Outlook.NOT_WITHIN, None, None)
    assert found.trend
    assert (found.trend.low, found.trend.slope, found.trend.high) == (0, 0, 0)


def test_what_shrinks_below_the_limit_moves_away() -> None:
    assert seen(sized(2000, 1900, 1810, 1700)).outlook is Outlook.AWAY


def test_a_slow_rise_does_not_cross_within_the_horizon() -> None:
    assert seen(sized(100, 101, 102, 103)).outlook is Outlook.NOT_WITHIN
    assert seen(sized(100, 100, 100, 101)).outlook is Outlook.NOT_WITHIN


def test_a_trend_that_has_crossed_by_now_asks_for_a_newer_size() -> None:
    points = sized(2000, 2100, 2200, 2300)
    found = seen(points, on=date(2027, 1, 1))
    assert found.outlook is Outlook.OVERDUE
    assert found.latest == date(2026, 5, 1)


def test_a_crossing_is_never_foretold_for_the_past() -> None:
    points = sized(1900, 2000, 2080, 2200, 2290)
    fastest = seen(points).earliest
    assert fastest
    today = fastest + timedelta(days=2)
    assert seen(points, on=today).earliest == today


@pytest.mark.parametrize("count", range(LEAST_SIZES))
def test_too_few_sizes_are_counted_and_nothing_is_foretold(count: int) -> None:
    points = sized(*[2000 + index for index in range(count)])
    found = seen(points, on=START)
    assert (found.outlook, found.count, found.trend) == (Outlook.TOO_FEW, count, None)


def test_sizes_of_a_few_weeks_foretell_nothing() -> None:
    found = seen(sized(2000, 2100, 2200, 2300, every=7))
    assert (found.outlook, found.days) == (Outlook.TOO_SHORT, 21)
    assert seen(sized(2000, 2100, 2200, 2300, every=LEAST_DAYS // 3)).outlook is Outlook.LIKELY


@pytest.mark.parametrize(("comparator", "is_reached"), [(Comparator.AT_LEAST, True), (Comparator.ABOVE, False)])
def test_exactly_on_the_limit_the_policys_convention_counts(comparator: Comparator, is_reached: bool) -> None:
    assert seen(sized(2100, 2200, 2300, 2400), comparator=comparator).is_reached is is_reached


@pytest.mark.parametrize("points", [[], sized(1), sized(1, 2)[::-1], [*sized(1), *sized(2)]])
def test_days_out_of_order_are_no_trend(points: list[Dated]) -> None:
    with pytest.raises(ValueError, match="in order"):
        trend_of(points)


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="greater than zero"):
        forecast([], limit=Decimal(0), comparator=Comparator.ABOVE, on=START)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 15), 2, date(2027, 1, 15)),
        (date(2026, 12, 31), HORIZON_MONTHS, date(2028, 12, 31)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


def test_held_out_sizes_of_an_exact_line_are_foretold_without_error() -> None:
    misses = held_out(sized(*range(1000, 1900, 100)), limit=LIMIT)
    assert len(misses) == 3
    assert [miss.by_trend for miss in misses] == pytest.approx([0, 0, 0], abs=1e-9)
    assert [miss.by_last for miss in misses] == pytest.approx([100 / 2400] * 3)


def test_a_history_that_is_too_short_holds_nothing_out() -> None:
    assert held_out(sized(1, 2, 3, 4), limit=LIMIT) == []
    assert held_out(sized(1, 2, 3, 4, 5, every=7), limit=LIMIT) == []
    assert len(held_out(sized(1, 2, 3, 4, 5), limit=LIMIT)) == 1
