"""The probes of machines: they answer without a person, and say which part is missing."""

from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from kombu.exceptions import OperationalError

from customers.models import Customer
from portal import jobs, probes
from portal.celery import app
from tests import factories

pytestmark = pytest.mark.django_db
WHOLE = [{"interactive@host": {"ok": "pong"}}, {"bulk-2@host": {"ok": "pong"}}]


@pytest.fixture(autouse=True)
def _asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was answered to another test is not given again."""
    monkeypatch.setattr(probes, "_KEPT", {})


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`answering(replies)`: what the workers answer to a ping; an exception is raised."""

    def set_up(replies: Any) -> None:
        def ping(timeout: float) -> Any:
            if isinstance(replies, Exception):
                raise replies
            return replies

        monkeypatch.setattr(app.control, "ping", ping)
        probes._KEPT.clear()

    return set_up


def test_the_process_says_that_it_is_alive_without_any_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "acting", None)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})
    assert answer.cookies == {}


def test_it_is_ready_when_every_part_answers(client: Client, answering: Any) -> None:
    answering(WHOLE)
    answer = client.get("/readyz")
    parts = dict.fromkeys(("ready", "database", "marks", "broker", "interactive", "bulk"), True)
    assert (answer.status_code, answer.json()) == (200, parts)


@pytest.mark.parametrize(
    ("replies", "missing"),
    [
        ([], {"interactive", "bulk"}),
        (None, {"interactive", "bulk"}),
        (WHOLE[:1], {"bulk"}),
        (WHOLE[1:], {"interactive"}),
        (OperationalError("away"), {"broker", "interactive", "bulk"}),
        (ConnectionRefusedError("away"), {"broker", "interactive", "bulk"}),
    ],
)
def test_it_is_not_ready_and_names_the_missing_part(
    replies: Any, missing: set[str], client: Client, answering: Any
) -> None:
    answering(replies)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert {part for part, is_there in answer.json().items() if not is_there} == missing | {"ready"}


def test_who_asks_again_at_once_keeps_no_worker_busy(
    client: Client, answering: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(probes, "monotonic", lambda: clock[0])
    answering(WHOLE)
    first = client.get("/readyz").json()
    monkeypatch.setattr(app.control, "ping", lambda timeout: [])
    clock[0] += probes.KEPT_SECONDS
    assert client.get("/readyz").json() == first
    clock[0] += 0.1
    assert client.get("/readyz").json() != first


def test_it_is_not_ready_when_the_database_is_away(
    client: Client, answering: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_side: object) -> None:
        raise DatabaseError("away")

    answering(WHOLE)
    monkeypatch.setattr(probes, "acting", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert (answer.json()["database"], answer.json()["marks"], answer.json()["broker"]) == (False, False, True)


def test_it_is_not_ready_when_a_mark_has_waited_for_long(
    client: Client, answering: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(WHOLE)
    monkeypatch.setattr(probes.marks, "waiting", lambda: (1, jobs.OLD_MARK))
    assert client.get("/readyz").json()["marks"] is False


@pytest.mark.broker
def test_the_real_broker_without_a_worker_is_there_and_the_workers_are_not(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] is True
    assert (answer.json()["interactive"], answer.json()["bulk"]) == (False, False)


def test_metrics_count_and_name_nobody(client: Client) -> None:
    customer = factories.CustomerFactory(name="Zinnober")
    text = client.get("/metrics").content.decode()
    assert "wegweiser_stale_marks 1.0" in text
    assert "wegweiser_set_apart 0.0" in text
    assert "Zinnober" not in text
    assert Customer.objects.filter(pk=customer.pk).exists()


def test_metrics_are_for_the_machine_itself_or_for_whoever_knows_the_token(client: Client, settings: Any) -> None:
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
    settings.METRICS_TOKEN = "a token"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer a token"}).status_code == 200


def test_metrics_behind_a_proxy_need_the_token(client: Client, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert client.get("/metrics").status_code == 404
