"""The page of the audit: found by person, customer, field, time and request; taken away; verified."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.utils import translation
from django.utils.functional import Promise

from common.isolation import acting, numbered
from customers.models import Customer
from motions.models import Deal
from partners.models import AuditCheck, AuditEntry, User
from portal import audit
from portal.names import NAMES
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
NUMBER = "22222222-2222-4222-8222-222222222222"
# what is only added to anyway, moves by itself, or is one person's own: no audit beside it
UNAUDITED = {
    "agreements_agreementevent",
    "agreements_mail",
    "customers_conflictevent",
    "customers_conflictmark",
    "customers_customerevent",
    "customers_draft",
    "customers_savedview",
    "motions_alert",
    "motions_alertcursor",
    "motions_assessment",
    "motions_backtest",
    "motions_dealevent",
    "motions_dossier",
    "motions_export",
    "motions_fanoutslice",
    "motions_importmapping",
    "motions_importrow",
    "motions_mark",
    "motions_policynews",
    "motions_rate",
    "motions_setaside",
    "motions_standing",
    "partners_auditcheck",
    "partners_auditentry",
    "partners_auditseal",
    "partners_change",
    "partners_delivery",
    "partners_jobrun",
    "partners_newsmail",
    "partners_newssubscription",
    "partners_notice",
    "partners_noticepreference",
    "partners_repeat",
    "partners_revision",
    "partners_sighting",
    "partners_teamevent",
    "referrals_favourite",
    "referrals_leadimportrow",
    "referrals_referralevent",
    "referrals_reviewpreference",
    "referrals_snooze",
}


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_every_table_is_audited_or_known_not_to_be_and_every_audited_one_has_a_name() -> None:
    names = rows("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audit_changed'")
    audited = {name for (name,) in names}
    rooms = ("partners", "customers", "agreements", "motions", "referrals")
    tables = {model._meta.db_table for room in rooms for model in apps.get_app_config(room).get_models()}
    assert tables - audited == UNAUDITED
    assert audited == set(audit.SUBJECTS)


def test_a_column_that_the_database_makes_itself_is_not_told() -> None:
    """It would tell a name that is erased where it came from."""
    made = rows(
        "SELECT a.attname, encode(t.tgargs, 'escape') FROM pg_trigger AS t"
        " JOIN pg_attribute AS a ON a.attrelid = t.tgrelid AND a.attgenerated <> ''"
        " WHERE t.tgname = 'audit_changed'"
    )
    assert made
    assert [name for name, told in made if name not in told.replace("\\000", ",").split(",")] == []


def test_every_column_that_an_entry_can_tell_of_has_a_name_in_words() -> None:
    told = rows(
        "SELECT tgrelid::regclass::text, encode(tgargs, 'escape') FROM pg_trigger WHERE tgname = 'audit_changed'"
    )
    raw = set()
    for table, arguments in told:
        _partner, _customer, ignored, *_more = arguments.split("\\000")
        quiet = {*ignored.split(","), *audit.BESIDE}
        for column, field in audit._fields(table).items():
            is_named = column in NAMES or isinstance(getattr(field, "_verbose_name", None), Promise)
            if column not in quiet and not column.endswith("by_name") and not is_named:
                raw.add(f"{table}.{column}")
    assert raw == set()


@pytest.fixture
def changed(deal: Deal, seller: User) -> AuditEntry:
    """A deal that the seller changed in a request."""
    with numbered(NUMBER), acting(seller.context.side, partner_id=seller.partner_id, user_id=seller.pk):
        Deal.objects.filter(pk=deal.pk).update(seats=77)
    return AuditEntry.objects.latest("pk")


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ({}, True),
        ({"person": "Selma"}, True),
        ({"person": "Nobody"}, False),
        ({"customer": "contos"}, True),
        ({"customer": "fabrikam"}, False),
        ({"subject": "motions_deal"}, True),
        ({"subject": "partners_user"}, False),
        ({"action": "changed"}, True),
        ({"field": "seats"}, True),
        ({"field": "amount"}, False),
        ({"since": "2020-01-01", "until": "2099-01-01"}, True),
        ({"until": "2020-01-01"}, False),
        ({"since": "2099-01-01"}, False),
        ({"request_id": NUMBER}, True),
        ({"request_id": "33333333-3333-4333-8333-333333333333"}, False),
    ],
    ids=str,
)
def test_an_entry_is_found_by_what_it_says(
    query: dict[str, str],
    finds: bool,
    changed: AuditEntry,
    administrator: User,
    signed_in: Callable[[User], Client],
) -> None:
    page = signed_in(administrator).get("/audit/", query).content.decode()
    assert ("<del>2,399</del>" in page or "<del>2399</del>" in page) == finds


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"field": "seats; DROP"}, "A field has small letters"),
        ({"since": "yesterday"}, "Enter a valid date"),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "This day lies before the first one."),
        ({"request_id": "a b"}, "This is no number of a request."),
        ({"subject": "auth_user"}, "Select a valid choice"),
    ],
    ids=str,
)
def test_what_cannot_be_is_said_at_the_field(
    query: dict[str, str], sentence: str, administrator: User, signed_in: Callable[[User], Client]
) -> None:
    answer = signed_in(administrator).get("/audit/", query)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_the_page_speaks_german_and_names_person_customer_and_field(
    changed: AuditEntry, administrator: User, signed_in: Callable[[User], Client]
) -> None:
    administrator.language = "de"
    administrator.save()
    page = signed_in(administrator).get("/audit/", {"request_id": NUMBER}).content.decode()
    for words in ("Selma Seller", "Contoso GmbH", "Deal geändert", "Seats:", "gleiche Anfrage"):
        assert words in page, words


def test_the_page_costs_the_same_however_many_entries_there_are(
    changed: AuditEntry,
    customer: Customer,
    administrator: User,
    signed_in: Callable[[User], Client],
    django_assert_max_num_queries: Any,
) -> None:
    for _turn in range(60):
        factories.DealFactory(customer=customer)
    client = signed_in(administrator)
    with django_assert_max_num_queries(14):
        page = client.get("/audit/")
    assert len(page.context["rows"]) == 50
    older = client.get("/audit/", {"after": page.context["page"].after})
    assert older.context["rows"]
    assert {row.entry.pk for row in older.context["rows"]}.isdisjoint(row.entry.pk for row in page.context["rows"])


def test_the_files_say_what_the_page_says(
    changed: AuditEntry, administrator: User, signed_in: Callable[[User], Client]
) -> None:
    client, query = signed_in(administrator), {"request_id": NUMBER, "subject": "motions_deal"}
    answer = client.get("/audit/export.csv", query)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    (line,) = csv.DictReader(StringIO(text), delimiter=";")
    assert (line["name"], line["field"], line["before"], line["after"]) == ("Selma Seller", "seats", "2399", "77")
    answer = client.get("/audit/export.json", query)
    (entry,) = json.loads(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert entry["changes"] == {"seats": [2399, 77]}
    assert (entry["id"], entry["hash"]) == (changed.pk, bytes(changed.hash).hex())
    nothing = client.get("/audit/export.json", {"request_id": "00000000"})
    assert json.loads(b"".join(nothing.streaming_content)) == []  # type: ignore[attr-defined]


def test_the_page_says_when_it_was_verified_and_has_it_done_again(
    administrator: User, signed_in: Callable[[User], Client], woken: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    client = signed_in(administrator)
    assert "never" in client.get("/audit/").content.decode()
    AuditCheck.objects.create(at=NOON, entries=5, seals=1, findings=2)
    assert "2 findings in 5 entries" in client.get("/audit/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/audit/verify/").status_code == 302
    assert ("partners.check_audit", {}) in woken


def test_a_request_has_one_number_in_answer_and_audit(
    customer: Customer, seller: User, signed_in: Callable[[User], Client]
) -> None:
    form = {"reason": "Dissolved", "version": customer.version}
    answer = signed_in(seller).post(f"/customers/{customer.public_id}/archive/", form)
    entry = AuditEntry.objects.filter(subject="customers_customer").latest("pk")
    assert entry.request_id == answer.headers["X-Request-ID"]
    assert entry.actor == seller.pk


def test_values_are_worded_by_their_field(deal: Deal) -> None:
    entry = AuditEntry(
        subject="motions_deal", action="changed", changes={"stage": ["open", None], "needs": [[], ["x"]], "zzz": [1, 2]}
    )
    with translation.override("en"):
        assert [(line.label, line.before, line.after) for line in audit.lines(entry)] == [
            ("contract needs", "–", "x"),
            ("stage", "Open", "–"),
            ("zzz", "1", "2"),
        ]
