"""What people type about a customer, cleaned or refused with its cure. No test here needs a database."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from customers.forms import CustomerForm, clean_domain, clean_name, initial_of
from tests import factories

TYPED: dict[str, Any] = {"name": "Contoso GmbH", "country": "DE", "segment": "commercial"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Contoso \t GmbH ", "Contoso GmbH"),
        ("Mu\u0308ller AG", "Müller AG"),
        ("3M", "3M"),
        ("Aktien & Co Handel", "Aktien & Co Handel"),
    ],
)
def test_a_name_is_kept_without_stray_spaces_and_in_one_form(typed: str, kept: str) -> None:
    assert clean_name(typed) == kept


@pytest.mark.parametrize("typed", ["A", " . ", "--", "GmbH", "gmbh & Co. KG", "e. V.", "AG", "!!!"])
def test_what_is_no_company_name_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        clean_name(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("contoso.de", "contoso.de"),
        ("https://www.Contoso.de/shop?x=1", "contoso.de"),
        ("info@contoso.de", "contoso.de"),
        ("contoso.de:8443", "contoso.de"),
        ("www.contoso.de.", "contoso.de"),
        ("bücher-müller.de", "bücher-müller.de"),
        ("a.b.co.uk", "a.b.co.uk"),
    ],
)
def test_the_bare_domain_is_kept_of_whatever_was_pasted(typed: str, kept: str) -> None:
    assert clean_domain(typed) == kept


@pytest.mark.parametrize(
    "typed", ["contoso", "con toso.de", "-contoso.de", "contoso-.de", "contoso.d", "127.0.0.1", "a..de"]
)
def test_what_is_no_domain_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        clean_domain(typed)


def test_a_form_gives_cleaned_facts() -> None:
    form = CustomerForm({**TYPED, "domain": "HTTPS://contoso.de", "registration_number": " HRB   1 "})
    assert form.is_valid()
    assert form.facts == {
        "name": "Contoso GmbH",
        "country": "DE",
        "domain": "contoso.de",
        "registration_number": "HRB 1",
        "segment": "commercial",
    }


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"name": "GmbH"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"country": "ZZ"}, "country"),
        ({"country": ""}, "country"),
        ({"domain": "contoso"}, "domain"),
        ({"segment": "other"}, "segment"),
        ({"registration_number": "1" * 51}, "registration_number"),
    ],
)
def test_each_mistake_is_told_at_its_field(broken: dict[str, str], field: str) -> None:
    assert list(CustomerForm({**TYPED, **broken}).errors) == [field]


def test_a_form_starts_with_the_customers_values() -> None:
    customer = factories.CustomerFactory.build(name="Contoso GmbH", version=3, domain="contoso.de")
    assert initial_of(customer) == {
        "name": "Contoso GmbH",
        "country": "DE",
        "domain": "contoso.de",
        "registration_number": "",
        "segment": "commercial",
        "version": 3,
    }
