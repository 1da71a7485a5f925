"""Data protection: one person's data as a document, and a person at a customer erased."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from common.htmx import page_or_partial
from common.refusals import Refused
from customers.models import Contact
from partners.access import PersonRequest
from portal import privacy as data
from portal.forms.privacy import EraseForm, PersonSearch


@require_GET
def privacy(request: PersonRequest) -> HttpResponse:
    """Look for a person."""
    form = PersonSearch(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    context = {"form": form, "words": words, "rows": data.found(words, by=request.user) if words else []}
    status = 422 if form.errors else 200
    return page_or_partial(request, "portal/privacy.html", "portal/_privacy.html", context, status=status)


def _contact(request: PersonRequest, public_id: UUID) -> Contact:
    seen = Contact.objects.visible_to(request.user).select_related("customer", "partner")
    return get_object_or_404(seen, public_id=public_id)


@require_GET
def contact_file(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Everything that names one person, as JSON."""
    document = data.document_of(_contact(request, public_id), by=request.user)
    response = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="person.json"'
    return response


@require_http_methods(["GET", "POST"])
def erase(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Ask once more, then take the person out of everything that is no proof."""
    contact = _contact(request, public_id)
    form = EraseForm(request.POST or None, contact=contact)
    context: dict[str, Any] = {"contact": contact, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            done = data.erase(contact, by=request.user, at=now())
        except Refused as refusal:
            form.add_error(None, str(refusal.sentence))
            return render(request, "portal/erase.html", context, status=refusal.status)
        messages.success(request, _told(done))
        return redirect("privacy")
    return render(request, "portal/erase.html", context, status=422 if form.errors else 200)


def _told(done: data.Erased) -> str:
    if not done.kept:
        return _("The person has been erased.")
    kept = ngettext(
        "%(count)s acceptance of an agreement keeps the name, because it proves the contract.",
        "%(count)s acceptances of an agreement keep the name, because they prove the contract.",
        done.kept,
    )
    return " ".join((_("The person has been erased."), kept % {"count": done.kept}))
