"""Correct, archive and restore a customer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.forms import posted_number
from common.refusals import Refused, Stale
from customers import services
from customers.forms import CustomerForm, initial_of
from customers.forms.keeping import ArchiveForm
from customers.models import Customer
from partners.access import PersonRequest

PAGE = "customers/form.html"


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
                because=form.cleaned_data["because"],
            )
        except (services.LooksAlike, services.Unexplained) as refusal:
            return render(request, PAGE, _asking(context, form, refusal), status=refusal.status)
        except Stale as refusal:
            return render(request, PAGE, _too_late(request, context, customer, form, refusal), status=refusal.status)
        messages.success(request, _("%(name)s is corrected.") % {"name": form.facts["name"]})
        return redirect("customer", customer.public_id)
    return render(request, PAGE, context, status=422 if form.errors else 200)


def _asking(
    context: dict[str, Any], form: CustomerForm, refusal: services.LooksAlike | services.Unexplained
) -> dict[str, Any]:
    form.add_error(refusal.field, refusal.sentence)
    return {**context, "form": form, "likenesses": refusal.likenesses, "refusal": refusal.sentence}


def _too_late(
    request: PersonRequest, context: dict[str, Any], customer: Customer, form: CustomerForm, refusal: Stale
) -> dict[str, Any]:
    typed = {**request.POST.dict(), "version": str(customer.version)}
    again = CustomerForm(typed, initial=form.initial)
    newest = initial_of(customer)
    facts = {**form.facts, "tenant_id": str(form.facts["tenant_id"] or "")}
    differing = [(again[name].label, newest[name]) for name, mine in facts.items() if newest[name] != mine]
    return {**context, "form": again, "refusal": refusal.sentence, "differing": differing}


@require_http_methods(["GET", "POST"])
def archive(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Put a customer aside, with the reason."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user).current(), public_id=public_id)
    form = ArchiveForm(request.POST or None, initial={"version": customer.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        version, reason = form.cleaned_data["version"] or 0, form.cleaned_data["reason"]
        try:
            services.archive(customer, by=request.user, at=now(), version=version, reason=reason)
        except Stale as refusal:
            form = ArchiveForm({"reason": reason, "version": customer.version})
            form.add_error(None, str(refusal.sentence))
            status = refusal.status
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal.sentence))
        else:
            messages.success(request, _("%(name)s is archived.") % {"name": customer.name})
            return redirect("customer", customer.public_id)
    status = 422 if form.errors and status == 200 else status
    return render(request, "customers/archive.html", {"form": form, "customer": customer}, status=status)


@require_POST
def restore(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Bring an archived customer back."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), public_id=public_id)
    services.restore(customer, by=request.user, at=now(), version=posted_number(request))
    messages.success(request, _("%(name)s is restored.") % {"name": customer.name})
    return redirect("customer", customer.public_id)
