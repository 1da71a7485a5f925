"""The customer list: searched, tagged, kept under a name, taken away as a file; the scope is always one's own."""

import csv
from collections.abc import Callable
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from openpyxl import load_workbook

from common.sheets import workbook
from customers import scoping, services
from customers.models import Customer, SavedView, Tag
from customers.scoping import search
from partners.models import Partner, User
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
LIST = "/customers/"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def names_in(answer: Any) -> list[str]:
    return [row.name for row in answer.context["page"].rows]


@pytest.fixture
def firms(partner: Partner) -> list[Customer]:
    return [
        factories.CustomerFactory(partner=partner, name=name, domain=domain, **more)
        for name, domain, more in (
            ("Müller Straßenbau", "mueller.de", {"registration_number": "HRB 4711"}),
            ("Möbel 100% Haus_1", "moebel.example", {"country": "AT"}),
            ("3M Deutschland", "3m.de", {}),
            ("Öfen Süd", "oefen.example", {"segment": "education"}),
        )
    ]


def found(words: str, by: User, as_person: Callable[[User], Any]) -> set[str]:
    with as_person(by):
        return {row.name for row in search(Customer.objects.visible_to(by), words, by=by)}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("müller", {"Müller Straßenbau"}),
        ("MUELL", {"Müller Straßenbau"}),
        ("bau mue", {"Müller Straßenbau"}),
        ("strassen", {"Müller Straßenbau"}),
        ("4711", {"Müller Straßenbau"}),
        ("oebel.ex", {"Möbel 100% Haus_1"}),
        ("100%", {"Möbel 100% Haus_1"}),
        ("%%%", set()),
        ("haus_", {"Möbel 100% Haus_1"}),
        ("h_us", set()),
        ("3M", {"3M Deutschland"}),
        ("3", {"3M Deutschland"}),
        ("m", {"Müller Straßenbau", "Möbel 100% Haus_1"}),
        ("Ö", {"Öfen Süd"}),
        ("bau hrb mu", {"Müller Straßenbau"}),
        ("x", set()),
        ("\\\\\\", set()),
        ("'; --", set()),
    ],
)
@pytest.mark.parametrize("who", ["seller", "reviewer", "administrator"])
def test_the_search_finds_anywhere_from_three_letters_on_and_at_the_beginning_with_fewer(
    words: str, names: set[str], who: str, request: pytest.FixtureRequest, firms: list[Customer], as_person: Any
) -> None:
    by: User = request.getfixturevalue(who)
    seen = {"Möbel 100% Haus_1", "Öfen Süd"} if who == "reviewer" else set()
    assert found(words, by, as_person) == names - seen, "a reviewer sees commercial customers in Germany"


def test_a_tenant_id_finds_its_customer(seller: User, firms: list[Customer], as_person: Any) -> None:
    tenant = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
    Customer.objects.filter(pk=firms[2].pk).update(tenant_id=tenant)
    assert found(tenant.upper(), seller, as_person) == {"3M Deutschland"}


def test_what_is_in_too_many_names_is_found_all_the_same(
    seller: User, firms: list[Customer], as_person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = found(".example", seller, as_person)
    assert len(expected) == 2
    monkeypatch.setattr(scoping, "MOST_CANDIDATES", 1)
    assert found(".example", seller, as_person) == expected


@pytest.mark.parametrize("who", ["seller", "rival"])
def test_the_function_behind_the_search_finds_nothing_of_a_neighbours(
    who: str, request: pytest.FixtureRequest, firms: list[Customer], as_person: Any
) -> None:
    by: User = request.getfixturevalue(who)
    theirs = factories.CustomerFactory(name="Müller of a neighbour")
    with as_person(by), connection.cursor() as cursor:
        cursor.execute("SELECT array(SELECT customers_found(%s, 100))", [["mueller"]])
        ids = cursor.fetchone()[0]
    assert ids == ([firms[0].pk] if who == "seller" else [])
    assert theirs.pk not in ids


def test_a_channel_manager_finds_only_within_the_scope(reviewer: User, firms: list[Customer], as_person: Any) -> None:
    with as_person(reviewer), connection.cursor() as cursor:
        cursor.execute("SELECT array(SELECT customers_found_in_scope(%s, 100))", [["example"]])
        assert cursor.fetchone()[0] == []


def test_the_index_of_the_search_begins_with_the_partner() -> None:
    """Else the names of neighbours would be read and their number felt; `make bench ONLY=customer_search` shows its use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'customer_search'")
        assert "gin (partner_id, search_text gin_trgm_ops)" in cursor.fetchone()[0]


def test_the_columns_are_chosen_in_the_address(signed_in: SignIn, seller: User, firms: list[Customer]) -> None:
    services.set_tags(firms[0], by=seller, at=NOON, names=["Süd", "key"])
    client = signed_in(seller)
    usual = text_of(client.get(LIST))
    assert "HRB 4711" not in usual
    answer = client.get(LIST, {"columns": ["number", "tags"], "q": "müller"})
    page = text_of(answer)
    assert "HRB 4711" in page
    assert "key, Süd" in page
    assert [column.name for column in answer.context["columns"]] == ["number", "tags"]
    assert answer.context["query"] == "q=m%C3%BCller&columns=number&columns=tags"
    assert client.get(LIST, {"columns": "nonsense"}).status_code == 200


def test_the_list_is_narrowed_by_tag_and_segment(signed_in: SignIn, seller: User, firms: list[Customer]) -> None:
    services.set_tags(firms[0], by=seller, at=NOON, names=["Größe A"])
    client = signed_in(seller)
    assert names_in(client.get(LIST, {"tag": "GROESSE a"})) == ["Müller Straßenbau"]
    assert names_in(client.get(LIST, {"tag": "größe"})) == []
    assert names_in(client.get(LIST, {"segment": "education"})) == ["Öfen Süd"]


def test_nobody_narrows_by_a_partners_tags_from_outside(
    signed_in: SignIn, reviewer: User, firms: list[Customer], seller: User
) -> None:
    services.set_tags(firms[0], by=seller, at=NOON, names=["secret"])
    answer = signed_in(reviewer).get(LIST, {"tag": "secret", "columns": "tags"})
    assert names_in(answer) == names_in(signed_in(reviewer).get(LIST))
    assert [column.name for column in answer.context["columns"]] == [
        "partner",
        "country",
        "motion",
        "share",
        "since",
        "state",
        "ordering",
    ]


def rows_of(answer: Any, kind: str) -> list[list[str]]:
    body = b"".join(answer.streaming_content)
    if kind == "csv":
        return list(csv.reader(StringIO(body.decode("utf-8-sig")), delimiter=";"))
    sheet = load_workbook(BytesIO(body), read_only=True).active
    assert sheet is not None
    return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_has_what_the_list_shows_and_nothing_of_a_neighbours(
    kind: str, signed_in: SignIn, seller: User, firms: list[Customer]
) -> None:
    factories.CustomerFactory(name="Müller of a neighbour")
    client = signed_in(seller)
    client.cookies["django_language"] = "de"
    answer = client.get(f"{LIST}export.{kind}", {"q": "müller", "columns": ["country", "number"]})
    assert answer.headers["Content-Disposition"] == f'attachment; filename="customers.{kind}"'
    assert rows_of(answer, kind) == [
        ["Kunde", "Land", "Registernummer", "ID"],
        ["Müller Straßenbau", "Deutschland", "HRB 4711", str(firms[0].public_id)],
    ]
    whole = rows_of(client.get(f"{LIST}export.{kind}"), kind)
    assert [row[0] for row in whole[1:]] == ["3M Deutschland", "Möbel 100% Haus_1", "Müller Straßenbau", "Öfen Süd"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("name", ["=1+1 GmbH", "+49 Handel", "-cmd|' /C calc'!A0", "@SUM(A1)", "\tTab"])
def test_no_cell_is_taken_for_a_formula(
    kind: str, name: str, signed_in: SignIn, seller: User, partner: Partner
) -> None:
    factories.CustomerFactory(partner=partner, name=name)
    (row,) = rows_of(signed_in(seller).get(f"{LIST}export.{kind}"), kind)[1:]
    assert row[0] == "'" + name


def test_a_workbook_holds_text_alone_and_takes_every_character() -> None:
    body = b"".join(
        workbook([["=A1", "\x0bzero\x01", "x" * 40]], title="A very long title of more than thirty-one letters")
    )
    book = load_workbook(BytesIO(body))
    (cells,) = book.worksheets[0].iter_rows()
    assert [(cell.value, cell.data_type) for cell in cells] == [("'=A1", "s"), ("zero", "s"), ("x" * 40, "s")]


def test_a_file_is_read_in_chunks_and_misses_nobody(
    signed_in: SignIn, seller: User, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.views.lists.CHUNK", 3)
    for number in range(10):
        customer = factories.CustomerFactory(partner=partner, name=f"Firm {number}")
        factories.TagFactory(customer=customer, name=f"tag {number}")
    rows = rows_of(signed_in(seller).get(f"{LIST}export.csv", {"columns": ["tags"]}), "csv")
    assert [row[:2] for row in rows[1:]] == [[f"Firm {number}", f"tag {number}"] for number in range(10)]


def test_selected_customers_are_tagged_and_the_list_stays_where_it_was(
    signed_in: SignIn, seller: User, firms: list[Customer]
) -> None:
    foreign = factories.CustomerFactory()
    client = signed_in(seller)
    chosen = {"customer": [str(one.public_id) for one in (*firms[:2], foreign)], "many-query": "country=DE"}
    answer = client.post(LIST + "tag/", {**chosen, "many-tag": "key", "add": "on"})
    assert answer.headers["Location"] == f"{LIST}?country=DE"
    assert set(Tag.objects.values_list("customer_id", "name")) == {(firms[0].pk, "key"), (firms[1].pk, "key")}
    client.post(LIST + "tag/", {**chosen, "many-tag": "KEY", "remove": "on"})
    assert not Tag.objects.exists()


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        ({"many-tag": "key"}, 409, "Please select customers"),
        ({"many-tag": "key", "customer": ["nonsense", "\x00"]}, 409, "Please select customers"),
        ({"many-tag": ""}, 422, "This field is required"),
        ({"many-tag": "x" * 51}, 422, "at most 50"),
        ({"many-tag": "a\x00"}, 422, "Null characters"),
    ],
)
def test_what_cannot_be_tagged_is_said_at_the_field(
    form: dict[str, Any], status: int, sentence: str, signed_in: SignIn, seller: User, firms: list[Customer]
) -> None:
    answer = signed_in(seller).post(LIST + "tag/", {**form, "many-query": "country=DE"})
    assert answer.status_code == status
    assert sentence in text_of(answer)
    assert len(names_in(answer)) == 3, "the list as it was"


def test_a_view_is_saved_shared_and_removed(
    signed_in: SignIn, seller: User, chief: User, firms: list[Customer]
) -> None:
    client = signed_in(seller)
    saved = {"view-name": " Austria ", "view-query": "country=AT&columns=number&nonsense=1", "view-is_shared": "on"}
    assert client.post(LIST + "views/", saved).headers["Location"] == f"{LIST}?country=AT&columns=number"
    view = SavedView.objects.get()
    assert (view.name, view.query, view.is_shared) == ("Austria", "country=AT&columns=number", True)
    page = signed_in(chief).get(f"{LIST}?{view.query}")
    assert names_in(page) == ["Möbel 100% Haus_1"]
    assert "Austria" in text_of(page)
    assert client.post(f"/views/{view.public_id}/remove/").status_code == 403, "the chief did not make it"
    client = signed_in(seller)
    assert client.post(f"/views/{view.public_id}/remove/").status_code == 302
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("form", "sentence"), [({"view-name": ""}, "This field is required"), ({"view-name": "x" * 61}, "at most 60")]
)
def test_a_view_without_a_good_name_is_told_at_its_field(
    form: dict[str, str], sentence: str, signed_in: SignIn, seller: User, firms: list[Customer]
) -> None:
    answer = signed_in(seller).post(LIST + "views/", {**form, "view-query": "country=AT"})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
