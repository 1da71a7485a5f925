"""The agreement of one customer: the panel, its forms, its files."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements import panels, requests, services
from agreements.forms.customer import FileForm
from agreements.models import Agreement, AgreementFile, ProviderRequest
from agreements.services.links import Wish
from agreements.states import FileKind
from common import files
from common.forms import posted_number
from common.htmx import page_or_partial
from common.refusals import Refused
from customers.models import Customer
from partners.access import PersonRequest

SECRECY: dict[str, bool | None] = {"": None, "yes": True, "no": False}


def _customer(request: PersonRequest, public_id: UUID) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user).current(), public_id=public_id)


def _agreement(request: PersonRequest, public_id: UUID) -> Agreement:
    rows = Agreement.objects.visible_to(request.user).filter(customer__archived_at__isnull=True)
    return get_object_or_404(rows.select_related("customer", "partner"), customer__public_id=public_id)


@require_GET
def panel(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The agreement panel."""
    return _panel(request, _customer(request, public_id))


def _panel(request: PersonRequest, customer: Customer, *, status: int = 200, **more: Any) -> HttpResponse:
    shown = panels.agreement(customer, by=request.user, on=localdate()) | more
    context = {"customer": customer, "panel": shown}
    return page_or_partial(request, "agreements/agreement.html", "agreements/_agreement.html", context, status=status)


def _saved(request: PersonRequest, customer: Customer) -> HttpResponse:
    """After a write: workers are woken; the fresh panel for htmx, else back to the customer."""
    requests.post_soon()
    if not request.htmx:
        return redirect("customer", customer.public_id)
    context = {"customer": customer, "panel": panels.agreement(customer, by=request.user, on=localdate())}
    response = render(request, "agreements/_saved.html", context)
    response["HX-Trigger"] = "agreement-changed"
    return response


def _title(name: str, agreement: Agreement) -> str:
    if name == "link":
        return _("Send a new link") if agreement.state in ("link_sent", "link_expired") else _("Send a link")
    return {
        "attest": _("Attest the acceptance"),
        "invite": _("Ask to accept at Microsoft"),
        "provider": _("Ask the indirect provider"),
    }[name]


@require_http_methods(["GET", "POST"])
def act(request: PersonRequest, public_id: UUID, name: str) -> HttpResponse:
    """One of the forms: link, attest, invite, provider. A refusal stands at its field, and what was typed stays."""
    agreement = _agreement(request, public_id)
    contacts = panels.contacts_of(agreement.customer, by=request.user)
    chosen = next((one for one in contacts if str(one.public_id) == request.GET.get("contact")), None)
    person = chosen or panels.last_signatory(agreement, by=request.user) or next(iter(contacts), None)
    form = panels.form_for(name, agreement, on=localdate(), person=person, data=request.POST or None)
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            _do(name, agreement, form, request)
        except Refused as refused:
            status = refused.status
            refusal = _shown(form, refused, agreement)
        else:
            messages.success(request, _done_text(name))
            return _saved(request, agreement.customer)
    status = 422 if form.errors and status == 200 else status
    context = {
        "customer": agreement.customer,
        "form": form,
        "name": name,
        "title": _title(name, agreement),
        "refusal": refusal,
        "contacts": contacts,
    }
    return page_or_partial(request, "agreements/act.html", "agreements/_act.html", context, status=status)


def _shown(form: Any, refused: Refused, agreement: Agreement) -> str:
    """A refusal at its field; one without a field above the form, which is made ready to be sent again."""
    if refused.field in form.fields:
        form.add_error(refused.field, str(refused.sentence))
        return ""
    agreement.refresh_from_db(fields=["version", "state"])
    form.data = {**form.data.dict(), "version": str(agreement.version)}
    return str(refused.sentence)


def _done_text(name: str) -> str:
    return {
        "link": _("The link is on its way."),
        "attest": _("The acceptance is attested."),
        "invite": _("The invitation is on its way."),
        "provider": _("Your indirect provider has the request."),
    }[name]


def _do(name: str, agreement: Agreement, form: Any, request: PersonRequest) -> None:
    """The one service behind a form."""
    values = form.cleaned_data
    said: dict[str, Any] = {"by": request.user, "at": now(), "version": values["version"] or 0}
    if name == "link":
        wish = Wish(form.signatory, values["language"], values["template_language"])
        services.send_link(agreement, wish=wish, **said)
    elif name == "attest":
        services.attest(agreement, signatory=form.signatory, accepted_on=values["accepted_on"], **said)
    elif name == "invite":
        services.invite(agreement, signatory=form.signatory, language=values["language"], **said)
    else:
        wanted: dict[str, Any] = {key: values[key] for key in ("language", "accepted_on", "note")}
        services.ask_provider(agreement, signatory=form.signatory, **wanted, **said)


@require_POST
def finalise(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Make the agreement of what the customer accepted by link."""
    agreement = _agreement(request, public_id)
    services.finalise(agreement, by=request.user, at=now(), version=posted_number(request))
    messages.success(request, _("The acceptance is finalised."))
    return _saved(request, agreement.customer)


@require_POST
def secrecy(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Note whether the customer needs the amendment for professional secrecy (M15)."""
    agreement = _agreement(request, public_id)
    needs = SECRECY.get(request.POST.get("needs_amendment", ""))
    services.note_secrecy(agreement, by=request.user, at=now(), version=posted_number(request), needs_amendment=needs)
    return _saved(request, agreement.customer)


@require_POST
def withdraw(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Take back a request to the provider."""
    agreement = _agreement(request, public_id)
    newest = ProviderRequest.objects.visible_to(request.user).filter(agreement=agreement).order_by("-id").first()
    if newest is None:
        raise Refused(_("There is no request to your provider."))
    services.withdraw_request(newest, by=request.user, at=now())
    return _saved(request, agreement.customer)


@require_POST
def direct_answer(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """An administrator says what Microsoft answers, while the portal is not connected to it."""
    customer = _customer(request, public_id)
    is_signed = request.POST.get("is_signed") == "yes"
    services.say_direct_answer(customer, by=request.user, at=now(), is_signed=is_signed)
    requests.ask_microsoft_soon(customer_id=customer.pk)
    messages.success(request, _("Noted. The portal asks again in a moment."))
    return redirect("customer", customer.public_id)


@require_POST
def add_file(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Keep a file about the agreement; one that is too large or disguised is refused at its field."""
    agreement = _agreement(request, public_id)
    form = FileForm(request.POST, request.FILES)
    status = 422
    if form.is_valid():
        values = form.cleaned_data
        try:
            services.keep_file(
                agreement, by=request.user, at=now(), kind=FileKind(values["kind"]), upload=values["file"]
            )
        except Refused as refused:
            form.add_error("file", str(refused.sentence))
            status = refused.status
        else:
            messages.success(request, _("The file is kept."))
            return redirect("customer", agreement.customer.public_id)
    return _panel(request, agreement.customer, status=status, file_form=form)


@require_GET
def file(request: PersonRequest, public_id: UUID) -> HttpResponseBase:
    """A file, as an attachment, to whoever may see its customer."""
    kept = get_object_or_404(AgreementFile.objects.visible_to(request.user), public_id=public_id)
    return files.answer(kept.stored_as, file_name=kept.file_name, media_type=kept.media_type)
