"""Two partners, each with a row in every table that belongs to a partner; one word is in everything of theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Model
from django.test import override_settings
from django.utils.timezone import now
from django.utils.translation import gettext_lazy

from agreements.models import Agreement, AgreementFile, ProviderTask
from agreements.states import State
from customers.models import (
    ConflictCase,
    ConflictSide,
    Contact,
    Customer,
    CustomerEvent,
    Draft,
    EventKind,
    Merge,
    Relation,
    SavedView,
)
from motions import bulk
from motions.imports import steps
from motions.models import (
    Alert,
    Assessment,
    Choice,
    Contract,
    Deal,
    DealEvent,
    Export,
    ImportBatch,
    ImportMapping,
    ImportRow,
    Mark,
    PolicyNews,
    PolicyVersion,
    SetAside,
)
from motions.states import ImportState, Motion, Reason, RowOutcome, Source
from partners.models import (
    ApiClient,
    Change,
    Delivery,
    Invitation,
    Location,
    Notice,
    Partner,
    Repeat,
    Subscription,
    User,
)
from partners.roles import EVERYBODY, CspType, Role
from partners.wording import NoticeKind, Words, register
from referrals.models import Comment, CommentFile, LeadImport, Referral
from tests import factories
from tests.conftest import as_migrated
from tests.factories import NOON, TODAY
from tests.programs import Program

ROOMS = ("partners", "customers", "agreements", "motions", "referrals")
TOLD = "tests.told"
register(
    NoticeKind(TOLD, gettext_lazy("Notices"), EVERYBODY, lambda params: Words(f"Told of {params['word']}", "More."))
)
TENANT_MODELS: list[type[Model]] = [
    model
    for room in ROOMS
    for model in apps.get_app_config(room).get_models()
    if any(field.name == "partner" for field in model._meta.concrete_fields)
]
TENANT_TABLES: list[str] = sorted(["partners_partner", *(model._meta.db_table for model in TENANT_MODELS)])


@dataclass(frozen=True)
class Household:
    """One partner with people and one of everything; `word` is in every text of theirs and in nobody else's."""

    word: str
    partner: Partner
    seller: User
    chief: User
    customer: Customer
    contact: Contact
    relation: Relation
    draft: Draft
    saved_view: SavedView
    deal: Deal
    batch: ImportBatch
    alert: Alert
    second: Customer
    merge: Merge
    conflict: ConflictCase
    side: ConflictSide
    notice: Notice
    lead: Referral
    lead_batch: LeadImport
    comment_file: CommentFile
    evidence: AgreementFile
    task: ProviderTask
    program: Program
    api_client: ApiClient
    hook: Subscription
    message: Delivery
    export: Export
    place: Location
    invitation: Invitation
    kept: SavedView
    news: Notice
    leads_file: LeadImport


@contextmanager
def standing(blocker: Any, place: Path) -> Iterator[None]:
    """What is written within is there for many tests, which take their own doings back; then the tables are as migrated.

    `blocker` is pytest-django's; files lie in `place`.
    """
    backend = "django.core.files.storage.FileSystemStorage"
    storage = {"BACKEND": backend, "OPTIONS": {"location": place, "base_url": None}}
    with (
        override_settings(STORAGES={**settings.STORAGES, "default": storage}),
        blocker.unblock(),
        pytest.MonkeyPatch.context() as patched,
    ):
        patched.setattr("common.waking._send", lambda name, arguments, expires: None)
        try:
            yield
        finally:
            as_migrated()


def furnish(word: str, *, country: str = "DE", segment: str = "commercial") -> Household:
    """A partner with a customer, a deal, a choice, an agreement, an answer, an import, an alert."""
    partner = factories.PartnerFactory(name=f"{word} Partner GmbH")
    seller = factories.UserFactory(partner=partner, name=f"{word} Seller", email=f"seller@{word}.example")
    chief = factories.UserFactory(
        partner=partner, name=f"{word} Chief", email=f"chief@{word}.example", role=Role.PARTNER_ADMIN
    )
    customer = factories.CustomerFactory(
        partner=partner,
        name=f"{word} Customer",
        domain=f"{word}.example",
        registration_number=f"HRB {word}",
        country=country,
        segment=segment,
    )
    contact = factories.ContactFactory(
        customer=customer, first_name=word, last_name=f"{word}-Contact", email=f"{word}@{word}.example"
    )
    factories.TagFactory(customer=customer, name=f"{word} tag")
    relation = factories.RelationFactory(customer=customer, by_name=f"{word} Seller")
    # what is not finished, and a view that is not shared, is one person's own
    factories.DraftFactory(owner=chief, typed={"name": f"{word} draft"})
    draft = factories.DraftFactory(owner=seller, typed={"name": f"{word} draft"})
    factories.SavedViewFactory(owner=chief, name=f"{word} view")
    saved_view = factories.SavedViewFactory(owner=seller, name=f"{word} view")
    deal = factories.DealFactory(customer=customer, name=f"{word} deal", key=f"{word}-1", seats=2399)
    _tell(word, customer, deal, seller)
    batch = _import(word, partner, seller, customer)
    alert = factories.AlertFactory(customer=customer, key=f"{word}:seats")
    second = factories.CustomerFactory(partner=partner, name=f"{word} Second", country=country, segment=segment)
    merge = _merged(word, second)
    waiting, answered = (_conflict(word, customer, name) for name in ("Elsewhere One", "Elsewhere Two"))
    side = factories.answered(answered, stands=False)
    notice, _other = (factories.NoticeFactory(user=user, params={"word": word}) for user in (seller, chief))
    lead = _lead(word, customer, [seller, chief])
    lead_batch, comment_file = _lead_file(word, seller, lead), _comment_file(word, lead)
    evidence, task = _sign(word, customer)
    export = factories.ExportFactory(partner=partner, filters={"q": word}, by_name=f"{word} Seller")
    program = _speak(word, partner, customer)
    factories.TeamMemberFactory(referral=lead, user=program.row.user)
    kept = factories.SavedViewFactory(owner=program.row.user, name=f"{word} kept")
    news = factories.NoticeFactory(user=program.row.user, params={"word": word})
    leads_file = factories.LeadImportFactory(
        by=program.row.user, by_name=f"{word} Program", file_name=f"{word} own.csv"
    )
    hook = factories.SubscriptionFactory(
        client=program.row, url=f"https://{word}.example/hook", created_by_name=f"{word} Chief"
    )
    message = factories.DeliveryFactory(subscription=hook, state="parked", ended_at=NOON, kind=f"{word}.moved")
    policy = PolicyVersion.objects.get(code="GUIDANCE_2023_10")
    PolicyNews.objects.create(partner=partner, policy=policy, kind="published", made_at=NOON)
    place = factories.LocationFactory(partner=partner, name=f"{word} place", city=word)
    invitation = factories.InvitationFactory(partner=partner, name=f"{word} Guest", email=f"guest@{word}.example")
    factories.TeamEventFactory(person=seller, about=f"{word} Seller", by_name=f"{word} Chief")
    return Household(
        word, partner, seller, chief, customer, contact, relation, draft, saved_view, deal, batch, alert, second,
        merge, waiting.case, side, notice, lead, lead_batch, comment_file, evidence, task, program, program.row, hook,
        message, export, place, invitation, kept, news, leads_file,
    )  # fmt: skip


def _speak(word: str, partner: Partner, customer: Customer) -> Program:
    """A program of the partner, a first answer that it got, and something in its feed."""
    program = Program(partner)
    told = {"partner": partner, "at": NOON}
    Repeat.objects.create(client=program.row, key=word, fingerprint="0" * 64, status=201, body=f"{word} answer", **told)
    Change.objects.create(kind=f"{word}.happened", subject="customers", of_customer=customer.public_id, **told)
    return program


def _merged(word: str, customer: Customer) -> Merge:
    """A duplicate that went into a customer."""
    duplicate = factories.CustomerFactory(
        partner=customer.partner, name=f"{word} Duplicate", country="LI", segment="nonprofit", archived_at=NOON
    )
    return factories.MergeFactory(customer=customer, duplicate=duplicate, because=f"{word} reason")


def _conflict(word: str, customer: Customer, name: str) -> ConflictSide:
    """One's own side of a case with somebody who has nothing of either household."""
    other = factories.CustomerFactory(name=name, country=customer.country, segment=customer.segment)
    side = factories.conflict_of(customer, other)
    factories.ConflictEventFactory(side=side, by_name=f"{word} Seller", changes={"text": f"{word} appeal"})
    return side


def _sign(word: str, customer: Customer) -> tuple[AgreementFile, ProviderTask]:
    """A link that is open, and everything that can stand around an agreement."""
    who = {"first_name": word, "last_name": f"{word} Signer", "email": f"signer@{word}.example"}
    link = factories.LinkFactory(customer=customer, **who, sent_at=now(), sent_by_name=f"{word} Seller")
    factories.MailFactory(customer=customer, link=link, kind="link", **who)
    factories.AgreementEventFactory(customer=customer, by_name=f"{word} Seller")
    factories.AcceptanceFactory(customer=customer, **who | {"first_name": f"{word} former"})
    provider = factories.PartnerFactory(name=f"{word} provider", csp_type=CspType.INDIRECT_PROVIDER)
    stands_behind = factories.ProviderLinkFactory(partner=customer.partner, provider=provider)
    factories.ProviderRequestFactory(customer=customer, provider_link=stands_behind, **who)
    factories.DirectAnswerFactory(customer=customer, by_name=f"{word} office", is_signed=False)
    assert Agreement.objects.get(customer=customer).state == State.LINK_SENT
    place = default_storage.save(f"agreements/{word}.pdf", ContentFile(word.encode()))
    evidence = factories.AgreementFileFactory(customer=customer, file_name=f"{word}.pdf", stored_as=place)
    task = factories.ProviderTaskFactory(
        partner=customer.partner, company_name=f"{word} asked", reseller_name=f"{word} reseller", **who
    )
    return evidence, task


def _lead_file(word: str, seller: User, lead: Referral) -> LeadImport:
    """A checked file of leads, with a row that has made one."""
    batch = factories.LeadImportFactory(by=seller, by_name=f"{word} Seller", file_name=f"{word}.csv")
    factories.LeadImportRowFactory(batch=batch, cells=[f"{word} Customer", f"{word} row"], referral=lead)
    return batch


def _comment_file(word: str, lead: Referral) -> CommentFile:
    """A file that goes with a comment for both sides."""
    place = default_storage.save(f"referrals/{word}.pdf", ContentFile(word.encode()))
    said = Comment.objects.filter(referral=lead).latest("pk")
    return factories.CommentFileFactory(comment=said, file_name=f"{word} plan.pdf", stored_as=place)


def _lead(word: str, customer: Customer, people: list[User]) -> Referral:
    """A submitted lead with everything that can stand around one."""
    lead = factories.ReferralFactory(
        customer=customer,
        submitted=True,
        team=people,
        name=f"{word} lead",
        notes=f"{word} notes",
        contact_last_name=f"{word} Contact",
        created_by_name=f"{word} Seller",
    )
    factories.ReferralEventFactory(referral=lead, by_name=f"{word} Seller")
    factories.CommentFactory(referral=lead, text=f"{word} comment", by_name=f"{word} Seller")
    for kind in ("contact", "share_with_sellers"):
        factories.ConsentFactory(referral=lead, kind=kind, given_by=f"{word} Contact")
    for person in people:
        factories.FavouriteFactory(referral=lead, user=person)
    factories.RegistrationFactory(referral=lead, by_name=f"{word} Seller")
    return lead


def _tell(word: str, customer: Customer, deal: Deal, by: User) -> None:
    """What happened to the customer."""
    told: dict[str, Any] = {
        "partner_id": customer.partner_id,
        "customer": customer,
        "at": NOON,
        "by": by,
        "by_name": str(by),
    }
    changes = {"name": [f"{word} old", f"{word} new"]}
    CustomerEvent.objects.create(kind=EventKind.CORRECTED, changes=changes, **told)
    DealEvent.objects.create(
        deal_id=deal.pk, deal_name=deal.name, kind="added", source=Source.FORM, changes=changes, **told
    )
    Choice.objects.create(
        motion=Motion.ENTERPRISE,
        reason=Reason.OTHER,
        note=f"{word} note",
        guided_motion=Motion.BREADTH,
        **told,
    )
    Contract.objects.create(ea_end_date=TODAY, **told)


def _import(word: str, partner: Partner, by: User, customer: Customer) -> ImportBatch:
    """A checked import of one row; its file lies in the storage."""
    text = f"Company;Country;Seats\n{word} Customer;{customer.country};2399\n"
    batch = steps.upload(
        ContentFile(text.encode(), name=f"{word}-portfolio.csv"), by=by, partner=partner, at=NOON, by_name=str(by)
    )
    batch.state, batch.all_rows, batch.done_rows = ImportState.CHECKED, 1, 1
    batch.counts = {"new": 1}
    batch.save()
    ImportRow.objects.create(
        partner=partner,
        batch=batch,
        line=2,
        name=f"{word} Customer",
        country=customer.country,
        seats=2399,
        outcome=RowOutcome.NEW,
    )
    ImportMapping.objects.create(partner=partner, header_hash="0" * 64, mapping={"name": word}, used_at=NOON)
    return batch


def judged(*households: Household) -> None:
    """An entry in the ledger for each of them, made as the workers make it; a mark that waits, and a failure."""
    bulk.drain(clock=lambda: NOON, is_bulk=False)
    for household in households:
        assert Assessment.objects.filter(customer=household.customer).exists()
        about: dict[str, Any] = {"customer": household.customer, "partner": household.partner}
        Mark.objects.create(**about, made_at=NOON)
        SetAside.objects.create(**about, failures=1, error=f"{household.word} error", last_at=NOON)


def checksums(*, but_not_of: int | None = None) -> dict[str, str]:
    """A checksum of every tenant table, without the rows of one partner."""
    own = but_not_of or 0
    parts = [
        f"SELECT '{table}', coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} AS t"
        f" WHERE coalesce({_column(table)}, -1) <> {own:d}"
        for table in TENANT_TABLES
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def _column(table: str) -> str:
    return "id" if table == "partners_partner" else "partner_id"
