"""Add, change and remove deals. The stale mark is made by the database in the same transaction."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
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
_OF_CURRENT = Exists(Customer.objects.current().filter(pk=OuterRef("customer_id")))
_SIZE = ("kind", "seats", "amount", "currency", "basis")


def _must_write(by: User) -> None:
    if not by.is_of_partner:
        raise NotAllowed(_("Only the partner itself changes its deals."))


def _must_be_current(customer: Customer) -> None:
    if customer.archived_at:
        raise Refused(_("This customer is archived. Restore it first."))


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
    """Change the facts of a deal, and `deal` itself; a version that is no longer the newest is refused (`Stale`).

    The version is the lock: whoever changes the row under it is the only one who does.
    """
    _must_write(by)
    values = _fitting({**{name: getattr(deal, name) for name in FACTS}, **facts})
    changed = {name: value for name, value in values.items() if value != getattr(deal, name)}
    if deal.version == version and not changed:
        return deal
    if set(changed) & set(_SIZE):
        changed |= {"size_date": size_date, "source": source}
    changes = {
        name: [_plain(getattr(deal, name)), _plain(value)] for name, value in changed.items() if name != "source"
    }
    changed |= {"version": version + 1, "updated_at": at}
    with transaction.atomic(savepoint=False):  # a refusal comes before anything is written
        newest = Deal.objects.visible_to(by).filter(_OF_CURRENT, pk=deal.pk, version=version)
        is_newest = deal.version == version and newest.update(**changed) == 1
        if is_newest:
            for name, value in changed.items():
                setattr(deal, name, value)
            _record(deal, DealEventKind.CHANGED, by=by, at=at, changes=changes)
    if not is_newest:
        found = Deal.objects.visible_to(by).select_related("customer").get(pk=deal.pk)  # gone, or never theirs
        _must_be_current(found.customer)
        raise Stale(_("Somebody else changed this deal meanwhile. Please look at the new values first."))
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
    _must_be_current(found.customer)
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
