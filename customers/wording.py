"""Facts of customers and contacts in words, for what happened to them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from common.money import country_name
from common.templatetags.figures import day
from customers.models import Consent, ContactRole
from customers.states import Vetting
from partners.roles import Segment

_LANGUAGES = {"en": "English", "de": "Deutsch"}


def field_text(name: str) -> str:
    """A field by its name; its own code where it has none."""
    return _fields().get(name, name)


def _fields() -> dict[str, str]:
    return {
        "name": _("Name"),
        "country": _("Country"),
        "domain": _("Domain"),
        "registration_number": _("Registration number"),
        "segment": _("Segment"),
        "tenant_id": _("Microsoft tenant"),
        "tenant_prefix": _("Default domain of a new tenant"),
        "duns": _("DUNS number"),
        "address_line1": _("Street and number"),
        "address_line2": _("Addition to the address"),
        "postal_code": _("Postal code"),
        "city": _("City"),
        "state": _("State or province"),
        "is_bound_to_secrecy": _("Bound to professional secrecy"),
        "vetting": _("Vetting"),
        "reason": _("Reason"),
        "tags": _("Tags"),
        "contact": _("Contact"),
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "email": _("E-mail address"),
        "phone": _("Phone"),
        "language": _("Language"),
        "role": _("Role"),
        "is_primary": _("Primary contact"),
        "consents": _("Has agreed to"),
        "consent_by": _("Who gave the consent"),
        "consent_date": _("Consent given on"),
    }


def value_text(name: str, value: Any) -> str:
    """A value as it is read; '' for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(Consent(one).label) if one in Consent.values else str(one) for one in value)
    if name == "country":
        return country_name(value)
    if name == "consent_date":
        return day(date.fromisoformat(value))
    return str(_labels(name).get(value, value))


def _labels(name: str) -> Mapping[str, Any]:
    tables: dict[str, Mapping[str, Any]] = {
        "segment": dict(Segment.choices),
        "vetting": dict(Vetting.choices),
        "role": dict(ContactRole.choices),
        "language": _LANGUAGES,
    }
    return tables.get(name, {})


def differences(changes: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(field, before, after) of the changes that an event has kept; what is no change is left out."""
    return [
        (field_text(name), value_text(name, pair[0]), value_text(name, pair[1]))
        for name, pair in changes.items()
        if isinstance(pair, list) and len(pair) == 2
    ]
