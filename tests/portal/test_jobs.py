"""The page of jobs: what waits, who works, what ran; what is set apart is tried again; imports are paused with effect."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now
from redis.exceptions import RedisError

from common.isolation import Side, acting
from common.refusals import NotAllowed, Refused, Unfit
from motions.models import ImportBatch, Mark, PolicyNews, PolicyVersion, SetAside
from partners import services
from partners.models import (
    AuditEntry,
    Delivery,
    Intake,
    JobRun,
    NewsMail,
    Notice,
    Pause,
    Post,
    Subscription,
    User,
)
from portal import jobs
from portal.celery import note_its_run, number_its_changes
from tests import factories
from tests.factories import NOON
from tests.programs import Program

pytestmark = pytest.mark.django_db


class Broker:
    """Answers with a number of messages, or not at all."""

    def __init__(self, *, is_away: bool = False) -> None:
        self.is_away = is_away

    def llen(self, name: str) -> int:
        if self.is_away:
            raise RedisError("away")
        return 7


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "broker", Broker)
    monkeypatch.setattr(jobs.app.control, "ping", lambda timeout: [{"interactive-1@host": {"ok": "pong"}}])


def test_the_page_says_what_waits_who_works_and_what_ran(
    customer: Any, administrator: User, signed_in: Callable[[User], Client]
) -> None:
    JobRun.objects.create(name="motions.sweep", started_at=now(), ended_at=now())
    JobRun.objects.create(name="motions.spread", started_at=NOON - timedelta(days=400), ended_at=NOON)
    JobRun.objects.create(name="motions.alert", started_at=now(), ended_at=now(), error="ValueError: no such day")
    page = signed_in(administrator).get("/jobs/").content.decode()
    for words in ("Queue “bulk”", "late", "ValueError: no such day", "has not run yet", "does not answer", "5 seconds"):
        assert words in page, words


def test_a_broker_that_is_away_is_said_and_no_error(
    administrator: User, signed_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "broker", lambda: Broker(is_away=True))
    answer = signed_in(administrator).get("/jobs/")
    assert answer.status_code == 200
    assert "Guidance is computed without it" in answer.content.decode()


def test_a_scheduled_task_leaves_when_it_ran_and_how_it_ended() -> None:
    for name, state, retval in (
        ("motions.sweep", "SUCCESS", None),
        ("motions.sweep", "FAILURE", ValueError("broken")),
        ("motions.drain", "SUCCESS", None),
    ):
        task = SimpleNamespace(name=name, request=Request())
        number_its_changes(task_id="1", task=task)
        note_its_run(task=task, state=state, retval=retval)
    (run,) = JobRun.objects.all()
    assert (run.name, run.error) == ("motions.sweep", "ValueError: broken")
    assert run.failed_at is not None
    assert run.started_at <= run.ended_at


class Request:
    """What a task knows about its own run."""

    numbered: Any
    began_at: Any

    def update(self, **known: Any) -> None:
        vars(self).update(known)


def test_what_a_task_changes_stands_under_the_number_of_the_task(deal: Any) -> None:
    task = SimpleNamespace(name="motions.sweep", request=Request())
    number_its_changes(task_id="44444444-4444-4444-8444-444444444444", task=task)
    with acting(Side.WORKER):
        Notice.objects.all().update(failures=0)
    factories.PartnerFactory()
    with acting(Side.OFFICE):
        services.pause(Intake.IMPORTS, by=factories.UserFactory(administrator=True), at=NOON, reason="Moving")
    assert AuditEntry.objects.latest("pk").request_id == "44444444-4444-4444-8444-444444444444"
    note_its_run(task=task, state="SUCCESS", retval=None)
    with acting(Side.OFFICE):
        Pause.objects.all().delete()
    assert AuditEntry.objects.latest("pk").request_id == ""


@pytest.mark.parametrize("kind", jobs.PARKED, ids=lambda kind: kind.code)
def test_what_is_set_apart_is_counted_and_tried_once_more(
    kind: jobs.Parked, customer: Any, seller: User, administrator: User, signed_in: Callable[[User], Client]
) -> None:
    makers: dict[str, Callable[[], Any]] = {
        "recomputes": lambda: factories.SetAsideFactory(customer=customer, failures=3),
        "mails": lambda: factories.NoticeFactory(user=seller, failures=5, mail_due_at=NOON),
        "invitations": lambda: factories.InvitationFactory(failures=5),
        "webhooks": lambda: factories.DeliveryFactory(
            subscription=factories.SubscriptionFactory(client=Program(seller.partner).row),
            state="parked",
            ended_at=NOON,
        ),
        "agreement-mails": lambda: factories.MailFactory(customer=customer, failures=3),
        "agreement-events": lambda: factories.AgreementEventFactory(customer=customer, failures=5, notified_at=None),
        "lead-events": lambda: factories.ReferralEventFactory(failures=5, notified_at=None),
        "conflict-events": lambda: _untold_of_a_conflict(customer),
        "policy-news": lambda: PolicyNews.objects.create(
            partner=customer.partner,
            policy=PolicyVersion.objects.latest("pk"),
            kind="published",
            made_at=NOON,
            failures=5,
        ),
        "news-mails": lambda: NewsMail.objects.create(post=_post(), user=seller, failures=5),
    }
    makers[kind.code]()
    assert {one.code: count for one, count in jobs.parked()}[kind.code] == 1
    answer = signed_in(administrator).post(f"/jobs/retry/{kind.code}/", follow=True)
    assert "1 is tried once more." in answer.content.decode()
    assert {one.code: count for one, count in jobs.parked()}[kind.code] == 0


def _post() -> Post:
    return Post.objects.create(kind="news", title_en="One", title_de="Eins", shown_from=NOON.date())


def _untold_of_a_conflict(customer: Any) -> None:
    side = factories.conflict_of(customer, factories.CustomerFactory())
    factories.ConflictEventFactory(side=side, failures=5, notified_at=None)


def test_whatever_counts_its_failures_can_be_tried_once_more() -> None:
    counted = {model for model in apps.get_models() if any(field.name == "failures" for field in model._meta.fields)}
    with acting(Side.WORKER):
        shown = {kind.rows().model for kind in jobs.PARKED}
    # rests and goes on by itself; its messages are among those shown
    assert counted - {Subscription} == shown - {Delivery}


def test_a_customer_that_was_set_apart_is_marked_again(customer: Any) -> None:
    factories.SetAsideFactory(customer=customer, failures=3)
    Mark.objects.all().delete()
    assert jobs.retry("recomputes", at=now()) == 1
    assert not SetAside.objects.exists()
    assert [mark.customer_id for mark in Mark.objects.all()] == [customer.pk]


def test_paused_imports_take_no_file_and_say_why_until_they_are_open_again(
    seller: User, administrator: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(administrator)
    assert client.post("/jobs/pause/", {"reason": " "}).status_code == 422
    assert client.post("/jobs/pause/", {"reason": "We move the database"}).status_code == 302
    assert "We move the database" in client.get("/jobs/").content.decode()
    seller_client = signed_in(seller)
    assert "We move the database" in seller_client.get("/imports/").content.decode()
    file = SimpleUploadedFile("portfolio.csv", b"Company;Country\nOne;DE\n")
    answer = seller_client.post("/imports/", {"file": file})
    assert answer.status_code == 422
    assert "Imports are paused for the moment (We move the database)." in answer.content.decode()
    assert not ImportBatch.objects.exists()
    assert signed_in(administrator).post("/jobs/resume/").status_code == 302
    assert services.paused(Intake.IMPORTS) is None


def test_only_an_administrator_pauses_once_and_with_a_reason(seller: User, administrator: User) -> None:
    with pytest.raises(NotAllowed):
        services.pause(Intake.IMPORTS, by=seller, at=NOON, reason="Because")
    with pytest.raises(NotAllowed):
        services.resume(Intake.IMPORTS, by=seller)
    with pytest.raises(Unfit):
        services.pause(Intake.IMPORTS, by=administrator, at=NOON, reason="")
    services.pause(Intake.IMPORTS, by=administrator, at=NOON, reason="Because")
    with pytest.raises(Refused):
        services.pause(Intake.IMPORTS, by=administrator, at=NOON, reason="Because")
