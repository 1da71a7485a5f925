"""What every write of the room begins and ends with: whose customers they are, and the event that is left."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Refused
from customers.models import Customer, CustomerEvent, EventKind
from partners.models import Partner, User


def partner_of(by: User) -> Partner:
    """The person's partner; refused for everybody who is not of one."""
    if not by.is_of_partner or by.partner is None:
        raise NotAllowed(_("Only the partner itself registers and changes its customers."))
    return by.partner


def current_of(customer: Customer, *, by: User) -> Customer:
    """The customer as it stands, under a lock; an archived one takes no writes."""
    found = Customer.objects.visible_to(by).select_for_update(of=("self",)).get(pk=customer.pk)
    if found.archived_at:
        raise Refused(_("This customer is archived. Restore it first."))
    return found


def record(customer: Customer, kind: EventKind, *, by: User, at: datetime, changes: dict[str, Any]) -> None:
    """Leave one event of a customer."""
    CustomerEvent.objects.create(
        partner_id=customer.partner_id, customer=customer, kind=kind, at=at, by=by, by_name=str(by), changes=changes
    )
