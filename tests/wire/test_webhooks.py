"""Partner Center's registration for webhooks, as its clients ask for it and as its documentation shows it (R58 to R62)."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from django.test import Client
from django.utils.timezone import now

from partners import services
from partners.bulk.delivering import tell
from partners.models import Delivery, Subscription
from partners.policy import WIRE_EVENTS
from tests import factories
from tests.factories import NOON
from tests.partners.receivers import Receiver, receiving
from tests.partners.test_webhooks import changed
from tests.wire.clients import Wire, is_fault

pytestmark = pytest.mark.django_db
PLACE = "/webhooks/v1/registration"
SAID = {"WebhookUrl": "https://crm.example/hook", "WebhookEvents": ["subscription-updated", "test-created"]}
GOLDEN = Path(__file__).parents[3] / "shared" / "golden" / "webhooks__partner-center-webhooks__pc2023.json"


@pytest.fixture
def receiver(settings: Any, tmp_path: Path) -> Iterator[Receiver]:
    settings.WEBHOOKS_LOOPBACK, settings.WEBHOOKS_KEY = True, str(tmp_path / "webhooks.pem")
    settings.PORTAL_URL = "https://portal.example"
    with receiving() as found:
        yield found


def camel(document: dict[str, Any]) -> dict[str, Any]:
    return {name[0].lower() + name[1:]: value for name, value in document.items()}


@pytest.mark.parametrize("worded", [dict, camel], ids=["PascalCase", "camelCase"])
def test_a_registration_is_made_read_and_changed_with_keys_of_either_case(worded: Any, wire: Wire) -> None:
    assert is_fault(wire.get(PLACE), 404)
    made = wire.post(PLACE, worded(SAID))
    assert made.status_code == 200, made.content
    assert {name: made.json()[name] for name in SAID} == SAID
    assert len(made.json()["SubscriberId"]) == 36
    assert wire.get(PLACE).json() == made.json()
    put = wire.put(PLACE, worded({**SAID, "WebhookEvents": ["referral-created"]}))
    assert (put.status_code, put.json()["WebhookEvents"]) == (200, ["referral-created"])
    assert wire("DELETE", PLACE).status_code == 204
    assert is_fault(wire("DELETE", PLACE), 404)


def test_a_second_post_is_told_to_use_put_and_changes_nothing(wire: Wire) -> None:
    wire.post(PLACE, SAID)
    again = wire.post(PLACE, {**SAID, "WebhookUrl": "https://crm.example/other"})
    assert is_fault(again, 409)
    assert "PUT" in again.json()["description"]
    assert Subscription.objects.get().url == SAID["WebhookUrl"]
    assert is_fault(Wire(wire.program).put("/webhooks/v1/nothing", {}), 404)


def test_five_times_the_same_post_is_one_registration_and_one_answer(wire: Wire) -> None:
    answers = [wire.post(PLACE, SAID, MS_RequestId="one") for _ in range(5)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert Subscription.objects.count() == 1


def test_put_without_a_registration_is_404_and_so_is_that_of_another_client(wire: Wire, rival: Wire) -> None:
    rival.post(PLACE, SAID)
    assert is_fault(wire.put(PLACE, SAID), 404)
    assert is_fault(wire.post(f"{PLACE}/validationEvents"), 404)


def test_what_has_no_place_here_comes_back(wire: Wire) -> None:
    wire.post(PLACE, {**SAID, "properties": {"colour": "red"}, "SignatureTokenToMsSignatureHeader": True})
    told = wire.get(PLACE).json()
    assert (told["properties"], told["SignatureTokenToMsSignatureHeader"]) == ({"colour": "red"}, True)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "WebhookUrl"),
        ({"WebhookEvents": ["test-created"]}, "WebhookUrl"),
        ({**SAID, "WebhookUrl": 5}, "WebhookUrl"),
        ({**SAID, "WebhookUrl": "http://crm.example/"}, "WebhookUrl"),
        ({**SAID, "WebhookUrl": "https://169.254.169.254/"}, "WebhookUrl"),
        ({**SAID, "WebhookUrl": "https://crm.example/" + "x" * 10_000}, "WebhookUrl"),
        ({**SAID, "WebhookEvents": []}, "WebhookEvents"),
        ({**SAID, "WebhookEvents": "test-created"}, "WebhookEvents"),
        ({**SAID, "WebhookEvents": ["guidance.changed"]}, "WebhookEvents"),
        ({**SAID, "SignatureTokenToMsSignatureHeader": "yes"}, "SignatureTokenToMsSignatureHeader"),
        ("[]", ""),
        ("{", ""),
        ('{"WebhookUrl": "\\u0000"}', ""),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_is_400_and_names_the_field(body: Any, field: str, wire: Wire) -> None:
    answer = wire.post(PLACE, body)
    assert is_fault(answer, 400), answer.content
    assert field in str(answer.json())
    assert not Subscription.objects.exists()


def test_the_events_are_those_that_can_be_asked_for(wire: Wire) -> None:
    assert wire.get(f"{PLACE}/events").json() == list(WIRE_EVENTS)
    assert wire.post(PLACE, {**SAID, "WebhookEvents": list(WIRE_EVENTS)}).status_code == 200


def test_a_validation_event_arrives_and_its_attempts_are_told(wire: Wire, receiver: Receiver, rival: Wire) -> None:
    wire.post(PLACE, {**SAID, "WebhookUrl": receiver.url})
    asked = wire.post(f"{PLACE}/validationEvents")
    number = asked.json()["correlationId"]
    pending = wire.get(f"{PLACE}/validationEvents/{number}").json()
    assert (pending["status"], pending["results"]) == ("pending", [])
    receiver.answer = lambda _handler: 200
    tell(clock=now, is_over=lambda: False)
    [came] = receiver.requests
    place = f"https://portal.example{PLACE}/validationEvents/{number}"
    assert (came.told["EventName"], came.told["ResourceName"], came.told["ResourceUri"]) == (
        "test-created",
        "test",
        place,
    )
    told = wire.get(f"{PLACE}/validationEvents/{number}").json()
    assert told.keys() == {"correlationId", "partnerId", "status", "callbackUrl", "results"}
    assert (told["status"], told["callbackUrl"]) == ("completed", receiver.url)
    assert [{**one, "dateTimeUtc": ""} for one in told["results"]] == [
        {"responseCode": "OK", "responseMessage": "", "systemError": False, "dateTimeUtc": ""}
    ]
    rival.post(PLACE, SAID)
    assert is_fault(rival.get(f"{PLACE}/validationEvents/{number}"), 404)
    assert wire.post(f"{PLACE}/validationEvents").status_code == 200
    assert is_fault(wire.post(f"{PLACE}/validationEvents"), 429)


def test_a_target_that_does_not_take_it_is_a_result_too(wire: Wire, receiver: Receiver) -> None:
    wire.post(PLACE, {**SAID, "WebhookUrl": receiver.url})
    number = wire.post(f"{PLACE}/validationEvents").json()["correlationId"]
    receiver.answer = lambda _handler: 503
    tell(clock=now, is_over=lambda: False)
    Subscription.objects.update(url=receiver.url.replace("http:", "https:"), rests_until=None)
    Delivery.objects.update(next_at=now())
    tell(clock=now, is_over=lambda: False)
    told = wire.get(f"{PLACE}/validationEvents/{number}", X_Locale="de").json()
    assert (told["status"], [one["responseCode"] for one in told["results"]]) == (
        "pending", ["ServiceUnavailable", "tls"],
    )  # fmt: skip
    assert [one["systemError"] for one in told["results"]] == [False, True]


@pytest.mark.parametrize("is_own", [False, True], ids=["Authorization", "x-ms-signature"])
def test_a_message_is_signed_so_that_the_certificate_of_its_address_verifies_it(
    is_own: bool, wire: Wire, receiver: Receiver
) -> None:
    said = {"WebhookUrl": receiver.url, "WebhookEvents": ["referral-created"]}
    wire.post(PLACE, {**said, "SignatureTokenToMsSignatureHeader": is_own})
    Subscription.objects.update(xact=0)
    change = changed(wire.program.partner, "referral.begun", subject="referrals")
    changed(wire.program.partner, "referral.accept", subject="referrals")
    tell(clock=now, is_over=lambda: False)
    [came] = receiver.requests
    assert came.told == {
        "EventName": "referral-created",
        "ResourceUri": f"https://portal.example/v1.0/engagements/referrals/{change.subject_id}",
        "ResourceName": "referral",
        "AuditUri": None,
        "ResourceChangeUtcDate": "2026-03-03T12:00:00+00:00",
    }
    headers = {name.lower(): value for name, value in came.headers.items()}
    assert headers["x-ms-signature-algorithm"] == "rsa-sha256"
    assert headers["x-ms-certificate-url"] == "https://portal.example/webhooks/v1/certificate"
    fetched = Client().get("/webhooks/v1/certificate")
    key: Any = x509.load_der_x509_certificate(fetched.content).public_key()
    word = headers["x-ms-signature"] if is_own else headers["authorization"].removeprefix("Signature ")
    key.verify(base64.b64decode(word), came.body, padding.PKCS1v15(), hashes.SHA256())


def told_to(wire: Wire, receiver: Receiver, *events: str) -> list[tuple[str, str, str]]:
    """(event, resource, its address) of everything in the feed, for a registration that asked for some events."""
    wire.post(PLACE, {"WebhookUrl": receiver.url, "WebhookEvents": list(events)})
    Subscription.objects.update(xact=0)
    tell(clock=now, is_over=lambda: False)
    names = ("EventName", "ResourceName", "ResourceUri")
    return [tuple(one.told[name] for name in names) for one in receiver.requests]  # type: ignore[misc]


def test_a_lead_that_joined_another_is_told_as_related_and_the_first_one_is_not(wire: Wire, receiver: Receiver) -> None:
    partner = wire.program.partner
    first = factories.ReferralFactory(customer__partner=partner)
    second = factories.ReferralFactory(customer=first.customer, engagement_id=first.engagement_id)
    stranger = factories.ReferralFactory(engagement_id=first.engagement_id)
    assert stranger.partner_id != partner.pk
    for kind, lead in (("begun", first), ("begun", second), ("accept", second)):
        changed(partner, f"referral.{kind}", subject="referrals", subject_id=lead.public_id)
    events = ("referral-created", "related-referral-created", "related-referral-updated")
    place = "https://portal.example/v1.0/engagements/referrals/"
    assert told_to(wire, receiver, *events) == [
        ("referral-created", "referral", f"{place}{first.public_id}"),
        ("referral-created", "referral", f"{place}{second.public_id}"),
        ("related-referral-created", "referral", f"{place}{second.public_id}"),
        ("related-referral-updated", "referral", f"{place}{second.public_id}"),
    ]


def test_a_relationship_that_a_customer_accepts_is_told_of_the_customer(wire: Wire, receiver: Receiver) -> None:
    relation = factories.RelationFactory(customer__partner=wire.program.partner)
    customer = relation.customer.public_id
    for kind in ("relation_requested", "relation_accepted"):
        changed(wire.program.partner, f"customer.{kind}", subject="customers", subject_id=customer)
    place = f"/v1/customers/{customer}"
    assert told_to(wire, receiver, "reseller-relationship-accepted-by-customer") == [
        ("reseller-relationship-accepted-by-customer", "Customer", f"https://portal.example{place}")
    ]
    assert wire.get(place).status_code == 200


def test_a_registration_is_no_subscription_of_the_native_api(wire: Wire) -> None:
    wire.post(PLACE, SAID)
    assert wire.program.get("webhooks/").json()["items"] == []


def test_what_was_tested_is_forgotten_after_seven_days(wire: Wire) -> None:
    wire.post(PLACE, SAID)
    hook = Subscription.objects.get()
    factories.DeliveryFactory(subscription=hook, subject="", event="test-created", state="delivered", ended_at=NOON)
    services.tidy_deliveries(at=NOON + timedelta(days=8))
    assert not Delivery.objects.exists()


@pytest.mark.skipif(not GOLDEN.exists(), reason="the documented samples are not here")
def test_the_documented_requests_are_answered_as_documented(wire: Wire) -> None:
    """In the order of the documentation, which registers before it tests."""
    number, status, expected = "", 0, {}
    examples = [one for one in json.loads(GOLDEN.read_text())["examples"] if one["kind"] in ("request", "response")]
    for one in examples[1:]:  # the first one is sent by Partner Center
        if one["kind"] == "request":
            url = one["url"].replace("04af2aea-d413-42db-824e-f328001484d1", number)
            body = {**one["body"], "WebhookUrl": SAID["WebhookUrl"]} if one.get("body") else None
            answer = wire(one["method"], url, body)
            number = answer.json().get("correlationId", number) if isinstance(answer.json(), dict) else number
            continue
        status, expected = one["status"], one["body"]
        assert answer.status_code == status, answer.content
        told = answer.json()
        assert set(expected) <= set(told), (expected, told)
