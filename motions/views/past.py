"""The ledger's pages: two days compared, the receipt of an entry, and a hash looked up."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from customers.models import Customer
from motions import past
from motions.forms.past import CompareForm, HashForm
from motions.receipts.content import Receipt, document_of, file_name, receipt_of
from motions.receipts.paper import paper_of
from motions.scoping import entry_of
from partners.access import PersonRequest


@require_GET
def compare(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """What stood on a day, what stands on another (today), and why they differ."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user).current(), public_id=public_id)
    today = localdate()
    form = CompareForm(request.GET if {"from", "to"} & request.GET.keys() else None, today=today)
    panel: dict[str, Any] = {}
    if form.is_valid():
        days = {"since": form.cleaned_data["from"], "until": form.cleaned_data["to"] or today}
        panel = past.comparison(customer, by=request.user, number=form.cleaned_data["answer"], on=today, **days)
    context = {"customer": customer, "form": form, "panel": panel}
    return render(request, "motions/compare.html", context, status=422 if form.errors else 200)


@require_GET
def receipt_pdf(request: PersonRequest, public_id: UUID, number: int) -> HttpResponse:
    """The receipt of a customer's answer as a PDF."""
    with translation.override(_language(request)):
        receipt = _receipt(request, public_id, number)
        response = HttpResponse(paper_of(receipt), content_type="application/pdf")
    return _as_file(response, receipt, "pdf")


@require_GET
def receipt_json(request: PersonRequest, public_id: UUID, number: int) -> HttpResponse:
    """The receipt of a customer's answer as JSON, with the facts that its hash is of."""
    with translation.override(_language(request)):
        receipt = _receipt(request, public_id, number)
        response = JsonResponse(document_of(receipt), json_dumps_params={"ensure_ascii": False, "indent": 2})
    return _as_file(response, receipt, "json")


def _language(request: HttpRequest) -> str:
    """The language that was asked for, else the reader's."""
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else request.LANGUAGE_CODE


def _receipt(request: PersonRequest, public_id: UUID, number: int) -> Receipt:
    entry = entry_of(request.user, customer=public_id, number=number)
    if entry is None:
        raise Http404
    address = f"{reverse('motions:verify')}?{urlencode({'hash': bytes(entry.hash).hex()})}"
    return receipt_of(entry, number=number, by=request.user, verify_at=request.build_absolute_uri(address))


def _as_file(response: HttpResponse, receipt: Receipt, ending: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{file_name(receipt, ending)}"'
    response["Content-Language"] = receipt.language
    return response


@require_GET
def verify(request: PersonRequest) -> HttpResponse:
    """Whether an entry with a hash is in the ledger, as far as the reader may see it: foreign or missing, unknown it is."""
    form = HashForm(request.GET if "hash" in request.GET else None)
    found = past.by_hash(form.cleaned_data["hash"], by=request.user) if form.is_valid() else []
    context = {"form": form, "found": found, "is_asked": form.is_valid()}
    return render(request, "motions/verify.html", context, status=422 if form.errors else 200)
