"""The review queue with the evidence about one lead beside it, composed from the rooms."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agreements import panels as agreement_panels
from common.htmx import page_or_partial
from common.refusals import Refused, Unfit
from motions import panels as motion_panels
from partners.access import PersonRequest, note_look
from partners.roles import Role
from referrals import services
from referrals.models import EventKind, Referral, ReviewPreference
from referrals.review import bulk, evidence, queue
from referrals.review.forms import BulkForm, QueueFilter, StepForm, chosen_leads, countries_of
from referrals.states import Step

# one line for each panel of another room about the customer of a lead
EVIDENCE = (("agreements/_banner.html", agreement_panels.banner), ("motions/_guidance.html", motion_panels.guidance))
KEPT = ("whose", "heat", "country", "segment", "after", "before")
STAYING = (Step.CLAIM, Step.RELEASE)


@require_GET
def review(request: PersonRequest, public_id: UUID | None = None) -> HttpResponse:
    """The queue, and one lead beside it when the address names one."""
    lead = _lead(request, public_id) if public_id else None
    return _page(request, lead)


def _lead(request: PersonRequest, public_id: UUID) -> Referral:
    shared = Referral.objects.visible_to(request.user).shared()
    lead = get_object_or_404(shared.select_related("customer", "partner", "programme"), public_id=public_id)
    note_look(request, customer_id=lead.customer_id, partner_id=lead.partner_id)
    return lead


def _filter(request: PersonRequest) -> QueueFilter:
    return QueueFilter(request.GET, countries=countries_of(request.user))


def _page(request: PersonRequest, lead: Referral | None, *, status: int = 200, **more: Any) -> HttpResponse:
    target = request.htmx.target if request.htmx else None
    may_offer = request.user.role == Role.CHANNEL_MANAGER
    context: dict[str, Any] = {"lead": lead, "query": _kept(request), "may_offer": may_offer, **more}
    if lead is not None and target != "queue":
        context |= _evidence(request, lead, more.get("bound"))
    if target == "beside":
        return page_or_partial(request, "portal/review.html", "referrals/review/_lead.html", context, status=status)
    context |= _queue(request, more.get("bulk"))
    return page_or_partial(request, "portal/review.html", "referrals/review/_queue.html", context, status=status)


def _kept(request: PersonRequest) -> str:
    return urlencode({name: value for name in KEPT if (value := request.GET.get(name))})


def _queue(request: PersonRequest, bound: BulkForm | None) -> dict[str, Any]:
    form = _filter(request)
    marks = {name: request.GET.get(name, "") for name in ("after", "before")}
    preference = ReviewPreference.objects.filter(user=request.user.pk).first()
    return {
        "form": form,
        "queue": queue.queue(form, by=request.user, at=now(), **marks),
        "is_filtered": any(form.chosen.values()),
        "bulk": bound or BulkForm(),
        "uses_keys": preference is None or preference.uses_keys,
    }


def _evidence(request: PersonRequest, lead: Referral, bound: StepForm | None) -> dict[str, Any]:
    by, at = request.user, now()
    panels = [
        {"template": template, "panel": panel(lead.customer, by=by, on=localdate(at))} for template, panel in EVIDENCE
    ]
    return {
        **evidence.evidence(lead, by=by, at=at),
        **evidence.beside(lead, by=by),
        "choices": evidence.choices(lead, by=by, bound=bound),
        "others": panels,
    }


@require_POST
def review_decide(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Take one step of the table with a lead; then the next one of the queue opens."""
    lead = _lead(request, public_id)
    if request.POST.get("step") not in evidence.KEYS:
        raise Http404
    step = Step(request.POST["step"])
    form = StepForm(request.POST, step=step)
    if not form.is_valid():
        return _page(request, lead, status=422, bound=form)
    version = form.cleaned_data["version"]
    try:
        services.take_step(lead, step, by=request.user, at=now(), version=version, **form.said)
    except Refused as refusal:
        return _refused(request, lead, step, refusal)
    messages.success(request, f"{EventKind(step.value).label}: {lead.name}")
    return redirect(_next(request, lead, stays=step in STAYING))


def _refused(request: PersonRequest, lead: Referral, step: Step, refusal: Refused) -> HttpResponse:
    """The same page with the sentence, what was typed, and the lead as it stands now."""
    fresh = _lead(request, lead.public_id)
    typed = request.POST.copy()
    typed[f"{step.value}-version"] = str(fresh.version)
    form = StepForm(typed, step=step)
    form.is_valid()
    if isinstance(refusal, Unfit):
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return _page(request, fresh, status=refusal.status, bound=form)
    return _page(request, fresh, status=refusal.status, bound=form, refusal=refusal.sentence)


def _next(request: PersonRequest, lead: Referral, *, stays: bool) -> str:
    then = lead if stays else queue.following(lead, _filter(request), by=request.user, at=now())
    address = reverse("review_lead", args=[then.public_id]) if then else reverse("review")
    kept = _kept(request)
    return f"{address}?{kept}" if kept else address


@require_POST
def review_bulk(request: PersonRequest) -> HttpResponse:
    """One decision for the rows that were ticked; each is judged on its own, and the result says so row by row."""
    form, leads = BulkForm(request.POST), chosen_leads(request.POST.getlist("lead"))
    if not leads:
        form.add_error(None, _("Please tick at least one lead."))
    if not form.is_valid():
        return _page(request, None, status=422, bulk=form, ticked=[str(key) for key, _version in leads])
    step = Step(form.cleaned_data["step"])
    said = {"reason": form.cleaned_data["reason"], "text": form.cleaned_data["text"]}
    results = bulk.decide_many(leads, step, by=request.user, at=now(), **said)
    context = {"results": results, "step": step, "done": sum(one.is_done for one in results), "query": _kept(request)}
    return render(request, "referrals/review/results.html", context)
