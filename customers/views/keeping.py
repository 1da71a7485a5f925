"""What is kept about a customer beside its identity: tags, vetting, the request for a reseller relationship."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.views.decorators.http import require_POST

from common.htmx import page_or_partial
from common.refusals import Refused
from customers import panels, services
from customers.forms.keeping import RelationForm, TagsForm, VettingForm
from customers.models import Customer, Relation
from partners.access import PersonRequest
from partners.roles import CspType

IDENTITY = "customers/identity.html", "customers/_identity.html"
RELATION = "customers/relation.html", "customers/_relation.html"


def _customer(request: PersonRequest, public_id: UUID) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user).current(), public_id=public_id)


def _identity(request: PersonRequest, customer: Customer, *, status: int = 200, **forms: Any) -> HttpResponse:
    """After a write the customer for those without script; else the panel, with what has to be mended."""
    if status == 200 and not request.htmx:
        return redirect("customer", customer.public_id)
    customer.refresh_from_db()
    panel = {**panels.identity(customer, by=request.user, on=localdate()), **forms}
    return page_or_partial(request, *IDENTITY, {"customer": customer, "panel": panel}, status=status)


@require_POST
def tags(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Give a customer its tags."""
    customer, form = _customer(request, public_id), TagsForm(request.POST)
    if not form.is_valid():
        return _identity(request, customer, status=422, tags_form=form)
    services.set_tags(customer, by=request.user, at=now(), names=form.cleaned_data["tags"])
    return _identity(request, customer)


@require_POST
def vetting(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Note the vetting status."""
    customer, form = _customer(request, public_id), VettingForm(request.POST)
    if not form.is_valid():
        return _identity(request, customer, status=422, vetting_form=form)
    services.note_vetting(customer, by=request.user, at=now(), vetting=form.cleaned_data["vetting"])
    return _identity(request, customer)


def _relation(request: PersonRequest, customer: Customer, *, status: int = 200, **forms: Any) -> HttpResponse:
    if status == 200 and not request.htmx:
        return redirect("customer", customer.public_id)
    panel = {**panels.relation(customer, by=request.user, on=localdate()), **forms}
    return page_or_partial(request, *RELATION, {"customer": customer, "panel": panel}, status=status)


@require_POST
def relation_request(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Begin a request for a reseller relationship."""
    customer, partner = _customer(request, public_id), request.user.partner
    is_indirect = partner is not None and partner.csp_type == CspType.INDIRECT_RESELLER
    form = RelationForm(request.POST, is_indirect=is_indirect)
    if not form.is_valid():
        return _relation(request, customer, status=422, form=form)
    try:
        services.request_relation(customer, by=request.user, at=now(), **form.cleaned_data)
    except Refused as refusal:
        form.add_error(refusal.field or None, str(refusal.sentence))
        return _relation(request, customer, status=refusal.status, form=form)
    return _relation(request, customer)


def _own(request: PersonRequest, public_id: UUID) -> Relation:
    return get_object_or_404(Relation.objects.visible_to(request.user).select_related("customer"), public_id=public_id)


@require_POST
def relation_accept(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Note that the customer has accepted."""
    relation = _own(request, public_id)
    services.note_acceptance(relation, by=request.user, at=now())
    return _relation(request, relation.customer)


@require_POST
def relation_withdraw(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Take the request back."""
    relation = _own(request, public_id)
    services.withdraw(relation, by=request.user, at=now())
    return _relation(request, relation.customer)
