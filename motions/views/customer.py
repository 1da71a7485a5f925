"""Panels and forms of one customer: guidance, deals, choice, what-if, history."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.forms import posted_number
from common.htmx import page_or_partial
from common.refusals import Refused, Stale
from customers.models import Customer
from motions import panels, past, requests, services
from motions.forms.deals import ChoiceForm, DealForm, WhatIfForm, initial_of
from motions.models import Deal
from motions.scoping import changeable
from motions.sql.freshness import in_force
from motions.states import Kind, Source, Stage
from partners.access import PersonRequest


def _customer(request: PersonRequest, public_id: UUID) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user).current(), public_id=public_id)


@require_GET
def guidance(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The guidance panel; while a recompute is due it asks for itself again."""
    customer = _customer(request, public_id)
    context = {"customer": customer, "panel": panels.guidance(customer, by=request.user, on=localdate())}
    return page_or_partial(request, "motions/guidance.html", "motions/_guidance.html", context)


@require_GET
def history(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The answers of the past."""
    customer = _customer(request, public_id)
    context = {"customer": customer, "panel": past.history(customer, by=request.user, on=localdate())}
    return page_or_partial(request, "motions/history.html", "motions/_history.html", context)


@require_GET
def deals(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The deals panel."""
    customer = _customer(request, public_id)
    return _deals(request, customer)


def _deals(request: PersonRequest, customer: Customer) -> HttpResponse:
    context = {"customer": customer, "panel": panels.deals(customer, by=request.user, on=localdate())}
    return page_or_partial(request, "motions/deals.html", "motions/_deals.html", context)


def _saved(request: PersonRequest, customer: Customer) -> HttpResponse:
    """After a write: the fresh panel for htmx (the guidance panel hears of it), else back to the customer."""
    requests.recompute_soon()
    if not request.htmx:
        return redirect("customer", customer.public_id)
    response = _deals(request, customer)
    response["HX-Trigger"] = "deals-changed"
    return response


@require_http_methods(["GET", "POST"])
def deal_add(request: PersonRequest, public_id: UUID, kind: str) -> HttpResponse:
    """Add a seat deal or an Azure deal."""
    customer = _customer(request, public_id)
    initial = {"size_date": localdate(), "stage": Stage.OPEN, "currency": "EUR"}
    form = DealForm(request.POST or None, kind=kind, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.add_deal(
            customer,
            by=request.user,
            at=now(),
            facts=form.facts,
            source=Source.FORM,
            size_date=form.cleaned_data["size_date"],
        )
        return _saved(request, customer)
    return _form(request, customer, form, title=_new_title(kind))


def _new_title(kind: str) -> str:
    return _("New seat deal") if kind == Kind.SEATS else _("New Azure deal")


def _deal(request: PersonRequest, public_id: UUID) -> Deal:
    if deal := changeable(public_id, by=request.user):
        return deal
    raise Http404


@require_http_methods(["GET", "POST"])
def deal_change(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Change a deal; a save that came too late shows both values and loses nothing typed."""
    deal = _deal(request, public_id)
    form = DealForm(request.POST or None, kind=deal.kind, initial=initial_of(deal))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_deal(
                deal,
                by=request.user,
                at=now(),
                version=form.cleaned_data["version"] or 0,
                facts=form.facts,
                source=Source.FORM,
                size_date=form.cleaned_data["size_date"],
            )
        except Stale as refusal:
            return _too_late(request, deal, form, refusal)
        return _saved(request, deal.customer)
    return _form(request, deal.customer, form, title=deal.name, deal=deal)


def _too_late(request: PersonRequest, deal: Deal, form: DealForm, refusal: Stale) -> HttpResponse:
    deal.refresh_from_db()
    newest = DealForm(kind=deal.kind, initial=initial_of(deal))
    differing = [
        (field.label, newest[field.name].value())
        for field in form.visible_fields()
        if newest.fields[field.name].has_changed(newest[field.name].value(), form[field.name].value())
    ]
    again = DealForm(
        {**request.POST.dict(), "needs": request.POST.getlist("needs"), "version": str(deal.version)}, kind=deal.kind
    )
    context = {"refusal": refusal.sentence, "differing": differing}
    return _form(request, deal.customer, again, title=deal.name, deal=deal, status=refusal.status, **context)


def _form(
    request: PersonRequest,
    customer: Customer,
    form: DealForm,
    *,
    title: str,
    deal: Deal | None = None,
    status: int = 0,
    **more: Any,
) -> HttpResponse:
    status = status or (422 if form.is_bound and form.errors else 200)
    context = {"customer": customer, "form": form, "title": title, "deal": deal, **more}
    return page_or_partial(request, "motions/deal.html", "motions/_deal_form.html", context, status=status)


@require_POST
def deal_remove(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Remove a deal that should not have been entered."""
    deal = _deal(request, public_id)
    services.remove_deal(deal, by=request.user, at=now(), version=posted_number(request))
    return _saved(request, deal.customer)


@require_POST
def choose(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Record what the customer decided."""
    customer = _customer(request, public_id)
    form = ChoiceForm(request.POST)
    if form.is_valid():
        try:
            services.record_choice(customer, by=request.user, at=now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal.sentence))
    if form.is_valid() and not request.htmx:
        return redirect("customer", customer.public_id)
    panel = panels.choice(customer, by=request.user, on=localdate())
    if form.errors:
        panel["form"] = form
    context = {"customer": customer, "panel": panel}
    status = 422 if form.errors else 200
    return page_or_partial(request, "motions/choice.html", "motions/_choice.html", context, status=status)


@require_GET
def what_if(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Try facts out: the same table of rules, nothing written."""
    customer = _customer(request, public_id)
    form = WhatIfForm(request.GET)
    policy = in_force(localdate()).policy_of(customer.country)
    explained, doubt = None, panels.doubt_of(policy)
    if form.is_valid() and policy and not doubt:
        explained = panels.explain(policy.rules, form.facts, policy.limits, policy.currency)
    panel = {"customer": customer, "form": form, "explained": explained, "policy": policy, "doubt": doubt}
    context = {"customer": customer, "panel": panel}
    return page_or_partial(request, "motions/what_if.html", "motions/_what_if_result.html", context)
