"""The page where somebody who was asked in sets a password, without a login: one link, good once."""

from dataclasses import dataclass
from uuid import UUID

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.isolation import Side, acting
from common.refusals import Refused, Unfit
from partners import services
from partners.forms import JoinForm
from partners.models import Invitation

UNKNOWN, GONE = 404, 410


@dataclass(frozen=True)
class Shown:
    """What a look at a link, or a use of it, leads to."""

    invitation: Invitation | None
    form: JoinForm | None = None
    status: int = 200
    is_in: bool = False


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Show who is asked in, and let them set a password. A link that is not of ours is the same nothing for all."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="invitation_link", limit_get=True)
    if limited is not None:
        return limited
    named = services.read_token(token)
    shown = _looked_up(request, token, *named) if named else Shown(None, status=UNKNOWN)
    if shown.is_in:
        messages.success(request, _("Welcome. Please sign in with your new password."))
        return redirect(settings.LOGIN_URL)
    language = shown.invitation.language if shown.invitation else translation.get_language() or "en"
    with translation.override(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or language):
        context = {"invitation": shown.invitation, "form": shown.form}
        response = render(request, "partners/team/join.html", context, status=shown.status)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _looked_up(request: HttpRequest, token: str, public_id: UUID, number: int) -> Shown:
    """The invitation on the side of whoever has the link, whoever is signed in beside it."""
    with acting(Side.SIGNER, link_id=public_id):
        found = Invitation.objects.filter(public_id=public_id).first()
        if found is None:
            return Shown(None, status=UNKNOWN)
        if number != found.number or not found.is_open(now()):
            return Shown(found, status=GONE)
        form = JoinForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                services.join(token, at=now(), password=form.cleaned_data["password"])
            except Unfit as refusal:
                form.add_error(refusal.field or None, str(refusal.sentence))
            except Refused:
                return Shown(found, status=GONE)
            else:
                return Shown(found, is_in=True)
        return Shown(found, form, 422 if form.errors else 200)
