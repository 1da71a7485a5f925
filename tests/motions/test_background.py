"""Tasks, commands and wake-ups: doors around the same work, safe to use twice and without any broker."""

import json
import logging
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from celery.signals import worker_ready
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone
from django.utils.timezone import localdate
from redis.exceptions import ConnectionError as BrokerAway

from common import waking
from customers.models import Customer
from motions import bulk, notices, requests, tasks
from motions.bulk import Counts
from motions.management.commands import drain as drain_command
from motions.models import Assessment, Deal, Fanout, Mark, SetAside
from motions.sql.freshness import count_stale
from motions.states import ImportState
from partners.models import Partner, User
from tests import factories

pytestmark = pytest.mark.django_db

Woken = list[tuple[str, dict[str, Any]]]
OnCommit = Callable[..., Any]


def stale() -> int:
    return count_stale(localdate())


def test_each_task_drains_its_own_marks(customer: Customer) -> None:
    factories.MarkFactory(customer=factories.CustomerFactory(), is_bulk=True)
    Mark.objects.filter(customer__in=Customer.objects.exclude(pk=customer.pk), is_bulk=False).delete()
    tasks.drain_bulk()
    assert stale() == 1
    tasks.drain()
    assert stale() == 0
    tasks.drain()


def test_a_burst_of_edits_is_judged_at_its_start_and_at_its_end(customer: Customer) -> None:
    tasks.drain()
    entries = Assessment.objects.filter(customer=customer).count()
    for seats in (1, 2, 3):
        factories.DealFactory(customer=customer, seats=seats)
    began = timezone.now()
    tasks.drain()
    assert timezone.now() - began < timedelta(seconds=1)
    assert Assessment.objects.filter(customer=customer).count() == entries + 1
    assert stale() == 0
    factories.DealFactory(customer=customer, seats=4)
    assert bulk.drain(clock=timezone.now, is_bulk=False, rest=timedelta(hours=1)).computed == 0, "it rests"
    assert bulk.drain_edits(clock=timezone.now, until=lambda: True).computed <= 1
    tasks.drain()
    assert stale() == 0


def test_a_burst_that_does_not_end_gives_way_and_asks_to_go_on(
    customer: Customer, woken: Woken, django_capture_on_commit_callbacks: OnCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "BURST_SECONDS", 0)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.drain()
    assert [name for name, _arguments in woken] == ["motions.drain"]


def test_the_sweep_finds_what_a_lost_wake_up_left(
    customer: Customer, woken: Woken, django_capture_on_commit_callbacks: OnCommit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()
    assert stale() == 0
    assert [name for name, _arguments in woken] == ["motions.spread", "motions.drain_bulk"]


def test_a_worker_that_starts_looks_at_once_what_others_left(
    woken: Woken, django_capture_on_commit_callbacks: OnCommit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        worker_ready.send(sender=None)
    assert [name for name, _arguments in woken] == ["motions.drain", "motions.spread", "motions.drain_bulk"]


def test_an_import_that_is_gone_takes_no_step_and_wakes_nobody(
    partner: Partner, woken: Woken, django_capture_on_commit_callbacks: OnCommit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tasks.take_import_step(batch_id=0, partner_id=partner.pk)
    assert not woken


def test_a_roll_out_is_worked_on_by_its_task_and_wakes_others(
    customer: Customer, drain: Callable[[], Counts], woken: Woken, django_capture_on_commit_callbacks: OnCommit
) -> None:
    drain()
    bulk.start_all(at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        tasks.spread()
    assert Fanout.objects.get().end == "done"
    assert [name for name, _arguments in woken] == ["motions.spread", "motions.drain_bulk"]


def test_a_long_roll_out_gives_way_and_asks_to_go_on(
    customer: Customer,
    drain: Callable[[], Counts],
    woken: Woken,
    django_capture_on_commit_callbacks: OnCommit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drain()
    bulk.start_all(at=timezone.now())
    tasks.spread()
    monkeypatch.setattr(tasks, "ROLL_OUT_SECONDS", 0)
    bulk.start_all(at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        tasks.spread()
    assert Fanout.objects.filter(ended_at=None).count() == 1
    assert [name for name, _arguments in woken] == ["motions.spread", "motions.drain_bulk"] * 2


def test_reconciling_finds_and_judges_what_nobody_marked(customer: Customer) -> None:
    Mark.objects.all().delete()
    tasks.reconcile()
    assert stale() == 0
    tasks.reconcile()


def test_a_customer_that_is_set_apart_is_told_to_the_administrators_in_their_language(
    poisoned: Deal, administrator: User, woken: Woken, django_capture_on_commit_callbacks: OnCommit
) -> None:
    factories.UserFactory(administrator=True, language="de", email="anna@example.com")
    factories.UserFactory(administrator=True, is_active=False)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.drain()
    assert woken == [("motions.tell_set_apart", {"count": 1})]
    tasks.tell_set_apart(count=1)
    assert {message.to[0] for message in mail.outbox} == {administrator.email, "anna@example.com"}
    subjects = {message.to[0]: message.subject for message in mail.outbox}
    assert subjects[administrator.email] == "Guidance could not be recomputed"
    assert subjects["anna@example.com"] != subjects[administrator.email]


@pytest.fixture
def poisoned(customer: Customer) -> Deal:
    """A deal that no statement can judge."""
    factories.RateSetFactory(rates={"EUR": "1", "USD": "999999", "XAF": "0.00000001"})
    return factories.DealFactory(customer=customer, azure=True, amount="9999999999999.99", currency="XAF")


def test_nobody_is_told_when_there_is_nobody() -> None:
    assert notices.tell_set_apart(count=1) == 0
    assert mail.outbox == []


def test_imports_that_ask_for_a_step_are_taken_up_again(
    woken: Woken, django_capture_on_commit_callbacks: OnCommit
) -> None:
    asking = factories.ImportBatchFactory(state=ImportState.CHECKING)
    factories.ImportBatchFactory(state=ImportState.CHECKED)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.resume_imports()
    assert woken == [
        ("motions.take_import_step", {"batch_id": asking.pk, "partner_id": asking.partner_id}),
    ]


def test_tasks_take_words_of_newer_releases_and_are_sent_to_their_queues() -> None:
    tasks.drain(something_new=True)
    route = current_app.amqp.router.route
    queues = {
        name: route({}, name)["queue"].name for name in ("motions.drain", "motions.spread", "motions.tell_set_apart")
    }
    assert queues == {"motions.drain": "interactive", "motions.spread": "bulk", "motions.tell_set_apart": "notices"}


# commands


def recomputed(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, int]:
    call_command("recompute", *words)
    found: dict[str, int] = json.loads(capsys.readouterr().out)
    return found


def test_the_command_recomputes_what_is_marked(customer: Customer, capsys: pytest.CaptureFixture[str]) -> None:
    assert recomputed(capsys, "--wait") == {"marked": 1, "computed": 1, "changed": 1, "stale_left": 0}
    assert recomputed(capsys, "--wait") == {"marked": 0, "computed": 0, "changed": 0, "stale_left": 0}


def test_the_command_recomputes_everybody(customer: Customer, capsys: pytest.CaptureFixture[str]) -> None:
    Mark.objects.all().delete()
    assert recomputed(capsys, "--all", "--wait") == {"marked": 1, "computed": 1, "changed": 1, "stale_left": 0}


def test_the_command_leaves_the_work_to_the_workers_unless_told_to_wait(
    customer: Customer, capsys: pytest.CaptureFixture[str], woken: Woken, django_capture_on_commit_callbacks: OnCommit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert recomputed(capsys, "--all") == {"marked": 1, "computed": 0, "changed": 0, "stale_left": 1}
    assert Fanout.objects.get().cause == "all"
    assert [name for name, _arguments in woken] == ["motions.drain", "motions.spread", "motions.drain_bulk"]


def test_the_drainer_looks_after_everything_that_is_old_enough(customer: Customer) -> None:
    command = drain_command.Command()
    command.look(older_than=timedelta(hours=1))
    assert stale() == 1
    factories.FanoutFactory()
    command.look(older_than=timedelta(seconds=-60))
    assert stale() == 0
    assert not Mark.objects.exists()


def test_the_drainer_outlives_a_database_that_is_away_and_stops_when_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looks: list[timedelta] = []
    closed: list[bool] = []

    def look(_self: Any, *, older_than: timedelta) -> None:
        looks.append(older_than)
        if len(looks) == 1:
            raise OperationalError("the server closed the connection")

    monkeypatch.setattr(drain_command.Command, "look", look)
    monkeypatch.setattr(drain_command.connection, "close", lambda: closed.append(True))
    monkeypatch.setattr(
        drain_command.time, "sleep", lambda _seconds: signal.raise_signal(signal.SIGTERM) if len(looks) == 2 else None
    )
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with caplog.at_level(logging.WARNING):
            call_command("drain", older_than=2.0)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert looks == [timedelta(seconds=2)] * 2
    assert closed == [True]
    assert "the database is away" in caplog.text


# wake-ups


class Broker:
    """Notes what is sent, or is away."""

    def __init__(self, *, away: bool) -> None:
        self.away = away

    def ping(self) -> None:
        if self.away:
            raise BrokerAway("nobody there")


@pytest.mark.broker
@pytest.mark.parametrize("is_away", [False, True])
def test_a_wake_up_is_sent_after_the_commit_and_a_broker_that_is_away_costs_nothing(
    is_away: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: OnCommit,
) -> None:
    sent: list[tuple[str, Any, Any]] = []
    monkeypatch.setattr(waking, "broker", lambda: Broker(away=is_away))
    monkeypatch.setattr(
        current_app._get_current_object(),
        "send_task",
        lambda name, kwargs, expires: sent.append((name, kwargs, expires)),
    )
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        requests.recompute_soon()
        requests.import_soon(batch_id=1, partner_id=2)
        assert sent == []
    if is_away:
        assert sent == []
        assert "could not wake motions.drain" in caplog.text
    else:
        assert sent == [
            ("motions.drain", {}, waking.WAKE_UP_SECONDS),
            ("motions.take_import_step", {"batch_id": 1, "partner_id": 2}, None),
        ]


def test_a_broker_that_does_not_answer_is_noticed_at_once(settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis+socket:///tmp/there-is-no-broker.sock"
    waking.broker.cache_clear()
    try:
        with pytest.raises(BrokerAway):
            waking.broker().ping()
    finally:
        waking.broker.cache_clear()


def test_nothing_is_told_for_a_failure_that_may_still_pass(customer: Customer) -> None:
    factories.SetAsideFactory(customer=customer, failures=1)
    tasks.drain()
    assert not SetAside.objects.exists()
    assert str(SetAside(customer=customer, failures=2)) == f"{customer.pk}: 2 failures"
