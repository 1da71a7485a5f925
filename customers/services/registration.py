"""Register and correct customers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import Stale
from customers.models import Customer, EventKind
from customers.services.duplicates import Likeness, must_differ, plain_domain, plain_duns
from customers.services.recording import partner_of, record
from partners.models import User

FIELDS = ("name", "country", "domain", "registration_number", "tenant_id", "duns", "segment")
# a change of one of these makes another company of it, as far as the duplicate check can tell
IDENTIFYING = frozenset(FIELDS) - {"segment"}


@transaction.atomic
def register(
    *, by: User, at: datetime, facts: Mapping[str, Any], despite_likeness: bool = False, because: str = ""
) -> Customer:
    """Register a customer of the person's partner.

    `facts` holds name, country (ISO alpha-2), domain, registration_number, tenant_id, duns and segment, already cleaned
    by a form. Raises `LooksAlike` when the partner may have the customer already and `despite_likeness` is not set, and
    `Unexplained` when it is set and nothing is said in `because`.
    """
    partner = partner_of(by)
    found = must_differ(by=by, facts=facts, despite_likeness=despite_likeness, because=because)
    values = {name: _plain(name, facts[name]) for name in FIELDS if name in facts}
    customer = Customer.objects.create(partner=partner, created_at=at, updated_at=at, **values)
    record(customer, EventKind.REGISTERED, by=by, at=at, changes=_insisted(found, because))
    return customer


def _plain(name: str, value: Any) -> Any:
    """A fact as it is kept, whatever way it was written."""
    written = {"duns": plain_duns, "domain": plain_domain}
    return written[name](value) if name in written else value


def _insisted(found: list[Likeness], because: str) -> dict[str, Any]:
    """What the event keeps of it: which customers it was told apart from, and why."""
    if not found:
        return {"despite_likeness": False}
    return {
        "despite_likeness": True,
        "because": because.strip(),
        "unlike": [str(likeness.customer.public_id) for likeness in found],
    }


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
    customer = Customer.objects.visible_to(by).current().select_for_update(of=("self",)).get(pk=customer.pk)
    if customer.version != version:
        raise Stale(_("Somebody else changed this customer meanwhile. Please look at the new values first."))
    values = {name: _plain(name, facts[name]) for name in FIELDS if name in facts}
    before = {name: getattr(customer, name) for name in FIELDS}
    changed = [name for name in values if values[name] != before[name]]
    if not changed:
        return customer
    found: list[Likeness] = []
    if IDENTIFYING.intersection(changed):
        found = must_differ(
            by=by, facts=before | values, despite_likeness=despite_likeness, because=because, excluding=customer
        )
    for name in changed:
        setattr(customer, name, values[name])
    customer.version, customer.updated_at = version + 1, at
    customer.save(update_fields=[*changed, "version", "updated_at"])
    changes = {name: [_told(before[name]), _told(values[name])] for name in changed}
    record(customer, EventKind.CORRECTED, by=by, at=at, changes=changes | (_insisted(found, because) if found else {}))
    return customer


def _told(value: Any) -> Any:
    """A value as the event's document keeps it."""
    return value if value is None or isinstance(value, str) else str(value)
