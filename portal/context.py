"""What every page knows: the rooms a person may enter, and the languages."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partners import panels
from portal.routes import roles_of

ROOMS: tuple[tuple[str, Promise], ...] = (
    ("home", _("Home")),
    ("customers", _("Customers")),
    ("referrals:list", _("Leads")),
    ("customers:conflicts", _("Conflicts")),
    ("customers:own_conflicts", _("Conflicts")),
    ("review", _("Review")),
    ("motions:map", _("Portfolio map")),
    ("motions:choice_report", _("Choices")),
    ("agreements:overview", _("Agreements")),
    ("motions:imports", _("Imports")),
    ("motions:policies", _("Policy")),
    ("partners:team", _("Team")),
    ("partners:webhooks", _("Interfaces")),
    ("data", _("Rules and texts")),
    ("audit", _("Audit")),
    ("jobs", _("Jobs")),
    ("privacy", _("Data protection")),
    ("admin:index", _("Administration")),
)


# so many stand in the header of a wide screen; the last of them opens the others
MOST = 8


@dataclass(frozen=True)
class Room:
    """A door in the navigation."""

    label: str
    href: str
    is_current: bool


def house(request: HttpRequest) -> dict[str, Any]:
    """`rooms` (of them `first_rooms`, and `more_rooms`), `languages`, `language` and `shell` for the base template."""
    rooms = _rooms(request)
    shown = len(rooms) if len(rooms) <= MOST else MOST - 1
    return {
        "rooms": rooms,
        "first_rooms": rooms[:shown],
        "more_rooms": rooms[shown:],
        "languages": settings.LANGUAGES,
        "language": get_language(),
        # asked for by a whole page alone: a partial does not count
        "shell": SimpleLazyObject(partial(_shell, request)),
    }


def _shell(request: HttpRequest) -> panels.Shell:
    user = getattr(request, "user", None)
    # the page of a refusal is made after the transaction was given up
    if user is None or not user.is_authenticated or connection.needs_rollback:
        return panels.Shell()
    return panels.shell(user, on=localdate())


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
