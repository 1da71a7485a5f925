"""Row-level security alone: raw SQL, without any queryset of ours, as each side of the house."""

from typing import Any

import psycopg
import pytest
from django.db import Error, connection, transaction
from django.db.utils import DataError, ProgrammingError

from common.isolation import Side, acting
from referrals.models import Referral
from tests import factories
from tests.factories import NOON
from tests.neighbours import TENANT_TABLES, Household, checksums

# tables that a partner's side has some way to, and whose rows it may write
READABLE = sorted(set(TENANT_TABLES) - {"motions_mark", "customers_conflictmark"})
WRITABLE = {
    "customers_customer": "name",
    "customers_contact": "first_name",
    "customers_draft": "updated_at",
    "customers_savedview": "name",
    "customers_relation": "by_name",
    "customers_conflictside": "appeal_text",
    "customers_merge": "undone_by_name",
    "motions_deal": "name",
    "motions_importbatch": "file_name",
    "motions_importrow": "name",
    "motions_importmapping": "header_hash",
    "motions_alert": "seen_by_name",
    "partners_notice": "read_at",
    "agreements_agreement": "state",
    "agreements_link": "ended_why",
    "agreements_providerrequest": "state",
    "agreements_providertask": "answer",
    "referrals_referral": "name",
    "partners_user": "language",
    "partners_subscription": "url",
    "partners_delivery": "state",
}
WITH_PUBLIC_ID = {
    *("customers_customer", "customers_contact", "customers_draft", "customers_savedview", "customers_relation"),
    *("customers_conflictside", "customers_merge", "motions_deal", "motions_importbatch", "motions_alert"),
    *(
        "agreements_link",
        "agreements_mail",
        "agreements_providerrequest",
        "agreements_agreementfile",
        "referrals_referral",
        "partners_subscription",
        "partners_delivery",
        "partners_invitation",
        "partners_location",
        "motions_export",
        "referrals_leadimport",
        "referrals_commentfile",
    ),
}
_ANOTHER = "00000000-0000-4000-8000-000000000000"
UNIQUE: dict[str, dict[str, Any]] = {
    "customers_contact": {"email": "another@nowhere.example", "is_primary": False},
    "customers_tag": {"name": "another"},
    "customers_savedview": {"name": "another"},
    "customers_relation": {"state": "withdrawn", "closed_at": NOON},
    "customers_merge": {"undone_at": NOON},
    "agreements_acceptance": {"signatory_key": "another"},
    "agreements_link": {"token_hash": "another", "ended_at": NOON, "ended_why": "replaced"},
    "agreements_mail": {"day": 5},
    "agreements_providerrequest": {"state": "done"},
    "referrals_consent": {"kind": "share_with_others"},
    "motions_deal": {"key": "another"},
    "motions_alert": {"key": "another"},
    "motions_importmapping": {"header_hash": "1" * 64},
    "partners_repeat": {"key": "another"},
    "partners_delivery": {"event_id": _ANOTHER, "number": 10_000_000},
}


def column(table: str) -> str:
    return "id" if table == "partners_partner" else "partner_id"


def execute(sql: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else cursor.rowcount


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_without_a_context_the_serving_login_is_refused_and_never_sees_an_empty_table(
    serving: psycopg.Connection[Any], table: str
) -> None:
    for sql in (f"SELECT 1 FROM {table}", f"DELETE FROM {table}", f"UPDATE {table} SET {column(table)} = 1"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            serving.execute(sql)
        serving.rollback()


@pytest.mark.django_db
@pytest.mark.parametrize("table", READABLE)
def test_the_partner_side_without_a_partner_is_an_error_and_never_an_empty_table(table: str, ours: Household) -> None:
    with acting(Side.PARTNER), pytest.raises(DataError), transaction.atomic():
        execute(f"SELECT count(*) FROM {table}")


@pytest.mark.parametrize("table", READABLE)
def test_a_partner_sees_its_own_rows_and_none_of_a_neighbours(table: str, ours: Household, theirs: Household) -> None:
    with acting(Side.PARTNER, partner_id=ours.partner.pk):
        seen = execute(f"SELECT DISTINCT {column(table)} FROM {table}")
        hit = execute(f"SELECT 1 FROM {table} AS t WHERE t::text ILIKE %s", f"%{theirs.word}%")
    assert seen == [(ours.partner.pk,)]
    assert hit == []


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_a_partner_changes_and_deletes_nothing_of_a_neighbours(table: str, ours: Household, theirs: Household) -> None:
    before = checksums(but_not_of=ours.partner.pk)
    written = WRITABLE.get(table, column(table))
    for sql in (
        f"UPDATE {table} SET {written} = {written} WHERE {column(table)} = {theirs.partner.pk}",
        f"DELETE FROM {table} WHERE {column(table)} = {theirs.partner.pk}",
    ):
        with acting(Side.PARTNER, partner_id=ours.partner.pk):
            try:
                with transaction.atomic():
                    changed = execute(sql)
            except ProgrammingError as error:
                assert "permission denied" in str(error)  # noqa: PT017
                changed = 0
        assert changed == 0
    assert checksums(but_not_of=ours.partner.pk) == before


@pytest.mark.parametrize("table", sorted(WRITABLE))
def test_a_partner_cannot_give_a_row_of_its_own_to_a_neighbour(table: str, ours: Household, theirs: Household) -> None:
    may_say_so = execute("SELECT has_column_privilege(%s, %s, 'partner_id', 'UPDATE')", Side.PARTNER.value, table)
    with (
        acting(Side.PARTNER, partner_id=ours.partner.pk),
        pytest.raises(ProgrammingError, match="row-level security" if may_say_so[0][0] else "permission denied"),
        transaction.atomic(),
    ):
        execute(f"UPDATE {table} SET partner_id = %s", theirs.partner.pk)


@pytest.mark.parametrize("table", sorted(set(TENANT_TABLES) - {"partners_partner", "partners_user"}))
def test_a_partner_cannot_add_a_row_in_a_neighbours_name(table: str, ours: Household, theirs: Household) -> None:
    names = [
        name
        for (name,) in execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
            table,
        )
    ]
    row = dict(
        zip(
            names,
            execute(f"SELECT {_listed(names)} FROM {table} WHERE partner_id = %s", theirs.partner.pk)[0],
            strict=True,
        )
    )
    row |= _fresh(table)
    marks = ", ".join(["%s"] * len(row))
    # jsonb comes back as text, which is what goes in again
    insert = f"INSERT INTO {table} ({_listed(list(row))}) OVERRIDING SYSTEM VALUE VALUES ({marks})"
    with (
        acting(Side.PARTNER, partner_id=ours.partner.pk),
        pytest.raises(ProgrammingError) as refusal,
        transaction.atomic(),
    ):
        execute(insert, *row.values())
    assert "row-level security" in str(refusal.value) or "permission denied" in str(refusal.value)
    # the same row is good where nobody watches: it was refused for whose it is, not for what it says
    if "permission denied" not in str(refusal.value):
        with transaction.atomic():
            execute(insert, *row.values())


def _listed(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _fresh(table: str) -> dict[str, Any]:
    """Values for what must be unique."""
    fresh: dict[str, Any] = {"id": 10_000_000}
    if table in ("motions_dossier", "motions_standing", "motions_setaside"):
        fresh = {}
    if table in WITH_PUBLIC_ID:
        fresh["public_id"] = _ANOTHER
    if table in ("referrals_teammember", "referrals_favourite"):
        fresh["user_id"] = factories.UserFactory(administrator=True).pk
    if table == "referrals_registration":  # one for each lead
        lead = Referral.objects.latest("pk")
        fresh["referral_id"] = factories.ReferralFactory(customer=lead.customer).pk
    return fresh | UNIQUE.get(table, {})


@pytest.mark.parametrize("side", [Side.VISITOR, Side.CHANNEL, Side.OFFICE, Side.WORKER])
@pytest.mark.parametrize("table", ["customers_customer", "customers_customerevent", "motions_deal", "motions_choice"])
def test_only_the_partner_itself_writes_about_customers(side: Side, table: str, ours: Household) -> None:
    before = checksums()
    for sql in (f"UPDATE {table} SET partner_id = partner_id", f"DELETE FROM {table}"):
        with (
            acting(side, user_id=ours.seller.pk),
            pytest.raises(Error, match="permission denied"),
            transaction.atomic(),
        ):
            execute(sql)
    assert checksums() == before


def test_a_worker_reads_of_an_import_only_that_it_waits(ours: Household) -> None:
    with acting(Side.WORKER):
        assert execute("SELECT id, partner_id, state FROM motions_importbatch") != []
        for sql in ("SELECT file_name FROM motions_importbatch", "SELECT 1 FROM motions_importrow"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                execute(sql)


def test_a_visitor_reads_who_may_sign_in_and_nothing_about_customers(ours: Household) -> None:
    with acting(Side.VISITOR):
        assert execute("SELECT count(*) FROM partners_user WHERE partner_id = %s", ours.partner.pk) == [(3,)]
        signing_in = {"partners_user", "partners_partner", "partners_apiclient"}
        for table in sorted(set(TENANT_TABLES) - signing_in):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                execute(f"SELECT 1 FROM {table}")
