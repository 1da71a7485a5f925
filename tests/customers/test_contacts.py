"""The people at a customer: one primary contact, one address once, a consent with its giver."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from common.refusals import NotAllowed, Refused, Stale, Unfit
from customers import services
from customers.forms.contacts import ContactForm, clean_person, clean_phone
from customers.models import Contact, Customer, CustomerEvent
from partners.models import User
from tests import factories
from tests.factories import NOON, TODAY

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
LATER = NOON + timedelta(hours=1)
PAULA = {
    "first_name": "Paula",
    "last_name": "Preuß",
    "email": "paula@contoso.de",
    "phone": "+49 30 1234567",
    "language": "de",
    "role": "signatory",
    "consents": ["contact"],
    "consent_by": "Paula Preuß",
    "consent_date": TODAY,
}
TYPED: dict[str, Any] = {**PAULA, "consent_date": "2026-03-03"}


def added(customer: Customer, by: User, **facts: Any) -> Contact:
    return services.add_contact(customer, by=by, at=NOON, facts={**PAULA, **facts})


def corrected(contact: Contact, by: User, version: int = 1, **facts: Any) -> Contact:
    return services.correct_contact(contact, by=by, at=LATER, version=version, facts=facts)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_contact_is_added_with_one_event_and_the_first_one_is_the_primary(seller: User, customer: Customer) -> None:
    contact = added(customer, seller)
    assert {name: getattr(contact, name) for name in PAULA} == PAULA
    assert (contact.partner, contact.is_primary, contact.version, str(contact)) == (
        seller.partner,
        True,
        1,
        "Paula Preuß",
    )
    event = CustomerEvent.objects.get()
    assert (event.kind, event.customer_id, event.by_name) == ("contact_added", customer.pk, "Selma Seller")
    assert event.changes["contact"] == "Paula Preuß"
    assert event.changes["consent_date"] == [None, "2026-03-03"]
    assert not added(customer, seller, email="otto@contoso.de").is_primary


def test_a_new_primary_contact_takes_the_place_of_the_old_one(seller: User, customer: Customer) -> None:
    first = added(customer, seller)
    second = added(customer, seller, email="otto@contoso.de", is_primary=True)
    first.refresh_from_db()
    assert (first.is_primary, second.is_primary) == (False, True)
    corrected(first, seller, is_primary=True)
    second.refresh_from_db()
    assert not second.is_primary


def test_a_correction_says_what_stood_there_before(seller: User, customer: Customer) -> None:
    contact = corrected(added(customer, seller), seller, last_name="Prill", consent_date=date(2026, 3, 2))
    assert (contact.last_name, contact.version, contact.updated_at) == ("Prill", 2, LATER)
    event = CustomerEvent.objects.latest("id")
    assert event.changes == {
        "contact": "Paula Prill",
        "last_name": ["Preuß", "Prill"],
        "consent_date": ["2026-03-03", "2026-03-02"],
    }


def test_a_correction_that_changes_nothing_leaves_no_event(seller: User, customer: Customer) -> None:
    contact = corrected(added(customer, seller), seller, last_name="Preuß")
    assert (contact.version, CustomerEvent.objects.count()) == (1, 1)


def test_an_old_version_is_refused(seller: User, customer: Customer) -> None:
    contact = added(customer, seller)
    corrected(contact, seller, last_name="Prill")
    with pytest.raises(Stale):
        corrected(contact, seller, last_name="Pohl")
    with pytest.raises(Stale):
        services.remove_contact(contact, by=seller, at=LATER, version=1)


def test_a_removed_contact_is_offered_nowhere_but_its_row_stays(seller: User, customer: Customer) -> None:
    contact = added(customer, seller)
    services.remove_contact(contact, by=seller, at=LATER, version=1)
    assert not Contact.objects.visible_to(seller).current().exists()
    contact.refresh_from_db()
    assert (contact.removed_at, contact.is_primary, contact.version) == (LATER, False, 2)
    with pytest.raises(Refused):
        corrected(contact, seller, version=2, last_name="Pohl")
    assert added(customer, seller).is_primary, "the address is free again"


@pytest.mark.parametrize("email", ["paula@contoso.de", "PAULA@contoso.de"])
def test_one_address_is_one_contact_of_a_customer(email: str, seller: User, customer: Customer) -> None:
    added(customer, seller)
    with pytest.raises(Refused) as refusal:
        added(customer, seller, email=email)
    assert (refusal.value.status, refusal.value.field) == (409, "email")
    other = factories.CustomerFactory(partner=seller.partner)
    assert added(other, seller, email=email).is_primary


@pytest.mark.parametrize("email", ["x@microsoft.com", "x@MICROSOFT.com", "x@de.microsoft.com", "x@nordlicht.example"])
def test_an_address_of_microsoft_or_of_the_partner_is_not_the_customers(
    email: str, seller: User, customer: Customer
) -> None:
    factories.UserFactory(partner=seller.partner, email="boss@nordlicht.example")
    with pytest.raises(Unfit) as refusal:
        added(customer, seller, email=email)
    assert (refusal.value.status, refusal.value.field) == (422, "email")
    assert not Contact.objects.exists()


def test_an_address_that_anybody_can_have_is_nobodys_own(seller: User, customer: Customer, rival: User) -> None:
    factories.UserFactory(partner=seller.partner, email="boss@gmx.de")
    factories.UserFactory(partner=rival.partner, email="boss@fabrikam.de")
    added(customer, seller, email="kunde@gmx.de")
    added(customer, seller, email="kunde@fabrikam.de")
    added(customer, seller, email="kunde@notmicrosoft.com")


@pytest.mark.parametrize("who", ["reviewer", "policy_owner", "administrator"])
def test_only_the_partner_itself_writes(who: str, request: pytest.FixtureRequest, customer: Customer) -> None:
    contact = factories.ContactFactory(customer=customer)
    by = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        added(customer, by)
    with pytest.raises(NotAllowed):
        corrected(contact, by, last_name="X")
    with pytest.raises(NotAllowed):
        services.remove_contact(contact, by=by, at=NOON, version=1)


def test_a_rival_finds_nobody(rival: User, customer: Customer) -> None:
    contact = factories.ContactFactory(customer=customer)
    with pytest.raises(Customer.DoesNotExist):
        added(customer, rival)
    with pytest.raises(Customer.DoesNotExist):
        corrected(contact, rival, last_name="X")
    assert not Contact.objects.visible_to(rival).exists()


def test_an_archived_customer_takes_no_contact(seller: User, customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(archived_at=NOON)
    with pytest.raises(Refused):
        added(customer, seller)


@pytest.mark.parametrize(
    "broken",
    [
        {"consents": ["contact"], "consent_by": "", "consent_date": None},
        {"consents": [], "consent_by": "Paula", "consent_date": TODAY},
        {"first_name": ""},
        {"email": ""},
    ],
)
def test_the_database_refuses_a_contact_that_cannot_be(broken: dict[str, Any], customer: Customer) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.ContactFactory(customer=customer, **broken)


@pytest.mark.parametrize(("typed", "kept"), [(" Anne  Marie ", "Anne Marie"), ("O\u2019Neil", "O\u2019Neil")])
def test_a_persons_name_is_kept_without_stray_spaces(typed: str, kept: str) -> None:
    assert clean_person(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"), [("", ""), (" +49  30/123456 ", "+49 30/123456"), ("(030) 12-34 56", "(030) 12-34 56")]
)
def test_a_phone_number_is_kept_as_it_is_written(typed: str, kept: str) -> None:
    assert clean_phone(typed) == kept


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"first_name": ""}, "first_name"),
        ({"first_name": "-"}, "first_name"),
        ({"last_name": "x" * 51}, "last_name"),
        ({"last_name": "a\x00b"}, "last_name"),
        ({"email": "paula"}, "email"),
        ({"email": "paula@microsoft.com"}, "email"),
        ({"phone": "call me"}, "phone"),
        ({"phone": "+ - ( )"}, "phone"),
        ({"language": "fr"}, "language"),
        ({"role": "boss"}, "role"),
        ({"consents": ["everything"]}, "consents"),
        ({"consents": []}, "consents"),
        ({"consent_by": ""}, "consent_by"),
        ({"consent_date": ""}, "consent_date"),
        ({"consent_date": "2026-02-30"}, "consent_date"),
    ],
)
def test_each_mistake_is_told_at_its_field(broken: dict[str, Any], field: str, seller: User) -> None:
    assert list(ContactForm({**TYPED, **broken}, by=seller).errors) == [field]


def test_a_contact_is_added_corrected_and_removed_on_the_page(
    signed_in: SignIn, seller: User, customer: Customer
) -> None:
    client, path = signed_in(seller), f"/customers/{customer.public_id}/contacts/"
    assert "No contact yet" in text_of(client.get(path))
    answer = client.post(path + "new/", TYPED)
    assert answer.headers["Location"] == f"/customers/{customer.public_id}/"
    contact = Contact.objects.get()
    assert "Paula Preuß" in text_of(client.get(f"/customers/{customer.public_id}/"))
    page = f"/contacts/{contact.public_id}/"
    part = client.post(page, {**TYPED, "last_name": "Pohl", "version": 1}, headers={"HX-Request": "true"})
    assert "Paula Pohl" in text_of(part)
    assert part.headers["HX-Trigger"] == "customer-changed"
    assert client.post(page + "remove/", {"version": 2}).status_code == 302
    assert client.get(page).status_code == 404


def test_a_correction_that_came_too_late_shows_both_values_and_loses_nothing(
    signed_in: SignIn, seller: User, customer: Customer
) -> None:
    contact = added(customer, seller)
    client, page = signed_in(seller), f"/contacts/{contact.public_id}/"
    client.post(page, {**TYPED, "last_name": "Theirs", "version": 1})
    late = client.post(page, {**TYPED, "last_name": "Mine", "version": 1})
    assert late.status_code == 412
    assert [value for _label, value in late.context["differing"]] == ["Theirs"]
    assert 'value="Mine"' in text_of(late)
    assert client.post(page, {**TYPED, "last_name": "Mine", "version": 2}).status_code == 302


def test_what_the_service_refuses_is_said_at_its_field(signed_in: SignIn, seller: User, customer: Customer) -> None:
    added(customer, seller)
    client = signed_in(seller)
    client.cookies["django_language"] = "de"
    answer = client.post(f"/customers/{customer.public_id}/contacts/new/", TYPED)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["email"]
    assert 'value="Preuß"' in text_of(answer)
