"""Merge two customers of a partner that are one company, and take it back. The old address leads to the survivor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import Refused, Stale, Unfit
from customers.models import Customer, EventKind, Merge
from customers.services.following import followers
from customers.services.recording import partner_of, record
from partners.models import User

FILLED = ("domain", "registration_number", "tenant_id", "duns")


@dataclass(frozen=True)
class Preview:
    """What a merge would do: facts that the survivor lacks, and how many things follow ('3 deals')."""

    fills: dict[str, Any]
    follows: tuple[str, ...]


def preview(customer: Customer, duplicate: Customer, *, by: User) -> Preview:
    """What merging `duplicate` into `customer` would do. Writes nothing."""
    counts = [(follower, follower.count(duplicate, by=by)) for follower in followers()]
    return Preview(_missing(customer, duplicate), tuple(one.label(count) for one, count in counts if count))


def _missing(customer: Customer, duplicate: Customer) -> dict[str, Any]:
    """Facts that the duplicate has and the survivor lacks; a number is one of its country."""
    names = [name for name in FILLED if name != "registration_number" or customer.country == duplicate.country]
    return {
        name: getattr(duplicate, name) for name in names if getattr(duplicate, name) and not getattr(customer, name)
    }


@transaction.atomic
def merge(
    customer: Customer, duplicate: Customer, *, by: User, at: datetime, versions: tuple[int, int], because: str = ""
) -> Merge:
    """Merge `duplicate` into `customer`: it is archived, its deals follow, and its address leads to the survivor.

    Facts that the survivor lacks are taken over; none is overwritten. What rests on the former company itself (choices,
    answers of the ledger, history) stays with it. `versions` are those of both that somebody looked at (`Stale`).
    """
    partner_of(by)
    customer, duplicate = _both(customer, duplicate, by=by)
    if (customer.version, duplicate.version) != versions:
        raise Stale(_("Somebody else changed one of the two customers meanwhile. Please look at the preview again."))
    fills = _missing(customer, duplicate)
    before = {name: _told(getattr(customer, name)) for name in fills}
    _change(customer, fills, at=at)
    moved = {one.name: one.move(duplicate, customer, by=by, at=at) for one in followers()}
    _change(duplicate, {"archived_at": at}, at=at)
    done = Merge.objects.create(
        partner_id=customer.partner_id,
        customer=customer,
        duplicate=duplicate,
        because=because.strip(),
        before={name: [before[name], _told(value)] for name, value in fills.items()},
        moved=moved,
        at=at,
        by=by,
        by_name=str(by),
    )
    _record(done, EventKind.MERGED, by=by, at=at)
    return done


def _both(customer: Customer, duplicate: Customer, *, by: User) -> tuple[Customer, Customer]:
    """Both under a lock, in the order of their keys, so that two merges cannot wait for each other."""
    if customer.pk == duplicate.pk:
        raise Unfit(_("A customer cannot be merged with itself."), field="duplicate")
    rows = Customer.objects.visible_to(by).current().filter(pk__in=(customer.pk, duplicate.pk))
    held = {row.pk: row for row in rows.select_for_update(of=("self",)).order_by("pk")}
    if len(held) < 2:
        raise Refused(_("One of the two customers is archived or was merged already."))
    return held[customer.pk], held[duplicate.pk]


def _change(customer: Customer, values: Mapping[str, Any], *, at: datetime) -> None:
    for name, value in values.items():
        setattr(customer, name, value)
    customer.version, customer.updated_at = customer.version + 1, at
    customer.save(update_fields=[*values, "version", "updated_at"])


def _told(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _record(done: Merge, kind: EventKind, *, by: User, at: datetime) -> None:
    """One event with each of the two, naming the other."""
    for customer, other in ((done.customer, done.duplicate), (done.duplicate, done.customer)):
        changes = {"with": str(other.public_id), "name": other.name, "merge": str(done.public_id)}
        record(customer, kind, by=by, at=at, changes=changes)


@transaction.atomic
def unmerge(done: Merge, *, by: User, at: datetime) -> Merge:
    """Take a merge back: both customers are what they were, with what was theirs. What changed since stays changed."""
    partner_of(by)
    done = Merge.objects.visible_to(by).select_for_update(of=("self",)).get(pk=done.pk)
    if done.undone_at:
        raise Refused(_("This merge was taken back before."))
    rows = Customer.objects.visible_to(by).filter(pk__in=(done.customer_id, done.duplicate_id))
    held = {row.pk: row for row in rows.select_for_update(of=("self",)).order_by("pk")}
    customer, duplicate = held[done.customer_id], held[done.duplicate_id]
    if customer.archived_at:
        raise Refused(_("This customer is archived or was merged itself. Please bring it back first."))
    taken = {name: was for name, (was, became) in done.before.items() if _told(getattr(customer, name)) == became}
    _change(customer, taken, at=at)
    _change(duplicate, {"archived_at": None}, at=at)
    for follower in followers():
        if follower.name in done.moved:
            follower.back(done.moved[follower.name], customer, duplicate, by=by, at=at)
    done.customer, done.duplicate = customer, duplicate
    done.undone_at, done.undone_by_name = at, str(by)
    done.save(update_fields=["undone_at", "undone_by_name"])
    _record(done, EventKind.UNMERGED, by=by, at=at)
    return done


def survivor_of(customer: Customer) -> Customer | None:
    """The customer that a merged one went into, over any number of merges; None when it stands for itself."""
    found: Customer | None = None
    step = Merge.objects.standing().filter(duplicate=customer).select_related("customer").first()
    while step:
        found = step.customer
        step = Merge.objects.standing().filter(duplicate=found).select_related("customer").first()
    return found
