"""What people type about a customer, cleaned or refused with its cure."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from customers.forms import CustomerForm, clean_domain, clean_name, clean_tenant_prefix, initial_of, warnings_about
from customers.forms.cleaning import clean_duns, clean_tenant_id, is_mixed
from tests import factories

pytestmark = pytest.mark.django_db
TYPED: dict[str, Any] = {"name": "Contoso GmbH", "country": "DE", "segment": "commercial"}
NOTHING_MORE: dict[str, Any] = {
    **dict.fromkeys(("address_line1", "address_line2", "postal_code", "city", "state", "duns", "tenant_prefix"), ""),
    "tenant_id": None,
    "is_bound_to_secrecy": False,
}


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
        ("xn--bcher-kva.de", "bücher.de"),
        ("москва.рф", "москва.рф"),
        ("москва.de", "москва.de"),
        ("日本語カナ.jp", "日本語カナ.jp"),
        ("\uff43ontoso.de", "contoso.de"),
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


@pytest.mark.parametrize(
    "typed",
    [
        "\u0441ontoso.de",  # one Cyrillic letter
        "cont\u03bfso.de",  # one Greek letter
        "\u0441\u043e\u0440\u0435.com",  # all of it Cyrillic, looks like "cope"
        "www.\u0430pple.com",
        "shop.\u0440\u0430\u0443.de",
        "xn--ontoso-hrf.de",
    ],
)
def test_a_domain_that_looks_like_another_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        clean_domain(typed)
    assert "another alphabet" in str(refusal.value)


@pytest.mark.parametrize("typed", ["xn--a.de", "xn--\u00fc.de", "xn--.de"])
def test_a_coded_domain_that_cannot_be_read_is_no_domain(typed: str) -> None:
    with pytest.raises(ValidationError):
        clean_domain(typed)


@pytest.mark.parametrize(
    ("word", "mixed"),
    [
        ("Contoso", False),
        ("\u0421ontoso", True),
        ("\u041c\u043e\u0441\u043a\u0432\u0430", False),
        ("4\u0410", False),
        ("\u03a9mega", True),
    ],
)
def test_a_word_of_two_alphabets_is_seen(word: str, mixed: bool) -> None:
    assert is_mixed(word) is mixed
    if mixed:
        with pytest.raises(ValidationError) as refusal:
            clean_name(f"{word} GmbH")
        assert "alphabets" in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("Contoso GmbH", 0),
        ("contoso.com GmbH", 1),
        ("Kaaaaufhaus", 1),
        ("Schifffahrt AG", 0),
        ("aaaaa.de", 2),
        ("E.ON SE", 0),
    ],
)
def test_an_unusual_name_is_warned_about_and_allowed(name: str, count: int) -> None:
    assert len(warnings_about(name)) == count
    assert clean_name(name) == name


@pytest.mark.parametrize(
    "typed",
    [
        "0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0",
        " {0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0} ",
        "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    ],
)
def test_a_tenant_id_is_one_in_every_spelling(typed: str) -> None:
    assert str(clean_tenant_id(typed)) == "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


@pytest.mark.parametrize(
    "typed", ["x", "0f1e2d3c", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1fg", "00000000-0000-0000-0000-000000000000"]
)
def test_what_is_no_tenant_id_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        clean_tenant_id(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("", ""), (" Contoso ", "contoso"), ("contoso.onmicrosoft.com", "contoso"), ("a" * 27, "a" * 27)],
)
def test_a_default_domain_is_kept_without_its_ending(typed: str, kept: str) -> None:
    assert clean_tenant_prefix(typed) == kept


@pytest.mark.parametrize("typed", ["a" * 28, "con-toso", "1contoso", "müller", "a.b"])
def test_what_is_no_default_domain_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        clean_tenant_prefix(typed)


@pytest.mark.parametrize(
    ("typed", "kept"), [("", ""), ("123456789", "123456789"), ("12345678", "012345678"), ("31-234-5678", "312345678")]
)
def test_a_duns_number_gets_its_lost_zero_back(typed: str, kept: str) -> None:
    assert clean_duns(typed) == kept


@pytest.mark.parametrize(
    "typed", ["123456", "1234567890", "12345678X", "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669"]
)
def test_what_is_no_duns_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        clean_duns(typed)


def test_a_form_gives_cleaned_facts() -> None:
    form = CustomerForm({**TYPED, "domain": "HTTPS://contoso.de", "registration_number": " HRB   1 "})
    assert form.is_valid()
    assert form.facts == {
        "name": "Contoso GmbH",
        "country": "DE",
        "domain": "contoso.de",
        "registration_number": "HRB 1",
        "segment": "commercial",
        **NOTHING_MORE,
    }


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"name": "GmbH"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "x" * 300}, "name"),
        ({"name": "Con\x00toso"}, "name"),
        ({"domain": "con\x00toso.de"}, "domain"),
        ({"country": "D\x00"}, "country"),
        ({"tenant_id": "x"}, "tenant_id"),
        ({"tenant_id": "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "tenant_prefix": "contoso"}, "tenant_prefix"),
        ({"tenant_prefix": "con-toso"}, "tenant_prefix"),
        ({"duns": "1"}, "duns"),
        ({"city": "Berlin"}, "postal_code"),
        ({"city": "Berlin", "postal_code": "1011"}, "postal_code"),
        ({"state": "Berlin"}, "state"),
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
        **NOTHING_MORE,
        "tenant_id": "",
        "version": 3,
    }
