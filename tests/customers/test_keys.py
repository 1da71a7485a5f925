"""The keys by which a company is recognised: whatever way it is written, one key; made by the database for every path."""

import pytest
from django.db import connection
from publicsuffixlist import PublicSuffixList

from customers.models import Customer
from customers.services.duplicates import plain_domain, plain_duns
from customers.sql.suffixes import SHARED_HOSTS, public_suffixes
from tests import factories

pytestmark = pytest.mark.django_db


def key(function: str, *values: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(value) FROM unnest(%s::text[]) AS value", [list(values)])
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("mueller.de", "mueller.de"),
        ("www.shop.mueller.de", "mueller.de"),
        ("shop.müller.de", "mueller.de"),
        ("a.b.firm.co.uk", "firm.co.uk"),
        ("firm.com.au", "firm.com.au"),
        ("x.firm.ck", "x.firm.ck"),
        ("www.ck", "www.ck"),
        ("city.kawasaki.jp", "city.kawasaki.jp"),
        ("contoso.onmicrosoft.com", "contoso.onmicrosoft.com"),
        ("mail.contoso.onmicrosoft.com", "contoso.onmicrosoft.com"),
        ("firm.github.io", "firm.github.io"),
        ("firm.unheard-of", "firm.unheard-of"),
        ("co.uk", ""),
        ("gmx.de", ""),
        ("onmicrosoft.com", ""),
        ("localhost", ""),
        ("", ""),
    ],
)
def test_a_host_belongs_to_the_registrable_domain(host: str, site: str) -> None:
    assert key("site_key", host) == [site]


def test_the_function_in_the_database_is_as_new_as_the_library() -> None:
    """Every rule of the list: what stands before the suffix makes the owner, as the library itself says."""
    library = PublicSuffixList()
    suffixes = sorted(
        rule.lstrip("!").replace("*.", "any.") for rule in public_suffixes() - SHARED_HOSTS if "." in rule
    )
    hosts = [f"shop.firm.{suffix}" for suffix in suffixes]
    expected = key("fold_text", *[library.privatesuffix(host) or "" for host in hosts])
    shared = set(key("fold_text", *SHARED_HOSTS))
    wrong = [
        (host, ours, theirs)
        for host, ours, theirs in zip(hosts, key("site_key", *hosts), expected, strict=True)
        if ours != theirs and not any(theirs.endswith(one) for one in shared)
    ]
    assert len(hosts) > 5_000
    assert wrong == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("HRB 12345", "hrb12345"),
        ("hrb-012345", "hrb12345"),
        ("Amtsgericht Hamburg, HRB 12345", "hrb12345"),
        ("HRA 12345", "hra12345"),
        ("FN 123456 a", "fn123456a"),
        ("CHE-123.456.789", "che123456789"),
        ("0815", "0815"),
        ("", ""),
    ],
)
def test_a_number_is_compared_without_spaces_punctuation_and_court(written: str, expected: str) -> None:
    assert key("number_key", written) == [expected]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("GmbH", "gmbh"),
        ("Talhof GmbH & Co. KG", "talhof"),
        ("Sørensen Fisk A/S", "soerensenfisk"),
        ("Kowalski Sp. z o.o.", "kowalski"),
        ("Notare Beil PartG mbB", "notarebeil"),
        ("Gesellschaft für Optik mbH", "gesellschaftfueroptik"),
        ("Соntоsо GmbH", "contoso"),  # with Cyrillic letters
        ("AG Weser", "agweser"),
        ("S.A.", "sa"),
    ],
)
def test_a_name_is_compared_without_its_legal_form_but_never_without_all_words(written: str, expected: str) -> None:
    assert key("company_key", written) == [expected]


def test_words_are_compared_in_any_order_and_umlauts_in_any_spelling() -> None:
    spellings = ["Müller & Söhne Bau GmbH", "Bau Muller und Sohne", "MUELLER SOEHNE BAU"]
    assert set(key("company_loose", *spellings)) == {"bau muller sohne"}


def test_the_keys_are_there_whatever_path_a_customer_came_by() -> None:
    customer = factories.CustomerFactory(name="Öl Bär AG", domain="www.öl-bär.de", registration_number="HRB 1")
    Customer.objects.filter(pk=customer.pk).update(name="Bär Öl")
    customer.refresh_from_db()
    keys = (customer.name_key, customer.loose_key, customer.loose_back, customer.site_key, customer.number_key)
    assert keys == ("baeroel", "bar ol", "lo rab", "oel-baer.de", "hrb1")


def test_a_number_gets_its_lost_zeros_back_and_a_domain_its_letters() -> None:
    assert [plain_duns(one) for one in ("31245678", "03-124-5678", "")] == ["031245678", "031245678", ""]
    assert plain_domain("shop.xn--mller-kva.de") == "shop.müller.de"
    assert plain_domain("xn--\udcff.de") == "xn--\udcff.de"
