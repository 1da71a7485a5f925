"""Registering a customer: begun, kept as a draft, taken up again, finished."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.refusals import Refused
from customers import services
from customers.forms import clean_tenant_prefix, warnings_about
from customers.models import Draft
from customers.services.availability import SUFFIX
from motions.requests import recompute_soon
from partners.access import PersonRequest
from portal import registration
from portal.forms.registration import RegistrationForm, typed_in

PAGE = "portal/register.html"


@require_http_methods(["GET", "POST"])
def register(request: PersonRequest) -> HttpResponse:
    """Register a customer; a likeness is shown first, and what was typed stays."""
    draft = _draft(request)
    if request.method == "GET":
        return _page(request, _begun(request, draft), draft)
    if "keep" in request.POST:
        return _kept(request)
    form = RegistrationForm(request.POST, by=request.user)
    if "check" in request.POST:
        return _page(request, RegistrationForm(initial=request.POST.dict(), by=request.user), draft, checked=True)
    if not form.is_valid():
        return _page(request, form, draft, status=422)
    try:
        customer = registration.register(
            by=request.user,
            at=now(),
            facts=form.facts,
            contact=form.contact,
            seats=form.cleaned_data["seats"],
            despite_likeness=form.cleaned_data["despite_likeness"],
            because=form.cleaned_data["because"],
        )
    except (services.LooksAlike, services.Unexplained) as refusal:
        form.add_error(refusal.field, str(refusal.sentence))
        return _page(request, form, draft, status=refusal.status, likenesses=refusal.likenesses)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
        return _page(request, form, draft, status=refusal.status)
    return _done(request, customer.public_id, customer.name)


def _done(request: PersonRequest, public_id: UUID, name: str) -> HttpResponse:
    services.finish_draft(by=request.user, at=now(), public_id=_draft_id(request))
    recompute_soon()
    messages.success(request, _("%(name)s is registered.") % {"name": name})
    for warning in warnings_about(name):
        messages.warning(request, warning)
    return redirect("customer", public_id)


def _draft_id(request: PersonRequest) -> UUID:
    """The draft that is being written on; the page brings the id of one that does not exist yet."""
    try:
        return UUID(request.POST.get("draft") or request.GET.get("draft", ""))
    except ValueError:
        return uuid4()


def _draft(request: PersonRequest) -> Draft | None:
    """One that is gone, or somebody else's, is none."""
    return Draft.objects.visible_to(request.user).open().filter(public_id=_draft_id(request)).first()


def _begun(request: PersonRequest, draft: Draft | None) -> RegistrationForm:
    partner = request.user.partner
    initial = draft.typed if draft else {"country": partner.country if partner else ""}
    return RegistrationForm(initial=initial, by=request.user)


def _page(
    request: PersonRequest, form: RegistrationForm, draft: Draft | None, *, status: int = 200, **more: Any
) -> HttpResponse:
    others = Draft.objects.visible_to(request.user).open().order_by("-updated_at", "-pk")
    prefix = str(form["tenant_prefix"].value() or "")
    context = {
        "form": form,
        "draft": draft,
        "draft_id": draft.public_id if draft else _draft_id(request),
        "drafts": [one for one in others if one != draft],
        "availability": _availability(prefix) if more.get("checked") else None,
        **more,
    }
    return render(request, PAGE, context, status=status)


def _kept(request: PersonRequest) -> HttpResponse:
    """The draft is kept at the press of a button: for whom script does not do it."""
    kept = _keep(request)
    if kept is None:
        messages.info(request, _("Nothing has been typed yet."))
        return redirect("register")
    messages.success(request, _("The draft is kept."))
    return redirect(f"{reverse('register')}?draft={kept.public_id}")


@require_POST
def keep_draft(request: PersonRequest) -> HttpResponse:
    """Keep what is typed, while it is being typed."""
    draft = _keep(request)
    context = {"draft": draft, "draft_id": draft.public_id if draft else _draft_id(request)}
    return render(request, "portal/_draft.html", context)


def _keep(request: PersonRequest) -> Draft | None:
    typed = typed_in(request.POST.dict())
    return services.keep_draft(by=request.user, at=now(), typed=typed, public_id=_draft_id(request))


@require_POST
def discard_draft(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    draft = get_object_or_404(Draft.objects.visible_to(request.user), public_id=public_id)
    services.discard_draft(by=request.user, public_id=draft.public_id)
    return redirect("register")


@require_POST
def country_fields(request: PersonRequest) -> HttpResponse:
    """The fields that the chosen country asks for, with what was typed."""
    form = RegistrationForm(initial=request.POST.dict(), by=request.user)
    return render(request, "portal/_by_country.html", {"form": form})


@require_GET
def domain_check(request: PersonRequest) -> HttpResponse:
    """Whether the default domain of a new tenant is free, as far as anybody can say."""
    answer = _availability(request.GET.get("tenant_prefix", ""))
    return render(request, "portal/_domain_check.html", {"availability": answer})


def _availability(typed: str) -> dict[str, Any]:
    """What is known about a typed default domain; `misfit` says why it cannot be one."""
    try:
        prefix = clean_tenant_prefix(typed)
    except ValidationError as error:
        return {"misfit": " ".join(error.messages)}
    return {"domain": prefix + SUFFIX, "answer": services.availability(prefix).value} if prefix else {}
