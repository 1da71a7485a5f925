"""Register and correct a customer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.refusals import Stale
from customers import services
from customers.forms import CustomerForm, initial_of
from customers.models import Customer
from partners.access import PersonRequest

PAGE = "customers/form.html"


@require_http_methods(["GET", "POST"])
def register(request: PersonRequest) -> HttpResponse:
    """Register a customer; a likeness is shown first, and what was typed stays."""
    partner = request.user.partner
    form = CustomerForm(request.POST or None, initial={"country": partner.country if partner else ""})
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            customer = services.register(
                by=request.user,
                at=now(),
                facts=form.facts,
                despite_likeness=form.cleaned_data["despite_likeness"],
            )
        except services.LooksAlike as refusal:
            return render(request, PAGE, _asking(context, form, refusal), status=refusal.status)
        messages.success(request, _("%(name)s is registered.") % {"name": customer.name})
        return redirect("customer", customer.public_id)
    return render(request, PAGE, context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def correct(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Correct a customer's facts; a save that came too late shows both values."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user).current(), public_id=public_id)
    form = CustomerForm(request.POST or None, initial=initial_of(customer))
    context: dict[str, Any] = {"form": form, "customer": customer}
    if request.method == "POST" and form.is_valid():
        try:
            services.correct(
                customer,
                by=request.user,
                at=now(),
                version=form.cleaned_data["version"] or 0,
                facts=form.facts,
                despite_likeness=form.cleaned_data["despite_likeness"],
            )
        except services.LooksAlike as refusal:
            return render(request, PAGE, _asking(context, form, refusal), status=refusal.status)
        except Stale as refusal:
            return render(request, PAGE, _too_late(request, context, customer, form, refusal), status=refusal.status)
        messages.success(request, _("%(name)s is corrected.") % {"name": form.facts["name"]})
        return redirect("customer", customer.public_id)
    return render(request, PAGE, context, status=422 if form.errors else 200)


def _asking(context: dict[str, Any], form: CustomerForm, refusal: services.LooksAlike) -> dict[str, Any]:
    return {**context, "form": form, "likenesses": refusal.likenesses, "refusal": refusal.sentence}


def _too_late(
    request: PersonRequest, context: dict[str, Any], customer: Customer, form: CustomerForm, refusal: Stale
) -> dict[str, Any]:
    typed = {**request.POST.dict(), "version": str(customer.version)}
    again = CustomerForm(typed, initial=form.initial)
    newest = initial_of(customer)
    differing = [(again[name].label, newest[name]) for name, typed in form.facts.items() if newest[name] != typed]
    return {**context, "form": again, "refusal": refusal.sentence, "differing": differing}
