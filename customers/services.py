"""Register and correct customers; the one duplicate check of the house."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Refused, Stale
from customers.models import Customer, CustomerEvent, EventKind
from customers.sql import SAME_COMPANY
from partners.models import Partner, User

FIELDS = ("name", "country", "domain", "registration_number", "segment")


@dataclass(frozen=True)
class Likeness:
    """A customer that may be the same company, and by what it was recognised: name, domain, registration_number."""

    customer: Customer
    by: str


def likenesses(*, by: User, facts: Mapping[str, str], excluding: Customer | None = None) -> list[Likeness]:
    """Customers of the person's own partner that may be the same company as `facts` (name, country, domain, number)."""
    with connection.cursor() as cursor:
        cursor.execute(
            SAME_COMPANY,
            {
                "partner": by.partner_id,
                "name": facts["name"],
                "country": facts["country"],
                "domain": facts.get("domain", ""),
                "number": facts.get("registration_number", ""),
            },
        )
        found = dict(cursor.fetchall())
    rows = Customer.objects.visible_to(by).filter(pk__in=found)
    if excluding:
        rows = rows.exclude(pk=excluding.pk)
    return [Likeness(row, found[row.pk]) for row in rows.order_by("sort_name", "pk")]


class LooksAlike(Refused):
    """The partner may already have this customer; `likenesses` names the candidates."""

    def __init__(self, candidates: list[Likeness]) -> None:
        super().__init__(_("This customer may already be registered."), field="name")
        self.likenesses = candidates


def _partner_of(by: User) -> Partner:
    if not by.is_of_partner or by.partner is None:
        raise NotAllowed(_("Only the partner itself registers and changes its customers."))
    return by.partner


@transaction.atomic
def register(*, by: User, at: datetime, facts: Mapping[str, str], despite_likeness: bool = False) -> Customer:
    """Register a customer of the person's partner.

    `facts` holds name, country (ISO alpha-2), domain, registration_number and segment, already cleaned by a form.
    Raises `LooksAlike` when the partner may have the customer already and `despite_likeness` is not set.
    """
    partner = _partner_of(by)
    if not despite_likeness and (found := likenesses(by=by, facts=facts)):
        raise LooksAlike(found)
    values = {name: facts[name] for name in FIELDS if name in facts}
    customer = Customer.objects.create(partner=partner, created_at=at, updated_at=at, **values)
    _record(customer, EventKind.REGISTERED, by=by, at=at, changes={"despite_likeness": despite_likeness})
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
    _partner_of(by)
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
    _record(customer, EventKind.CORRECTED, by=by, at=at, changes=changes)
    return customer


def _record(customer: Customer, kind: EventKind, *, by: User, at: datetime, changes: dict[str, Any]) -> None:
    CustomerEvent.objects.create(
        partner_id=customer.partner_id, customer=customer, kind=kind, at=at, by=by, by_name=str(by), changes=changes
    )
