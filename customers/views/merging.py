"""Candidates while one types, and two customers of a partner that are one company: preview, merge, take back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.refusals import Refused
from customers import services
from customers.forms import clean_domain
from customers.forms.conflicts import MergeForm, initial_merge
from customers.models import Customer, Merge
from customers.scoping import search
from customers.wording import compared
from partners.access import PersonRequest

MOST_FOUND = 20


@require_GET
def alike(request: PersonRequest) -> HttpResponse:
    """Customers that may be the company that is being typed; a part of the form, asked for while one types."""
    corrected = _uuid(request.GET.get("of", ""))
    rows = Customer.objects.visible_to(request.user)
    excluding = rows.filter(public_id=corrected).first() if corrected else None
    found = services.likenesses(by=request.user, facts=_typed(request), excluding=excluding)
    return render(request, "customers/_alike.html", {"likenesses": found})


def _typed(request: PersonRequest) -> dict[str, Any]:
    """What stands in the form so far; what cannot be read yet is not known yet."""
    names = ("name", "country", "domain", "registration_number", "duns")
    typed: dict[str, Any] = {name: request.GET.get(name, "").replace("\x00", "").strip()[:253] for name in names}
    try:
        typed["domain"] = clean_domain(typed["domain"])
    except ValidationError:
        typed["domain"] = ""
    return typed | {"tenant_id": _uuid(request.GET.get("tenant_id", ""))}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
def merge(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Choose a duplicate, see what would follow, and merge it into this customer."""
    rows = Customer.objects.visible_to(request.user).current()
    customer = get_object_or_404(rows, public_id=public_id)
    chosen = _uuid(request.GET.get("with", "") or request.POST.get("duplicate", ""))
    duplicate = get_object_or_404(rows.exclude(pk=customer.pk), public_id=chosen) if chosen else None
    if request.method == "GET" or duplicate is None:
        context = _offered(request, customer, duplicate)
        return render(request, "customers/merge.html", context, status=422 if request.method == "POST" else 200)
    form = MergeForm(request.POST)
    refusal = _merged(request, customer, duplicate, form) if form.is_valid() else None
    if form.errors or refusal:
        context = _offered(request, customer, duplicate) | {"refusal": refusal.sentence if refusal else ""}
        return render(request, "customers/merge.html", context, status=refusal.status if refusal else 422)
    messages.success(request, _("%(name)s is merged into this customer.") % {"name": duplicate.name})
    return redirect("customer", customer.public_id)


def _merged(request: PersonRequest, customer: Customer, duplicate: Customer, form: MergeForm) -> Refused | None:
    try:
        services.merge(
            customer,
            duplicate,
            by=request.user,
            at=now(),
            versions=form.versions_seen,
            because=form.cleaned_data["because"],
        )
    except Refused as refusal:
        return refusal
    return None


def _offered(request: PersonRequest, customer: Customer, duplicate: Customer | None) -> dict[str, Any]:
    """Candidates, or the preview of the one that was chosen."""
    context: dict[str, Any] = {"customer": customer, "duplicate": duplicate}
    if duplicate:
        # with the versions of now, so that whoever was refused can go on; what was typed stays, and what is wrong with it
        seen = initial_merge(customer, duplicate)
        said = request.POST.dict() | seen if request.method == "POST" else None
        return context | {
            "form": MergeForm(said, initial=seen),
            "preview": services.preview(customer, duplicate, by=request.user),
            "rows": compared(customer, duplicate),
        }
    facts = {name: getattr(customer, name) for name in services.IDENTITY}
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    others = Customer.objects.visible_to(request.user).current().exclude(pk=customer.pk)
    return context | {
        "likenesses": services.likenesses(by=request.user, facts=facts, excluding=customer),
        "words": words,
        "found": search(others, words, by=request.user).order_by("sort_name", "pk")[:MOST_FOUND] if words else [],
    }


@require_POST
def unmerge(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Take a merge back."""
    done = get_object_or_404(Merge.objects.visible_to(request.user), public_id=public_id)
    done = services.unmerge(done, by=request.user, at=now())
    messages.success(request, _("%(name)s is a customer of its own again.") % {"name": done.duplicate.name})
    return redirect("customer", done.duplicate.public_id)
