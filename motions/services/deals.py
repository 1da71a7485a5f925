"""Add, change and remove deals. The stale mark is made by the database in the same transaction."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Refused, Stale
from customers.models import Customer
from motions.models import Deal, DealEvent, DealEventKind
from motions.states import Kind, Source
from partners.models import User

FACTS = (
    "name",
    "kind",
    "seats",
    "amount",
    "currency",
    "basis",
    "needs",
    "prefers_self_service",
    "stage",
    "expected_close_date",
)
_SIZE = ("kind", "seats", "amount", "currency", "basis")


def _must_write(by: User) -> None:
    if not by.is_of_partner:
        raise NotAllowed(_("Only the partner itself changes its deals."))


def _fitting(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what fits the kind: a seat deal has no amount, an Azure deal has no seats."""
    values = {name: facts[name] for name in FACTS if name in facts}
    if values["kind"] == Kind.SEATS:
        values |= {"amount": None, "currency": "", "basis": ""}
    else:
        values |= {"seats": None}
    return values


@transaction.atomic
def add_deal(
    customer: Customer, *, by: User, at: datetime, facts: Mapping[str, Any], source: Source, size_date: date
) -> Deal:
    """Add a deal. `facts`: see `FACTS`; seats a whole number, amount in `currency` a year; None is unknown, never zero."""
    _must_write(by)
    customer = Customer.objects.visible_to(by).current().get(pk=customer.pk)
    deal = Deal.objects.create(
        partner_id=customer.partner_id,
        customer=customer,
        source=source,
        size_date=size_date,
        created_at=at,
        updated_at=at,
        **_fitting(facts),
    )
    values = {name: getattr(deal, name) for name in FACTS}
    changes = {name: [None, _plain(values[name])] for name in FACTS} | {"size_date": [None, _plain(size_date)]}
    _record(deal, DealEventKind.ADDED, by=by, at=at, changes=changes)
    return deal


@transaction.atomic
def change_deal(
    deal: Deal,
    *,
    by: User,
    at: datetime,
    version: int,
    facts: Mapping[str, Any],
    source: Source,
    size_date: date,
) -> Deal:
    """Change a deal's facts; a version that is no longer the newest is refused (`Stale`)."""
    _must_write(by)
    deal = _newest(deal, by=by, version=version)
    values = _fitting({**{name: getattr(deal, name) for name in FACTS}, **facts})
    before = {name: getattr(deal, name) for name in FACTS}
    changed = [name for name in FACTS if values[name] != before[name]]
    if not changed:
        return deal
    for name in changed:
        setattr(deal, name, values[name])
    changes = {name: [_plain(before[name]), _plain(values[name])] for name in changed}
    if set(changed) & set(_SIZE):
        changes["size_date"] = [_plain(deal.size_date), _plain(size_date)]
        deal.size_date, deal.source = size_date, source
    deal.version, deal.updated_at = version + 1, at
    deal.save(update_fields=[*changed, "size_date", "source", "version", "updated_at"])
    _record(deal, DealEventKind.CHANGED, by=by, at=at, changes=changes)
    return deal


@transaction.atomic
def remove_deal(deal: Deal, *, by: User, at: datetime, version: int) -> None:
    """Remove a deal that should not have been entered; its history stays."""
    _must_write(by)
    deal = _newest(deal, by=by, version=version)
    _record(deal, DealEventKind.REMOVED, by=by, at=at, changes={})
    if deal.delete()[0] == 0:
        raise Refused(_("This deal is already gone."))


def _newest(deal: Deal, *, by: User, version: int) -> Deal:
    """The deal under a lock, as somebody has seen it; an archived customer's takes no writes."""
    seen = Deal.objects.visible_to(by).select_related("customer")
    found: Deal = seen.select_for_update(of=("self",)).get(pk=deal.pk)
    if found.customer.archived_at:
        raise Refused(_("This customer is archived. Restore it first."))
    if found.version != version:
        raise Stale(_("Somebody else changed this deal meanwhile. Please look at the new values first."))
    return found


def _plain(value: Any) -> Any:
    """A value as the event row's document keeps it."""
    return str(value) if isinstance(value, Decimal | date) else value


def _record(deal: Deal, kind: DealEventKind, *, by: User, at: datetime, changes: dict[str, Any]) -> None:
    DealEvent.objects.create(
        partner_id=deal.partner_id,
        customer_id=deal.customer_id,
        deal_id=deal.pk,
        deal_name=deal.name,
        kind=kind,
        at=at,
        by=by,
        by_name=str(by),
        source=deal.source,
        changes=changes,
    )
