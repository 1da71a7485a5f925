"""Workers beside each other and beside writers: no entry of the ledger is passed over, none is told twice."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.utils.timezone import now

from common.isolation import Side, acting
from motions import bulk
from motions.alerts import runs
from motions.models import Alert, AlertCursor, Assessment, Deal
from motions.sql import alerting
from tests import factories
from tests.motions.test_races import Beside, claimed

pytestmark = pytest.mark.django_db(transaction=True)
Connect = Callable[[], psycopg.Connection[Any]]


def judged(seats: int = 9) -> Deal:
    deal = factories.DealFactory(seats=seats)
    bulk.drain(clock=now, is_bulk=False)
    return deal


def grow(deal: Deal) -> None:
    Deal.objects.filter(pk=deal.pk).update(seats=2400)


def test_an_entry_that_commits_late_is_not_passed_over() -> None:
    """Another worker has taken a lower number and is not done when a higher one is there already."""
    slow, quick = judged(), judged()
    grow(slow)
    with claimed() as (customers, may_go):
        assert customers == [slow.customer_id]
        grow(quick)
        bulk.drain(clock=now, is_bulk=False)
        before = AlertCursor.objects.filter(name="ledger").values_list("reached", flat=True).first() or 0
        assert runs.follow(clock=now) == 0
        cursor = AlertCursor.objects.get(name="ledger")
        assert (cursor.reached, cursor.bound) == (before, Assessment.objects.latest("id").pk)
        may_go.set()
    assert Assessment.objects.filter(customer=slow.customer).count() == 2
    assert runs.follow(clock=now) == 2
    assert {alert.customer_id for alert in Alert.objects.all()} == {slow.customer_id, quick.customer_id}


def test_a_writer_that_began_after_the_bound_holds_nothing_up(another: Connect) -> None:
    deal = judged()
    grow(deal)
    bulk.drain(clock=now, is_bulk=False)
    with acting(Side.WORKER):
        alerting.take_cursor(alerting.LEDGER)
        bound, xid = alerting.ledger_bound()
        alerting.keep_cursor(alerting.LEDGER, reached=0, bound=bound, bound_xid=xid)
    writer = another()
    # the cursor's own transaction was given a number after the bound, and this one comes later still
    writer.execute("SELECT pg_current_xact_id()")
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
