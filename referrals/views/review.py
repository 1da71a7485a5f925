"""What a reviewer does beside deciding: putting off, handing over, single keys."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.refusals import Unfit
from common.templatetags.figures import moment
from partners.access import PersonRequest
from referrals.models import Referral
from referrals.review.forms import AssignForm, SnoozeForm
from referrals.services import reviewing, routing
from referrals.sql import responsible


def _lead(request: PersonRequest, public_id: UUID) -> Referral:
    return get_object_or_404(Referral.objects.visible_to(request.user).shared(), public_id=public_id)


def _back(request: PersonRequest) -> HttpResponse:
    """Where the button stood; nowhere else but on this site."""
    place = request.POST.get("back", "")
    is_ours = place.startswith("/") and url_has_allowed_host_and_scheme(place, allowed_hosts=None)
    return redirect(place if is_ours else "review")


@require_POST
def snooze(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Put a lead off until a morning, or show it again."""
    lead = _lead(request, public_id)
    if request.POST.get("wake"):
        reviewing.wake(lead, by=request.user)
        return _back(request)
    form, at = SnoozeForm(request.POST), now()
    if not form.is_valid():
        raise Unfit(_("Please choose until when the lead is put off."), field="days")
    found = reviewing.snooze(lead, by=request.user, at=at, until=form.until(at))
    text = _("%(name)s is out of your queue until %(when)s.")
    messages.success(request, text % {"name": lead.name, "when": moment(found.until)})
    return _back(request)


@require_POST
def assign(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Hand a lead to a colleague."""
    lead = _lead(request, public_id)
    form = AssignForm(request.POST, people=responsible(lead.country, lead.segment))
    if not form.is_valid():
        raise Unfit(_("Please choose a colleague."), field="to")
    version, to = form.cleaned_data["version"], form.cleaned_data["to"]
    moved = routing.assign(lead, by=request.user, at=now(), version=version, to=to)
    text = _("%(name)s is with %(person)s now.")
    messages.success(request, text % {"name": lead.name, "person": moved.routed_to_name})
    return _back(request)


@require_POST
def keys(request: PersonRequest) -> HttpResponse:
    """Switch single keys on or off for oneself."""
    reviewing.use_keys(by=request.user, uses_keys=request.POST.get("uses_keys") == "on")
    return _back(request)
