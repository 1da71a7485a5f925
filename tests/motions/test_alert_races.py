"""Workers beside each other and beside writers: no entry of the ledger is passed over, none is told twice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import psycopg
import pytest
from django.utils.timezone import now

from common.isolation import Side, acting
from motions import bulk
from motions.alerts import runs
from motions.models import Alert, AlertCursor, Assessment, Deal
from motions.sql import alerting, marks
from tests import factories
from tests.motions.test_races import PATIENCE, Beside

pytestmark = pytest.mark.django_db(transaction=True)
Connect = Callable[[], psycopg.Connection[Any]]


def judged(seats: int = 9) -> Deal:
    deal = factories.DealFactory(seats=seats)
    bulk.drain(clock=now, is_bulk=False)
    return deal


def grow(deal: Deal) -> None:
    Deal.objects.filter(pk=deal.pk).update(seats=2400)


@contextmanager
def judged_but_not_committed() -> Iterator[Event]:
    """Another worker has written its entries and goes on; setting the event lets it commit."""
    has_written, may_go = Event(), Event()

    def work() -> None:
        with acting(Side.WORKER):
            bulk.judge_all(marks.claim(limit=500, is_bulk=False), bulk.Counts(), at=now())
            has_written.set()
            assert may_go.wait(PATIENCE)

    other = Beside(work)
    assert has_written.wait(PATIENCE)
    try:
        yield may_go
    finally:
        may_go.set()
        other.result()


def test_an_entry_that_commits_late_is_not_passed_over() -> None:
    """Another worker has taken a lower number and is not done when a higher one is there already."""
    slow, quick = judged(), judged()
    runs.follow(clock=now)
    reached = AlertCursor.objects.get(name="ledger").reached
    grow(slow)
    with judged_but_not_committed():
        grow(quick)
        bulk.drain(clock=now, is_bulk=False)
        newest = Assessment.objects.latest("id")
        assert newest.customer_id == quick.customer_id
        assert runs.follow(clock=now) == 0
        cursor = AlertCursor.objects.get(name="ledger")
        assert (cursor.reached, cursor.bound, len(cursor.writers)) == (reached, newest.pk, 1)
    late = Assessment.objects.filter(customer=slow.customer).latest("id")
    assert late.pk < newest.pk
    assert runs.follow(clock=now) == 2
    assert {alert.customer_id for alert in Alert.objects.all()} == {slow.customer_id, quick.customer_id}


def test_a_writer_that_began_after_the_bound_holds_nothing_up(another: Connect) -> None:
    deal = judged()
    grow(deal)
    bulk.drain(clock=now, is_bulk=False)
    early, late = another(), another()
    early.execute("LOCK TABLE motions_assessment IN ROW EXCLUSIVE MODE")
    assert runs.follow(clock=now) == 0
    late.execute("LOCK TABLE motions_assessment IN ROW EXCLUSIVE MODE")
    assert runs.follow(clock=now) == 0
    early.rollback()
    assert runs.follow(clock=now) == 1
    late.rollback()


def test_who_writes_elsewhere_holds_nothing_up(another: Connect) -> None:
    deal = judged()
    grow(deal)
    bulk.drain(clock=now, is_bulk=False)
    writer = another()
    writer.execute("LOCK TABLE motions_deal IN ROW EXCLUSIVE MODE; SELECT pg_current_xact_id()")
    assert runs.follow(clock=now) == 1
    writer.rollback()


def test_of_two_workers_the_second_leaves_the_cursor_to_the_first() -> None:
    deal = judged()
    grow(deal)
    bulk.drain(clock=now, is_bulk=False)
    runs.follow(clock=now)
    AlertCursor.objects.update(reached=0, bound=0)
    Alert.objects.all().delete()
    with acting(Side.WORKER):
        assert alerting.take_cursor(alerting.LEDGER) is not None
        assert Beside(lambda: runs.follow(clock=now)).result() == 0
    assert runs.follow(clock=now) == 1


def test_of_two_workers_that_foresee_the_second_leaves_it_to_the_first() -> None:
    with acting(Side.WORKER):
        assert alerting.take_cursor(runs.FORESEEN) is not None
    with acting(Side.WORKER):
        alerting.take_cursor(runs.FORESEEN)
        assert Beside(lambda: runs.foresee(clock=now)).result() == 0


def test_two_workers_at_once_tell_everything_once() -> None:
    deals = [judged() for _each in range(5)]
    for deal in deals:
        grow(deal)
    bulk.drain(clock=now, is_bulk=False)
    workers = [Beside(lambda: runs.follow(clock=now, window=1)) for _each in range(2)]
    told = [worker.result() for worker in workers]
    told.append(runs.follow(clock=now))
    assert sum(told) == Alert.objects.count() == 5
