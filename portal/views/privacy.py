"""Data protection: one person's data as a document, and a person taken out: of a customer's, or of those who sign in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from common.htmx import page_or_partial
from common.refusals import Refused
from customers.models import Contact
from partners.access import PersonRequest
from partners.models import ERASED, User
from partners.roles import Role
from portal import privacy as data
from portal.forms.privacy import EraseForm, PersonSearch
from portal.mentions import mentions


@require_GET
def privacy(request: PersonRequest) -> HttpResponse:
    """Look for a person."""
    form = PersonSearch(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    context = {
        "form": form,
        "words": words,
        "rows": data.found(words, by=request.user) if words else [],
        "people": data.found_users(words, by=request.user) if words else [],
        "may_erase": request.user.role == Role.ADMINISTRATOR,
    }
    status = 422 if form.errors else 200
    return page_or_partial(request, "portal/privacy.html", "portal/_privacy.html", context, status=status)


def _contact(request: PersonRequest, public_id: UUID) -> Contact:
    seen = Contact.objects.visible_to(request.user).select_related("customer", "partner")
    return get_object_or_404(seen, public_id=public_id)


def _user(public_id: UUID) -> User:
    # whoever may open these pages may hand out or erase the data of everybody who signs in
    found: User = get_object_or_404(User.objects.filter(api_client=None), public_id=public_id)
    return found


@require_GET
def contact_file(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Everything that names one person at a customer, as JSON."""
    return _document(data.document_of(_contact(request, public_id), by=request.user))


@require_GET
def user_file(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Everything that is kept about one person who signs in, as JSON."""
    return _document(data.document_of_user(_user(public_id), by=request.user))


def _document(document: dict[str, Any]) -> HttpResponse:
    response = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="person.json"'
    return response


@require_http_methods(["GET", "POST"])
def erase(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Ask once more, then take the person out of everything that is no proof."""
    contact = _contact(request, public_id)
    found = [] if contact.email.endswith(f"@{ERASED}") else mentions(contact)
    form = EraseForm(request.POST or None, email=contact.email, texts=[one.key for one in found if one.key])
    context: dict[str, Any] = {"contact": contact, "form": form, "mentions": found, "ticked": form["texts"].value()}
    if request.method == "POST" and form.is_valid():
        try:
            done = data.erase(contact, by=request.user, texts=form.cleaned_data["texts"])
        except Refused as refusal:
            form.add_error(None, str(refusal.sentence))
            return render(request, "portal/erase.html", context, status=refusal.status)
        messages.success(request, _told(done))
        return redirect("privacy")
    return render(request, "portal/erase.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def erase_user(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Ask once more, then take the name of somebody who was deactivated out of everything that they did."""
    person = _user(public_id)
    form = EraseForm(request.POST or None, email=person.email)
    context: dict[str, Any] = {"person": person, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            data.erase_user(person, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal.sentence))
            return render(request, "portal/erase_user.html", context, status=refusal.status)
        messages.success(request, _("The person has been erased."))
        return redirect("privacy")
    return render(request, "portal/erase_user.html", context, status=422 if form.errors else 200)


def _told(done: data.Erased) -> str:
    if not done.kept:
        return _("The person has been erased.")
    kept = ngettext(
        "%(count)s acceptance of an agreement keeps the name, because it proves the contract.",
        "%(count)s acceptances of an agreement keep the name, because they prove the contract.",
        done.kept,
    )
    return " ".join((_("The person has been erased."), kept % {"count": done.kept}))
