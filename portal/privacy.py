"""One person's data: all of it as a document, and all of it gone while history keeps its shape (docs/adr/0022).

People at customers are found by their address; people of the portal by theirs. What proves that a contract was accepted
is kept: whoever signed it stays named there.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.models import Acceptance, Link, Mail, ProviderRequest
from common.refusals import NotAllowed, Refused
from customers.models import Contact, CustomerEvent
from partners.models import AuditEntry, Notice, Sighting, User
from partners.roles import Role
from referrals.models import Comment, Consent, Referral, TeamMember


@dataclass(frozen=True)
class Erased:
    """What an erasure did: leads that lost the person, and acceptances that keep the name because they prove something."""

    leads: int
    kept: int


def found(words: str, *, by: User) -> list[Contact]:
    """The contacts of all partners with an address, or with a name."""
    _must_be_administrator(by)
    first, _space, last = words.strip().rpartition(" ")
    named = Q(last_name__iexact=last) & (Q(first_name__iexact=first) if first else Q())
    rows = Contact.objects.visible_to(by).select_related("customer", "partner")
    return list(rows.filter(Q(email__iexact=words.strip()) | named).order_by("pk")[:50])


def document_of(contact: Contact, *, by: User) -> dict[str, Any]:
    """Everything that names a person at a customer, as plain values."""
    _must_be_administrator(by)
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
    _must_be_administrator(by)
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


@transaction.atomic
def erase(contact: Contact, *, by: User, at: datetime) -> Erased:
    """Take a person out of everything that is no proof. Refused while a lead that is open names the person."""
    _must_be_administrator(by)
    if contact.email.endswith("@erased.invalid"):
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
    # the rooms above ask for names and addresses that the contact still has
    return Erased(
        leads=_asked("SELECT referrals_erase_contact(%s)", contact.pk),
        kept=_asked("SELECT agreements_erase_contact(%s), customers_erase_contact(%s)", contact.pk, contact.pk),
    )


def _asked(statement: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])


def _must_be_administrator(by: User) -> None:
    if by.role != Role.ADMINISTRATOR:
        raise NotAllowed(_("Only an administrator may do that."))
