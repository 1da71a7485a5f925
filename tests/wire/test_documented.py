"""The documented calls, replayed as they stand: the documented status, and every documented member but those named."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from customers.models import Customer
from tests import factories
from tests.wire.clients import Wire
from tests.wire.shared import examples

pytestmark = pytest.mark.django_db
SOMEBODY = UUID("14876998-c0dc-46e6-9d0c-65a57a6c32ec")
SENT = ("MS-RequestId", "MS-CorrelationId", "X-Locale", "Accept", "Content-Type", "Expect")
# docs/wire.md says why
DIFFERENCES = {
    "userCredentials",  # no tenant is made here, so there is no first administrator
    "userCredentials.userName",
    "userCredentials.password",
}


@pytest.fixture
def somebody(wire: Wire) -> Customer:
    """The customer that the samples speak of, with a contact and an address."""
    customer: Customer = factories.CustomerFactory(
        partner=wire.program.partner,
        name="Contoso",
        tenant_id=SOMEBODY,
        domain="contosocorp.onmicrosoft.com",
        country="US",
        address_line1="1 ms way",
        city="redmond",
        state="WA",
        postal_code="98052",
        extra={"billingProfile": {"culture": "en-US", "language": "en"}},
    )
    factories.ContactFactory(customer=customer, is_primary=True, phone="1234567890")
    return customer


@pytest.mark.parametrize(("asked", "told"), examples("customers", "agreements"))
def test_a_documented_call_gets_the_documented_answer(asked: Any, told: Any, wire: Wire, somebody: Customer) -> None:
    if "contoso.onmicrosoft.com" in asked["url"] and told["status"] == 200:
        factories.CustomerFactory(partner=wire.program.partner, tenant_prefix="contoso")
    if "/agreements" in asked["url"] and asked["method"] == "GET" and "/customers/" in asked["url"]:
        for name in ("a", "b"):
            _confirm(wire, name)
    url = urlsplit(re.sub("<[^>]*>", str(SOMEBODY), asked["url"]))
    headers = {name: asked["headers"][name] for name in SENT if name in asked["headers"]}
    answer = wire(asked["method"], f"{url.path}?{url.query}", asked.get("body"), **headers)
    assert answer.status_code == told["status"], answer.content
    for name in ("MS-RequestId", "MS-CorrelationId"):
        assert answer.headers[name] == asked["headers"][name]
    assert answer.headers["Content-Type"].startswith("application/json")
    if told.get("body") is not None:
        assert set(lacking(told["body"], answer.json())) - DIFFERENCES == set()


def _confirm(wire: Wire, name: str) -> None:
    contact = {"firstName": "Tania", "lastName": "Carr", "email": f"{name}@example.com", "phoneNumber": "1234567890"}
    said = {"templateId": "117a77b0-9360-443b-8795-c6dedc750cf9", "dateAgreed": "2024-06-14", "primaryContact": contact}
    assert wire.post(f"customers/{SOMEBODY}/agreements", said).status_code == 201


def lacking(documented: Any, ours: Any, path: str = "") -> Iterator[str]:
    """The paths of documented members that we do not say, or say in another type."""
    if type(documented) is not type(ours):
        yield f"{path}: {type(ours).__name__}, not {type(documented).__name__}"
    elif isinstance(documented, dict):
        for name, inner in documented.items():
            step = f"{path}.{name}".strip(".")
            yield from lacking(inner, ours[name], step) if name in ours else [step]
    elif isinstance(documented, list) and documented and ours:
        yield from lacking(documented[0], ours[0], path)
