"""The two-sided clock: who held the ball how long, in business hours, and until when an answer is due. Pure.

Both sides read the same numbers, because there is one list of turns and one way to count it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from referrals.states import Holder

MOST_DAYS = 3660  # a calendar without a working day within ten years is a mistake, not a long wait


@dataclass(frozen=True)
class Hours:
    """When somebody works: from and to on working days in one time zone; `is_holiday` says which days are free."""

    zone: str
    starts: time
    ends: time
    is_holiday: Callable[[date], bool]

    def of(self, day: date) -> tuple[datetime, datetime] | None:
        """The working time of a day, None when it is free."""
        if day.weekday() >= 5 or self.is_holiday(day):
            return None
        zone = ZoneInfo(self.zone)
        return datetime.combine(day, self.starts, zone), datetime.combine(day, self.ends, zone)


@dataclass(frozen=True)
class Turn:
    """From a moment on, somebody holds the ball."""

    at: datetime
    holder: Holder


@dataclass(frozen=True)
class Span:
    """Somebody held the ball from `start` to `end` (None: still does); `spent` is the business time in it."""

    holder: Holder
    start: datetime
    end: datetime | None
    spent: timedelta


def spent(start: datetime, end: datetime, hours: Hours) -> timedelta:
    """The business time between two moments; nothing when they are in the wrong order."""
    zone = ZoneInfo(hours.zone)
    total, day = timedelta(), start.astimezone(zone).date()
    while day <= end.astimezone(zone).date():
        if working := hours.of(day):
            # datetimes of one zone are subtracted by the wall; the clocks change at night, but not everywhere
            first, last = (one.astimezone(ZoneInfo("UTC")) for one in (max(working[0], start), min(working[1], end)))
            total += max(last - first, timedelta())
        day += timedelta(days=1)
    return total


def due(start: datetime, allowed: timedelta, hours: Hours) -> datetime:
    """The moment at which `allowed` business time after `start` is used up."""
    zone, left = ZoneInfo(hours.zone), allowed
    first = start.astimezone(zone).date()
    for day in (first + timedelta(days=number) for number in range(MOST_DAYS)):
        working = hours.of(day)
        if not working or working[1] <= start:
            continue
        begins = max(working[0], start).astimezone(ZoneInfo("UTC"))
        available = working[1].astimezone(ZoneInfo("UTC")) - begins
        if left <= available:
            return begins + left
        left -= available
    raise ValueError("This calendar has no working day.")


def spans(turns: Sequence[Turn], hours: Hours, *, now: datetime, closed_at: datetime | None = None) -> list[Span]:
    """The timeline: one span for each time that the ball changed hands, the last one open unless the lead is closed."""
    if not turns:
        return []
    changes = [turn for number, turn in enumerate(turns) if not number or turns[number - 1].holder != turn.holder]
    ends: list[datetime | None] = [turn.at for turn in changes[1:]]
    return [
        Span(turn.holder, turn.at, end, spent(turn.at, end or now, hours))
        for turn, end in zip(changes, [*ends, closed_at], strict=True)
        if end is None or end > turn.at
    ]


def total(found: Iterable[Span], holder: Holder) -> timedelta:
    """How long somebody has held the ball altogether."""
    return sum((span.spent for span in found if span.holder == holder), timedelta())
