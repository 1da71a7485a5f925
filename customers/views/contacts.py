"""The people at a customer: add, correct, remove, in the panel of the customer page."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.forms import posted_number
from common.htmx import page_or_partial
from common.refusals import Refused, Stale
from customers import panels, services
from customers.forms import ContactForm, initial_of_contact
from customers.models import Contact, Customer
from partners.access import PersonRequest

PAGE = "customers/contact.html", "customers/_contact_form.html"


def _contact(request: PersonRequest, public_id: UUID) -> Contact:
    seen = Contact.objects.visible_to(request.user).current().select_related("customer")
    return get_object_or_404(seen.filter(customer__archived_at__isnull=True), public_id=public_id)


@require_GET
def contacts(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """The contacts panel."""
    return _panel(request, get_object_or_404(Customer.objects.visible_to(request.user), public_id=public_id))


def _panel(request: PersonRequest, customer: Customer) -> HttpResponse:
    panel = panels.contacts(customer, by=request.user, on=localdate())
    context = {"customer": customer, "panel": panel}
    return page_or_partial(request, "customers/contacts.html", "customers/_contacts.html", context)


def _saved(request: PersonRequest, customer: Customer) -> HttpResponse:
    """After a write: the fresh panel for htmx, else back to the customer."""
    if not request.htmx:
        return redirect("customer", customer.public_id)
    response = _panel(request, customer)
    response["HX-Trigger"] = "customer-changed"
    return response


@require_http_methods(["GET", "POST"])
def contact_add(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Add a person."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user).current(), public_id=public_id)
    form = ContactForm(request.POST or None, by=request.user, initial={"language": request.user.language})
    if request.method == "POST" and form.is_valid():
        try:
            services.add_contact(customer, by=request.user, at=now(), facts=form.facts)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal.sentence))
        else:
            return _saved(request, customer)
    return _form(request, customer, form, title=_("New contact"))


@require_http_methods(["GET", "POST"])
def contact_correct(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Correct a person's facts; a save that came too late shows both values."""
    contact = _contact(request, public_id)
    form = ContactForm(request.POST or None, by=request.user, initial=initial_of_contact(contact))
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            services.correct_contact(contact, by=request.user, at=now(), version=version, facts=form.facts)
        except Stale as refusal:
            return _too_late(request, contact, form, refusal)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal.sentence))
        else:
            return _saved(request, contact.customer)
    return _form(request, contact.customer, form, title=contact.name, contact=contact)


@require_POST
def contact_remove(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Remove a person."""
    contact = _contact(request, public_id)
    services.remove_contact(contact, by=request.user, at=now(), version=posted_number(request))
    return _saved(request, contact.customer)


def _too_late(request: PersonRequest, contact: Contact, form: ContactForm, refusal: Stale) -> HttpResponse:
    newest = initial_of_contact(contact)
    differing = [
        (field.label, newest[field.name])
        for field in form.visible_fields()
        if newest[field.name] != form.cleaned_data[field.name]
    ]
    typed = request.POST.copy()
    typed["version"] = str(contact.version)
    again = ContactForm(typed, by=request.user)
    more = {"refusal": refusal.sentence, "differing": differing}
    return _form(request, contact.customer, again, title=contact.name, contact=contact, status=refusal.status, **more)


def _form(
    request: PersonRequest,
    customer: Customer,
    form: ContactForm,
    *,
    title: str,
    contact: Contact | None = None,
    status: int = 0,
    **more: Any,
) -> HttpResponse:
    status = status or (422 if form.is_bound and form.errors else 200)
    context = {"customer": customer, "form": form, "title": title, "contact": contact, **more}
    return page_or_partial(request, *PAGE, context, status=status)
