"""A committed change wakes who tells programs, by whatever path it was written; and the drainer sends without being woken."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils.timezone import now

from partners import tasks
from partners.bulk import delivering
from partners.bulk.delivering import carry, keep_telling
from partners.models import Change, Partner, Subscription
from tests import factories
from tests.partners.test_audit import settled
from tests.partners.test_webhooks import TAKEN, answering, changed
from tests.programs import Program

pytestmark = pytest.mark.django_db
WOKEN = [("partners.tell_programs", {})]
Committing = Callable[..., Any]


@pytest.fixture
def program(partner: Partner) -> Program:
    return Program(partner)


@pytest.fixture
def hook(program: Program) -> Subscription:
    return factories.SubscriptionFactory(client=program.row, events=["customer.changed", "guidance.changed"])


def test_what_a_request_changes_wakes_by_itself(
    program: Program, hook: Subscription, woken: Any, django_capture_on_commit_callbacks: Committing
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        program.post("customers/", {"name": "Contoso GmbH", "country": "DE"})
    assert WOKEN[0] in woken


def test_many_changes_of_a_transaction_wake_once_and_a_bare_statement_wakes_as_well(
    hook: Subscription, woken: Any, django_capture_on_commit_callbacks: Committing
) -> None:
    with django_capture_on_commit_callbacks(execute=True), connection.cursor() as cursor:
        for _ in range(3):
            cursor.execute(
                "INSERT INTO partners_change (partner_id, kind, subject, at) SELECT %s, 'customer.added', 'customers', now()"
                " FROM generate_series(1, 5)",
                [hook.partner_id],
            )
    assert woken == WOKEN


def test_what_is_rolled_back_and_what_nobody_asked_to_be_told_of_wakes_nobody(
    hook: Subscription, woken: Any, django_capture_on_commit_callbacks: Committing
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        changed(Program(factories.PartnerFactory()).partner)
        with transaction.atomic():
            changed(hook.partner)
            transaction.set_rollback(True)
    assert woken == []
    with django_capture_on_commit_callbacks(execute=True):
        changed(hook.partner)
    assert woken == WOKEN


@pytest.mark.django_db(transaction=True)
def test_a_change_behind_an_older_transaction_is_told_as_soon_as_that_one_ends(
    another: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = factories.SubscriptionFactory(client=Program(factories.PartnerFactory()).row, events=["guidance.changed"])
    sent = answering(monkeypatch, lambda _message: TAKEN)
    older = another()
    older.execute("SELECT pg_current_xact_id()")
    about = {"kind": "guidance.moved", "subject": "guidance", "subject_id": uuid4(), "at": now()}
    Change.objects.create(partner=hook.partner, **about)

    def ended(_seconds: float) -> None:
        older.commit()
        settled()

    assert keep_telling(clock=now, is_over=lambda: False, pause=ended) == {"delivered": 1}
    assert len(sent) == 1


def test_one_does_not_wait_for_ever_for_a_transaction_that_does_not_end(
    hook: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, lambda _message: TAKEN)
    changed(hook.partner, xact=10**15)
    pauses: list[float] = []
    assert keep_telling(clock=now, is_over=lambda: False, pause=pauses.append) == {}
    assert len(pauses) == delivering.MOST_LOOKS
    assert keep_telling(clock=now, is_over=lambda: True, pause=pauses.append) == {}
    assert len(pauses) == delivering.MOST_LOOKS


def test_the_task_tells_what_has_settled(hook: Subscription, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = answering(monkeypatch, lambda _message: TAKEN)
    changed(hook.partner)
    tasks.tell_programs()
    assert len(sent) == 1


def test_the_drainer_sends_what_no_worker_has_taken_up_and_leaves_to_them_what_is_young(
    hook: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = answering(monkeypatch, lambda _message: TAKEN)
    factories.DeliveryFactory(subscription=hook, next_at=now())
    assert carry(clock=now) == 0
    factories.DeliveryFactory(subscription=hook, next_at=now() - delivering.LEFT_TO_WORKERS - timedelta(seconds=1))
    assert carry(clock=now) == 1
    assert len(sent) == 1
