"""The two-sided clock: business hours over nights, weekends, holidays and the change of the clocks."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.calendars import is_holiday_in
from referrals.clock import Hours, Turn, due, spans, spent, total
from referrals.states import Holder

BERLIN = ZoneInfo("Europe/Berlin")
GERMANY = Hours("Europe/Berlin", time(9), time(17), is_holiday_in("DE"))
H = timedelta(hours=1)


def berlin(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (berlin(3, 3, 10), berlin(3, 3, 12), 2),
        (berlin(3, 3, 7), berlin(3, 3, 19), 8),
        (berlin(3, 3, 16), berlin(3, 4, 10), 2),
        (berlin(3, 6, 16), berlin(3, 9, 10), 2),  # a weekend between
        (berlin(4, 2, 16), berlin(4, 7, 10), 2),  # Good Friday to Easter Monday
        (berlin(3, 27, 16), berlin(3, 30, 10), 2),  # the clocks go forward
        (berlin(3, 7, 10), berlin(3, 8, 10), 0),
        (berlin(3, 3, 12), berlin(3, 3, 10), 0),  # in the wrong order
    ],
)
def test_business_time_between_two_moments(start: datetime, end: datetime, hours: int) -> None:
    assert spent(start, end, GERMANY) == hours * H
    assert spent(start.astimezone(UTC), end.astimezone(UTC), GERMANY) == hours * H


@pytest.mark.parametrize(
    ("start", "allowed", "expected"),
    [
        (berlin(3, 3, 10), 16, berlin(3, 5, 10)),
        (berlin(3, 6, 16), 16, berlin(3, 10, 16)),
        (berlin(3, 7, 3), 1, berlin(3, 9, 10)),
        (berlin(4, 2, 16), 2, berlin(4, 7, 10)),
        (berlin(3, 3, 10), 0, berlin(3, 3, 10)),
        (berlin(3, 3, 9), 8, berlin(3, 3, 17)),
    ],
)
def test_an_answer_is_due_when_the_business_time_is_used_up(start: datetime, allowed: int, expected: datetime) -> None:
    assert due(start, allowed * H, GERMANY) == expected


def test_a_calendar_without_a_working_day_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no working day"):
        due(berlin(3, 3), H, Hours("Europe/Berlin", time(9), time(17), lambda _day: True))


moments = st.integers(0, 330 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(start=moments, minutes=st.integers(1, 100 * 60))
def test_what_is_due_is_exactly_as_far_away_as_was_allowed(start: datetime, minutes: int) -> None:
    allowed = timedelta(minutes=minutes)
    assert spent(start, due(start, allowed, GERMANY), GERMANY) == allowed


@given(first=moments, second=moments, third=moments)
def test_time_is_neither_lost_nor_made_between_turns(first: datetime, second: datetime, third: datetime) -> None:
    start, middle, end = sorted((first, second, third))
    assert spent(start, end, GERMANY) == spent(start, middle, GERMANY) + spent(middle, end, GERMANY)


def test_returning_pauses_the_reviewers_clock_and_starts_the_partners() -> None:
    turns = [
        Turn(berlin(3, 3, 9), Holder.MICROSOFT),
        Turn(berlin(3, 3, 10), Holder.MICROSOFT),  # taken into review: the ball stays where it was
        Turn(berlin(3, 3, 12), Holder.PARTNER),
        Turn(berlin(3, 4, 12), Holder.MICROSOFT),
    ]
    found = spans(turns, GERMANY, now=berlin(3, 4, 15))
    assert [(span.holder, span.spent) for span in found] == [
        (Holder.MICROSOFT, 3 * H),
        (Holder.PARTNER, 8 * H),
        (Holder.MICROSOFT, 3 * H),
    ]
    assert (total(found, Holder.MICROSOFT), total(found, Holder.PARTNER)) == (6 * H, 8 * H)
    assert [span.end for span in found] == [berlin(3, 3, 12), berlin(3, 4, 12), None]


def test_the_clock_of_a_closed_lead_stands_still() -> None:
    turns = [Turn(berlin(3, 3, 9), Holder.MICROSOFT), Turn(berlin(3, 3, 12), Holder.NOBODY)]
    found = spans(turns, GERMANY, now=berlin(6, 1), closed_at=berlin(3, 3, 12))
    assert [(span.holder, span.end) for span in found] == [(Holder.MICROSOFT, berlin(3, 3, 12))]


def test_a_lead_that_never_moved_has_no_turns() -> None:
    assert spans([], GERMANY, now=berlin(3, 3)) == []
