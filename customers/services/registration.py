"""Register, correct, archive and restore customers."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from common.refusals import Refused, Stale, Unfit
from customers.models import Customer, EventKind, Merge
from customers.services.contacts import add_contact
from customers.services.duplicates import Likeness, must_differ, plain_domain, plain_duns
from customers.services.fitness import must_fit, phone_misfit
from customers.services.recording import current_of, partner_of, record
from partners.models import User

IDENTITY = ("name", "country", "domain", "registration_number", "tenant_id", "duns")
FIELDS = (
    *IDENTITY,
    "segment",
    "tenant_prefix",
    "address_line1",
    "address_line2",
    "postal_code",
    "city",
    "state",
    "is_bound_to_secrecy",
    "extra",
)


@transaction.atomic
def register(
    *,
    by: User,
    at: datetime,
    facts: Mapping[str, Any],
    contact: Mapping[str, Any] | None = None,
    despite_likeness: bool = False,
    because: str = "",
) -> Customer:
    """Register a customer of the person's partner, with its first contact where there is one.

    `facts` holds values of `FIELDS`, already cleaned by a form; country is ISO alpha-2. Raises `Unfit` when the
    country asks for more, `LooksAlike` when the partner may have the customer already and `despite_likeness` is not set,
    and `Unexplained` when it is set and `because` does not say why.
    """
    partner = partner_of(by)
    today = localdate(at)
    must_fit(facts, on=today)
    if sentence := phone_misfit(facts, (contact or {}).get("phone", ""), on=today):
        raise Unfit(sentence, field="contact_phone")
    found = must_differ(by=by, facts=facts, despite_likeness=despite_likeness, because=because)
    values = _values(facts)
    customer = Customer.objects.create(partner=partner, created_at=at, updated_at=at, **values)
    record(customer, EventKind.REGISTERED, by=by, at=at, changes=_insisted(found, because))
    if contact:
        add_contact(customer, by=by, at=at, facts=contact)
    return customer


def _values(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they are kept, whatever way they were written."""
    values = {name: facts[name] for name in FIELDS if name in facts}
    for name, plain in (("domain", plain_domain), ("duns", plain_duns)):
        if name in values:
            values[name] = plain(values[name])
    return values


def _insisted(found: list[Likeness], because: str) -> dict[str, Any]:
    """What the event keeps of it: which customers it was told apart from, and why."""
    if not found:
        return {"despite_likeness": False}
    unlike = [str(likeness.customer.public_id) for likeness in found]
    return {"despite_likeness": True, "because": because.strip(), "unlike": unlike}


@transaction.atomic
def correct(
    customer: Customer,
    *,
    by: User,
    at: datetime,
    version: int,
    facts: Mapping[str, Any],
    despite_likeness: bool = False,
    because: str = "",
) -> Customer:
    """Correct a customer's facts; a version that is no longer the newest is refused (`Stale`)."""
    partner_of(by)
    customer = _newest(Customer.objects.visible_to(by).current(), customer, version)
    values = _values(facts)
    before = {name: getattr(customer, name) for name in FIELDS}
    changes = {name: [_plain(before[name]), _plain(new)] for name, new in values.items() if new != before[name]}
    if not changes:
        return customer
    merged = before | values
    must_fit(merged, on=localdate(at))
    found: list[Likeness] = []
    if changes.keys() & set(IDENTITY):
        found = must_differ(by=by, facts=merged, despite_likeness=despite_likeness, because=because, excluding=customer)
    for name in changes:
        setattr(customer, name, values[name])
    customer.version, customer.updated_at = version + 1, at
    customer.save(update_fields=[*changes, "version", "updated_at"])
    record(customer, EventKind.CORRECTED, by=by, at=at, changes=changes | (_insisted(found, because) if found else {}))
    return customer


@transaction.atomic
def archive(customer: Customer, *, by: User, at: datetime, version: int, reason: str) -> Customer:
    """Put a customer aside: it stays readable, is in no figure any more and takes no writes."""
    partner_of(by)
    if not reason.strip():
        raise Unfit(_("Please say why the customer is archived."), field="reason")
    customer = _newest(Customer.objects.visible_to(by), customer, version)
    if customer.archived_at:
        raise Refused(_("This customer is archived already."))
    _put(customer, at=at, archived_at=at, archive_reason=reason.strip())
    record(customer, EventKind.ARCHIVED, by=by, at=at, changes={"reason": ["", customer.archive_reason]})
    return customer


@transaction.atomic
def restore(customer: Customer, *, by: User, at: datetime, version: int) -> Customer:
    """Bring an archived customer back."""
    partner_of(by)
    customer = _newest(Customer.objects.visible_to(by), customer, version)
    if not customer.archived_at:
        raise Refused(_("This customer is not archived."))
    if Merge.objects.standing().filter(duplicate=customer).exists():
        raise Refused(_("This customer was merged with another one. Take the merge back to have it again."))
    reason = customer.archive_reason
    _put(customer, at=at, archived_at=None, archive_reason="")
    record(customer, EventKind.RESTORED, by=by, at=at, changes={"reason": [reason, ""]})
    return customer


@transaction.atomic
def note_vetting(customer: Customer, *, by: User, at: datetime, vetting: str) -> Customer:
    """Note what Microsoft says about the customer's account (C6)."""
    partner_of(by)
    customer = current_of(customer, by=by)
    if customer.vetting == vetting:
        return customer
    changes = {"vetting": [customer.vetting, vetting]}
    _put(customer, at=at, vetting=vetting)
    record(customer, EventKind.VETTED, by=by, at=at, changes=changes)
    return customer


def _newest(rows: Any, customer: Customer, version: int) -> Customer:
    found: Customer = rows.select_for_update(of=("self",)).get(pk=customer.pk)
    if found.version != version:
        raise Stale(_("Somebody else changed this customer meanwhile. Please look at the new values first."))
    return found


def _put(customer: Customer, *, at: datetime, **values: Any) -> None:
    for name, value in values.items():
        setattr(customer, name, value)
    customer.version, customer.updated_at = customer.version + 1, at
    customer.save(update_fields=[*values, "version", "updated_at"])


def _plain(value: Any) -> Any:
    """A value as the event row's document keeps it; of what is only kept for a client, that it has changed."""
    if isinstance(value, dict):
        return ""
    return str(value) if isinstance(value, UUID | date) else value
