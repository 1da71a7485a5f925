"""Data protection: one person's data handed out and erased, everywhere, while history keeps its shape."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from agreements.models import AgreementFile
from common.isolation import Side, acting
from common.refusals import NotAllowed, Refused
from customers import services
from customers.models import Contact, Customer, CustomerEvent, EventKind
from customers.services.recording import record
from partners import services as partners
from partners.models import AuditEntry, Sighting, User
from portal import privacy
from referrals.models import CommentFile, Referral
from referrals.services import anonymise_old
from referrals.states import State
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
WORDS = ("zacharias", "quellwasser", "altname", "7654321", "leersinger")
FACTS: dict[str, Any] = {
    "first_name": "Zacharias",
    "last_name": "Altname",
    "email": "z.quellwasser@contoso.de",
    "phone": "+49 30 7654321",
    "language": "de",
    "role": "general",
}


@pytest.fixture
def person(customer: Customer, seller: User, as_person: Callable[[User], Any]) -> Contact:
    """Somebody whose name has changed, who is in the events, in a closed lead and in the audit of all of it."""
    with as_person(seller):
        made = services.add_contact(customer, by=seller, at=NOON, facts=FACTS)
        made = services.correct_contact(
            made, by=seller, at=NOON, version=1, facts={**FACTS, "last_name": "Quellwasser"}
        )
    lead(customer, closed=True)
    return made


@pytest.fixture
def beside(person: Contact, customer: Customer, seller: User, as_person: Callable[[User], Any]) -> None:
    """The person in what clients of the wire have said, in reasons, and in what the portal wrote of its own."""
    said = {"team": [{"lastName": "Quellwasser", "phone": "+49 30 7654321"}], "note": "Zacharias Altname", "deals": 3}
    Customer.objects.filter(pk=customer.pk).update(extra=said)
    Referral.objects.update(extra=said, reason_text="Quellwasser has left")
    factories.ReferralEventFactory(referral=Referral.objects.get(), text="Z.Quellwasser@contoso.de does not answer")
    with as_person(seller):
        record(customer, EventKind.RELATION_REMINDED, by=None, at=NOON, changes={"contact": "Zacharias Quellwasser"})


def lead(customer: Customer, *, closed: bool) -> Referral:
    """A lead that names the person."""
    made: Referral = factories.ReferralFactory(
        customer=customer,
        contact_first_name="Zacharias",
        contact_last_name="Quellwasser",
        contact_email="Z.Quellwasser@contoso.de",
        contact_phone="7654321",
        notes="Zacharias asks for a call",
    )
    factories.ConsentFactory(referral=made, given_by="Zacharias Quellwasser")
    if closed:
        Referral.objects.filter(pk=made.pk).update(state=State.WITHDRAWN, closed_at=NOON)
    return made


@pytest.fixture
def stored(settings: Any, tmp_path: Path) -> Callable[[str], str]:
    """Puts a file into a storage of the test's own."""
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": place}
    return lambda name: default_storage.save(name, ContentFile(b"%PDF-"))


def left() -> dict[str, int]:
    """Tables in which anything of the person still stands, whatever the column."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT count(*) FROM {table} AS t WHERE lower(t::text) ~ %s",
                ["|".join(WORDS)],
            )
            if count := cursor.fetchone()[0]:
                found[table] = count
    return found


def test_an_erased_person_is_nowhere_and_every_chain_holds(person: Contact, beside: None, administrator: User) -> None:
    events = CustomerEvent.objects.count()
    assert set(left()) == {
        *("customers_contact", "customers_customer", "customers_customerevent"),
        *("referrals_referral", "referrals_referralevent", "referrals_consent", "partners_auditentry"),
    }
    with acting(Side.OFFICE, user_id=administrator.pk):
        done = privacy.erase(person, by=administrator)
    assert (done.leads, done.kept) == (1, 0)
    assert left() == {}
    assert partners.verify().findings == []
    assert CustomerEvent.objects.count() == events
    assert Customer.objects.get(pk=person.customer_id).extra["deals"] == 3
    person.refresh_from_db()
    assert person.removed_at is not None
    assert (
        AuditEntry.objects.filter(action="erased").values_list("actor", flat=True).distinct().get() == administrator.pk
    )


def test_somebody_elses_data_stays(person: Contact, customer: Customer, administrator: User) -> None:
    other = factories.ContactFactory(customer=customer, first_name="Berta", last_name="Bleibt", email="b@contoso.de")
    with acting(Side.OFFICE, user_id=administrator.pk):
        privacy.erase(person, by=administrator)
    other.refresh_from_db()
    assert other.name == "Berta Bleibt"
    assert AuditEntry.objects.filter(subject="customers_contact", row_id=other.pk, salt__isnull=False).exists()


def test_a_company_that_is_called_as_the_person_is_keeps_its_name(
    person: Contact, customer: Customer, administrator: User, seller: User, as_person: Callable[[User], Any]
) -> None:
    said = {
        "legalName": "Quellwasser & Co. GmbH",
        "owner": "QUELLWASSER",
        "heads": ["Frau Zacharias Altname", "Bleibt"],
    }
    Customer.objects.filter(pk=customer.pk).update(extra=said)
    renamed = {"name": ["Altname GmbH", "Quellwasser & Co. GmbH"]}
    with as_person(seller):
        record(customer, EventKind.CORRECTED, by=seller, at=NOON, changes=renamed)
    with acting(Side.OFFICE, user_id=administrator.pk):
        privacy.erase(person, by=administrator)
    assert CustomerEvent.objects.get(kind=EventKind.CORRECTED).changes == renamed
    customer.refresh_from_db()
    assert customer.extra == {**said, "owner": "[–]", "heads": ["Frau [–]", "Bleibt"]}


def test_a_lead_that_is_open_stands_in_the_way_and_is_named(
    person: Contact, customer: Customer, administrator: User, signed_in: Callable[[User], Client]
) -> None:
    lead(customer, closed=False)
    client = signed_in(administrator)
    answer = client.post(f"/privacy/contacts/{person.public_id}/erase/", {"typed": person.email})
    assert answer.status_code == 409
    assert "1 lead that is not closed names this person" in answer.content.decode()
    assert person.email in answer.content.decode()
    person.refresh_from_db()
    assert person.last_name == "Quellwasser"


def test_who_signed_stays_named_where_it_is_proved(person: Contact, customer: Customer, administrator: User) -> None:
    who = {"first_name": person.first_name, "last_name": person.last_name, "email": person.email}
    factories.AcceptanceFactory(customer=customer, **who)
    with acting(Side.OFFICE, user_id=administrator.pk):
        assert privacy.erase(person, by=administrator).kept == 1
    assert set(left()) == {"agreements_acceptance", "partners_auditentry"}


def test_the_page_finds_hands_out_and_erases_once_and_only_when_confirmed(
    person: Contact, administrator: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(administrator)
    for words in ("z.quellwasser@CONTOSO.de", "quellwasser", "zacharias quellwasser"):
        assert "Zacharias Quellwasser" in client.get("/privacy/", {"q": words}).content.decode()
    assert "No contact of any partner" in client.get("/privacy/", {"q": "nobody"}).content.decode()
    document = client.get(f"/privacy/contacts/{person.public_id}.json").json()
    assert document["contact"]["phone"] == "+49 30 7654321"
    assert [len(document[part]) for part in ("history", "leads", "consents", "audit")] == [1, 1, 1, 2]
    path = f"/privacy/contacts/{person.public_id}/erase/"
    assert client.post(path, {"typed": "another@contoso.de"}).status_code == 422
    answer = client.post(path, {"typed": person.email}, follow=True)
    assert "The person has been erased." in answer.content.decode()
    person.refresh_from_db()
    assert client.post(path, {"typed": person.email}).status_code == 409


def test_nobody_but_an_administrator_may(person: Contact, seller: User, reviewer: User) -> None:
    for somebody in (seller, reviewer):
        for act in (
            lambda by=somebody: privacy.found("x", by=by),
            lambda by=somebody: privacy.document_of(person, by=by),
            lambda by=somebody: privacy.document_of_user(by, by=by),
            lambda by=somebody: privacy.erase(person, by=by),
        ):
            with pytest.raises(NotAllowed):
                act()


@pytest.mark.parametrize(("days", "old", "loses"), [(0, 400, False), (365, 364, False), (365, 366, True)])
def test_closed_leads_lose_the_person_when_the_time_of_keeping_is_over(
    days: int, old: int, loses: bool, customer: Customer, settings: Any
) -> None:
    settings.LEADS_KEEP_DAYS = days
    closed, still_open = lead(customer, closed=True), lead(customer, closed=False)
    factories.CommentFactory(referral=closed, text="Zacharias called")
    Referral.objects.filter(pk=closed.pk).update(closed_at=NOON - timedelta(days=old))
    assert anonymise_old(clock=lambda: NOON) == int(loses)
    assert anonymise_old(clock=lambda: NOON) == 0
    closed.refresh_from_db()
    still_open.refresh_from_db()
    assert (closed.contact_last_name == "") is loses
    assert (closed.notes, closed.state) == ("" if loses else "Zacharias asks for a call", State.WITHDRAWN)
    assert still_open.contact_last_name == "Quellwasser"
    assert partners.verify().findings == []


def test_the_command_exports_and_erases_as_an_administrator(
    person: Contact, seller: User, administrator: User, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("privacy", "export", person.email, "--as", administrator.email)
    assert len(json.loads(capsys.readouterr().out)["contacts"]) == 1
    call_command("privacy", "export", seller.email, "--as", administrator.email)
    (told,) = json.loads(capsys.readouterr().out)["people"]
    assert told["person"]["email"] == seller.email
    assert "password" not in told["person"]
    with pytest.raises(CommandError, match="is no administrator"):
        call_command("privacy", "erase", person.email, "--as", seller.email)
    call_command("privacy", "erase", person.email, "--as", administrator.email)
    assert json.loads(capsys.readouterr().out) == {
        "erased": 1,
        "leads": 1,
        "acceptances_kept": 0,
        "drafts": 0,
        "files": 0,
    }
    call_command("privacy", "anonymise")
    assert json.loads(capsys.readouterr().out) == {"leads": 0}


def test_a_look_at_a_partners_customer_is_noted_by_the_page(
    customer: Customer, seller: User, reviewer: User, administrator: User, signed_in: Callable[[User], Client]
) -> None:
    for somebody in (seller, reviewer, administrator, administrator):
        assert signed_in(somebody).get(f"/customers/{customer.public_id}/").status_code == 200
    assert sorted(Sighting.objects.values_list("user_id", flat=True)) == sorted([reviewer.pk, administrator.pk])
    page = signed_in(administrator).get("/audit/", {"customer": str(customer.public_id)}).content.decode()
    assert ("looked at this customer" in page, f"{reviewer} · {customer}" in page) == (True, True)


def test_an_erased_person_leaves_drafts_files_and_the_texts_that_are_ticked(
    person: Contact,
    customer: Customer,
    seller: User,
    administrator: User,
    signed_in: Callable[[User], Client],
    stored: Callable[[str], str],
    django_capture_on_commit_callbacks: Any,
) -> None:
    closed = Referral.objects.get(customer=customer)
    other = factories.ReferralFactory(customer=customer, notes="Ask Mr QUELLWASSER, not z.quellwasser@contoso.de")
    said = factories.CommentFactory(referral=other, text="Altname called")
    kept = factories.CommentFactory(referral=other, text="Quellwasserfeld is a street")
    file = factories.CommentFileFactory(comment=factories.CommentFactory(referral=closed), stored_as=stored("a.pdf"))
    factories.AgreementFileFactory(customer=customer, file_name="letter_Quellwasser.pdf", stored_as=stored("b.pdf"))
    stays = factories.AgreementFileFactory(customer=customer, file_name="letter.pdf", stored_as=stored("c.pdf"))
    draft = factories.DraftFactory(
        owner=seller,
        typed={"name": "Fabrikam", "contact_email": "Z.Quellwasser@contoso.de", "contact_phone": "7654321"},
    )
    batch = factories.LeadImportFactory(by=seller)
    row = factories.LeadImportRowFactory(batch=batch, cells=["Contoso", " z.quellwasser@contoso.de"])
    client, path = signed_in(administrator), f"/privacy/contacts/{person.public_id}/erase/"
    page = client.get(path).content.decode()
    assert ("Altname called" in page, "QUELLWASSER" in page, "Quellwasserfeld" in page) == (True, True, False)
    ticked = {"typed": person.email, "texts": [f"comment-{said.pk}", f"lead-{other.pk}"]}
    assert client.post(path, {**ticked, "texts": [f"comment-{kept.pk}"]}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(path, ticked).status_code == 302
    assert left() == {"referrals_comment": 1, "partners_auditentry": 1}  # the street
    for one in (said, other, draft, row):
        one.refresh_from_db()
    assert (said.text, other.notes) == ("[–] called", "Ask Mr [–], not [–]")
    assert (draft.typed, row.cells) == ({"name": "Fabrikam"}, ["[–]", "[–]"])
    assert not CommentFile.objects.filter(pk=file.pk).exists()
    assert [default_storage.exists(name) for name in ("a.pdf", "b.pdf", "c.pdf")] == [False, False, True]
    assert list(AgreementFile.objects.all()) == [stays]
    assert partners.verify().findings == []


def test_evidence_that_proves_an_acceptance_stays(
    person: Contact, customer: Customer, administrator: User, stored: Callable[[str], str]
) -> None:
    who = {"first_name": person.first_name, "last_name": person.last_name, "email": person.email}
    factories.AcceptanceFactory(customer=customer, **who)
    factories.AgreementFileFactory(customer=customer, file_name="Quellwasser.pdf", stored_as=stored("b.pdf"))
    with acting(Side.OFFICE, user_id=administrator.pk):
        assert privacy.erase(person, by=administrator).files == 0
    assert AgreementFile.objects.count() == 1


def test_somebody_who_signed_in_is_erased_when_they_are_gone_and_history_keeps_its_shape(
    customer: Customer, seller: User, chief: User, administrator: User, signed_in: Callable[[User], Client],
    as_person: Callable[[User], Any],
) -> None:  # fmt: skip
    User.objects.filter(pk=seller.pk).update(name="Zoe Leersinger", email="z.leersinger@partner.example")
    seller.refresh_from_db()
    with as_person(seller):
        services.archive(customer, by=seller, at=NOON, version=1, reason="Dissolved")
    factories.ReferralFactory(customer=customer, created_by=seller, created_by_name=str(seller))
    factories.DraftFactory(owner=seller, typed={"name": "Leersinger and sons"})
    client, path = signed_in(administrator), f"/privacy/people/{seller.public_id}/erase/"
    assert "Zoe Leersinger" in client.get("/privacy/", {"q": seller.email}).content.decode()
    assert client.get(f"/privacy/people/{seller.public_id}.json").json()["person"]["email"] == seller.email
    assert client.post(path, {"typed": seller.email}).status_code == 409
    with as_person(chief):
        partners.deactivate(seller, by=chief, at=NOON)
    count = CustomerEvent.objects.count()
    assert client.post(path, {"typed": "another@partner.example"}).status_code == 422
    assert client.post(path, {"typed": seller.email}).status_code == 302
    assert left() == {}
    assert not AuditEntry.objects.filter(subject="partners_user", personal__isnull=False, row_id=seller.pk).exists()
    assert partners.verify().findings == []
    assert (CustomerEvent.objects.count(), CustomerEvent.objects.latest("pk").by_name) == (count, "[–]")
    seller.refresh_from_db()
    assert (seller.name, seller.is_erased, seller.has_usable_password()) == ("[–]", True, False)
    assert client.post(path, {"typed": seller.email}).status_code == 409
    with as_person(chief), pytest.raises(Refused, match="was erased"):
        partners.reactivate(seller, by=chief, at=NOON)
