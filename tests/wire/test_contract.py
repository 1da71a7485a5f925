"""The published contract of customers: every operation is served as it says, or is among those that are not."""

from typing import Any

import jsonschema
import pytest
from django.urls import resolve
from django.urls.exceptions import Resolver404

from customers.models import Customer
from tests import factories
from tests.wire.clients import Wire, is_fault
from tests.wire.shared import contract
from tests.wire.test_agreements import SAID
from tests.wire.test_customers import PASCAL

pytestmark = pytest.mark.django_db
# docs/wire.md says why
NOT_SERVED = {("PATCH", "/v1/customers/{customer_id}")}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/v1/customers"): PASCAL,
    ("POST", "/v1/customers/{customer_id}/agreements"): SAID,
    ("PUT", "/v1/customers/{customer_id}/profiles/billing"): {"companyName": "Contoso AG"},
    ("POST", "/v1/validations/address"): {"country": "DE", "city": "Berlin", "postalCode": "10115"},
}


def operations(document: Any) -> list[tuple[str, str, Any]]:
    """(method, path, what the contract says) of each."""
    return [
        (method.upper(), path, what)
        for path, methods in document["paths"].items()
        for method, what in methods.items()
        if method != "parameters"
    ]


def test_every_operation_answers_as_the_contract_says(wire: Wire) -> None:
    document = contract("customers")
    for method, path, what in operations(document):
        customer: Customer = factories.CustomerFactory(partner=wire.program.partner, tenant_prefix="taken")
        place = path.replace("{customer_id}", str(customer.public_id)).replace("{domain}", "taken.onmicrosoft.com")
        place = place.replace("{templateId}", SAID["templateId"])
        answer = wire(method, place, BODIES.get((method, path)))
        where = f"{method} {path}: {answer.content!r}"
        if (method, path) in NOT_SERVED:
            assert is_fault(answer, 405), where
            continue
        assert 200 <= answer.status_code < 300, where
        assert str(answer.status_code) in what["responses"], where
        schema = what["responses"][str(answer.status_code)].get("schema")
        if schema and answer.content:
            whole = {**schema, "definitions": document["definitions"]}
            jsonschema.Draft4Validator(whole).validate(answer.json())
        Customer.objects.filter(pk=customer.pk).update(tenant_prefix="")


@pytest.mark.parametrize(
    "path",
    [
        "customers",
        "customers/9c8b7a6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d",
        "customers/9c8b7a6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d/profiles/company",
        "customers/9c8b7a6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d/profiles/billing",
        "customers/9c8b7a6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d/agreements",
        "customers/9c8b7a6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d/directSignedMicrosoftCustomerAgreementStatus",
        "agreements",
        "agreementtemplates/x/document",
        "agreementTemplates/x/document",
        "domains/contoso.onmicrosoft.com",
        "validations/address",
    ],
)
def test_both_addresses_lead_to_one_resource_and_none_ends_with_a_slash(path: str) -> None:
    assert resolve(f"/v1/{path}").view_name == resolve(f"/v1.0/{path}").view_name
    with pytest.raises(Resolver404):
        resolve(f"/v1/{path}/")


@pytest.mark.parametrize("what", [{"country": "XX"}, {"country": "DE", "city": "x", "postalCode": "x"}, {"city": 7}])
def test_an_address_that_its_country_does_not_take_is_400(what: Any, wire: Wire) -> None:
    assert is_fault(wire.post("validations/address", what), 400)
