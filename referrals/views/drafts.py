"""Writing a lead: begin it from a customer, save what is typed, look at it once more, submit it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.refusals import Refused, Stale, Unfit
from customers.models import Customer
from motions.models import Deal, Standing
from motions.states import Stage
from partners.access import PersonRequest
from referrals import panels, services, wording
from referrals.clock import due
from referrals.forms import ConsentForm, LeadForm, initial_of, plain, taken_over
from referrals.models import EventKind, Referral, ReferralEvent
from referrals.states import EDITABLE, DealType, State

EDIT = "referrals/edit.html"
CONFIRM = "referrals/confirm.html"


@require_POST
def begin(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Begin a draft with everything that is known; a draft that nobody has touched yet is taken up again."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user).current(), public_id=public_id)
    at = now()
    programmes = panels.open_programmes(at)
    if not programmes:
        raise Refused(_("No programme takes leads at this time."))
    mine = Referral.objects.visible_to(request.user).filter(customer=customer, created_by=request.user)
    draft = mine.filter(state=State.DRAFT, version=1).first()
    if draft is None:
        deals = (
            Deal.objects.visible_to(request.user)
            .filter(customer=customer, stage=Stage.OPEN)
            .order_by("-size_date", "-pk")
        )
        facts = panels.known(customer, by=request.user, deals=list(deals[:20]))
        draft = services.begin(customer, by=request.user, at=at, programme=programmes[0], facts=facts)
    return redirect("referrals:edit", draft.public_id)


def own_lead(request: PersonRequest, public_id: UUID) -> Referral:
    """A lead that the person may see, with what its pages show."""
    rows = Referral.objects.visible_to(request.user).select_related("customer", "partner", "programme")
    return get_object_or_404(rows, public_id=public_id)


@require_http_methods(["GET", "POST"])
def edit(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Change what may still be changed. As one types, htmx saves what is valid; the button asks for everything."""
    lead = own_lead(request, public_id)
    if State(lead.state) not in EDITABLE:
        raise Refused(_("In the state “%(state)s” nothing can be changed.") % {"state": lead.get_state_display()})
    form = LeadForm(request.POST or None, lead=lead)
    if request.method == "GET":
        return _form(request, lead, form)
    is_valid = form.is_valid()
    if not is_valid and not request.htmx:
        return _form(request, lead, form, status=422)
    try:
        lead = services.change(
            lead, by=request.user, at=now(), version=form.cleaned_data.get("version") or 0, facts=form.facts
        )
    except Stale as refusal:
        return _too_late(request, lead, form, refusal)
    except Unfit as refusal:
        taken_over(form, [(refusal.field, str(refusal.sentence))])
        return _form(request, lead, form, status=refusal.status)
    if request.htmx:
        return render(request, "referrals/_saved.html", {"lead": lead, "form": form, "at": now()})
    if lead.state == State.DRAFT and "later" not in request.POST:
        return redirect("referrals:confirm", lead.public_id)
    messages.success(request, _("%(name)s is saved.") % {"name": lead.name or lead.customer.name})
    return redirect("referrals:lead", lead.public_id)


def _form(request: PersonRequest, lead: Referral, form: LeadForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"lead": lead, "form": form, "guidance": _guidance(request, lead), "asked": _asked(lead), **more}
    return render(request, EDIT, context, status=status)


def _guidance(request: PersonRequest, lead: Referral) -> Standing | None:
    """What the guidance says of the customer, as information beside the form."""
    return Standing.objects.visible_to(request.user).filter(customer_id=lead.customer_id).first()


def _asked(lead: Referral) -> ReferralEvent | None:
    """What Microsoft wanted to know when it returned the lead."""
    return lead.events.filter(kind=EventKind.RETURN).order_by("-id").first() if lead.state == State.RETURNED else None


def _too_late(request: PersonRequest, lead: Referral, form: LeadForm, refusal: Stale) -> HttpResponse:
    """Both values side by side; what was typed stays in the form, under the newest version."""
    newest = initial_of(lead)
    differing = [
        (form[name].label, plain(newest[name]), plain(typed))
        for name, typed in form.facts.items()
        if typed != newest[name]
    ]
    if request.htmx:
        context = {"lead": lead, "form": form, "refusal": refusal.sentence}
        return render(request, "referrals/_saved.html", context, status=refusal.status)
    typed = request.POST.copy()
    typed["version"] = str(lead.version)
    again = LeadForm(typed, lead=lead)
    return _form(request, lead, again, status=refusal.status, refusal=refusal.sentence, differing=differing)


@require_http_methods(["GET", "POST"])
def confirm(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The last look: what is shared with whom, who decides, by when; then it is sent."""
    lead = own_lead(request, public_id)
    if request.method == "GET" and lead.state != State.DRAFT:
        return redirect("referrals:lead", lead.public_id)
    form = ConsentForm(request.POST or None, partner=lead.partner.name, initial={"version": lead.version})
    if request.method == "POST" and form.is_valid():
        try:
            services.submit(
                lead,
                by=request.user,
                at=now(),
                version=form.cleaned_data["version"] or 0,
                consents=form.cleaned_data["consents"],
                given_by=form.cleaned_data["given_by"],
            )
        except services.Incomplete as refusal:
            return _confirm(request, lead, form, lacks=taken_over(form, refusal.lacks), status=refusal.status)
        except Unfit as refusal:
            rest = taken_over(form, [(refusal.field, str(refusal.sentence))])
            return _confirm(request, lead, form, lacks=rest, status=refusal.status)
        messages.success(request, _done(lead))
        return redirect("referrals:lead", lead.public_id)
    lacks = [sentence for _field, sentence in services.lacks(lead, at=now(), by=request.user)]
    return _confirm(request, lead, form, lacks=lacks, status=422 if form.errors else 200)


def _done(lead: Referral) -> str:
    if lead.deal_type == DealType.PRIVATE:
        return _("%(name)s is kept as a private deal.") % {"name": lead.name}
    return _("%(name)s is submitted. Microsoft is being told.") % {"name": lead.name}


def _confirm(
    request: PersonRequest, lead: Referral, form: ConsentForm, *, lacks: list[str], status: int
) -> HttpResponse:
    at, programme = now(), lead.programme
    context = {
        "lead": lead,
        "form": form,
        "lacks": lacks,
        "is_private": lead.deal_type == DealType.PRIVATE,
        "contact": lead.contact(request.user),
        "solutions": [wording.solution(one) for one in lead.solutions],
        "due_at": due(at, programme.answer_time, programme.hours(lead.country)),
        "expires_at": at + timedelta(days=programme.expiry_days),
    }
    return render(request, CONFIRM, context, status=status)


@require_POST
def discard(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    lead = own_lead(request, public_id)
    customer = lead.customer
    services.discard(lead, by=request.user)
    messages.success(request, _("The draft is thrown away."))
    return redirect("customer", customer.public_id)
