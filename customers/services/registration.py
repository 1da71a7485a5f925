"""Register and correct customers."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import Stale
from customers.models import Customer, EventKind
from customers.services.duplicates import LooksAlike, likenesses
from customers.services.recording import partner_of, record
from partners.models import User

FIELDS = ("name", "country", "domain", "registration_number", "segment")


@transaction.atomic
def register(*, by: User, at: datetime, facts: Mapping[str, str], despite_likeness: bool = False) -> Customer:
    """Register a customer of the person's partner.

    `facts` holds name, country (ISO alpha-2), domain, registration_number and segment, already cleaned by a form.
    Raises `LooksAlike` when the partner may have the customer already and `despite_likeness` is not set.
    """
    partner = partner_of(by)
    if not despite_likeness and (found := likenesses(by=by, facts=facts)):
        raise LooksAlike(found)
    values = {name: facts[name] for name in FIELDS if name in facts}
    customer = Customer.objects.create(partner=partner, created_at=at, updated_at=at, **values)
    record(customer, EventKind.REGISTERED, by=by, at=at, changes={"despite_likeness": despite_likeness})
    return customer


@transaction.atomic
def correct(
    customer: Customer,
    *,
    by: User,
    at: datetime,
    version: int,
    facts: Mapping[str, str],
    despite_likeness: bool = False,
) -> Customer:
    """Correct a customer's facts; a version that is no longer the newest is refused (`Stale`)."""
    partner_of(by)
    customer = Customer.objects.visible_to(by).current().select_for_update(of=("self",)).get(pk=customer.pk)
    if customer.version != version:
        raise Stale(_("Somebody else changed this customer meanwhile. Please look at the new values first."))
    changes = {
        name: [getattr(customer, name), facts[name]]
        for name in FIELDS
        if name in facts and facts[name] != getattr(customer, name)
    }
    if not changes:
        return customer
    if not despite_likeness and changes.keys() & {"name", "country", "domain", "registration_number"}:
        merged = {name: facts.get(name, getattr(customer, name)) for name in FIELDS}
        if found := likenesses(by=by, facts=merged, excluding=customer):
            raise LooksAlike(found)
    for name, (_old, new) in changes.items():
        setattr(customer, name, new)
    customer.version, customer.updated_at = version + 1, at
    customer.save(update_fields=[*changes, "version", "updated_at"])
    record(customer, EventKind.CORRECTED, by=by, at=at, changes=changes)
    return customer
