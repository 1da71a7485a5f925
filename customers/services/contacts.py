"""Add, correct and remove the people at a customer."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import Refused, Stale, Unfit
from customers.models import Contact, Customer, EventKind
from customers.services.recording import current_of, partner_of, record
from partners.models import User

FACTS = (
    "first_name",
    "last_name",
    "email",
    "phone",
    "language",
    "role",
    "is_primary",
    "consents",
    "consent_by",
    "consent_date",
)
# an address there says nothing about where somebody works, so it is nobody's own domain
_OPEN_TO_ALL = frozenset(
    {"gmail.com", "googlemail.com", "gmx.de", "gmx.net", "web.de", "outlook.com", "outlook.de", "hotmail.com"}
    | {"live.com", "yahoo.com", "icloud.com", "t-online.de", "freenet.de", "posteo.de", "mailbox.org", "proton.me"}
)


def email_misfit(email: str, *, by: User) -> str:
    """Why an address cannot be a customer's; '' when it can (C7)."""
    host = email.rpartition("@")[2].lower()
    if host == "microsoft.com" or host.endswith(".microsoft.com"):
        return _("This is an address of Microsoft. Please enter an address of the customer.")
    colleagues = User.objects.visible_to(by).filter(partner_id=by.partner_id).values_list("email", flat=True)
    own = {address.rpartition("@")[2].lower() for address in colleagues} - _OPEN_TO_ALL
    if host in own:
        return _("This is an address of your own company. Please enter an address of the customer.")
    return ""


@transaction.atomic
def add_contact(customer: Customer, *, by: User, at: datetime, facts: Mapping[str, Any]) -> Contact:
    """Add a person at a customer. `facts`: see `FACTS`, already cleaned by a form; the first one is the primary contact."""
    partner_of(by)
    customer = current_of(customer, by=by)
    others = Contact.objects.visible_to(by).current().filter(customer=customer)
    values = {"consents": [], **{name: facts[name] for name in FACTS if name in facts}}
    values["is_primary"] = bool(values.get("is_primary")) or not others.exists()
    _must_fit(values, by=by, others=others)
    contact = Contact.objects.create(
        partner_id=customer.partner_id, customer=customer, created_at=at, updated_at=at, **values
    )
    changes = {name: [None, _plain(values[name])] for name in FACTS if values.get(name)}
    _tell(contact, EventKind.CONTACT_ADDED, by=by, at=at, changes=changes)
    return contact


@transaction.atomic
def correct_contact(contact: Contact, *, by: User, at: datetime, version: int, facts: Mapping[str, Any]) -> Contact:
    """Correct a person's facts; a version that is no longer the newest is refused (`Stale`)."""
    contact = _newest(contact, by=by, version=version)
    changes = {
        name: [_plain(getattr(contact, name)), _plain(facts[name])]
        for name in FACTS
        if name in facts and facts[name] != getattr(contact, name)
    }
    if not changes:
        return contact
    others = Contact.objects.visible_to(by).current().filter(customer_id=contact.customer_id).exclude(pk=contact.pk)
    _must_fit({"email": contact.email, **facts}, by=by, others=others)
    for name in changes:
        setattr(contact, name, facts[name])
    contact.version, contact.updated_at = version + 1, at
    contact.save(update_fields=[*changes, "version", "updated_at"])
    _tell(contact, EventKind.CONTACT_CORRECTED, by=by, at=at, changes=changes)
    return contact


@transaction.atomic
def remove_contact(contact: Contact, *, by: User, at: datetime, version: int) -> None:
    """Remove a person; what names the person elsewhere stays readable."""
    contact = _newest(contact, by=by, version=version)
    contact.is_primary, contact.removed_at = False, at
    contact.version, contact.updated_at = version + 1, at
    contact.save(update_fields=["is_primary", "removed_at", "version", "updated_at"])
    _tell(contact, EventKind.CONTACT_REMOVED, by=by, at=at, changes={})


def _newest(contact: Contact, *, by: User, version: int) -> Contact:
    """The contact under a lock, its customer first, so that two writers of one customer never wait for each other."""
    partner_of(by)
    current_of(contact.customer, by=by)
    contact = Contact.objects.visible_to(by).select_for_update(of=("self",)).get(pk=contact.pk)
    if contact.removed_at:
        raise Refused(_("This contact has been removed meanwhile."))
    if contact.version != version:
        raise Stale(_("Somebody else changed this contact meanwhile. Please look at the new values first."))
    return contact


def _must_fit(values: Mapping[str, Any], *, by: User, others: Any) -> None:
    if sentence := email_misfit(values["email"], by=by):
        raise Unfit(sentence, field="email")
    if others.filter(email__iexact=values["email"]).exists():
        raise Refused(_("There is a contact with this address already."), field="email")
    if values.get("is_primary"):
        others.filter(is_primary=True).update(is_primary=False)


def _plain(value: Any) -> Any:
    """A value as the event row's document keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def _tell(contact: Contact, kind: EventKind, *, by: User, at: datetime, changes: dict[str, Any]) -> None:
    customer = Customer(pk=contact.customer_id, partner_id=contact.partner_id)
    record(customer, kind, by=by, at=at, changes={"contact": contact.name, **changes})
