"""Facts of customers and contacts in words, and by what one company was recognised, in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.money import country_name
from common.templatetags.figures import day, moment
from customers.models import Consent, ContactRole, Customer
from customers.policy import CaseEventKind
from customers.states import Vetting
from partners.roles import Segment
from partners.wording import Words

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


REASONS: dict[str, Promise] = {
    "tenant_id": gettext_lazy("the same Microsoft tenant"),
    "registration_number": gettext_lazy("the same registration number"),
    "duns": gettext_lazy("the same D-U-N-S number"),
    "domain": gettext_lazy("the same domain"),
    "name": gettext_lazy("the same name"),
    "similar_name": gettext_lazy("a similar name"),
}


def why(reasons: Iterable[str]) -> str:
    """All reasons as one line: 'the same domain, a similar name'; a similar name beside the same one says nothing."""
    told = [reason for reason in reasons if reason != "similar_name" or "name" not in reasons]
    return ", ".join(str(REASONS[reason]) for reason in told)


@dataclass(frozen=True)
class Row:
    """One fact of two customers; `is_match` where both say the same, None where one of them says nothing."""

    label: Any
    first: str
    second: str
    is_match: bool | None


# (label, attribute, the key that decides whether two are the same)
_FACTS: tuple[tuple[Any, str, str], ...] = (
    (gettext_lazy("Company name"), "name", "name_key"),
    (gettext_lazy("Country"), "country", "country"),
    (gettext_lazy("Domain"), "domain", "site_key"),
    (gettext_lazy("Registration number"), "registration_number", "number_key"),
    (gettext_lazy("Microsoft tenant"), "tenant_id", "tenant_id"),
    (gettext_lazy("D-U-N-S number"), "duns", "duns"),
    (gettext_lazy("Segment"), "segment", "segment"),
)


def compared(first: Customer, second: Customer) -> list[Row]:
    """Both customers fact by fact, as they are shown beside each other."""
    rows = []
    for label, name, key in _FACTS:
        one, other = getattr(first, key), getattr(second, key)
        is_match = one == other if one and other else None
        rows.append(Row(label, _shown(first, name), _shown(second, name), is_match))
    return [*rows, Row(_("Registered"), moment(first.created_at), moment(second.created_at), None)]


def _shown(customer: Customer, name: str) -> str:
    if name == "country":
        return country_name(customer.country)
    if name == "segment":
        return str(customer.get_segment_display())
    return str(getattr(customer, name) or "")


def notice_words(kind: str, params: Mapping[str, Any]) -> Words:
    """A notice to a partner about its side of a conflict; of the other side nobody learns from it (docs/adr/0012)."""
    customer = {"customer": params["customer"]}
    if kind == CaseEventKind.OPENED:
        return Words(
            _("A conflict case about %(customer)s is open") % customer,
            _("A channel manager answers it by %(due)s. You can go on working meanwhile.")
            % {"due": _day(params["due"])},
        )
    if params["stands"]:
        return Words(_("Your registration of %(customer)s stands") % customer, _("Nothing changes for you."))
    until = _("You can appeal once, until %(until)s.") % {"until": _day(params["until"])} if params["until"] else ""
    return Words(_("Your registration of %(customer)s does not stand") % customer, until)


def request_words(kind: str, params: Mapping[str, Any]) -> Words:
    """A notice to Microsoft's side about a case or an appeal that waits for its answer."""
    titles = {
        CaseEventKind.OPENED.value: _("A conflict case about %(customer)s waits for an answer"),
        CaseEventKind.APPEALED.value: _("An appeal in the conflict about %(customer)s waits for a decision"),
    }
    due = _("To be answered by %(due)s.") % {"due": _day(params["due"])}
    return Words(titles[kind] % {"customer": params["customer"]}, due)


def _day(text: str) -> str:
    return day(date.fromisoformat(text))
