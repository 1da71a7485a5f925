"""Registering a customer on its page: five questions, more where a rule asks, drafts, bad input, all or nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from customers.models import Contact, Customer, CustomerEvent, Draft
from motions.models import Deal
from partners.models import User
from portal import registration
from portal.forms.registration import RegistrationForm
from tests.factories import NOON

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PAGE = "/customers/new/"
TYPED = {
    "name": "Müller Bau",
    "country": "DE",
    "domain": "mueller-bau.de",
    "contact_first_name": "Paula",
    "contact_last_name": "Preuß",
    "contact_email": "paula@mueller-bau.de",
    "seats": "120",
}
IN_HUNGARY = {**TYPED, "country": "HU", "registration_number": "01-09-123456", "contact_phone": "+36 1 234 5678"}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_five_questions_make_a_customer_a_contact_and_a_first_deal(
    signed_in: SignIn, seller: User, woken: list[Any]
) -> None:
    answer = signed_in(seller).post(PAGE, TYPED)
    customer = Customer.objects.get()
    assert answer.headers["Location"] == f"/customers/{customer.public_id}/"
    contact, deal = Contact.objects.get(), Deal.objects.get()
    assert (contact.customer, contact.name, contact.is_primary, contact.language) == (
        customer,
        "Paula Preuß",
        True,
        seller.language,
    )
    assert (deal.customer, deal.seats, deal.stage, deal.kind) == (customer, 120, "open", "seats")
    assert list(CustomerEvent.objects.order_by("pk").values_list("kind", flat=True)) == ["registered", "contact_added"]


def test_the_page_asks_five_things_and_folds_the_rest_away(signed_in: SignIn, seller: User) -> None:
    page = text_of(signed_in(seller).get(PAGE))
    before = page.split("<details")[0]
    asked = [name for name in RegistrationForm.base_fields if f'name="{name}"' in before]
    assert asked == [
        "name",
        "country",
        "domain",
        "has_no_domain",
        "contact_first_name",
        "contact_last_name",
        "contact_email",
        "seats",
    ]


def test_a_name_a_country_and_no_domain_are_enough(signed_in: SignIn, seller: User) -> None:
    form = {"name": "Müller Bau", "country": "DE", "has_no_domain": "on"}
    assert signed_in(seller).post(PAGE, form).status_code == 302
    assert Customer.objects.get().domain == ""
    assert not Contact.objects.exists()
    assert not Deal.objects.exists()


def test_what_a_country_asks_for_is_shown_with_its_reason_when_it_is_chosen(signed_in: SignIn, seller: User) -> None:
    client = signed_in(seller)
    part = text_of(client.post(PAGE + "fields/", {**TYPED, "country": "HU"}, headers={"HX-Request": "true"}))
    before = part.split("<details")[0]
    assert 'name="registration_number"' in before
    assert 'name="contact_phone"' in before
    assert "01-09-123456 (company register)" in before
    calm = text_of(client.post(PAGE + "fields/", TYPED)).split("<details")[0]
    assert "registration_number" not in calm
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("language", "form", "phone"),
    [("en", "tax number", "phone number in this country"), ("de", "Steuernummer", "Telefonnummer")],
)
def test_without_script_the_answer_says_what_the_country_asks_for(
    language: str, form: str, phone: str, signed_in: SignIn, seller: User
) -> None:
    client = signed_in(seller)
    client.cookies["django_language"] = language
    answer = client.post(PAGE, {**TYPED, "country": "HU"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"registration_number", "contact_phone"}
    assert form in text_of(answer)
    assert phone in text_of(answer)
    assert client.post(PAGE, IN_HUNGARY).status_code == 302
    assert Contact.objects.get().phone == "+36 1 234 5678"


BAD: list[tuple[dict[str, str], list[str]]] = [
    ({"name": "x" * 300}, ["name"]),
    ({"name": "Müller\x00"}, ["name"]),
    ({"name": "\u041cüller"}, ["name"]),
    ({"name": ""}, ["name"]),
    ({"country": "XX"}, ["country"]),
    ({"country": "\x00"}, ["country"]),
    ({"domain": "p\u0430ypal.de"}, ["domain"]),
    ({"domain": ""}, ["domain"]),
    ({"domain": "a\x00b.de"}, ["domain"]),
    ({"domain": "x" * 300 + ".de"}, ["domain"]),
    ({"contact_email": "paula"}, ["contact_email"]),
    ({"contact_email": "paula@microsoft.com"}, ["contact_email"]),
    ({"contact_email": ""}, ["contact_email"]),
    ({"contact_last_name": ""}, ["contact_last_name"]),
    ({"contact_first_name": "\x00"}, ["contact_first_name"]),
    ({"contact_phone": "call"}, ["contact_phone"]),
    ({"seats": "-1"}, ["seats"]),
    ({"seats": "many"}, ["seats"]),
    ({"seats": "999999999999999999999"}, ["seats"]),
    ({"tenant_id": "no-guid"}, ["tenant_id"]),
    ({"tenant_prefix": "a b"}, ["tenant_prefix"]),
    ({"duns": "12"}, ["duns"]),
    ({"city": "Ulm", "postal_code": "890"}, ["postal_code"]),
    ({"state": "BADEN"}, ["state"]),
    ({"segment": "nobody"}, ["segment"]),
    ({"country": "HU", "registration_number": "123", "contact_phone": "+36 1 234 5678"}, ["registration_number"]),
    ({"country": "PL", "registration_number": "0000123456"}, ["contact_phone"]),
]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(("broken", "fields"), BAD, ids=[str(sorted(broken.items()))[:40] for broken, _fields in BAD])
def test_bad_input_is_told_at_its_field_nothing_is_changed_and_nothing_typed_is_lost(
    broken: dict[str, str], fields: list[str], language: str, signed_in: SignIn, seller: User
) -> None:
    client = signed_in(seller)
    client.cookies["django_language"] = language
    answer = client.post(PAGE, {**TYPED, **broken})
    assert answer.status_code == 422
    form = answer.context["form"]
    assert sorted(form.errors) == fields
    for name in TYPED:
        assert form[name].value() == {**TYPED, **broken}[name]
    page = text_of(answer)
    assert all(f'id="id_{name}_error"' in page for name in fields)
    assert not Customer.objects.exists()


def test_a_registration_is_all_or_nothing(seller: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("no deal today")

    monkeypatch.setattr(registration.motions, "add_deal", fail)
    facts = {"name": "Müller Bau", "country": "DE", "domain": "", "segment": "commercial"}
    with pytest.raises(RuntimeError):
        registration.register(by=seller, at=NOON, facts=facts, contact=None, seats=1, despite_likeness=False)
    assert not Customer.objects.exists()


def test_an_unusual_name_is_registered_and_warned_about(signed_in: SignIn, seller: User) -> None:
    answer = signed_in(seller).post(PAGE, {**TYPED, "name": "mueller-bau.de Handel"}, follow=True)
    assert "looks like an internet address" in text_of(answer)
    assert Customer.objects.get().name == "mueller-bau.de Handel"


def test_a_likeness_keeps_all_that_was_typed(signed_in: SignIn, seller: User, customer: Customer) -> None:
    client = signed_in(seller)
    answer = client.post(PAGE, {**TYPED, "name": "CONTOSO"})
    assert answer.status_code == 409
    assert customer.name in text_of(answer)
    assert 'value="paula@mueller-bau.de"' in text_of(answer)
    assert client.post(PAGE, {**TYPED, "name": "CONTOSO", "despite_likeness": "on"}).status_code == 422
    insisting = {**TYPED, "name": "CONTOSO", "despite_likeness": "on", "because": "Another branch of trade"}
    assert client.post(PAGE, insisting).status_code == 302


def test_a_draft_is_kept_while_one_types_taken_up_again_and_gone_once_registered(
    signed_in: SignIn, seller: User
) -> None:
    client, half = signed_in(seller), {"name": "Müll", "country": "AT", "seats": "12x", "city": "Wien", "csrf": "no"}
    part = text_of(client.post(PAGE + "draft/", half))
    draft = Draft.objects.get()
    assert draft.typed == {"name": "Müll", "country": "AT", "seats": "12x", "city": "Wien"}
    assert f'name="draft" value="{draft.public_id}"' in part
    client.post(PAGE + "draft/", {**half, "name": "Müller", "draft": str(draft.public_id)})
    assert Draft.objects.get().typed["name"] == "Müller"
    assert "Müller" in text_of(client.get(PAGE)), "listed"
    page = text_of(client.get(f"{PAGE}?draft={draft.public_id}"))
    assert all(f'value="{value}"' in page for value in ("Müller", "12x", "Wien"))
    assert client.post(PAGE, {**TYPED, "draft": str(draft.public_id)}).status_code == 302
    assert not Draft.objects.open().exists()


def test_what_was_on_its_way_when_the_customer_was_registered_begins_no_draft_anew(
    signed_in: SignIn, seller: User
) -> None:
    client = signed_in(seller)
    named = str(client.get(PAGE).context["draft_id"])
    client.post(PAGE, {**TYPED, "draft": named})
    assert client.post(PAGE + "draft/", {**TYPED, "draft": named}).status_code == 200
    assert not Draft.objects.open().exists()
    assert client.get(PAGE).context["drafts"] == []


def test_two_requests_on_their_way_at_once_keep_one_draft(signed_in: SignIn, seller: User) -> None:
    client = signed_in(seller)
    named = str(client.get(PAGE).context["draft_id"])
    for name in ("Mül", "Müll"):
        client.post(PAGE + "draft/", {"name": name, "draft": named})
    assert [(str(draft.public_id), draft.typed["name"]) for draft in Draft.objects.all()] == [(named, "Müll")]


def test_a_draft_is_kept_by_its_button_too_and_thrown_away_by_another(signed_in: SignIn, seller: User) -> None:
    client = signed_in(seller)
    assert client.post(PAGE, {"keep": "on"}, follow=True).redirect_chain == [(PAGE, 302)]
    answer = client.post(PAGE, {"name": "Müll", "keep": "on"})
    draft = Draft.objects.get()
    assert answer.headers["Location"] == f"{PAGE}?draft={draft.public_id}"
    assert client.post(f"/drafts/{draft.public_id}/discard/").status_code == 302
    assert not Draft.objects.exists()


@pytest.mark.parametrize("named", ["x", "\x00", "00000000-0000-4000-8000-000000000000"])
def test_a_draft_that_is_not_there_is_an_empty_form(named: str, signed_in: SignIn, seller: User) -> None:
    answer = signed_in(seller).get(PAGE, {"draft": named})
    assert (answer.status_code, answer.context["draft"]) == (200, None)


def test_nobody_takes_up_a_colleagues_draft(signed_in: SignIn, seller: User, chief: User) -> None:
    signed_in(seller).post(PAGE + "draft/", {"name": "Secret of Selma"})
    draft = Draft.objects.get()
    client = signed_in(chief)
    assert "Secret of Selma" not in text_of(client.get(f"{PAGE}?draft={draft.public_id}"))
    client.post(PAGE + "draft/", {"name": "Mine", "draft": str(draft.public_id)})
    draft.refresh_from_db()
    assert draft.typed == {"name": "Secret of Selma"}


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({}, "is not known: Microsoft could not be asked"),
        ({"contoso.onmicrosoft.com": 200}, "contoso.onmicrosoft.com is taken"),
        ({"contoso.onmicrosoft.com": 404}, "contoso.onmicrosoft.com is free"),
    ],
)
def test_whether_a_domain_is_free_is_told_as_far_as_anybody_knows(
    answers: dict[str, int], sentence: str, signed_in: SignIn, seller: User, settings: Any
) -> None:
    settings.DOMAIN_ANSWERS = answers
    if answers:
        settings.DOMAIN_CLIENT = "customers.services.availability.Table"
    client = signed_in(seller)
    assert sentence in text_of(client.get(PAGE + "domain/", {"tenant_prefix": "Contoso"}))
    whole = client.post(PAGE, {**TYPED, "tenant_prefix": "contoso", "check": "on"})
    assert sentence in text_of(whole)
    assert 'value="paula@mueller-bau.de"' in text_of(whole)
    assert not Customer.objects.exists()


def test_what_cannot_be_a_default_domain_is_said_so(signed_in: SignIn, seller: User) -> None:
    assert "27 letters" in text_of(signed_in(seller).get(PAGE + "domain/", {"tenant_prefix": "a-b"}))
