"""Record what the customer decided (S3). Guidance never overwrites it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Unfit
from customers.models import Customer
from motions.models import Choice, Standing
from motions.states import Reason
from partners.models import User


@transaction.atomic
def record_choice(customer: Customer, *, by: User, at: datetime, motion: str, reason: str, note: str = "") -> Choice:
    """Add the customer's choice with its reason; the newest one holds, the older ones stay as history."""
    if not by.is_of_partner:
        raise NotAllowed(_("Only the partner itself records its customer's choice."))
    customer = Customer.objects.visible_to(by).current().get(pk=customer.pk)
    guided = Standing.objects.visible_to(by).get(customer=customer).motion
    if motion != guided and reason == Reason.FOLLOWS:
        raise Unfit(_("The choice differs from the guidance. Please give the customer's reason."), field="reason")
    if reason == Reason.OTHER and not note.strip():
        raise Unfit(_("Please say in a few words what the other reason is."), field="note")
    return Choice.objects.create(
        partner_id=customer.partner_id,
        customer=customer,
        motion=motion,
        reason=reason,
        note=note.strip(),
        guided_motion=guided,
        at=at,
        by=by,
        by_name=str(by),
    )
