"""Letting people out and in, giving their work to colleagues, and looking on as somebody else."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.refusals import Refused
from partners import services
from partners.access import VIEWING, PersonRequest
from partners.forms import ChannelScopeForm, HandOverForm, ReasonForm
from partners.models import ChannelScope, Viewing
from partners.views.team import person_of, show_person

MOST_VIEWINGS = 200


@require_POST
def person_state(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Deactivate a person, or let them in again."""
    found = person_of(request, public_id)
    if request.POST.get("active"):
        services.reactivate(found, by=request.user, at=now())
        messages.success(request, _("%(name)s can sign in again.") % {"name": found})
    else:
        services.deactivate(found, by=request.user, at=now())
        messages.success(request, _("%(name)s is out. Open sessions have ended.") % {"name": found})
    return redirect("partners:person", found.public_id)


@require_POST
def hand_over(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Give what a person works on to a colleague."""
    found = person_of(request, public_id)
    form = HandOverForm(request.POST, by=request.user, person=found)
    if form.is_valid():
        try:
            moved = services.pass_on(found, to=form.cleaned_data["to"], by=request.user, at=now())
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
        else:
            told = {"name": form.cleaned_data["to"], "what": ", ".join(moved) or _("nothing")}
            messages.success(request, _("%(name)s goes on with: %(what)s.") % told)
            return redirect("partners:person", found.public_id)
    return show_person(request, found, hand_over=form)


@require_POST
def scope_add(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Make a channel manager responsible for one country and segment more."""
    found = person_of(request, public_id)
    form = ChannelScopeForm(request.POST)
    if form.is_valid():
        try:
            services.add_channel_scope(found, by=request.user, at=now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            return redirect("partners:person", found.public_id)
    return show_person(request, found, scope_form=form)


@require_POST
def scope_remove(request: PersonRequest, public_id: UUID, number: int) -> HttpResponse:
    """Take one of a channel manager's countries and segments away."""
    found = person_of(request, public_id)
    scope = get_object_or_404(ChannelScope.objects.filter(user=found), pk=number)
    services.remove_channel_scope(scope, by=request.user, at=now())
    return redirect("partners:person", found.public_id)


@require_POST
def view_as(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Begin to see the portal as somebody else sees it."""
    found = person_of(request, public_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            viewing = services.view_as(found, by=request.user, at=now(), reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error("reason", str(refusal.sentence))
        else:
            request.session[VIEWING] = str(viewing.public_id)
            return redirect("/")
    return show_person(request, found, view_form=form)


@require_POST
def view_end(request: PersonRequest) -> HttpResponse:
    """Be oneself again."""
    if named := request.session.pop(VIEWING, None):
        services.end_viewing(named, by=request.user, at=now())
        messages.success(request, _("You see the portal as yourself again."))
    return redirect("/")


@require_GET
def viewings(request: PersonRequest) -> HttpResponse:
    """Who looked on as whom, when and why."""
    rows = Viewing.objects.visible_to(request.user).order_by("-started_at", "-pk")[:MOST_VIEWINGS]
    return render(request, "partners/team/viewings.html", {"rows": rows, "now": now()})
