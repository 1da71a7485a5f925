"""The customer that a document is about, cleaned by the page's own form."""

from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from common.money import countries
from customers.forms import CustomerForm
from customers.forms.identity import ADDRESS
from customers.services import misfits
from referrals.wire.reading import at
from referrals.wire.shapes import Document, refuse

NAMED = {
    "address_line1": "addressLine1",
    "address_line2": "addressLine2",
    "postal_code": "postalCode",
    "city": "city",
    "state": "state",
}
PLACES = {
    "name": "customerProfile/name",
    "duns": "customerProfile/ids",
    "tenant_id": "customerProfile/tenantId",
    "registration_number": "customerProfile",
    **{column: f"customerProfile/address/{name}" for column, name in NAMED.items()},
}


def company_of(document: Document) -> dict[str, Any]:
    """The facts of the customer as its services take them. A fault names what is missing, or cannot be."""
    typed = _typed(document)
    form = CustomerForm(typed)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        refuse(str(errors[0]), PLACES.get(field, "customerProfile"))
    return form.facts


def _typed(document: Document) -> dict[str, Any]:
    profile = document["customerProfile"]
    name, country = profile.get("name") or "", (at(profile, "address", "country") or "").upper()
    if not name.strip():
        refuse(_("This is required."), "customerProfile/name")
    if country not in countries():
        refuse(_("This must be a country of ISO 3166, with two letters."), "customerProfile/address/country")
    tenant = profile.get("tenantId")
    typed = {
        "name": name,
        "country": country,
        "duns": _duns(profile),
        "tenant_id": tenant if isinstance(tenant, str) else "",
    }
    return typed | _address(profile, country)


def _address(profile: Document, country: str) -> dict[str, str]:
    """The address where it is one of its country; else it stays with the referral alone, and keeps no deal away."""
    found = {column: (at(profile, "address", name) or "").strip() for column, name in NAMED.items()}
    if len(found["state"]) > 2:
        found["state"] = ""
    wrong = misfits({**found, "country": country, "registration_number": ""}, on=localdate())
    return {} if wrong.keys() & set(ADDRESS) else found


def _duns(profile: Document) -> str:
    numbers = [
        one.get("id") or "" for one in profile.get("ids") or [] if (one.get("profileType") or "").lower() == "duns"
    ]
    return numbers[0] if numbers else ""
