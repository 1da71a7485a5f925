"""By what one company was recognised, and two customers side by side, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.templatetags.figures import country, moment
from customers.models import Customer

REASONS: dict[str, Promise] = {
    "tenant_id": _("the same Microsoft tenant"),
    "registration_number": _("the same registration number"),
    "duns": _("the same D-U-N-S number"),
    "domain": _("the same domain"),
    "name": _("the same name"),
    "similar_name": _("a similar name"),
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
    (_("Company name"), "name", "name_key"),
    (_("Country"), "country", "country"),
    (_("Domain"), "domain", "site_key"),
    (_("Registration number"), "registration_number", "number_key"),
    (_("Microsoft tenant"), "tenant_id", "tenant_id"),
    (_("D-U-N-S number"), "duns", "duns"),
    (_("Segment"), "segment", "segment"),
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
        return country(customer.country)
    if name == "segment":
        return str(customer.get_segment_display())
    return str(getattr(customer, name) or "")
