"""Contacts, tags, relationships, conflicts and merges through the API; archiving and bringing back."""

from typing import Any

import pytest

from customers.models import Contact, Customer, CustomerEvent, EventKind, Merge, Relation, Tag
from tests import factories
from tests.programs import Program

pytestmark = pytest.mark.django_db
KARLA = {"first_name": "Karla", "last_name": "Kunde", "email": "karla@contoso.example"}
TENANT = "22222222-2222-4222-8222-222222222222"


@pytest.fixture
def customer(program: Program) -> Customer:
    return factories.CustomerFactory(partner=program.partner, name="Contoso GmbH")


def etag(program: Program, place: str) -> str:
    return str(program.get(place).headers["ETag"])


def test_a_contact_is_added_corrected_and_removed(program: Program, customer: Customer) -> None:
    added = program.post("contacts/", {"customer": str(customer.public_id), **KARLA, "phone": " 030  1234567 "})
    assert added.status_code == 201, added.content
    told, place = added.json(), added.headers["Location"]
    assert (told["phone"], told["is_primary"], told["role"], told["consents"]) == ("030 1234567", True, "general", [])
    assert (
        program.get(place).json() == told == program.get(f"contacts/?customer={customer.public_id}").json()["items"][0]
    )
    changed = program.patch(
        place, {"consents": ["contact"], "consent_by": "Karla", "consent_date": "2026-03-01"}, If_Match='"1"'
    )
    assert (changed.status_code, changed.headers["ETag"], changed.json()["consent_date"]) == (200, '"2"', "2026-03-01")
    late = program.patch(place, {"phone": ""}, If_Match='"1"')
    assert (late.status_code, late.json()["current"]) == (412, changed.json())
    assert program.delete(place, If_Match='"2"').status_code == 204
    assert program.get(place).status_code == 404
    kinds = CustomerEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [EventKind.CONTACT_ADDED, EventKind.CONTACT_CORRECTED, EventKind.CONTACT_REMOVED]


@pytest.mark.parametrize(
    ("more", "status", "field"),
    [
        ({"email": "nobody"}, 422, "email"),
        ({"email": "seller@microsoft.com"}, 422, "email"),
        ({"first_name": "123"}, 422, "first_name"),
        ({"phone": "call me"}, 422, "phone"),
        ({"consents": ["contact"]}, 422, "consent_by"),
        ({"role": "king"}, 422, "role"),
        ({"is_primary": "yes"}, 422, "is_primary"),
        ({"removed_at": None}, 422, "removed_at"),
        ({"email": "known@contoso.example"}, 409, "email"),
    ],
)
def test_a_contact_must_be_what_the_page_asks_for(
    more: dict[str, Any], status: int, field: str, program: Program, customer: Customer
) -> None:
    factories.ContactFactory(customer=customer, email="known@contoso.example")
    answer = program.post("contacts/", {"customer": str(customer.public_id), **KARLA, **more})
    assert answer.status_code == status, answer.content
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert Contact.objects.count() == 1


def test_a_customer_is_put_aside_stays_readable_and_comes_back(program: Program, customer: Customer) -> None:
    place = f"customers/{customer.public_id}/"
    gone = program.post(f"{place}archive/", {"reason": "dissolved"}, If_Match='"1"')
    assert (gone.status_code, gone.json()["archive_reason"], gone.headers["ETag"]) == (200, "dissolved", '"2"')
    assert program.get(place).json() == gone.json()
    assert program.get("customers/").json()["items"] == []
    assert [one["id"] for one in program.get("customers/?archived=true").json()["items"]] == [str(customer.public_id)]
    assert program.patch(place, {"name": "Other"}, If_Match='"2"').status_code == 404
    assert program.post(f"{place}restore/", If_Match='"1"').status_code == 412
    back = program.post(f"{place}restore/", If_Match='"2"')
    assert (back.status_code, back.json()["archived_at"]) == (200, None)
    assert program.post(f"{place}restore/", If_Match='"3"').status_code == 409


def test_the_vetting_status_is_noted_by_whoever_saw_the_newest(program: Program, customer: Customer) -> None:
    place = f"customers/{customer.public_id}/vetting/"
    done = program("PUT", place, {"vetting": "allowed"}, If_Match='"1"')
    assert (done.status_code, done.json()["vetting"], done.headers["ETag"]) == (200, "allowed", '"2"')
    assert program("PUT", place, {"vetting": "unknown"}, If_Match='"1"').status_code == 412


def test_tags_are_set_as_a_whole_and_put_on_many(program: Program, customer: Customer) -> None:
    place = f"customers/{customer.public_id}/tags/"
    done = program("PUT", place, {"tags": ["Renewal", " renewal ", "VIP"]}, If_Match=etag(program, place))
    assert (done.status_code, done.json()) == (200, {"tags": ["renewal", "VIP"]})
    assert program("PUT", place, {"tags": []}, If_Match='"0"').status_code == 412
    other = factories.CustomerFactory(partner=program.partner)
    stranger = factories.CustomerFactory()
    body = {"tag": "VIP", "customers": [str(one.public_id) for one in (customer, other, stranger)]}
    assert program.post("customers/tag/", body).json() == {"changed": 1}
    assert program.post("customers/tag/", {**body, "is_removal": True}).json() == {"changed": 2}
    assert Tag.objects.count() == 1
    assert [one["id"] for one in program.get("customers/?tag=RENEWAL").json()["items"]] == [str(customer.public_id)]


def test_a_relationship_is_requested_once_and_its_end_is_noted(program: Program, customer: Customer) -> None:
    body = {"customer": str(customer.public_id), "own_tenant": TENANT}
    begun = program.post("relationships/", body)
    assert (begun.status_code, begun.json()["state"]) == (201, "requested"), begun.content
    assert program.post("relationships/", body).status_code == 409
    place = begun.headers["Location"]
    assert program.post(f"{place}accept/", If_Match='"1"').status_code == 412
    done = program.post(f"{place}accept/", If_Match=begun.headers["ETag"])
    assert (done.status_code, done.json()["state"]) == (200, "accepted")
    assert program.post(f"{place}withdraw/", If_Match=done.headers["ETag"]).status_code == 409
    assert program.get("relationships/?state=accepted").json()["items"] == [done.json()]
    assert Relation.objects.count() == 1


def test_one_sees_ones_own_side_of_a_conflict_and_nothing_of_the_other(program: Program, customer: Customer) -> None:
    rival = factories.CustomerFactory(name="Elsewhere")
    side = factories.answered(factories.conflict_of(customer, rival), stands=False)
    told = program.get("conflicts/").json()["items"]
    assert [(one["id"], one["customer"], one["stands"]) for one in told] == [
        (str(side.public_id), str(customer.public_id), False)
    ]
    whole = str(program.get(f"conflicts/{side.public_id}/").json())
    assert "Elsewhere" not in whole
    assert str(rival.public_id) not in whole


def test_a_duplicate_is_merged_and_taken_back(program: Program, customer: Customer) -> None:
    duplicate = factories.CustomerFactory(partner=program.partner, name="Contoso AG")
    deal = factories.DealFactory(customer=duplicate)
    place, body = f"customers/{customer.public_id}/merge/", {"duplicate": str(duplicate.public_id)}
    assert program.post(place, {**body, "duplicate_version": 7}, If_Match='"1"').status_code == 412
    done = program.post(place, {**body, "duplicate_version": 1, "because": "one company"}, If_Match='"1"')
    assert done.status_code == 201, done.content
    deal.refresh_from_db()
    assert deal.customer_id == customer.pk
    assert program.get("merges/").json()["items"] == [done.json()]
    back = program.post(f"{done.headers['Location']}undo/", If_Match=done.headers["ETag"])
    assert (back.status_code, back.json()["undone_by"]) == (200, "Warehouse")
    assert Merge.objects.standing().count() == 0
