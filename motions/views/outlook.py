"""The forecast of one customer, and the form for the end of its agreement."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_GET, require_POST

from common.htmx import page_or_partial
from common.refusals import Refused
from customers.models import Customer
from motions import outlooks, services
from motions.forms.outlook import EaEndForm
from partners.access import PersonRequest


def _customer(request: PersonRequest, public_id: UUID) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user).current(), public_id=public_id)


def _panel(request: PersonRequest, customer: Customer, refused: EaEndForm | None = None) -> HttpResponse:
    panel = outlooks.ahead(customer, by=request.user, on=localdate())
    if refused:
        panel["form"] = refused
    context = {"customer": customer, "panel": panel}
    status = 422 if refused else 200
    return page_or_partial(request, "motions/forecast.html", "motions/_forecast.html", context, status=status)


@require_GET
def forecast(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """When the customer is likely to cross a limit, and when its agreement ends."""
    return _panel(request, _customer(request, public_id))


@require_POST
def ea_end(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Record when the customer's agreement ends."""
    customer = _customer(request, public_id)
    form = EaEndForm(request.POST)
    if form.is_valid():
        try:
            services.record_ea_end(customer, by=request.user, at=now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal.sentence))
    if form.errors:
        return _panel(request, customer, form)
    return _panel(request, customer) if request.htmx else redirect("customer", customer.public_id)
