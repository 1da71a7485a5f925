"""One person's data: all of it as a document, and all of it gone while history keeps its shape (docs/adr/0022).

People at customers are found by their address; people of the portal by theirs. What proves that a contract was accepted
is kept: whoever signed it stays named there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Model, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.models import Acceptance, Link, Mail, ProviderRequest
from common.refusals import NotAllowed, Refused
from customers.models import Contact, CustomerEvent
from partners.models import ERASED, AuditEntry, Notice, Sighting, User
from partners.roles import SEES_ALL, Role
from portal.mentions import ids_of
from referrals.models import Comment, Consent, Referral, TeamMember


@dataclass(frozen=True)
class Erased:
    """What an erasure did: how many leads, drafts and files lost the person or went.

    `kept` are acceptances that keep the name because they prove something.
    """

    leads: int
    kept: int
    drafts: int
    files: int


def found(words: str, *, by: User) -> list[Contact]:
    """The contacts of all partners with an address, or with a name."""
    _must_read(by)
    first, _space, last = words.strip().rpartition(" ")
    named = Q(last_name__iexact=last) & (Q(first_name__iexact=first) if first else Q())
    rows = Contact.objects.visible_to(by).select_related("customer", "partner")
    return list(rows.filter(Q(email__iexact=words.strip()) | named).order_by("pk")[:50])


def document_of(contact: Contact, *, by: User) -> dict[str, Any]:
    """Everything that names a person at a customer, as plain values."""
    _must_read(by)
    mine = {"customer_id": contact.customer_id, "email__iexact": contact.email}
    leads = Referral.objects.visible_to(by).filter(customer_id=contact.customer_id, contact_email__iexact=contact.email)
    events = CustomerEvent.objects.visible_to(by).filter(customer_id=contact.customer_id, changes__contact=contact.name)
    return {
        "contact": _plain(contact),
        "history": [_plain(row) for row in events.order_by("pk")],
        "leads": [_plain(row) for row in leads.order_by("pk")],
        "consents": [_plain(row) for row in Consent.objects.filter(referral__in=leads).order_by("pk")],
        "acceptances": [_plain(row) for row in Acceptance.objects.filter(**mine).order_by("pk")],
        "links": [_plain(row, but=("token_hash",)) for row in Link.objects.filter(**mine).order_by("pk")],
        "provider_requests": [_plain(row) for row in ProviderRequest.objects.filter(**mine).order_by("pk")],
        "mails": [_plain(row) for row in Mail.objects.filter(**mine).order_by("pk")],
        "audit": _audit(Q(subject="customers_contact", row_id=contact.pk)),
    }


def document_of_user(user: User, *, by: User) -> dict[str, Any]:
    """Everything that is kept about a person who signs in."""
    _must_read(by)
    return {
        "person": _plain(user, but=("password",)),
        "notices": [_plain(row) for row in Notice.objects.filter(user=user).order_by("pk")],
        "teams": [_plain(row) for row in TeamMember.objects.filter(user=user).order_by("pk")],
        "comments": [_plain(row) for row in Comment.objects.filter(by=user).order_by("pk")],
        "looked_at": [_plain(row) for row in Sighting.objects.filter(user_id=user.pk).order_by("pk")],
        "audit": _audit(Q(subject="partners_user", row_id=user.pk) | Q(actor=user.pk)),
    }


def _audit(which: Q) -> list[dict[str, Any]]:
    names = ("at", "subject", "row_id", "action", "actor", "side", "changes", "personal")
    return [
        {name: _value(getattr(entry, name)) for name in names}
        for entry in AuditEntry.objects.filter(which).order_by("pk")
    ]


def _plain(row: Model, *, but: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        str(field.column): _value(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if field.column not in but
    }


def _value(value: Any) -> Any:
    """As JSON has it."""
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


def found_users(words: str, *, by: User) -> list[User]:
    """The people who sign in, or once did, with an address or a name; programs are nobody."""
    _must_read(by)
    named = User.objects.filter(Q(email__iexact=words.strip()) | Q(name__iexact=words.strip()), api_client=None)
    return list(named.select_related("partner").order_by("pk")[:50])


@transaction.atomic
def erase_user(user: User, *, by: User) -> None:
    """Take the name and the addresses of somebody who was deactivated out of everything; what they did stays.

    Others read a marker where the name stood; that it was one and the same person can still be told by the number.
    """
    _must_be_administrator(by)
    if user.is_erased:
        raise Refused(_("This person has been erased already."))
    if user.is_active:
        raise Refused(_("This person still signs in. Please deactivate the person and hand the work over first."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT customers_erase_drafts_of(%s), partners_erase_person(%s)", [user.pk, user.pk])


@transaction.atomic
def erase(contact: Contact, *, by: User, texts: Sequence[str] = ()) -> Erased:
    """Take a person out of everything that is no proof, and out of `texts` (keys of `mentions`).

    Refused while a lead that is open names the person. Files leave the storage when all of it is written.
    """
    _must_be_administrator(by)
    if contact.email.endswith(f"@{ERASED}"):
        raise Refused(_("This contact has been erased already."))
    leads = Referral.objects.visible_to(by).filter(customer_id=contact.customer_id, contact_email__iexact=contact.email)
    if count := leads.filter(closed_at=None).count():
        raise Refused(
            ngettext(
                "%(count)s lead that is not closed names this person. Have it closed, withdrawn or corrected first.",
                "%(count)s leads that are not closed name this person. Have them closed, withdrawn or corrected first.",
                count,
            )
            % {"count": count}
        )
    chosen = [ids_of(texts, code) for code in ("comment", "lead", "event")]
    files = _names("SELECT referrals_erase_around(%s)", contact.pk)
    files += _names("SELECT agreements_erase_files(%s)", contact.pk)
    _names("SELECT customers_erase_around(%s)", contact.pk)
    _names("SELECT referrals_erase_words(%s, %s::bigint[], %s::bigint[], %s::bigint[])", contact.pk, *chosen)
    # the rooms above ask for names and addresses that the contact still has
    done = Erased(
        leads=_count("SELECT referrals_erase_contact(%s)", contact.pk),
        drafts=_count("SELECT customers_erase_drafts(%s)", contact.pk),
        kept=_count("SELECT agreements_erase_contact(%s), customers_erase_contact(%s)", contact.pk, contact.pk),
        files=len(files),
    )
    transaction.on_commit(partial(_take_away, files))
    return done


def _take_away(files: list[str]) -> None:
    for name in files:
        default_storage.delete(name)


def _count(statement: str, *values: Any) -> int:
    return int(_rows(statement, values)[0][0])


def _names(statement: str, *values: Any) -> list[str]:
    return [row[0] for row in _rows(statement, values)]


def _rows(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _must_read(by: User) -> None:
    if by.role not in SEES_ALL:
        raise NotAllowed(_("Only administrators and auditors may do that."))


def _must_be_administrator(by: User) -> None:
    if by.role != Role.ADMINISTRATOR:
        raise NotAllowed(_("Only an administrator may do that."))
