"""Record when a customer's Enterprise Agreement ends. The row is fact and history at once; the newest holds."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Unfit
from customers.models import Customer
from motions.models import Contract
from partners.models import User

FIRST_YEAR = 2000  # no agreement that still matters is older
YEARS_AHEAD = 15  # longer than any term, also when it was extended


@transaction.atomic
def record_ea_end(
    customer: Customer, *, by: User, at: datetime, ea_end_date: date | None, ea_start_date: date | None = None
) -> Contract:
    """Add what is known of the agreement; no end means that none runs. What is known already is not added again.

    Raises `Unfit` for days in the wrong order or in a year that cannot be meant, with the field to cure.
    """
    if not by.is_of_partner:
        raise NotAllowed(_("Only the partner itself records its customer's agreement."))
    customer = Customer.objects.visible_to(by).current().get(pk=customer.pk)
    _must_make_sense(ea_start_date, ea_end_date, today=localdate(at))
    newest = Contract.objects.visible_to(by).filter(customer=customer).order_by("-id").first()
    if newest and (newest.ea_start_date, newest.ea_end_date) == (ea_start_date, ea_end_date):
        return newest
    return Contract.objects.create(
        partner_id=customer.partner_id,
        customer=customer,
        ea_start_date=ea_start_date,
        ea_end_date=ea_end_date,
        at=at,
        by=by,
        by_name=str(by),
    )


def _must_make_sense(start: date | None, end: date | None, *, today: date) -> None:
    years = FIRST_YEAR, today.year + YEARS_AHEAD
    for field, day in (("ea_start_date", start), ("ea_end_date", end)):
        if day and not years[0] <= day.year <= years[1]:
            sentence = _("The year %(year)s cannot be meant: please give one from %(first)s to %(last)s.")
            values = {"year": str(day.year), "first": str(years[0]), "last": str(years[1])}
            raise Unfit(sentence % values, field=field)
    if start and not end:
        raise Unfit(_("Please give the end as well, or leave both empty if no agreement runs."), field="ea_end_date")
    if start and end and end <= start:
        raise Unfit(_("The agreement must end after it starts."), field="ea_end_date")
