"""The people of an organisation: who is here, who is asked in, what each may do."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.refusals import Refused
from partners import panels, services
from partners.access import PersonRequest
from partners.forms import InviteForm, PersonForm
from partners.models import Invitation, Partner, User
from partners.roles import Role
from partners.views.organisations import organisations


@require_GET
def team(request: PersonRequest) -> HttpResponse:
    """One's own people; for the office the organisations, and Microsoft's people."""
    if request.user.role == Role.ADMINISTRATOR:
        return organisations(request)
    context = {"organisation": request.user.partner, "places": panels.places(request.user.partner, by=request.user)}
    context |= panels.people(request.user.partner, by=request.user, at=now())
    return render(request, "partners/team/team.html", context)


def person_of(request: PersonRequest, public_id: UUID) -> User:
    """A person whom the asker has in hand; 404 for everybody else."""
    seen = User.objects.visible_to(request.user).filter(api_client__isnull=True)
    found: User = get_object_or_404(seen.select_related("partner", "location"), public_id=public_id)
    return found


@require_http_methods(["GET", "POST"])
def person(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One person: what they may do, what they work on, what happened."""
    found = person_of(request, public_id)
    initial = {name: getattr(found, name) for name in ("name", "role", "scope", "team_name", "location")}
    form = PersonForm(request.POST or None, by=request.user, partner=found.partner, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_person(found, by=request.user, at=now(), facts=form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
        else:
            messages.success(request, _("Saved. It counts from now on."))
            return redirect("partners:person", found.public_id)
    return show_person(request, found, form=form)


def show_person(request: PersonRequest, found: User, **forms: Any) -> HttpResponse:
    """A person's page; a form that was refused keeps what was typed in it."""
    context = {"organisation": found.partner, **panels.person(found, by=request.user), **forms}
    if "form" not in forms:
        initial = {name: getattr(found, name) for name in ("name", "role", "scope", "team_name", "location")}
        context["form"] = PersonForm(by=request.user, partner=found.partner, initial=initial)
    is_refused = any(form.is_bound and form.errors for form in forms.values())
    return render(request, "partners/team/person.html", context, status=422 if is_refused else 200)


@require_http_methods(["GET", "POST"])
def invite(request: PersonRequest) -> HttpResponse:
    """Ask somebody in: into one's own organisation, or for the office into any of them."""
    partner = _into(request)
    form = InviteForm(
        request.POST or None, by=request.user, partner=partner, initial={"language": request.user.language}
    )
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        try:
            made = services.invite(partner=partner, by=request.user, at=now(), email=facts.pop("email"), facts=facts)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
        else:
            messages.success(request, _("%(name)s is invited. The mail is on its way.") % {"name": made.name})
            return _back(partner, request)
    context = {"form": form, "organisation": partner}
    return render(request, "partners/team/invite.html", context, status=422 if form.errors else 200)


def _into(request: PersonRequest) -> Partner | None:
    """The organisation that somebody is asked into; None for Microsoft's own people."""
    if request.user.partner:
        return request.user.partner
    named = request.GET.get("organisation", "")
    try:
        return get_object_or_404(Partner.objects.visible_to(request.user), public_id=UUID(named)) if named else None
    except ValueError:
        return get_object_or_404(Partner.objects.none())


def _back(partner: Partner | None, request: PersonRequest) -> HttpResponse:
    if partner and request.user.partner is None:
        return redirect("partners:organisation", partner.public_id)
    return redirect("partners:team")


def _invitation(request: PersonRequest, public_id: UUID) -> Invitation:
    seen = Invitation.objects.visible_to(request.user).select_related("partner")
    return get_object_or_404(seen, public_id=public_id)


@require_POST
def invitation_resend(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Send a new link."""
    found = _invitation(request, public_id)
    services.resend(found, by=request.user, at=now())
    messages.success(request, _("A new link is on its way. The former one is void."))
    return _back(found.partner, request)


@require_POST
def invitation_withdraw(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    found = _invitation(request, public_id)
    services.withdraw(found, by=request.user, at=now())
    messages.success(request, _("The invitation is withdrawn. Its link is void."))
    return _back(found.partner, request)
