"""Workers and writers beside each other, on connections of their own: nothing lost, nothing twice, nobody waits."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from queue import Queue
from threading import Event, Thread
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections, transaction
from django.utils.timezone import localdate, now

from common.isolation import Side, acting
from common.refusals import Refused
from motions import bulk, services
from motions.bulk import Counts
from motions.models import Assessment, Deal, Fanout, FanoutSlice, Mark, Standing
from motions.sql import marks, slices
from motions.sql.freshness import count_stale, in_force
from motions.sql.judging import judge
from motions.states import Motion
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

Connect = Callable[[], psycopg.Connection[Any]]
PATIENCE = 20  # seconds after which something that should not wait is taken to wait


class Beside:
    """Something done in a thread with a connection of its own."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._found: Queue[tuple[Any, BaseException | None]] = Queue()
        self._thread = Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[], Any]) -> None:
        try:
            self._found.put((work(), None))
        except BaseException as error:
            self._found.put((None, error))
        finally:
            connections.close_all()

    def result(self) -> Any:
        """What it found; what it raised is raised here."""
        found, error = self._found.get(timeout=PATIENCE)
        self._thread.join(PATIENCE)
        if error:
            raise error
        return found


@contextmanager
def claimed(**how: Any) -> Iterator[tuple[list[int], Event]]:
    """Another worker has claimed and has not committed yet; setting the event lets it judge and commit."""
    holds, may_go = Event(), Event()
    customers: list[int] = []

    def work() -> None:
        with acting(Side.WORKER):
            customers.extend(marks.claim(limit=500, is_bulk=False, **how))
            holds.set()
            assert may_go.wait(PATIENCE)
            bulk.judge_all(customers, Counts(), at=now())

    other = Beside(work)
    assert holds.wait(PATIENCE)
    try:
        yield customers, may_go
    finally:
        may_go.set()
        other.result()


def test_two_workers_never_judge_the_same_customer_twice_and_never_wait() -> None:
    deals = factories.DealFactory.create_batch(6)
    with claimed() as (customers, _may_go):
        assert len(customers) == 6
        assert bulk.drain(clock=now, is_bulk=False).computed == 0, "nothing to get, and no waiting for it"
    assert Assessment.objects.count() == len(deals)
    assert count_stale(localdate()) == 0


def test_a_customer_that_somebody_holds_without_its_marks_is_passed_over_for_now() -> None:
    held, free = factories.CustomerFactory.create_batch(2)
    holds, may_go = Event(), Event()

    def work() -> None:
        with acting(Side.WORKER):
            marks.hold([held.pk])
            holds.set()
            assert may_go.wait(PATIENCE)

    other = Beside(work)
    assert holds.wait(PATIENCE)
    assert bulk.drain(clock=now, is_bulk=False).computed == 1
    assert list(Mark.objects.values_list("customer_id", flat=True)) == [held.pk]
    may_go.set()
    other.result()
    assert bulk.drain(clock=now, is_bulk=False).computed == 1
    assert set(Assessment.objects.values_list("customer_id", flat=True)) == {held.pk, free.pk}


def test_workers_side_by_side_share_the_marks() -> None:
    factories.CustomerFactory.create_batch(60)
    workers = [Beside(lambda: bulk.drain(clock=now, is_bulk=False, batch=4).computed) for _ in range(3)]
    assert sum(worker.result() for worker in workers) == 60
    assert bulk.drain(clock=now, is_bulk=False).computed == 0
    assert Assessment.objects.count() == 60
    assert not Mark.objects.exists()


def test_an_edit_beside_a_claim_does_not_wait_and_is_not_lost() -> None:
    deal = factories.DealFactory(seats=10)
    with claimed() as (customers, may_go):
        assert customers == [deal.customer_id]
        # would run into the lock timeout if writers had to wait for workers
        Deal.objects.filter(pk=deal.pk).update(seats=9999)
        assert Mark.objects.count() > 0
        may_go.set()
    assert bulk.drain(clock=now, is_bulk=False).computed == 1
    assert Standing.objects.get().motion == Motion.ENTERPRISE
    assert count_stale(localdate()) == 0


def test_an_edit_that_commits_after_the_claim_is_judged_next(another: Connect) -> None:
    deal = factories.DealFactory(seats=10)
    writer = another()
    writer.execute("UPDATE motions_deal SET seats = 9999 WHERE id = %s", [deal.pk])
    bulk.drain(clock=now, is_bulk=False)
    assert Standing.objects.get().motion == Motion.BREADTH
    assert not Mark.objects.exists()
    writer.commit()
    assert count_stale(localdate()) == 1
    bulk.drain(clock=now, is_bulk=False)
    assert Standing.objects.get().motion == Motion.ENTERPRISE


def test_writers_of_many_customers_lock_them_in_one_order(another: Connect) -> None:
    low, high = sorted(deal.customer_id for deal in factories.DealFactory.create_batch(2))
    first, second = another(), another()
    touch = "SELECT motions_touch(%s::bigint[])"
    first.execute(touch, [[low]])
    other = Beside(lambda: (second.execute(touch, [[high, low]]), second.commit()))
    _until(
        "SELECT count(*) = 1 FROM pg_locks WHERE NOT granted AND pid = %s",
        [second.info.backend_pid],
    )
    # a writer that had begun with the high one would now wait for us, and we for it
    first.execute(touch, [[high]])
    first.commit()
    other.result()


def test_a_slow_worker_with_an_old_snapshot_overwrites_nothing() -> None:
    deal = factories.DealFactory(seats=10)
    bulk.drain(clock=now, is_bulk=False)
    looked, may_go = Event(), Event()

    def slow() -> None:
        with acting(Side.WORKER):
            start, versions = now(), in_force(localdate())
            looked.set()
            assert may_go.wait(PATIENCE)
            for policy in versions.policies.values():
                judge([deal.customer_id], current=versions, policy=policy, at=start)

    worker = Beside(slow)
    assert looked.wait(PATIENCE)
    newer = services.publish(factories.PolicyVersionFactory(seat_limit=5, valid_from=localdate()), at=now())
    bulk.recompute_all(clock=now)
    may_go.set()
    worker.result()
    standing = Standing.objects.get()
    assert (standing.motion, standing.policy) == (Motion.ENTERPRISE, newer)
    assert count_stale(localdate()) == 0


def test_a_worker_that_saw_the_past_alone_is_refused_by_the_database() -> None:
    deal = factories.DealFactory(seats=10)
    looked, may_go = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            versions, start = in_force(localdate()), now()
            looked.set()
            assert may_go.wait(PATIENCE)
            with acting(Side.WORKER):
                judge([deal.customer_id], current=versions, policy=versions.policies[""], at=start)

    worker = Beside(slow)
    assert looked.wait(PATIENCE)
    Deal.objects.filter(pk=deal.pk).update(seats=9999)
    bulk.drain(clock=now, is_bulk=False)
    may_go.set()
    with pytest.raises(OperationalError, match="could not serialize"):
        worker.result()
    assert Standing.objects.get().motion == Motion.ENTERPRISE


def test_a_policy_reaches_a_customer_that_is_being_inserted_beside_it(another: Connect) -> None:
    partner = factories.PartnerFactory()
    writer = another()
    writer.execute(
        "INSERT INTO customers_customer (public_id, partner_id, name, country, domain, registration_number, segment,"
        " version, created_at, updated_at) VALUES (gen_random_uuid(), %s, 'Fabrikam', 'DE', '', '', 'commercial', 1,"
        " now(), now())",
        [partner.pk],
    )
    newest = services.publish(factories.PolicyVersionFactory(valid_from=localdate(), seat_limit=2), at=now())
    bulk.roll_out(clock=now)
    bulk.drain(clock=now, is_bulk=False)
    writer.commit()
    assert count_stale(localdate()) == 1
    bulk.drain(clock=now, is_bulk=False)
    assert Standing.objects.get().policy == newest
    assert count_stale(localdate()) == 0


def test_two_publications_within_a_second_leave_everybody_under_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    who = {
        (country, seats): factories.DealFactory(customer__country=country, seats=seats).customer_id
        for country in ("DE", "FR")
        for seats in (40, 60, 2000)
    }
    bulk.drain(clock=now, is_bulk=False)
    moment, judged, may_go, tell = now(), Event(), Event(), bulk._tell
    services.publish(factories.PolicyVersionFactory(valid_from=localdate(), seat_limit=100), at=moment)

    def tell_slowly(part: FanoutSlice, counts: Counts, *, at: datetime) -> None:
        tell(part, counts, at=at)
        if not judged.is_set():  # the first slice alone, judged under the first version, commits after the second
            judged.set()
            assert may_go.wait(PATIENCE)

    monkeypatch.setattr(bulk, "_tell", tell_slowly)
    worker = Beside(lambda: bulk.roll_out(clock=now, size=2))
    assert judged.wait(PATIENCE)
    services.publish(factories.PolicyVersionFactory(valid_from=localdate(), market="DE", seat_limit=50), at=moment)
    others = [Beside(lambda: bulk.roll_out(clock=now, size=2)) for _ in range(2)]
    _until("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock'", [])
    may_go.set()
    for one in (worker, *others):
        one.result()

    assert count_stale(localdate()) == 0
    assert bulk.recompute_all(clock=now).changed == 0
    motions = dict(Standing.objects.values_list("customer", "motion"))
    reached = {key for key, customer in who.items() if motions[customer] == Motion.ENTERPRISE}
    assert reached == {("DE", 60), ("DE", 2000), ("FR", 2000)}
    assert list(Fanout.objects.order_by("pk").values_list("end", flat=True)) == ["superseded", "done", "done"]


def test_of_two_versions_published_for_one_market_at_once_one_wins() -> None:
    drafts = [factories.PolicyVersionFactory(valid_from=localdate(), seat_limit=limit) for limit in (100, 200)]
    both = [Beside(lambda draft=draft: services.publish(draft, at=now())) for draft in drafts]
    outcomes = []
    for one in both:
        try:
            outcomes.append(one.result())
        except Refused as refusal:
            outcomes.append(refusal)
    won = [one for one in outcomes if not isinstance(one, Refused)]
    assert len(won) == 1
    assert in_force(localdate()).policies[""] == won[0]
    assert Fanout.objects.count() == 1


def test_rates_reach_a_customer_that_is_being_judged_under_the_old_ones() -> None:
    factories.RateSetFactory()
    deal = factories.DealFactory(azure=True, amount=Decimal("900000.00"), currency="USD")
    bulk.drain(clock=now, is_bulk=False)
    Deal.objects.filter(pk=deal.pk).update(currency="EUR")
    judged, may_go = Event(), Event()

    def work() -> None:
        with acting(Side.WORKER):
            bulk.judge_all(marks.claim(limit=500, is_bulk=False), Counts(), at=now())
            judged.set()
            assert may_go.wait(PATIENCE)

    worker = Beside(work)
    assert judged.wait(PATIENCE)
    newest = factories.RateSetFactory(date=date(2026, 3, 3), rates={"EUR": "1", "USD": "1.1"})
    factories.FanoutFactory(cause="rates")
    # nothing that is committed says yet that this customer uses rates; the roll-out waits for whoever has it
    roll_out = Beside(lambda: bulk.roll_out(clock=now).computed)
    _until("SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock'", [])
    may_go.set()
    worker.result()
    assert roll_out.result() == 1
    assert (Standing.objects.get().rate_set, Standing.objects.get().motion) == (newest, Motion.BREADTH)
    assert count_stale(localdate()) == 0


def test_workers_share_a_roll_out_and_the_last_one_ends_it() -> None:
    factories.CustomerFactory.create_batch(30)
    bulk.start_all(at=now())
    workers = [Beside(lambda: bulk.roll_out(clock=now, size=2).computed) for _ in range(3)]
    assert sum(worker.result() for worker in workers) == 30
    assert (Fanout.objects.get().end, Fanout.objects.get().computed) == ("done", 30)
    assert not FanoutSlice.objects.exists()


def test_a_worker_that_dies_in_a_slice_leaves_it_to_another() -> None:
    factories.CustomerFactory.create_batch(4)
    bulk.start_all(at=now())
    bulk.roll_out(clock=now, size=2, go_on=lambda: False)
    holds, may_go = Event(), Event()

    def work() -> None:
        with acting(Side.WORKER):
            part = slices.take()
            assert part is not None
            holds.set()
            assert may_go.wait(PATIENCE)
            raise ConnectionAbortedError

    dying = Beside(work)
    assert holds.wait(PATIENCE)
    assert bulk.roll_out(clock=now).computed == 2, "the other slice"
    may_go.set()
    with pytest.raises(ConnectionAbortedError):
        dying.result()
    assert bulk.roll_out(clock=now).computed == 2
    assert Fanout.objects.get().end == "done"


def serving_url() -> str:
    """The serving login to the database of the tests."""
    login = settings.SERVING
    host = login["HOST"] or login.get("OPTIONS", {}).get("host", "")
    place = "" if host.startswith("/") else f"{host}:{login['PORT'] or 5432}"
    query = urlencode({"host": host}) if host.startswith("/") else ""
    name = connection.settings_dict["NAME"]
    return f"postgresql://{quote(login['USER'])}:{quote(login['PASSWORD'])}@{place}/{name}?{query}"


_WORKER = textwrap.dedent(
    """
    import time, django
    django.setup()
    from common.isolation import Side, acting
    from django.utils.timezone import now
    from motions import bulk
    from motions.sql import marks
    with acting(Side.WORKER):
        customers = marks.claim(limit=500, is_bulk=False)
        bulk.judge_all(customers, bulk.Counts(), at=now())
        print(len(customers), flush=True)
        time.sleep(600)
    """
)


def test_a_worker_killed_between_claim_and_commit_loses_nothing() -> None:
    deals = factories.DealFactory.create_batch(3)
    waiting = Mark.objects.count()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings", "DATABASE_URL": serving_url()}
    with subprocess.Popen(
        [sys.executable, "-c", _WORKER], env=environment, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "3\n"
        assert bulk.drain(clock=now, is_bulk=False).computed == 0, "the worker holds all of them"
        worker.send_signal(signal.SIGKILL)
    _until(
        "SELECT count(*) = 0 FROM pg_locks WHERE relation = 'motions_standing'::regclass AND pid <> pg_backend_pid()",
        [],
    )
    assert Mark.objects.count() == waiting
    assert not Assessment.objects.exists()
    assert bulk.drain(clock=now, is_bulk=False).computed == len(deals)
    assert count_stale(localdate()) == 0


def _until(question: str, parameters: list[Any]) -> None:
    """Ask the database until it says yes."""
    with connection.cursor() as cursor:
        for _ in range(PATIENCE * 20):
            cursor.execute(question, parameters)
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.05)")
    raise AssertionError(question)
