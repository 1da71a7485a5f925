"""An administrator who looks on as somebody else: whom, as long as it lasts."""

from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import now

from partners.models import User, Viewing
from partners.services import note_sighting, running

VIEWING = "viewing"  # in the session


def looked_on(request: HttpRequest, by: User) -> Viewing | None:
    """As whom a request looks on; ending it and signing out are the administrator's own."""
    named = request.session.get(VIEWING)
    if not named or request.path_info in (reverse("partners:view_end"), reverse("account_logout")):
        return None
    found = running(named, by=by, at=now())
    if found is None:
        del request.session[VIEWING]
    return found


def note_look(request: HttpRequest, *, customer_id: int, partner_id: int) -> None:
    """Note who looked at a partner's customer. To look on as somebody else is noted by itself."""
    if getattr(request, "viewing", None) is None:
        note_sighting(by=cast(User, request.user), customer_id=customer_id, partner_id=partner_id, at=now())
