"""What only administrators do: say what Microsoft answers while the portal is not connected to it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agreements.models import DirectAnswer
from common.refusals import NotAllowed
from customers.models import Customer
from partners.models import User


@transaction.atomic
def say_direct_answer(customer: Customer, *, by: User, at: datetime, is_signed: bool) -> DirectAnswer:
    """Say whether a customer has accepted directly; the offline client answers with it, a worker learns of it."""
    if not by.is_staff:
        raise NotAllowed(_("Only an administrator says what Microsoft answers."))
    customer = Customer.objects.visible_to(by).get(pk=customer.pk)
    said, _is_new = DirectAnswer.objects.update_or_create(
        partner_id=customer.partner_id,
        customer=customer,
        defaults={"is_signed": is_signed, "at": at, "by_name": str(by)},
    )
    return said
