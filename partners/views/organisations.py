"""Organisations and their locations, for the office."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.htmx import page_or_partial
from common.paging import keyset
from common.refusals import Refused
from partners import panels, services
from partners.access import PersonRequest
from partners.forms import LocationForm, OrganisationForm, OrganisationSearch, ReasonForm
from partners.models import Location, Partner
from partners.services.organisations import FIELDS, PLACE_FIELDS

PAGE_SIZE = 50


def organisations(request: PersonRequest) -> HttpResponse:
    """Organisations by name, found by a part of it or by a PartnerID of theirs; beside them Microsoft's people."""
    form = OrganisationSearch(request.GET)
    page = keyset(
        panels.found_organisations(form.words, by=request.user),
        by=("name", "pk"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE_SIZE,
    )
    context = {"form": form, "page": page, **panels.people(None, by=request.user, at=now())}
    return page_or_partial(request, "partners/team/organisations.html", "partners/team/_organisations.html", context)


def _organisation(request: PersonRequest, public_id: UUID) -> Partner:
    return get_object_or_404(Partner.objects.visible_to(request.user), public_id=public_id)


@require_http_methods(["GET", "POST"])
def organisation_add(request: PersonRequest) -> HttpResponse:
    """A new organisation."""
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_organisation(by=request.user, at=now(), facts=form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
        else:
            messages.success(request, _("The organisation is entered. Now invite its administrator."))
            return redirect("partners:organisation", made.public_id)
    context = {"form": form}
    return render(request, "partners/team/organisation_add.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def organisation(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One organisation: what it is and does, its locations, its people, what happened."""
    found = _organisation(request, public_id)
    form = OrganisationForm(request.POST or None, initial={name: getattr(found, name) for name in FIELDS})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_organisation(found, by=request.user, at=now(), facts=form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
        else:
            messages.success(request, _("Saved. It counts from now on."))
            return redirect("partners:organisation", found.public_id)
    return _show(request, found, form=form)


def _show(
    request: PersonRequest,
    found: Partner,
    *,
    form: OrganisationForm | None = None,
    place_form: LocationForm | None = None,
    reason_form: ReasonForm | None = None,
) -> HttpResponse:
    context = {
        "organisation": found,
        "form": form or OrganisationForm(initial={name: getattr(found, name) for name in FIELDS}),
        "place_form": place_form or LocationForm(prefix="place", initial={"country": found.country, "is_active": True}),
        "reason_form": reason_form or ReasonForm(),
        "places": panels.places(found, by=request.user),
        **panels.people(found, by=request.user, at=now()),
    }
    is_refused = any(one is not None and one.is_bound and one.errors for one in (form, place_form, reason_form))
    return render(request, "partners/team/organisation.html", context, status=422 if is_refused else 200)


@require_POST
def organisation_state(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Suspend an organisation with a reason, or resume it."""
    found = _organisation(request, public_id)
    if request.POST.get("active"):
        services.let_in_again(found, by=request.user, at=now())
        messages.success(request, _("The organisation is in again."))
        return redirect("partners:organisation", found.public_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, found, reason_form=form)
    services.suspend(found, by=request.user, at=now(), reason=form.cleaned_data["reason"])
    messages.success(request, _("The organisation is suspended. Open sessions have ended."))
    return redirect("partners:organisation", found.public_id)


@require_POST
def location_add(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """A new location of an organisation."""
    found = _organisation(request, public_id)
    form = LocationForm(request.POST, prefix="place")
    if form.is_valid():
        try:
            services.keep_location(found, by=request.user, at=now(), facts=form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
        else:
            messages.success(request, _("The location is entered."))
            return redirect("partners:organisation", found.public_id)
    return _show(request, found, place_form=form)


@require_http_methods(["GET", "POST"])
def location(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Change a location, or close it."""
    found = get_object_or_404(Location.objects.visible_to(request.user).select_related("partner"), public_id=public_id)
    form = LocationForm(request.POST or None, initial={name: getattr(found, name) for name in PLACE_FIELDS})
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            services.keep_location(found.partner, by=request.user, at=now(), facts=facts, location=found)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
        else:
            messages.success(request, _("Saved. It counts from now on."))
            return redirect("partners:organisation", found.partner.public_id)
    context = {"form": form, "location": found, "organisation": found.partner}
    return render(request, "partners/team/location.html", context, status=422 if form.errors else 200)
