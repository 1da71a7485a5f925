"""Registering and correcting a customer: refusals at the field, likenesses asked about, nothing typed lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from customers.models import Customer, CustomerEvent
from partners.models import User
from tests import factories

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
TYPED = {
    "name": "  Müller   Bau ",
    "country": "DE",
    "domain": "https://www.Mueller-Bau.de/start",
    "registration_number": " HRB  7 ",
    "segment": "education",
}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def correction(customer: Customer, **typed: Any) -> dict[str, Any]:
    kept = {name: getattr(customer, name) for name in ("name", "country", "domain", "registration_number", "segment")}
    return {**kept, "version": customer.version, **typed}


def test_a_customer_is_registered_cleaned_and_with_its_event_and_its_page_shows_at_once(
    signed_in: SignIn, seller: User
) -> None:
    client = signed_in(seller)
    assert client.get("/customers/new/").context["form"].initial["country"] == "DE"
    answer = client.post("/customers/new/", TYPED, follow=True)
    customer = Customer.objects.get()
    assert (customer.name, customer.domain, customer.registration_number) == ("Müller Bau", "mueller-bau.de", "HRB 7")
    assert (customer.partner, customer.segment) == (seller.partner, "education")
    assert answer.redirect_chain == [(f"/customers/{customer.public_id}/", 302)]
    assert "Müller Bau is registered." in text_of(answer)
    event = CustomerEvent.objects.get()
    assert (event.kind, event.by, event.by_name) == ("registered", seller, "Selma Seller")


def test_what_a_form_does_not_ask_for_is_not_taken(signed_in: SignIn, seller: User, rival: User) -> None:
    hostile = {**TYPED, "partner": rival.partner_id, "partner_id": rival.partner_id, "id": 1, "public_id": "x"}
    signed_in(seller).post("/customers/new/", hostile)
    assert Customer.objects.get().partner == seller.partner


@pytest.mark.parametrize(
    ("language", "field", "typed", "sentence"),
    [
        ("en", "name", "GmbH", "This is only a legal form. Please enter the whole company name."),
        ("de", "name", "GmbH & Co. KG", "Rechtsform"),
        ("en", "name", "?", "A company name has at least two characters"),
        ("en", "domain", "not a domain", "This is no domain."),
        ("de", "domain", "contoso", "keine Domain"),
        ("en", "country", "XX", "Select a valid choice"),
        ("de", "name", "", "Dieses Feld ist zwingend erforderlich."),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field_and_what_was_typed_stays(
    language: str, field: str, typed: str, sentence: str, signed_in: SignIn, seller: User
) -> None:
    client = signed_in(seller)
    client.cookies["django_language"] = language
    answer = client.post("/customers/new/", {**TYPED, field: typed})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert sentence in text_of(answer)
    assert "mueller" in text_of(answer).lower() or "Müller" in text_of(answer)
    assert not Customer.objects.exists()


def test_a_likeness_is_asked_about_first_and_registered_when_the_person_insists(
    signed_in: SignIn, seller: User, customer: Customer
) -> None:
    client = signed_in(seller)
    alike = {**TYPED, "name": "CONTOSO", "domain": "", "has_no_domain": "on"}
    answer = client.post("/customers/new/", alike)
    assert answer.status_code == 409
    assert [likeness.customer for likeness in answer.context["likenesses"]] == [customer]
    assert 'value="CONTOSO"' in text_of(answer)
    assert Customer.objects.count() == 1
    unexplained = client.post("/customers/new/", {**alike, "despite_likeness": "true"})
    assert (unexplained.status_code, list(unexplained.context["form"].errors)) == (422, ["because"])
    insisted = client.post("/customers/new/", {**alike, "despite_likeness": "true", "because": "a namesake"})
    assert insisted.status_code == 302
    told = {"despite_likeness": True, "because": "a namesake", "unlike": [str(customer.public_id)]}
    assert CustomerEvent.objects.latest("id").changes == told


def test_nobody_learns_that_a_neighbour_has_the_same_customer(signed_in: SignIn, seller: User, rival: User) -> None:
    factories.CustomerFactory(partner=rival.partner, name="Müller Bau", domain="mueller-bau.de")
    assert signed_in(seller).post("/customers/new/", TYPED).status_code == 302


def test_a_correction_is_saved_with_what_stood_there_before(
    signed_in: SignIn, seller: User, customer: Customer
) -> None:
    path = f"/customers/{customer.public_id}/correct/"
    answer = signed_in(seller).post(path, correction(customer, name="Contoso SE"))
    assert answer.headers["Location"] == f"/customers/{customer.public_id}/"
    customer.refresh_from_db()
    assert (customer.name, customer.version) == ("Contoso SE", 2)
    assert CustomerEvent.objects.get().changes == {"name": ["Contoso GmbH", "Contoso SE"]}


def test_a_correction_that_came_too_late_shows_both_values_and_loses_nothing(
    signed_in: SignIn, seller: User, customer: Customer
) -> None:
    client, path = signed_in(seller), f"/customers/{customer.public_id}/correct/"
    old = correction(customer, name="Contoso of mine")
    client.post(path, correction(customer, name="Contoso of a colleague"))
    late = client.post(path, old)
    assert late.status_code == 412
    assert [str(value) for _label, value in late.context["differing"]] == ["Contoso of a colleague"]
    assert 'value="Contoso of mine"' in text_of(late)
    assert late.context["form"]["version"].value() == "2"
    customer.refresh_from_db()
    assert customer.name == "Contoso of a colleague"
    again = client.post(path, {**old, "version": late.context["form"]["version"].value()})
    assert again.status_code == 302


def test_a_correction_without_a_version_is_taken_for_an_old_one(
    signed_in: SignIn, seller: User, customer: Customer
) -> None:
    answer = signed_in(seller).post(
        f"/customers/{customer.public_id}/correct/", correction(customer, name="Another", version="")
    )
    assert answer.status_code == 412


def test_a_correction_that_makes_it_like_another_is_asked_about(
    signed_in: SignIn, seller: User, customer: Customer
) -> None:
    factories.CustomerFactory(partner=customer.partner, name="Fabrikam", domain="fabrikam.de")
    path = f"/customers/{customer.public_id}/correct/"
    typed = correction(customer, domain="fabrikam.de")
    client = signed_in(seller)
    assert client.post(path, typed).status_code == 409
    assert client.post(path, {**typed, "despite_likeness": "true", "because": "a branch"}).status_code == 302
