"""What a message says, and how it is signed: the same bytes at every try."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from common.rest.json import encoded
from common.signatures import certificate, rsa_key, rsa_signed, secret_of, signed
from partners.models import Delivery, Subscription
from partners.policy import WIRE_TEST
from partners.states import Door

CERTIFICATE = "/webhooks/v1/certificate"
# where a subject is read
_PLACES = {
    "customers": "/api/v1/customers/{id}/",
    "deals": "/api/v1/deals/{id}/",
    "guidance": "/api/v1/guidance/{id}/",
    "choices": "/api/v1/choices/?customer={id}",
    "imports": "/api/v1/imports/{id}/",
    "agreements": "/api/v1/agreements/{id}/",
    "referrals": "/api/v1/referrals/{id}/",
}
_WIRE_TEST_PLACE = "/webhooks/v1/registration/validationEvents/{id}"
# what a subject is called at the wire, and where it is read there
_WIRE_PLACES = {
    "referrals": ("referral", "/v1.0/engagements/referrals/{id}"),
    "customers": ("Customer", "/v1/customers/{id}"),
}


@dataclass(frozen=True)
class Message:
    """One request to a target."""

    url: str
    body: bytes
    headers: dict[str, str]


def message_of(one: Subscription, delivery: Delivery, *, at: datetime) -> Message:
    """The request as it is sent now."""
    told = _wire(delivery) if one.door == Door.WIRE else _native(delivery)
    body = encoded(told)
    headers = _by_key(one, body) if one.door == Door.WIRE else _by_secret(one, delivery, body, at)
    return Message(
        one.url, body, {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Wegweiser/1", **headers}
    )


def _native(delivery: Delivery) -> dict[str, Any]:
    subject = {"type": delivery.subject, "id": delivery.subject_id} if delivery.subject else None
    place = _PLACES.get(delivery.subject, "")
    return {
        "id": delivery.event_id,
        "sequence": delivery.number,
        "type": delivery.event,
        "kind": delivery.kind or delivery.event,
        "at": delivery.at,
        "subject": subject,
        "customer": delivery.of_customer,
        "link": f"{settings.PORTAL_URL}{place.format(id=delivery.subject_id)}" if place else None,
    }


def _wire(delivery: Delivery) -> dict[str, Any]:
    """As Partner Center says it (R61): thin, to be looked up."""
    is_test = delivery.event == WIRE_TEST
    name, place = ("test", _WIRE_TEST_PLACE) if is_test else _WIRE_PLACES[delivery.subject]
    about = delivery.public_id if is_test else delivery.subject_id
    return {
        "EventName": delivery.event,
        "ResourceUri": f"{settings.PORTAL_URL}{place.format(id=about)}",
        "ResourceName": name,
        "AuditUri": None,
        "ResourceChangeUtcDate": delivery.at.isoformat(),
    }


def _by_secret(one: Subscription, delivery: Delivery, body: bytes, at: datetime) -> dict[str, str]:
    """By the secret, and while it is rotated by the former one as well."""
    salts = [one.salt, *([one.former_salt] if one.former_ends_at and one.former_ends_at > at else [])]
    name = str(delivery.event_id)
    found = [signed(secret_of(salt, key=settings.SECRET_KEY), name=name, at=at, body=body) for salt in salts]
    return {
        "Webhook-Id": name,
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": " ".join(found),
    }


def _by_key(one: Subscription, body: bytes) -> dict[str, str]:
    """By the key of the house (R62)."""
    signature = rsa_signed(body, key=rsa_key(Path(settings.WEBHOOKS_KEY)))
    name, prefix = ("X-MS-Signature", "") if one.is_own_header else ("Authorization", "Signature ")
    return {
        name: prefix + signature,
        "X-MS-Certificate-Url": settings.PORTAL_URL + CERTIFICATE,
        "X-MS-Signature-Algorithm": "rsa-sha256",
    }


def own_certificate() -> bytes:
    """What the signatures at the wire are verified with, as DER."""
    return certificate(rsa_key(Path(settings.WEBHOOKS_KEY)), urlsplit(settings.PORTAL_URL).hostname or "portal")
