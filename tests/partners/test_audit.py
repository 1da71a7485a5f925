"""The audit: no path forgets it, nobody changes it, and whoever does all the same is found."""

import json
import random
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction
from django.utils.timezone import now

from common.isolation import Side, acting, numbered
from customers import services as customers
from customers.models import Contact, Customer
from motions.models import Deal
from partners import services
from partners.models import AuditCheck, AuditEntry, AuditSeal, Sighting, User
from partners.services import Finding
from tests import factories
from tests.factories import NOON

REFUSED = "the audit is only added to"


def entries(subject: str, row: int) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(subject=subject, row_id=row).order_by("pk"))


def execute(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def unguarded(sql: str, *values: Any) -> None:
    """As the owner of the tables, who can put every guard aside."""
    execute("ALTER TABLE partners_auditentry DISABLE TRIGGER USER")
    execute("ALTER TABLE partners_auditseal DISABLE TRIGGER USER")
    execute(sql, *values)
    execute("ALTER TABLE partners_auditentry ENABLE TRIGGER USER")
    execute("ALTER TABLE partners_auditseal ENABLE TRIGGER USER")


@pytest.mark.django_db
def test_a_change_says_who_when_in_which_request_and_what_it_was_before(seller: User, deal: Deal) -> None:
    with (
        numbered("11111111-1111-4111-8111-111111111111"),
        acting(Side.PARTNER, partner_id=seller.partner_id, user_id=seller.pk),
    ):
        Deal.objects.filter(pk=deal.pk).update(seats=10, version=2)
    entry = entries("motions_deal", deal.pk)[-1]
    assert entry.changes == {"seats": [2399, 10]}
    assert (entry.action, entry.actor, entry.side) == ("changed", seller.pk, "partner")
    assert entry.request_id == "11111111-1111-4111-8111-111111111111"
    assert (entry.of_partner, entry.of_customer) == (deal.partner_id, deal.customer_id)
    assert now() - entry.at < timedelta(minutes=1)


@pytest.mark.django_db
def test_a_row_is_written_down_when_it_comes_and_when_it_goes(deal: Deal) -> None:
    (added,) = entries("motions_deal", deal.pk)
    assert added.action == "added"
    assert added.changes["seats"] == [None, 2399]
    assert "amount" not in added.changes
    Deal.objects.filter(pk=deal.pk).delete()
    removed = entries("motions_deal", deal.pk)[-1]
    assert removed.action == "removed"
    assert removed.changes["seats"] == [2399, None]
    assert (removed.previous_id, bytes(removed.previous_hash)) == (added.pk, bytes(added.hash))


@pytest.mark.django_db
def test_a_statement_over_many_rows_is_one_insert_and_an_entry_each(customer: Customer) -> None:
    deals = [factories.DealFactory(customer=customer, seats=7) for _turn in range(5)]
    Deal.objects.filter(customer=customer).update(seats=8)
    assert all(entries("motions_deal", deal.pk)[-1].changes == {"seats": [7, 8]} for deal in deals)


@pytest.mark.django_db
def test_what_moves_with_every_change_is_no_change_by_itself(deal: Deal, seller: User) -> None:
    before = AuditEntry.objects.count()
    Deal.objects.filter(pk=deal.pk).update(version=9, updated_at=now())
    User.objects.filter(pk=seller.pk).update(last_login=now())
    assert AuditEntry.objects.count() == before


@pytest.mark.django_db
def test_a_password_is_told_as_changed_and_never_what_it_is(seller: User) -> None:
    seller.set_password("another one entirely")
    seller.save()
    assert entries("partners_user", seller.pk)[-1].changes == {"password": ["***", "***"]}
    assert not AuditEntry.objects.filter(changes__icontains="md5$").exists()


@pytest.mark.django_db
def test_what_is_rolled_back_has_not_happened(deal: Deal) -> None:
    with transaction.atomic():
        Deal.objects.filter(pk=deal.pk).update(seats=1)
        transaction.set_rollback(True)
    assert len(entries("motions_deal", deal.pk)) == 1


def test_two_writers_of_one_row_make_one_chain(another: Callable[[], psycopg.Connection[Any]], deal: Deal) -> None:
    first, second = another(), another()
    first.execute("UPDATE motions_deal SET seats = 1 WHERE id = %s", [deal.pk])
    second.execute("SET lock_timeout = '5s'")
    # the second waits for the row; it is asked without waiting for the answer
    second.pgconn.send_query_params(b"UPDATE motions_deal SET seats = 2 WHERE id = $1", [str(deal.pk).encode()])
    first.commit()
    assert second.pgconn.get_result() is not None
    while second.pgconn.get_result() is not None:
        pass
    second.pgconn.exec_(b"COMMIT")
    chain = entries("motions_deal", deal.pk)
    assert [entry.changes["seats"] for entry in chain] == [[None, 2399], [2399, 1], [1, 2]]
    assert [entry.previous_id for entry in chain] == [None, chain[0].pk, chain[1].pk]
    assert services.verify().findings == []


# --- nobody changes it


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE partners_auditentry SET actor = 1",
        "UPDATE partners_auditentry SET salt = NULL, personal = NULL, actor = 1",
        "DELETE FROM partners_auditentry",
        "TRUNCATE partners_auditentry",
        "TRUNCATE partners_auditseal",
        "DELETE FROM partners_auditseal",
        "UPDATE partners_auditseal SET entries = 0",
        "DELETE FROM partners_sighting",
        "UPDATE partners_sighting SET user_id = 0",
        "TRUNCATE partners_sighting",
    ],
)
def test_not_even_the_owner_changes_the_audit_with_the_guards_on(sql: str, deal: Deal) -> None:
    execute(
        "INSERT INTO partners_auditseal (at, from_xact, until_xact, entries, last_id, last_at, digest)"
        " VALUES (now(), 0, 1, 1, 1, now(), '')"
    )
    execute("INSERT INTO partners_sighting (user_id, of_customer, of_partner, hour_at) VALUES (1, 1, 1, now())")
    with pytest.raises(Error, match=REFUSED), transaction.atomic():
        execute(sql)


@pytest.mark.django_db
@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize("verb", ["INSERT", "UPDATE", "DELETE"])
def test_no_side_writes_the_audit(side: Side, verb: str) -> None:
    with connection.cursor() as cursor:
        for table in ("partners_auditentry", "partners_auditseal", "partners_sighting"):
            cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [side.value, table, verb])
            adds = verb == "INSERT" and (
                (table == "partners_auditseal" and side == Side.WORKER)
                or (table == "partners_sighting" and side in (Side.CHANNEL, Side.OFFICE))
            )
            assert cursor.fetchone() == (adds,), table


@pytest.mark.django_db
def test_only_an_administrator_reads_it(deal: Deal, seller: User, policy_owner: User, administrator: User) -> None:
    assert AuditEntry.objects.visible_to(administrator).exists()
    for person in (seller, policy_owner):
        assert not AuditEntry.objects.visible_to(person).exists()


# --- whoever does all the same is found

TAMPERINGS = {
    "at": "at + interval '1 microsecond'",
    "xact": "xact + 1",
    "subject": "subject || 'x'",
    "row_id": "row_id + 1",
    "action": "'removed'",
    "of_partner": "coalesce(of_partner, 0) + 1",
    "of_customer": "coalesce(of_customer, 0) + 1",
    "actor": "coalesce(actor, 0) + 1",
    "side": "side || 'x'",
    "request_id": "request_id || 'x'",
    "changes": "jsonb_set(coalesce(changes, '{}'), '{seats}', '[1, 2]')",
    "personal": "CASE WHEN personal IS NULL THEN '{}' ELSE personal || '{\"first_name\": [null, \"Eve\"]}' END",
    "salt": "gen_random_uuid()",
    "digest": "sha256(coalesce(digest, ''))",
    "previous_id": "coalesce(previous_id, 0) + 1000000",
    "previous_hash": "sha256(coalesce(previous_hash, ''))",
    "hash": "sha256(hash)",
}


@pytest.fixture
def history(customer: Customer) -> list[int]:
    """Some hundred entries in chains of deals and of people."""
    deals = [factories.DealFactory(customer=customer, seats=1) for _turn in range(6)]
    people = [factories.ContactFactory(customer=customer, first_name="Ada") for _turn in range(3)]
    for turn in range(40):
        Deal.objects.filter(pk__in=[deal.pk for deal in deals]).update(seats=turn + 10)
        Contact.objects.filter(pk__in=[person.pk for person in people]).update(first_name=f"Ada {turn}")
    return list(AuditEntry.objects.filter(of_customer=customer.pk).order_by("pk").values_list("pk", flat=True))


@pytest.mark.django_db
def test_each_of_a_thousand_tamperings_with_one_field_is_found_where_it_is(history: list[int]) -> None:
    assert services.verify().findings == []
    chance, tampered = random.Random(7), 0
    fields = list(TAMPERINGS)
    while tampered < 1000:
        victims = chance.sample(history, 100)
        with transaction.atomic():
            execute("ALTER TABLE partners_auditentry DISABLE TRIGGER USER")
            execute("DROP INDEX audit_has_no_fork")
            for place, field in enumerate(fields):
                execute(
                    f"UPDATE partners_auditentry SET {field} = {TAMPERINGS[field]} WHERE id = ANY (%s)",
                    victims[place :: len(fields)],
                )
            found = {finding.id for finding in services.verify().findings}
            transaction.set_rollback(True)
        assert found == set(victims)
        tampered += len(victims)


@pytest.mark.django_db
def test_no_field_of_an_entry_is_left_out_of_the_hash(history: list[int]) -> None:
    names = {field.column for field in AuditEntry._meta.concrete_fields} - {"id"}
    assert names == set(TAMPERINGS)
    for field, value in TAMPERINGS.items():
        with transaction.atomic():
            unguarded(f"UPDATE partners_auditentry SET {field} = {value} WHERE id = %s", history[-1])
            assert [(one.id, one.kind) for one in services.verify().findings] == [(history[-1], "altered")], field
            transaction.set_rollback(True)


@pytest.mark.django_db
def test_an_entry_that_is_missing_in_the_middle_is_named_by_the_one_after_it(history: list[int]) -> None:
    chain = AuditEntry.objects.get(pk=history[-1])
    unguarded("DELETE FROM partners_auditentry WHERE id = %s", chain.previous_id)
    assert [(one.id, one.kind) for one in services.verify().findings] == [(chain.pk, "predecessor_missing")]


@pytest.mark.django_db
def test_an_entry_that_is_rewritten_with_a_new_hash_breaks_the_chain_after_it(history: list[int]) -> None:
    last = AuditEntry.objects.get(pk=history[-1])
    unguarded(
        "UPDATE partners_auditentry AS e SET actor = 99, hash = partners_entry_hash(e.id, e.at, e.xact, e.subject,"
        " e.row_id, e.action, e.of_partner, e.of_customer, 99, e.side, e.request_id, e.changes, e.digest,"
        " e.previous_id, e.previous_hash) WHERE id = %s",
        last.previous_id,
    )
    assert [(one.id, one.kind) for one in services.verify().findings] == [(last.pk, "chain_broken")]


@pytest.fixture
def seals(settings: Any, tmp_path: Path) -> Path:
    """The file of the seals, in a place of the test's own."""
    settings.AUDIT_SEALS = tmp_path / "elsewhere" / "seals.jsonl"
    return settings.AUDIT_SEALS


def settled() -> None:
    """Wait until whatever began earlier has ended, in other databases of the server as well: no seal overtakes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        own = cursor.fetchone()[0]
        for _ in range(1200):
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > %s", [own])
            if cursor.fetchone()[0]:
                return
            time.sleep(0.05)
    raise AssertionError("a transaction is still open after a minute")


def sealed() -> AuditSeal:
    """A seal over all that was written."""
    settled()
    made = services.seal()
    assert made is not None
    return made


def test_a_tail_that_is_cut_off_is_found_by_the_seal(transactional_db: None, seals: Path, history: list[int]) -> None:
    made = sealed()
    assert services.seal() is None  # nothing new
    assert services.verify().findings == []
    unguarded("DELETE FROM partners_auditentry WHERE id = %s", history[-1])
    (finding,) = services.verify().findings
    assert (finding.kind, finding.id, finding.missing) == ("sealed_range_differs", made.pk, 1)


def test_a_seal_that_is_made_again_is_found_by_the_one_written_elsewhere(
    transactional_db: None, seals: Path, history: list[int]
) -> None:
    sealed()
    Deal.objects.update(seats=99)
    second = sealed()
    assert [json.loads(line)["seal"] for line in seals.read_text().splitlines()] == [second.pk - 1, second.pk]
    newest = AuditEntry.objects.latest("pk").pk
    # whoever cuts the tail and makes the seal fit has the database for himself, but not the file
    unguarded("DELETE FROM partners_auditentry WHERE id = %s", newest)
    unguarded("DELETE FROM partners_auditseal WHERE id = %s", second.pk)
    assert [(one.kind, one.id) for one in services.verify().findings] == [("seal_differs_from_file", second.pk)]


def test_what_an_open_transaction_adds_is_sealed_later_and_never_behind_the_seal(
    another: Callable[[], psycopg.Connection[Any]], seals: Path, deal: Deal
) -> None:
    settled()
    slow = another()
    slow.execute("UPDATE partners_partner SET name = 'Slow' WHERE id = %s", [deal.partner_id])
    Deal.objects.filter(pk=deal.pk).update(seats=5)  # commits after the slow one has begun
    before = services.seal()
    assert before is not None
    slow.commit()
    assert services.verify().findings == []
    after = sealed()
    assert before.entries + after.entries == AuditEntry.objects.count()
    assert services.verify().findings == []


def test_what_is_older_than_it_is_kept_is_cut_and_the_seal_says_so(
    transactional_db: None, seals: Path, settings: Any, deal: Deal
) -> None:
    sealed()
    Deal.objects.filter(pk=deal.pk).update(seats=5)
    sealed()
    settings.AUDIT_KEEP_DAYS = 1
    assert services.cut(at=now()) == 0
    first = AuditSeal.objects.order_by("pk")[0]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE partners_auditseal DISABLE TRIGGER USER")
        cursor.execute("UPDATE partners_auditseal SET last_at = %s WHERE id = %s", [NOON, first.pk])
        cursor.execute("ALTER TABLE partners_auditseal ENABLE TRIGGER USER")
    assert services.cut(at=now()) == first.entries
    assert [entry.changes for entry in entries("motions_deal", deal.pk)] == [{"seats": [2399, 5]}]
    assert services.verify().findings == []
    assert services.cut(at=now()) == 0


# --- personal data


@pytest.fixture
def contact(customer: Customer) -> Contact:
    person: Contact = factories.ContactFactory(
        customer=customer, first_name="Zacharias", last_name="Quellwasser", email="zq@contoso.de"
    )
    Contact.objects.filter(pk=person.pk).update(phone="+49 30 7654321")
    return person


@pytest.mark.django_db
def test_erased_data_is_gone_from_the_audit_and_the_chain_still_holds(contact: Contact, administrator: User) -> None:
    with acting(Side.OFFICE, user_id=administrator.pk):
        assert services.erase_from_audit("customers_contact", [contact.pk]) == 2
        assert services.erase_from_audit("customers_contact", [contact.pk]) == 0
    chain = entries("customers_contact", contact.pk)
    assert [entry.action for entry in chain] == ["added", "changed", "erased"]
    assert chain[-1].actor == administrator.pk
    assert [entry.is_erased for entry in chain] == [True, True, False]
    assert chain[0].changes["role"] == [None, "general"]
    text = str([(entry.changes, entry.personal, entry.salt) for entry in chain])
    assert not any(word in text for word in ("Zacharias", "Quellwasser", "zq@", "7654321"))
    assert services.verify().findings == []


@pytest.mark.django_db
def test_data_that_is_taken_out_without_an_entry_that_says_so_is_found(contact: Contact) -> None:
    first, second = entries("customers_contact", contact.pk)
    execute("UPDATE partners_auditentry SET personal = NULL, salt = NULL WHERE id = %s", first.pk)
    assert [(one.id, one.kind) for one in services.verify().findings] == [(first.pk, "erased_unsaid")]
    assert not second.is_erased


@pytest.mark.django_db
def test_an_erased_value_cannot_be_guessed_from_its_digest(customer: Customer) -> None:
    twins = [factories.ContactFactory(customer=customer, first_name="Same", phone="1") for _turn in range(2)]
    digests = {bytes(entries("customers_contact", twin.pk)[0].digest) for twin in twins}
    assert len(digests) == 2


# --- the command, and who looked at whom


@pytest.mark.django_db
def test_the_command_prints_how_fast_it_was_and_fails_loudly(
    deal: Deal, seals: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("audit", "verify")
    told = json.loads(capsys.readouterr().out)
    assert told["entries"] == AuditEntry.objects.count()
    assert told["entries_per_second"] > 0
    assert told["findings"] == []
    entry = entries("motions_deal", deal.pk)[0]
    unguarded("UPDATE partners_auditentry SET actor = 1 WHERE id = %s", entry.pk)
    with pytest.raises(CommandError, match="1 findings"):
        call_command("audit", "verify")
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["kind"], finding["subject"], finding["row_id"]) == ("altered", "motions_deal", deal.pk)
    assert [check.findings for check in AuditCheck.objects.order_by("pk")] == [0, 1]


@pytest.mark.django_db
def test_looking_at_a_partners_customer_is_noted_once_an_hour_and_for_strangers_alone(
    customer: Customer, seller: User, reviewer: User, administrator: User, as_person: Callable[[User], Any]
) -> None:
    for person in (seller, reviewer, administrator, administrator):
        for at in (NOON, NOON + timedelta(minutes=59), NOON + timedelta(minutes=61)):
            with as_person(person):
                services.note_sighting(by=person, customer_id=customer.pk, partner_id=customer.partner_id, at=at)
    seen = Sighting.objects.filter(of_customer=customer.pk).order_by("user_id", "hour_at")
    assert sorted(row.user_id for row in seen) == sorted([reviewer.pk] * 2 + [administrator.pk] * 2)
    assert not Sighting.objects.visible_to(reviewer).exists()


def test_a_service_is_written_down_like_everything_else(
    db: None, customer: Customer, seller: User, as_person: Callable[[User], Any]
) -> None:
    with as_person(seller):
        customers.archive(customer, by=seller, at=NOON, version=1, reason="Dissolved")
    entry = entries("customers_customer", customer.pk)[-1]
    assert entry.actor == seller.pk
    assert entry.changes["archive_reason"] == ["", "Dissolved"]
    assert Finding("altered", 1).subject == ""


def test_who_saw_what_is_forgotten_when_its_time_is_over_and_by_that_door_alone(
    db: None, customer: Customer, administrator: User, settings: Any
) -> None:
    settings.SIGHTINGS_KEEP_DAYS = 30
    for days in (29, 31):
        at = NOON - timedelta(days=days)
        services.note_sighting(by=administrator, customer_id=customer.pk, partner_id=customer.partner_id, at=at)
    assert services.forget_sightings(at=NOON) == 1
    assert services.forget_sightings(at=NOON) == 0
    assert Sighting.objects.get().hour_at == NOON - timedelta(days=29)
    with pytest.raises(Error, match=REFUSED), transaction.atomic():
        execute("DELETE FROM partners_sighting")
