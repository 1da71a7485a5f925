"""What people are told of, and in which words; each room adds its own kinds when the portal starts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.money import country_name
from partners.models import User
from partners.roles import CspType, Role, Scope, ServiceArea

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Words:
    """A notice in the reader's language: the sentence that says it, and what else there is to know."""

    title: str
    text: str = ""


@dataclass(frozen=True)
class NoticeKind:
    """One kind of notice: its name among the preferences, who may get it, and how its parameters are worded."""

    code: str
    label: "_StrPromise"
    roles: frozenset[Role]
    word: Callable[[Mapping[str, Any]], Words]


KINDS: dict[str, NoticeKind] = {}


def register(*kinds: NoticeKind) -> None:
    """Add a room's kinds; two kinds under one code would be a mistake."""
    for kind in kinds:
        if kind.code in KINDS:
            raise ValueError(f"There are two kinds of notices called {kind.code}.")
        KINDS[kind.code] = kind


def words_of(kind: str, params: Mapping[str, Any]) -> Words:
    """A notice in the reader's language; KeyError for a kind that no room has registered."""
    return KINDS[kind].word(params)


def kinds_for(person: User) -> list[NoticeKind]:
    """What a person can be told of, in the order of registration."""
    return [kind for kind in KINDS.values() if person.role in kind.roles]


def of_parked(params: Mapping[str, Any]) -> Words:
    """A target that takes nothing."""
    title = gettext("Messages to %(target)s are parked") % {"target": params["target"]}
    return Words(title, gettext("Ten tries failed. Mend the target, then send them again."))


_LABELS: dict[str, "_StrPromise"] = {
    "name": _("Name"),
    "role": _("Role"),
    "scope": _("Scope"),
    "team_name": _("Team"),
    "location": _("Location"),
    "email": _("E-mail address"),
    "partner_number": _("PartnerID"),
    "country": _("Country"),
    "city": _("City"),
    "csp_type": _("CSP type"),
    "service_areas": _("Service areas"),
    "countries": _("Countries served"),
    "reason": _("Reason"),
    "responsible": _("Responsible for"),
    "is_active": _("Open"),
    "to": _("Handed over"),
    "leads": _("Leads"),
    "reviews": _("Leads to review"),
    "rules": _("Routing rules"),
    "absences": _("Absences"),
    "drafts": _("Drafts"),
    "views": _("Shared views"),
}
_CHOICES: dict[str, dict[Any, Any]] = {
    "role": dict(Role.choices),
    "scope": dict(Scope.choices),
    "csp_type": dict(CspType.choices),
    "service_areas": dict(ServiceArea.choices),
    "is_active": {True: _("yes"), False: _("no")},
}


def told_changes(changes: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(label, before, after) of an event in the reader's language; what has no name for people is left out."""
    found = []
    for name, value in changes.items():
        if name in _LABELS:
            before, after = value if isinstance(value, list) and len(value) == 2 else ("", value)
            found.append((str(_LABELS[name]), _text(name, before), _text(name, after)))
    return found


def _text(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(name, one) for one in value)
    if value is None or value == "":
        return ""
    if name in ("country", "countries"):
        return country_name(value)
    return str(_CHOICES.get(name, {}).get(value, value))
