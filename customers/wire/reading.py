"""What a client says of a customer, cleaned by the forms of the pages; what they refuse is a fault that names the field."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from common.refusals import Unfit
from common.wire.faults import Fault, unfit
from customers.forms import CustomerForm, initial_of
from customers.forms.contacts import ContactForm
from customers.models import ContactRole, CountryRule, Customer
from customers.services.availability import SUFFIX
from customers.wire.documents import AddressIn, BillingIn, CompanyIn
from partners.models import User

# where a field of our forms stands in a document
PLACES = {
    "name": "billingProfile.companyName",
    "country": "billingProfile.defaultAddress.country",
    "domain": "companyProfile.domain",
    "tenant_id": "companyProfile.tenantId",
    "tenant_prefix": "companyProfile.domain",
    "registration_number": "companyProfile.organizationRegistrationNumber",
    "address_line1": "billingProfile.defaultAddress.addressLine1",
    "address_line2": "billingProfile.defaultAddress.addressLine2",
    "postal_code": "billingProfile.defaultAddress.postalCode",
    "city": "billingProfile.defaultAddress.city",
    "state": "billingProfile.defaultAddress.state",
    "first_name": "billingProfile.defaultAddress.firstName",
    "last_name": "billingProfile.defaultAddress.lastName",
    "email": "billingProfile.email",
    "phone": "billingProfile.defaultAddress.phoneNumber",
    "contact_phone": "billingProfile.defaultAddress.phoneNumber",
}


def company_said(profile: CompanyIn) -> dict[str, str]:
    """The company profile in the words of our form. The default domain of a tenant to come is kept as such."""
    host = profile.domain.strip().lower()
    if not host:
        raise unfit(PLACES["domain"], _("This field is needed."))
    said = {"tenant_id": profile.tenant_id, "registration_number": profile.organization_registration_number}
    is_new_tenant = host.endswith(SUFFIX) and not profile.tenant_id
    return {**said, "tenant_prefix" if is_new_tenant else "domain": host}


def billing_said(profile: BillingIn) -> dict[str, str]:
    """The billing profile in the words of our form; an address that is left out altogether is not spoken of."""
    said = {"name": profile.company_name} if profile.company_name else {}
    address = profile.default_address
    if address is None:
        return said
    return said | {
        "country": address.country.strip().upper(),
        "address_line1": address.address_line1,
        "address_line2": address.address_line2,
        "postal_code": address.postal_code,
        "city": address.city,
        "state": address.state,
    }


def facts_of(said: Mapping[str, str], *, on: date, beside: Customer | None = None) -> dict[str, Any]:
    """Facts as the services take them; beside what is known of the customer already."""
    form = CustomerForm({**(initial_of(beside) if beside else {}), **said})
    if not form.is_valid():
        raise _fault(form, dict(said), on)
    return {name: value for name, value in form.facts.items() if name in said}


def contact_of(profile: BillingIn, *, by: User) -> dict[str, Any] | None:
    """The person of a billing profile as the services take it; None when a part of it is missing."""
    address = profile.default_address or AddressIn()
    person = {
        "first_name": address.first_name or profile.first_name,
        "last_name": address.last_name or profile.last_name,
        "email": profile.email,
    }
    if not all(value.strip() for value in person.values()):
        return None
    language = "de" if profile.language.casefold().startswith("de") else "en"
    more = {"phone": address.phone_number, "language": language, "role": ContactRole.BILLING.value}
    form = ContactForm({**person, **more}, by=by)
    if not form.is_valid():
        raise _fault(form, {**person, **more}, None)
    found = ("first_name", "last_name", "email", "phone", "language", "role")
    return {name: form.facts[name] for name in found}


def changes_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What of a person in a billing profile concerns the contact that is there; its role and language stay."""
    return {name: value for name, value in facts.items() if name not in ("role", "language")}


def of_refusal(refusal: Unfit, *, country: str, number: str, on: date) -> Fault:
    """What the services refuse, under the codes that Partner Center has for it (C4)."""
    return _coded(refusal.field, refusal.sentence, {"country": country, "registration_number": number}, on)


def _fault(form: forms.Form, said: Mapping[str, str], on: date | None) -> Fault:
    field, errors = next(iter(form.errors.items()))
    return _coded(field, errors[0], said, on)


def _coded(field: str, sentence: Any, said: Mapping[str, str], on: date | None) -> Fault:
    place = PLACES.get(field, field)
    if field == "contact_phone":
        return Fault(400, 600051, sentence, data=[place])
    if field != "registration_number" or on is None:
        return unfit(place, sentence)
    if not said.get("registration_number"):
        return Fault(400, 600049, sentence, data=[place])
    pattern = CountryRule.objects.of(said.get("country", ""), on=on).number_pattern
    return Fault(400, 600050, sentence, data=[place, pattern] if pattern else [place])
