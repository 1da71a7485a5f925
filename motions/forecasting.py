"""A forecast from dated sizes: a robust slope with its interval, and when a limit is likely crossed. Pure, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from scipy.stats import theilslopes

from motions.policy.kit import Comparator

LEAST_SIZES = 4  # fewer than four dates give an interval that says nothing
LEAST_DAYS = 60  # four sizes within a week say nothing about a year
MOST_SIZES = 120  # every pair of sizes is compared, so the newest ones are enough
MOST_HELD_OUT = 3
CONFIDENCE = 0.9
HORIZON_MONTHS = 24
YEAR = 365.25
FOR_EVER = 100 * YEAR  # days beyond which a date is no date any more


class Outlook(StrEnum):
    """What can be said about crossing a limit."""

    LIKELY = "likely"  # between two dates, both within the horizon
    POSSIBLE = "possible"  # from a date on; the interval has no end within the horizon
    NOT_WITHIN = "not_within"  # also the fastest slope of the interval stays on this side within the horizon
    AWAY = "away"  # every slope of the interval, or the slope itself with none towards it, leads away
    OVERDUE = "overdue"  # every slope of the interval has crossed by now: the newest size is too old
    TOO_FEW = "too_few"
    TOO_SHORT = "too_short"


@dataclass(frozen=True, slots=True)
class Dated:
    """A size (seats, or an amount a year) as of a day."""

    on: date
    size: Decimal


@dataclass(frozen=True, slots=True)
class Trend:
    """Change a year in the unit of the sizes: the middle of all pairs, and the interval around it."""

    slope: float
    low: float
    high: float

    @property
    def is_unclear(self) -> bool:
        """Whether no change at all fits the sizes as well."""
        return self.low <= 0 <= self.high


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the sizes say about a limit.

    `is_reached`: the newest size reaches the limit already, so that crossing means falling below it. `earliest`,
    `latest` and `expected` (by the slope itself) are days, None where there is no end. `count` dated sizes lie over
    `days`.
    """

    outlook: Outlook
    is_reached: bool
    count: int
    days: int
    newest: Dated | None = None
    trend: Trend | None = None
    earliest: date | None = None
    latest: date | None = None
    expected: date | None = None


def trend_of(points: Sequence[Dated]) -> Trend:
    """The slope by Theil-Sen with its interval of 90 %, a year.

    Needs two points or more in order of strictly rising days, else ValueError.
    """
    if len(points) < 2 or any(one.on >= other.on for one, other in pairwise(points)):
        raise ValueError("a trend needs sizes in order of their days, one a day")
    years = [(point.on - points[0].on).days / YEAR for point in points]
    found = theilslopes([float(point.size) for point in points], years, alpha=CONFIDENCE)
    return Trend(float(found.slope), float(found.low_slope), float(found.high_slope))


def forecast(points: Sequence[Dated], *, limit: Decimal, comparator: Comparator, on: date) -> Forecast:
    """When the sizes are likely to cross a limit, as seen on a day; from the newest size along the slopes.

    `points` in order of strictly rising days, `limit` in their unit and above zero, else ValueError.
    """
    if limit <= 0:
        raise ValueError("a limit is greater than zero")
    points = points[-MOST_SIZES:]
    newest = points[-1] if points else None
    days = (points[-1].on - points[0].on).days if points else 0
    is_reached = newest is not None and _reaches(newest.size, limit, comparator)
    if newest is None or len(points) < LEAST_SIZES:
        return Forecast(Outlook.TOO_FEW, is_reached, len(points), days, newest)
    if days < LEAST_DAYS:
        return Forecast(Outlook.TOO_SHORT, is_reached, len(points), days, newest)
    trend = trend_of(points)
    outlook, earliest, latest, expected = _crossing(trend, newest, limit, is_reached=is_reached, on=on)
    return Forecast(outlook, is_reached, len(points), days, newest, trend, earliest, latest, expected)


def _reaches(size: Decimal, limit: Decimal, comparator: Comparator) -> bool:
    return size >= limit if comparator is Comparator.AT_LEAST else size > limit


def _crossing(
    trend: Trend, newest: Dated, limit: Decimal, *, is_reached: bool, on: date
) -> tuple[Outlook, date | None, date | None, date | None]:
    slow, middle, fast = (-trend.high, -trend.slope, -trend.low) if is_reached else (trend.low, trend.slope, trend.high)
    gap = abs(float(limit - newest.size))
    earliest, expected, latest = (_day(newest.on, gap, pace) for pace in (fast, middle, slow))
    horizon = months_after(on, HORIZON_MONTHS)
    if fast <= 0 and middle < 0:
        return Outlook.AWAY, None, None, None
    if earliest is None or earliest > horizon:
        return Outlook.NOT_WITHIN, None, None, None
    if latest is not None and latest <= on:
        return Outlook.OVERDUE, earliest, latest, expected
    earliest = max(earliest, on)
    if latest is None or latest > horizon:
        return Outlook.POSSIBLE, earliest, None, expected
    return Outlook.LIKELY, earliest, latest, expected


def _day(start: date, gap: float, pace: float) -> date | None:
    """The day on which a gap is closed at a pace a year; None when it never is."""
    if pace <= 0 or gap > pace * FOR_EVER / YEAR:
        return None
    return start + timedelta(days=round(gap / pace * YEAR))


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last one of that month."""
    count = day.year * 12 + day.month - 1 + months
    first = date(count // 12, count % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)


@dataclass(frozen=True, slots=True)
class Miss:
    """How far a held-out size lay from the trend before it, and from the size before it; shares of the limit."""

    by_trend: float
    by_last: float


def held_out(points: Sequence[Dated], *, limit: Decimal) -> list[Miss]:
    """Hide each of the newest sizes in turn and foretell it from those before; [] when too few would be left.

    `points` in order of strictly rising days, `limit` in their unit and above zero.
    """
    points = points[-MOST_SIZES:]
    first = max(LEAST_SIZES, len(points) - MOST_HELD_OUT)
    return [
        _miss(points[:index], points[index], limit)
        for index in range(first, len(points))
        if (points[index - 1].on - points[0].on).days >= LEAST_DAYS
    ]


def _miss(known: Sequence[Dated], hidden: Dated, limit: Decimal) -> Miss:
    last = known[-1]
    foretold = float(last.size) + trend_of(known).slope * (hidden.on - last.on).days / YEAR
    actual, whole = float(hidden.size), float(limit)
    return Miss(abs(foretold - actual) / whole, abs(float(last.size) - actual) / whole)
