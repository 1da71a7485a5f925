"""The people at customers in the API."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.request import Request

from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, operation
from common.rest.fitting import must_fit
from common.rest.inputs import Paged, Shape, Text, YesNo
from customers import services
from customers.api.customers import of_caller
from customers.forms.contacts import ContactForm, initial_of
from customers.models import Consent, Contact, ContactRole
from partners.access import ApiView

FACTS = (
    "first_name", "last_name", "email", "phone", "language", "role", "is_primary", "consents", "consent_by", "consent_date",
)  # fmt: skip
COLUMNS = ("public_id", "customer__public_id", *FACTS, "version", "created_at", "updated_at")
NAMES = ("id", "customer", *COLUMNS[2:])
LANGUAGES = [code for code, _name in settings.LANGUAGES]


class ContactOut(serializers.Serializer):  # type: ignore[misc]
    """A person at a customer."""

    id = serializers.UUIDField()
    customer = serializers.UUIDField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField(allow_blank=True)
    language = serializers.ChoiceField(choices=LANGUAGES)
    role = serializers.ChoiceField(choices=ContactRole.values)
    is_primary = serializers.BooleanField()
    consents = serializers.ListField(child=serializers.ChoiceField(choices=Consent.values))
    consent_by = serializers.CharField(allow_blank=True)
    consent_date = serializers.DateField(allow_null=True)
    version = serializers.IntegerField(help_text="The ETag without its quotation marks.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ContactPatch(Shape):
    """Facts to correct; what is left out stays. A consent has a giver and a day."""

    first_name = Text(max_length=50, required=False)
    last_name = Text(max_length=50, required=False)
    email = Text(
        max_length=254, required=False, help_text="An address of the customer, not of Microsoft or your own (C7)."
    )
    phone = Text(max_length=40, allow_blank=True, required=False)
    language = serializers.ChoiceField(choices=LANGUAGES, required=False)
    role = serializers.ChoiceField(choices=ContactRole.values, required=False)
    is_primary = YesNo(required=False)
    consents = serializers.ListField(
        child=serializers.ChoiceField(choices=Consent.values), required=False, max_length=len(Consent.values)
    )
    consent_by = Text(max_length=150, allow_blank=True, required=False)
    consent_date = serializers.DateField(allow_null=True, required=False)


class ContactBody(ContactPatch):
    """A new contact; the first one of a customer is the primary contact."""

    customer = serializers.UUIDField()
    first_name = Text(max_length=50)
    last_name = Text(max_length=50)
    email = Text(max_length=254)


class ContactFilter(Paged):
    """Whose contacts."""

    customer = serializers.UUIDField(required=False)


def shown(contact: Contact) -> dict[str, Any]:
    """A contact as the API shows it."""
    values = {name: getattr(contact, name) for name in NAMES[2:]}
    return {"id": contact.public_id, "customer": contact.customer.public_id, **values}


def _of_caller(request: Request, public_id: UUID) -> Contact:
    rows = Contact.objects.visible_to(request.user).current().filter(customer__archived_at__isnull=True)
    contact: Contact = get_object_or_404(rows.select_related("customer"), public_id=public_id)
    return contact


def _current(request: Request, public_id: UUID) -> Callable[[], dict[str, Any]]:
    return lambda: shown(_of_caller(request, public_id))


def _fitting(request: Request, said: dict[str, Any], *, beside: dict[str, Any]) -> dict[str, Any]:
    """What is said of a person, cleaned by the form of the page together with what is known."""
    form = ContactForm({**beside, **said}, by=request.user)
    must_fit(form)
    return {name: value for name, value in form.facts.items() if name in said}


class Contacts(ApiView):
    """All contacts."""

    @operation("List contacts", scope="contacts.read", query=ContactFilter, answer=ContactOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """In the order in which they were added."""
        rows = Contact.objects.visible_to(request.user).current().filter(customer__archived_at__isnull=True)
        if customer := asked.query.get("customer"):
            rows = rows.filter(customer__public_id=customer)
        page = cut("contacts", rows, COLUMNS, asked=asked.query)
        items = [dict(zip(NAMES, row[1:], strict=True)) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})

    @operation("Add a contact", scope="contacts.write", body=ContactBody, answer=ContactOut, status=201, is_once=True)
    def post(self, request: Request, asked: Asked) -> Answer:
        """With what the person has agreed to."""
        said = dict(asked.body)
        customer = of_caller(request, said.pop("customer"))
        facts = _fitting(request, said, beside={"language": "en", "role": ContactRole.GENERAL})
        contact = services.add_contact(customer, by=request.user, at=now(), facts=facts)
        contact.customer = customer
        place = reverse("api:contact", args=[contact.public_id])
        return Answer(shown(contact), version=contact.version, headers={"Location": place})


class ContactDetail(ApiView):
    """One contact."""

    @operation("Read a contact", scope="contacts.read", answer=ContactOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """With its version as ETag."""
        contact = _of_caller(request, public_id)
        return Answer(shown(contact), version=contact.version)

    @operation("Correct a contact", scope="contacts.write", body=ContactPatch, answer=ContactOut, must_match=True)
    def patch(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """412 with the present state when somebody else was faster."""
        contact = _of_caller(request, public_id)
        with asked.resting_on(f'"{contact.version}"', _current(request, public_id)):
            facts = _fitting(request, dict(asked.body), beside=initial_of(contact))
            services.correct_contact(contact, by=request.user, at=now(), version=contact.version, facts=facts)
        contact = _of_caller(request, public_id)
        return Answer(shown(contact), version=contact.version)

    @operation("Remove a contact", scope="contacts.write", answer=None, status=204, must_match=True)
    def delete(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """What names the person elsewhere stays readable."""
        contact = _of_caller(request, public_id)
        with asked.resting_on(f'"{contact.version}"', _current(request, public_id)):
            services.remove_contact(contact, by=request.user, at=now(), version=contact.version)
        return Answer()
