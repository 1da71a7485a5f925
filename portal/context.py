"""What every page knows: the rooms a person may enter, and the languages."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.routes import roles_of

ROOMS: tuple[tuple[str, Promise], ...] = (
    ("home", _("Home")),
    ("customers", _("Customers")),
    ("customers:conflicts", _("Conflicts")),
    ("customers:own_conflicts", _("Conflicts")),
    ("motions:map", _("Portfolio map")),
    ("motions:choice_report", _("Choices")),
    ("motions:imports", _("Imports")),
    ("motions:policies", _("Policy")),
    ("admin:index", _("Administration")),
)


@dataclass(frozen=True)
class Room:
    """A door in the navigation."""

    label: str
    href: str
    is_current: bool


def house(request: HttpRequest) -> dict[str, Any]:
    """`rooms`, `languages` and `language` for the base template."""
    return {"rooms": _rooms(request), "languages": settings.LANGUAGES, "language": get_language()}


def _rooms(request: HttpRequest) -> list[Room]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    found = []
    for name, label in ROOMS:
        roles = roles_of(name)
        if (roles is None or user.role in roles) and not (name == "home" and not user.is_of_partner):
            href = reverse(name)
            current = request.path == href if href == "/" else request.path.startswith(href)
            found.append(Room(str(label), href, current))
    return found
