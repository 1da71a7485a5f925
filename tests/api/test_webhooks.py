"""Webhooks in the API: a program's own subscriptions, their secrets told once, and the log of messages."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils.timezone import now

from agreements.models import AgreementEvent
from partners import services
from partners.bulk.delivering import tell
from partners.bulk.messages import message_of
from partners.bulk.spreading import spread
from partners.models import Change, Delivery, Partner, Repeat, Subscription
from tests import factories
from tests.factories import NOON
from tests.partners.receivers import receiving
from tests.programs import Program

pytestmark = pytest.mark.django_db
BODY = {"url": "https://crm.example/hook?token=1", "events": ["guidance.changed", "import.done"]}
OnCommit = Callable[..., Any]


def made(program: Program, **more: Any) -> Any:
    answer = program.post("webhooks/", {**BODY, **more})
    assert answer.status_code == 201, answer.content
    return answer


def test_a_program_makes_reads_changes_and_deletes_its_subscription(program: Program) -> None:
    told = made(program)
    place, row = told.headers["Location"], Subscription.objects.get()
    assert place == f"/api/v1/webhooks/{row.public_id}/"
    assert (told.json()["secret"], told.json()["url"]) == (services.secret_told(row), BODY["url"])
    read = program.get(place)
    assert read.json() == program.get("webhooks/").json()["items"][0]
    assert "secret" not in read.json()
    changed = program.patch(place, {"events": ["deal.changed"]}, If_Match=read.headers["ETag"])
    assert (changed.json()["events"], changed.json()["url"]) == (["deal.changed"], BODY["url"])
    lost = program.patch(place, {"url": "https://crm.example/2"}, If_Match=read.headers["ETag"])
    assert (lost.status_code, lost.json()["current"]["events"]) == (412, ["deal.changed"])
    assert program.delete(place, If_Match=changed.headers["ETag"]).status_code == 204
    assert program.get(place).status_code == 404


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"url": "https://169.254.169.254/latest"}, "url"),
        ({"url": "http://crm.example/"}, "url"),
        ({"url": 7}, "url"),
        ({"events": []}, "events"),
        ({"events": ["everything"]}, "events"),
        ({"events": "import.done"}, "events"),
        ({"secret": "mine"}, "secret"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(said: dict[str, Any], field: str, program: Program) -> None:
    answer = program.post("webhooks/", {**BODY, **said})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert not Subscription.objects.exists()


def test_a_retry_is_told_the_secret_again_and_nothing_that_is_stored_tells_it(program: Program) -> None:
    first = program.post("webhooks/", BODY, Idempotency_Key="k1")
    again = program.post("webhooks/", BODY, Idempotency_Key="k1")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json() == again.json()
    assert len(first.json()["secret"]) > 40
    stored = str([*Repeat.objects.values(), *Subscription.objects.values()])
    assert first.json()["secret"] not in stored
    rotated = program.post(f"{first.headers['Location']}secret/").json()
    assert rotated["secret"] not in ("", first.json()["secret"])
    assert program.post("webhooks/", BODY, Idempotency_Key="k1").json()["secret"] == ""
    assert program.post("webhooks/?fields=id", BODY).json().keys() == {"id"}


def test_a_test_message_arrives_and_its_line_stands_in_the_log(
    program: Program, settings: Any, woken: list[Any], django_capture_on_commit_callbacks: OnCommit
) -> None:
    settings.WEBHOOKS_LOOPBACK = True
    with receiving() as receiver, django_capture_on_commit_callbacks(execute=True):
        place = made(program, url=receiver.url).headers["Location"]
        sent = program.post(f"{place}test/")
        assert (sent.status_code, sent.json()["state"], sent.json()["type"]) == (202, "waiting", "test")
        tell(clock=now, is_over=lambda: False)
        assert [one.told["type"] for one in receiver.requests] == ["test"]
    assert ("partners.tell_programs", {}) in woken
    [line] = program.get("webhook-deliveries/?state=delivered&type=test").json()["items"]
    assert (line["id"], line["status"], line["tries"], line["event_id"]) == (
        sent.json()["id"], 204, 1, receiver.requests[0].told["id"],
    )  # fmt: skip
    assert [one["status"] for one in line["attempts"]] == [204]
    program.post(f"{place}test/")
    third = program.post(f"{place}test/")
    assert (third.status_code, third.json()["code"]) == (429, "too_many")


def test_a_parked_message_is_found_and_sent_again_and_one_on_its_way_is_not(program: Program) -> None:
    hook = factories.SubscriptionFactory(client=program.row)
    factories.DeliveryFactory(subscription=hook)
    parked = factories.DeliveryFactory(subscription=hook, state="parked", ended_at=NOON)
    [line] = program.get(f"webhook-deliveries/?state=parked&webhook={hook.public_id}").json()["items"]
    assert line["id"] == str(parked.public_id)
    again = program.post(f"webhook-deliveries/{parked.public_id}/again/")
    assert (again.status_code, again.json()["state"], again.json()["tries"]) == (202, "waiting", 0)
    assert program.post(f"webhook-deliveries/{parked.public_id}/again/").status_code == 409


def test_what_another_program_asked_for_is_not_there_be_it_of_the_same_partner(program: Program) -> None:
    hook = factories.SubscriptionFactory(client=program.row)
    message = factories.DeliveryFactory(subscription=hook, state="parked", ended_at=NOON)
    colleague = Program(program.partner)
    assert colleague.get("webhooks/").json()["items"] == colleague.get("webhook-deliveries/").json()["items"] == []
    for answer in (
        colleague.get(f"webhooks/{hook.public_id}/"),
        colleague.post(f"webhooks/{hook.public_id}/secret/"),
        colleague.post(f"webhook-deliveries/{message.public_id}/again/"),
    ):
        assert answer.status_code == 404


def test_reading_needs_its_scope_and_writing_another(partner: Partner) -> None:
    reader = Program(partner, scopes=("webhooks.read",))
    assert reader.get("webhooks/").status_code == 200
    assert reader.post("webhooks/", BODY).json()["scope"] == "webhooks.write"


@pytest.mark.django_db(transaction=True)
def test_agreements_and_leads_reach_the_feed_and_a_partner_without_a_program_has_none() -> None:
    customer = factories.CustomerFactory()
    factories.AgreementEventFactory(customer=customer)
    lead = factories.ReferralFactory(customer=customer)
    factories.ReferralEventFactory(referral=lead)
    assert not Change.objects.exists()
    Program(customer.partner)
    factories.AgreementEventFactory(customer=customer)
    factories.ReferralEventFactory(referral=lead, kind="begun")
    step = AgreementEvent.objects.latest("pk").step
    told = Change.objects.filter(subject__in=("agreements", "referrals")).order_by("pk")
    assert list(told.values_list("kind", "subject_id", "of_customer")) == [
        (f"agreement.{step}", customer.public_id, customer.public_id),
        ("referral.begun", lead.public_id, customer.public_id),
    ]


@pytest.mark.django_db(transaction=True)
def test_what_a_trigger_wrote_becomes_a_message_once_it_has_settled(program: Program) -> None:
    made(program, events=["customer.changed"])
    program.post("customers/", {"name": "Contoso GmbH", "country": "DE"})
    for _ in range(1000):
        if spread(clock=now):
            break
    assert [(one.event, one.kind) for one in Delivery.objects.all()] == [("customer.changed", "customer.registered")]


def test_the_example_of_the_documentation_takes_a_good_signature_and_no_other(program: Program) -> None:
    text = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
    code = text.split("```python\n")[1].split("```")[0]
    hook = factories.SubscriptionFactory(client=program.row)
    message = message_of(hook, factories.DeliveryFactory(subscription=hook), at=now())
    asked = f"""
{code}
headers, body, secret = {message.headers!r}, {message.body!r}, {services.secret_told(hook)!r}
print(is_genuine(headers, body, secret), is_genuine(headers, body + b" ", secret), is_genuine(headers, body, "whsec_AAAA"))
print(is_genuine({{**headers, "Webhook-Timestamp": "1"}}, body, secret))
"""
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["True", "False", "False", "False"], done.stderr
