"""Customers on the wire: by tenant, in any letter case, in pages that neither skip nor repeat."""

import json
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Contact, Customer, CustomerEvent
from tests import factories
from tests.factories import NOON
from tests.wire.clients import Wire, is_fault

pytestmark = pytest.mark.django_db
RELATIONS = {"unknown", "none", "reseller", "advisor", "syndication", "microsoftSupport"}
ADDRESS = {
    "FirstName": "Tania",
    "LastName": "Carr",
    "AddressLine1": "One Microsoft Way",
    "City": "Redmond",
    "State": "WA",
    "PostalCode": "98052",
    "Country": "US",
    "PhoneNumber": "4255550101",
    "Region": "West",
    "AddressLine2": None,
}
PASCAL = {
    "enableGDAPByDefault": False,
    "Id": None,
    "CompanyProfile": {"Domain": "Contoso1.onmicrosoft.com", "TenantId": None},
    "BillingProfile": {
        "Culture": "EN-US",
        "Email": "tania@contoso.example",
        "Language": "en",
        "CompanyName": "Contoso GmbH",
        "DefaultAddress": ADDRESS,
    },
    "own": {"crmId": 7, "tags": ["a", None]},
}


def camel(value: Any) -> Any:
    """A document as Java and Node write it."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: camel(inner) for key, inner in value.items()}
    return value


def created(wire: Wire, domain: str = "contoso1.onmicrosoft.com", **billing: Any) -> Any:
    document = {**PASCAL, "CompanyProfile": {"Domain": domain}}
    document["BillingProfile"] = {**PASCAL["BillingProfile"], **billing}  # type: ignore[dict-item]
    answer = wire.post("customers", document)
    assert answer.status_code == 201, answer.content
    return answer.json()


@pytest.mark.parametrize("root", ["/v1/", "/v1.0/"])
@pytest.mark.parametrize("spelled", [lambda said: said, camel], ids=["Pascal", "camel"])
def test_a_customer_is_created_in_any_letter_case_and_read_under_its_id(spelled: Any, root: str, wire: Wire) -> None:
    wire.root = root
    answer = wire.post("customers", spelled(PASCAL), Expect="100-continue")
    told = answer.json()
    assert answer.status_code == 201, told
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert told["id"] == told["companyProfile"]["tenantId"]
    assert told["companyProfile"]["domain"] == "contoso1.onmicrosoft.com"
    assert UUID(told["commerceId"])
    assert told["billingProfile"]["companyName"] == "Contoso GmbH"
    assert told["billingProfile"]["defaultAddress"]["firstName"] == "Tania"
    assert told["billingProfile"]["defaultAddress"]["phoneNumber"] == "4255550101"
    assert told["relationshipToPartner"] in RELATIONS
    assert told["allowDelegatedAccess"] is False
    assert told["attributes"] == {"objectType": "Customer"}
    assert wire.get(f"customers/{told['id']}").json() == told
    assert wire.get(f"customers/{told['id'].upper()}").json() == told
    assert wire.get(f"customers/{told['id']}/profiles/company").json() == told["companyProfile"]
    assert wire.get(f"customers/{told['id']}/profiles/billing").json() == told["billingProfile"]


def test_what_the_model_does_not_know_is_kept_and_given_back(wire: Wire) -> None:
    told = wire.get(f"customers/{created(wire)['id']}").json()
    assert (told["own"], told["enableGDAPByDefault"]) == ({"crmId": 7, "tags": ["a", None]}, False)
    assert (told["billingProfile"]["culture"], told["billingProfile"]["defaultAddress"]["region"]) == ("EN-US", "West")
    customer = Customer.objects.get()
    assert customer.extra == {
        "enableGDAPByDefault": False,
        "own": {"crmId": 7, "tags": ["a", None]},
        "billingProfile": {"culture": "EN-US", "language": "en", "defaultAddress": {"region": "West"}},
    }


def test_a_password_that_comes_along_is_kept_nowhere(wire: Wire) -> None:
    document = {**PASCAL, "UserCredentials": {"userName": "admin", "password": "hush-hush"}}
    answer = wire.post("customers", document, MS_RequestId="")
    assert answer.status_code == 201
    assert "hush-hush" not in answer.content.decode() + json.dumps(Customer.objects.get().extra)


def test_the_customer_is_registered_as_on_the_pages_with_contact_and_history(wire: Wire) -> None:
    created(wire)
    customer, contact, event = Customer.objects.get(), Contact.objects.get(), CustomerEvent.objects.earliest("pk")
    assert (customer.tenant_prefix, customer.domain, customer.tenant_id) == ("contoso1", "", None)
    assert (customer.address_line1, customer.postal_code, customer.state) == ("One Microsoft Way", "98052", "WA")
    assert (contact.name, contact.email, contact.is_primary) == ("Tania Carr", "tania@contoso.example", True)
    assert (event.kind, event.by, event.by_name) == ("registered", wire.program.row.user, "Warehouse")


def test_a_person_who_is_not_whole_is_kept_beside_and_given_back(wire: Wire) -> None:
    told = created(wire, DefaultAddress={"Country": "DE", "LastName": "Carr"})
    assert not Contact.objects.exists()
    assert told["billingProfile"]["email"] == "tania@contoso.example"
    assert told["billingProfile"]["defaultAddress"] == {"country": "DE", "lastName": "Carr"}


def test_the_same_domain_twice_is_409_and_another_of_the_same_company_is_a_tenant_of_its_own(wire: Wire) -> None:
    first = created(wire)
    again = wire.post("customers", PASCAL)
    assert is_fault(again, 409)
    assert again.json()["data"] == [first["id"]]
    created(wire, "contoso2.onmicrosoft.com")
    event = CustomerEvent.objects.filter(kind="registered").latest("pk")
    assert event.changes == {
        "despite_likeness": True,
        "because": "A tenant of its own: contoso2.onmicrosoft.com",
        "unlike": [str(Customer.objects.earliest("pk").public_id)],
    }


def test_a_tenant_that_exists_is_the_id_and_the_earlier_of_two_has_it(wire: Wire) -> None:
    tenant = str(uuid4())
    document = {**PASCAL, "CompanyProfile": {"Domain": "contoso.de", "TenantId": tenant}}
    told = wire.post("customers", document).json()
    assert told["id"] == told["companyProfile"]["tenantId"] == tenant
    later = factories.CustomerFactory(partner=wire.program.partner, tenant_id=tenant)
    assert wire.get(f"customers/{tenant}").json()["companyProfile"]["domain"] == "contoso.de"
    assert [one["id"] for one in wire.get("customers").json()["items"]] == [tenant, str(later.public_id)]
    assert wire.get(f"customers/{later.public_id}").status_code == 200
    assert is_fault(wire.post("customers", {**document, "CompanyProfile": {"domain": "b.de", "tenantId": tenant}}), 409)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"CompanyProfile": {"Domain": None}}, "companyProfile.domain", "InvalidField"),
        ({"CompanyProfile": {"Domain": "x y"}}, "companyProfile.domain", "InvalidField"),
        ({"CompanyProfile": {"Domain": "a-b.onmicrosoft.com"}}, "companyProfile.domain", "InvalidField"),
        ({"CompanyProfile": {"Domain": "a.de", "TenantId": "7"}}, "companyProfile.tenantId", "InvalidField"),
        ({"CompanyName": "GmbH"}, "billingProfile.companyName", "InvalidField"),
        ({"CompanyName": None}, "billingProfile.companyName", "InvalidField"),
        ({"CompanyName": "x" * 201}, "billingProfile.companyName", "InvalidField"),
        ({"CompanyName": 7}, "billingProfile.companyName", "InvalidField"),
        ({"Email": "somebody"}, "billingProfile.email", "InvalidField"),
        ({"Email": "somebody@microsoft.com"}, "billingProfile.email", "InvalidField"),
        ({"DefaultAddress": None}, "billingProfile.defaultAddress.country", "InvalidField"),
        ({"DefaultAddress": {"Country": "XX"}}, "billingProfile.defaultAddress.country", "InvalidField"),
        ({"DefaultAddress": [1]}, "billingProfile.defaultAddress", "InvalidField"),
        ({"DefaultAddress": {**ADDRESS, "State": "Washington"}}, "billingProfile.defaultAddress.state", "InvalidField"),
        (
            {"DefaultAddress": {**ADDRESS, "PostalCode": "x"}},
            "billingProfile.defaultAddress.postalCode",
            "InvalidField",
        ),
        (
            {"DefaultAddress": {**ADDRESS, "PhoneNumber": "x"}},
            "billingProfile.defaultAddress.phoneNumber",
            "InvalidField",
        ),
        ({"DefaultAddress": {"Country": "PL"}}, "companyProfile.organizationRegistrationNumber", 600049),
    ],
)
def test_a_field_that_cannot_be_taken_is_named_and_nothing_is_written(
    change: dict[str, Any], field: str, code: str | int, wire: Wire
) -> None:
    profile = {**PASCAL["BillingProfile"], **change}  # type: ignore[dict-item]
    answer = wire.post("customers", {**PASCAL, "BillingProfile": profile, **change})
    assert is_fault(answer, 400)
    told = answer.json()
    assert (told["code"], told["data"][0]) == (code, field), told
    assert not Customer.objects.exists()
    assert not Contact.objects.exists()


def test_number_and_phone_have_the_codes_of_partner_center(wire: Wire) -> None:
    profile = {**PASCAL["BillingProfile"], "DefaultAddress": {"Country": "PL"}}  # type: ignore[dict-item]
    number = {"Domain": "kontoso.pl", "OrganizationRegistrationNumber": "x"}
    refused = wire.post("customers", {"CompanyProfile": number, "BillingProfile": profile}).json()
    assert (refused["code"], len(refused["data"])) == (600050, 2)
    number["OrganizationRegistrationNumber"] = "5252344078"
    refused = wire.post("customers", {"CompanyProfile": number, "BillingProfile": profile}).json()
    assert (refused["code"], refused["data"]) == (600051, ["billingProfile.defaultAddress.phoneNumber"])


def test_billing_is_corrected_in_any_letter_case_and_the_rest_of_the_customer_stays(wire: Wire) -> None:
    told = created(wire)
    place = f"customers/{told['id']}/profiles/billing"
    profile = {**PASCAL["BillingProfile"], "CompanyName": "Contoso AG", "Email": "new@contoso.example", "Own": 1}  # type: ignore[dict-item]
    answer = wire.put(place, {**profile, "Attributes": {"Etag": "old"}, "Culture": None})
    done = answer.json()
    assert answer.status_code == 200, done
    assert (done["companyName"], done["email"], done["Own"]) == ("Contoso AG", "new@contoso.example", 1)
    assert "culture" not in done
    assert done["id"] == told["billingProfile"]["id"]
    whole = wire.get(f"customers/{told['id']}").json()
    assert (whole["billingProfile"], whole["own"]) == (done, told["own"])
    assert (Contact.objects.get().email, Customer.objects.get().name) == ("new@contoso.example", "Contoso AG")


def test_billing_without_an_address_leaves_the_address_and_an_address_is_taken_whole(wire: Wire) -> None:
    told = created(wire)
    place = f"customers/{told['id']}/profiles/billing"
    assert wire.put(place, {"companyName": "Contoso AG"}).json()["defaultAddress"]["city"] == "Redmond"
    assert wire.put(place, {"defaultAddress": {"country": "DE"}}).json()["companyName"] == "Contoso AG"
    assert (Customer.objects.get().city, Customer.objects.get().country) == ("", "DE")
    assert is_fault(wire.put(place), 400)


def test_if_match_is_heeded_when_it_is_sent(wire: Wire) -> None:
    told = created(wire)
    place = f"customers/{told['id']}/profiles/billing"
    answer = wire.get(place)
    etag = answer.json()["attributes"]["etag"]
    assert answer.headers["ETag"] == f'"{etag}"'
    renamed = {"companyName": "Contoso AG"}
    assert is_fault(wire.put(place, renamed, If_Match='"1"'), 412)
    assert Customer.objects.get().name == "Contoso GmbH"
    for header in (etag, f'"{wire.put(place, renamed).json()["attributes"]["etag"]}"', "*", ""):
        if header != etag:
            assert wire.put(place, renamed, If_Match=header).status_code == 200, header
    assert is_fault(wire.put(place, renamed, If_Match=etag), 412)


def test_a_deleted_customer_is_gone_for_the_wire_and_archived_for_the_portal(wire: Wire) -> None:
    told = created(wire)
    place = f"customers/{told['id']}"
    first = wire("DELETE", place, MS_RequestId="one")
    assert (first.status_code, first.content) == (204, b"")
    assert wire("DELETE", place, MS_RequestId="one").status_code == 204
    assert is_fault(wire.get(place), 404)
    assert is_fault(wire("DELETE", place), 404)
    assert Customer.objects.get().archive_reason == "Deleted by a program: Warehouse"
    assert wire.get("customers").json()["totalCount"] == 0
    created(wire)


def test_what_is_anothers_is_what_is_nowhere(wire: Wire, rival: Wire) -> None:
    place = f"customers/{created(wire)['id']}"
    nowhere = f"customers/{uuid4()}"
    for method, tail, body in (
        ("GET", "", None),
        ("DELETE", "", None),
        ("GET", "/profiles/company", None),
        ("GET", "/profiles/billing", None),
        ("PUT", "/profiles/billing", {"companyName": "Mine now"}),
        ("GET", "/agreements", None),
        ("POST", "/agreements", {}),
        ("GET", "/directSignedMicrosoftCustomerAgreementStatus", None),
    ):
        answers = [rival(method, f"{path}{tail}", body) for path in (place, nowhere)]
        assert [is_fault(answer, 404) for answer in answers] == [True, True]
        assert answers[0].content == answers[1].content
    assert rival.get("customers").json()["items"] == []
    assert rival.get("domains/contoso1.onmicrosoft.com").status_code == 404
    assert Customer.objects.get().name == "Contoso GmbH"
    assert len({created(one, "same.onmicrosoft.com")["id"] for one in (wire, rival)}) == 2


def test_pages_neither_skip_nor_repeat_while_customers_arrive_and_go(wire: Wire) -> None:
    rows = [factories.CustomerFactory(partner=wire.program.partner, name=f"Customer {n}") for n in range(5)]
    seen: list[str] = []
    answer = wire.get("customers?size=2").json()
    while True:
        assert answer["attributes"] == {"objectType": "Collection"}
        seen += [one["companyProfile"]["companyName"] for one in answer["items"]]
        if "next" not in answer["links"]:
            break
        follow = answer["links"]["next"]
        assert (follow["uri"], follow["method"]) == ("customers?size=2&seekOperation=Next", "GET")
        assert follow["headers"] == [{"key": "MS-ContinuationToken", "value": answer["continuationToken"]}]
        if len(seen) == 2:
            factories.CustomerFactory(partner=wire.program.partner, name="Late")
            Customer.objects.filter(pk=rows[0].pk).update(archived_at=NOON)
        # one client leaves the size out
        uri = follow["uri"] if len(seen) < 4 else "customers?seekOperation=Next"
        answer = wire.get(uri, MS_ContinuationToken=follow["headers"][0]["value"]).json()
    assert seen == [*(f"Customer {n}" for n in range(5)), "Late"]
    assert "continuationToken" not in answer


def test_the_token_of_a_filtered_list_knows_its_filter(wire: Wire) -> None:
    for name in ("Contoso A", "Fabrikam", "Contoso B"):
        factories.CustomerFactory(partner=wire.program.partner, name=name)
    said = quote(json.dumps({"Field": "CompanyName", "Value": "conto", "Operator": "starts_with"}))
    first = wire.get(f"customers?size=1&filter={said}").json()
    rest = wire.get(first["links"]["next"]["uri"], MS_ContinuationToken=first["continuationToken"]).json()
    assert [first["totalCount"], rest["totalCount"]] == [2, 2]
    assert [one["companyProfile"]["companyName"] for one in rest["items"]] == ["Contoso B"]


@pytest.mark.parametrize("path", ["customers?size=x", "customers?size=-1", "customers?seekOperation=Last"])
def test_a_page_that_is_not_served_is_400_and_named(path: str, wire: Wire) -> None:
    answer = wire.get(path)
    assert is_fault(answer, 400)
    assert answer.json()["data"] == [path.partition("?")[2].partition("=")[0]]


@pytest.mark.parametrize("token", ["x", "é", "a" * 3000])
def test_a_token_of_nothing_is_400(token: str, wire: Wire) -> None:
    assert is_fault(wire.get("customers?seekOperation=Next", MS_ContinuationToken=token), 400)
    assert is_fault(wire.get("customers?seekOperation=Next"), 400)


@pytest.mark.parametrize("size", ["", "0", "100000"])
def test_an_odd_size_is_the_usual_page(size: str, wire: Wire) -> None:
    factories.CustomerFactory(partner=wire.program.partner)
    assert wire.get(f"customers?size={size}").json()["totalCount"] == 1


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"Field": "CompanyName", "Value": "cont", "Operator": "starts_with"}, ["Contoso", "Contoso 100%"]),
        (
            {"field": "CompanyName", "value": "Cont", "fieldType": "String", "operator": "StartsWith"},
            ["Contoso", "Contoso 100%"],
        ),
        ({"field": "companyName", "value": "CONTOSO", "operator": "Equals"}, ["Contoso"]),
        ({"field": "company_name", "value": "oso", "operator": "substring"}, ["Contoso", "Contoso 100%"]),
        ({"Field": "Domain", "Value": "fab", "Operator": "starts_with"}, ["Fabrikam"]),
        ({"Field": "Domain", "Value": "new.onmicro", "Operator": "starts_with"}, ["Newcomer"]),
        ({"Field": "Domain", "Value": "%", "Operator": "starts_with"}, []),
        ({"Field": "CompanyName", "Value": "o%", "Operator": "substring"}, []),
        ({"Field": "CompanyName", "Value": "", "Operator": "starts_with"}, None),
    ],
)
def test_the_list_is_filtered_in_both_dialects(said: dict[str, str], found: list[str] | None, wire: Wire) -> None:
    names = {"Contoso": "a.de", "Fabrikam": "fabrikam.de", "Newcomer": "", "Contoso 100%": "b.de"}
    for name, domain in names.items():
        prefix = "" if domain else "new"
        factories.CustomerFactory(partner=wire.program.partner, name=name, domain=domain, tenant_prefix=prefix)
    told = wire.get(f"customers?size=0&filter={quote(json.dumps(said))}").json()
    expected = list(names) if found is None else found
    assert sorted(one["companyProfile"]["companyName"] for one in told["items"]) == sorted(expected)
    assert told["totalCount"] == len(expected)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("{", "filter"),
        ("[]", "filter"),
        ("7", "filter"),
        ("[" * 1000, "filter"),
        ("x" * 10_000, "filter"),
        ('{"Field":"Shoe","Value":"x","Operator":"equals"}', "filter.Field"),
        ('{"Field":"Domain","Value":"x","Operator":"sounds_like"}', "filter.Operator"),
        ('{"Field":"Domain","Value":7,"Operator":"equals"}', "filter.Value"),
        ('{"Field":"Domain","Operator":"equals"}', "filter.Value"),
        ('{"Field":"Domain","Value":"\\u0000","Operator":"equals"}', "filter.Value"),
        ('{"Field":["Domain"],"Value":"x","Operator":"equals"}', "filter.Field"),
    ],
    ids=lambda text: text[:40],
)
def test_a_filter_that_is_not_served_is_400_that_names_what(text: str, field: str, wire: Wire) -> None:
    answer = wire.get(f"customers?filter={quote(text)}")
    assert is_fault(answer, 400)
    assert answer.json()["data"] == [field]


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_domain_is_200_when_taken_and_404_when_free(method: str, wire: Wire, settings: Any) -> None:
    settings.DOMAIN_CLIENT = "customers.services.availability.Table"
    settings.DOMAIN_ANSWERS = {"elsewhere.onmicrosoft.com": 200, "free.onmicrosoft.com": 404}
    created(wire)
    factories.CustomerFactory(partner=wire.program.partner, domain="own.de")
    answers = {
        name: wire(method, f"domains/{name}").status_code
        for name in ("contoso1.onmicrosoft.com", "Contoso1.OnMicrosoft.com", "own.de", "elsewhere.onmicrosoft.com")
    }
    assert set(answers.values()) == {200}, answers
    free = wire(method, "domains/free.onmicrosoft.com")
    assert (free.status_code, free.content == b"") == (404, method == "HEAD")
    assert wire(method, "domains/not a domain").status_code == 400


def test_the_list_asks_the_database_no_more_for_fifty_than_for_one(wire: Wire) -> None:
    counts = []
    for size in (1, 50):
        factories.CustomerFactory.create_batch(size, partner=wire.program.partner)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert len(wire.get("customers?size=50").json()["items"]) == min(size + (size > 1), 50)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10
