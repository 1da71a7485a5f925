"""Whose a new lead is: rules, preview, absences; who has what on the desk."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.htmx import page_or_partial
from common.refusals import Refused, Unfit
from partners.access import PersonRequest
from partners.roles import Role
from referrals import services
from referrals.models import Absence, Referral, ReviewLocation, RoutingRule
from referrals.review import directing
from referrals.services import routing as rules
from referrals.states import Step


def _refuse(form: forms.Form, refusal: Refused) -> int:
    """Put the sentence at its field; returns the status of the answer."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    return refusal.status


@require_GET
def routing(request: PersonRequest) -> HttpResponse:
    """The rules in force, and to whom a lead would go; the administrator adds a rule here."""
    return _routing(request, directing.RuleForm())


def _routing(
    request: PersonRequest,
    form: directing.RuleForm,
    *,
    status: int = 200,
    place_form: directing.LocationForm | None = None,
) -> HttpResponse:
    at = now()
    asked = directing.PreviewForm(request.GET or None)
    may_write = request.user.role == Role.ADMINISTRATOR
    context: dict[str, Any] = {"form": form, "asked": asked, "preview": directing.preview(asked, at=at)}
    context |= directing.rules(at=at) | {"may_write": may_write, "place_form": place_form or directing.LocationForm()}
    context["places"] = [(one, directing.LocationForm(place=one) if may_write else None) for one in directing.places()]
    return page_or_partial(
        request, "referrals/review/routing.html", "referrals/review/_routing.html", context, status=status
    )


@require_POST
def rule_add(request: PersonRequest) -> HttpResponse:
    """A rule for leads submitted from now or later on."""
    form = directing.RuleForm(request.POST)
    if not form.is_valid():
        return _routing(request, form, status=422)
    try:
        rules.add_rule(by=request.user, at=now(), **form.said)
    except Refused as refusal:
        return _routing(request, form, status=_refuse(form, refusal))
    messages.success(request, _("The rule counts for leads submitted from then on."))
    return redirect("referrals:routing")


@require_POST
def rule_end(request: PersonRequest, number: int) -> HttpResponse:
    """End a rule at once."""
    rules.end_rule(get_object_or_404(RoutingRule, pk=number), by=request.user, at=now())
    messages.success(request, _("The rule has ended. Leads that it has sent stay where they are."))
    return redirect("referrals:routing")


@require_POST
def location_add(request: PersonRequest) -> HttpResponse:
    """A location of the channel side, with the people who work there."""
    form = directing.LocationForm(request.POST)
    if not form.is_valid():
        return _routing(request, directing.RuleForm(), status=422, place_form=form)
    try:
        rules.add_location(by=request.user, at=now(), **form.cleaned_data)
    except Refused as refusal:
        return _routing(request, directing.RuleForm(), status=_refuse(form, refusal), place_form=form)
    messages.success(request, _("The location is entered."))
    return redirect("referrals:routing")


@require_POST
def location_staff(request: PersonRequest, number: int) -> HttpResponse:
    """Say who works at a location from now on."""
    place = get_object_or_404(ReviewLocation, pk=number)
    form = directing.LocationForm(request.POST, place=directing.Place(place, {}))
    if not form.is_valid():
        raise Unfit(_("Please choose colleagues."), field="people")
    rules.staff_location(place, by=request.user, people=form.cleaned_data["people"])
    messages.success(request, _("It is noted who works at %(place)s.") % {"place": place.name})
    return redirect("referrals:routing")


@require_GET
def workload(request: PersonRequest) -> HttpResponse:
    """Who has what on the desk, which claims stand, who is away."""
    return _workload(request, directing.AbsenceForm(by=request.user))


def _workload(request: PersonRequest, form: directing.AbsenceForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "is_office": request.user.role == Role.ADMINISTRATOR}
    context |= directing.workload(by=request.user, at=now())
    return page_or_partial(
        request, "referrals/review/workload.html", "referrals/review/_workload.html", context, status=status
    )


@require_POST
def absence_add(request: PersonRequest) -> HttpResponse:
    """Say who is away and who stands in."""
    form = directing.AbsenceForm(request.POST, by=request.user)
    if not form.is_valid():
        return _workload(request, form, status=422)
    try:
        rules.stand_in(by=request.user, **form.cleaned_data)
    except Refused as refusal:
        return _workload(request, form, status=_refuse(form, refusal))
    messages.success(request, _("The absence is entered."))
    return redirect("referrals:workload")


@require_POST
def absence_end(request: PersonRequest, number: int) -> HttpResponse:
    """Take an absence back."""
    rules.cancel_absence(get_object_or_404(Absence, pk=number), by=request.user)
    return redirect("referrals:workload")


@require_POST
def pull_back(request: PersonRequest) -> HttpResponse:
    """Give claims that somebody left back to the queue: one's own, or by the office anybody's."""
    wanted = request.POST.getlist("lead")
    given = 0
    try:
        leads = list(Referral.objects.visible_to(request.user).shared().filter(public_id__in=wanted[:200]))
    except (ValueError, forms.ValidationError) as error:
        raise Http404 from error
    for lead in leads:
        try:
            services.take_step(lead, Step.RELEASE, by=request.user, at=now())
            given += 1
        except Refused as refusal:
            messages.warning(request, f"{lead.name}: {refusal.sentence}")
    messages.success(request, _("Given back to the queue: %(count)d") % {"count": given})
    return redirect("referrals:workload")
