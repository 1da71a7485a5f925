"""Begin a lead, save what is typed, change what may still be changed."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import Refused, Stale, Unfit
from customers.models import Customer
from partners.models import User
from referrals import wording
from referrals.models import EventKind, Programme, Referral, TeamMember
from referrals.models.leads import MOST_SOLUTIONS
from referrals.services.recording import locked, must_be_of_partner, record
from referrals.states import EDITABLE, DealType, State


@transaction.atomic
def begin(
    customer: Customer, *, by: User, at: datetime, programme: Programme, facts: Mapping[str, Any] | None = None
) -> Referral:
    """Begin a draft about a customer; whoever begins it is on its team. `facts`: see `EDITABLE` of a draft."""
    must_be_of_partner(by)
    customer = Customer.objects.visible_to(by).current().get(pk=customer.pk)
    lead = Referral(
        partner_id=customer.partner_id,
        customer=customer,
        programme=programme,
        direction=programme.direction,
        country=customer.country,
        segment=customer.segment,
        created_at=at,
        updated_at=at,
        created_by=by,
        created_by_name=str(by),
    )
    _set(lead, facts or {})
    lead.save()
    TeamMember.objects.create(partner_id=lead.partner_id, referral=lead, user=by, added_at=at, added_by_name=str(by))
    record(lead, EventKind.BEGUN, by=by, at=at, to_state=State.DRAFT)
    return lead


@transaction.atomic
def change(referral: Referral, *, by: User, at: datetime, version: int | None, facts: Mapping[str, Any]) -> Referral:
    """Change what the state still lets one change (R19, R33); an old version is refused (`Stale`).

    While a draft is typed nothing is recorded; later each change is an event with old and new values.
    """
    must_be_of_partner(by)
    lead = locked(referral, by)
    editable = EDITABLE.get(State(lead.state), frozenset())
    if not editable:
        raise Refused(_("In the state “%(state)s” nothing can be changed.") % {"state": lead.get_state_display()})
    if version is not None and version != lead.version:
        raise Stale(wording.stale())
    fixed = sorted(name for name in facts if name not in editable and facts[name] != getattr(lead, name))
    if fixed:
        raise Unfit(_("This can no longer be changed."), field=fixed[0])
    before = {name: getattr(lead, name) for name in facts}
    _set(lead, facts)
    changes = {
        name: [_plain(old), _plain(getattr(lead, name))] for name, old in before.items() if old != getattr(lead, name)
    }
    if not changes:
        return lead
    lead.version, lead.updated_at = lead.version + 1, at
    lead.save(update_fields=[*changes, "help", "currency", "version", "updated_at"])
    if lead.state != State.DRAFT:
        record(lead, EventKind.EDITED, by=by, at=at, changes=changes)
    return lead


@transaction.atomic
def discard(referral: Referral, *, by: User) -> None:
    """Throw a draft away; a lead that was ever submitted stays for good."""
    must_be_of_partner(by)
    lead = locked(referral, by)
    if lead.state != State.DRAFT:
        raise Refused(_("Only a draft can be thrown away. Withdraw the lead instead."))
    # the database takes what stands around it along, and lets nobody delete anything but a draft
    lead.delete()


def _set(lead: Referral, facts: Mapping[str, Any]) -> None:
    """Put the facts on the row, and what follows from them; values are clean already, except for how they fit."""
    for name, value in facts.items():
        setattr(lead, name, value)
    if len(lead.solutions) > MOST_SOLUTIONS:
        raise Unfit(_("A lead has at most %(count)d solutions.") % {"count": MOST_SOLUTIONS}, field="solutions")
    if lead.deal_type != DealType.CO_SELL:
        lead.help = ""
    if lead.value is None:
        lead.currency = ""


def _plain(value: Any) -> Any:
    """A value as the event row's document keeps it."""
    return str(value) if isinstance(value, Decimal | date) else value.pk if isinstance(value, Programme) else value
