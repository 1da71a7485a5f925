"""The page where a signatory accepts, without a login: one link, one company, one click that counts."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from agreements import requests, services
from agreements.forms.customer import AcceptForm, language_name
from agreements.models import Link
from agreements.services.links import is_open, opened, read_token, why_gone
from common.isolation import Side, acting
from common.refusals import Refused, Unfit

UNKNOWN, GONE = 404, 410


@dataclass(frozen=True)
class Shown:
    """What a look at a link, or a click on it, leads to."""

    template: str
    link: Link
    status: int = 200
    more: dict[str, Any] = field(default_factory=dict)


@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is to be accepted, and accept it. A link that nobody of ours has signed is the same nothing for all."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="agreement_link", limit_get=True)
    if limited is not None:
        return limited
    public_id = read_token(token)
    shown = _looked_up(request, token, public_id) if public_id else None
    if shown is None:
        return render(request, "agreements/link_unknown.html", status=UNKNOWN)
    return _rendered(request, shown)


def _looked_up(request: HttpRequest, token: str, public_id: UUID) -> Shown | None:
    """The link as the signatory's side sees it, whoever is signed in beside it; the page is made when this is over."""
    with acting(Side.SIGNER, link_id=public_id):
        link = opened(token)
        if link is None:
            return None
        with translation.override(_language(request, link)):
            return _asked(request, token, link)


def _asked(request: HttpRequest, token: str, link: Link) -> Shown:
    if not is_open(link, at=now()):
        return _gone(link)
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            accepted = services.accept(token, at=now(), name=form.cleaned_data["name"])
        except Unfit as refusal:
            form.add_error(refusal.field, str(refusal.sentence))
        except Refused:
            return _gone(Link.objects.get(pk=link.pk))
        else:
            requests.post_soon()
            return Shown("agreements/link_done.html", accepted)
    return Shown("agreements/link.html", link, 422 if form.errors else 200, {"form": form})


def _gone(link: Link) -> Shown:
    return Shown("agreements/link_gone.html", link, GONE, {"why": why_gone(link)})


def _language(request: HttpRequest, link: Link) -> str:
    """The language that was chosen in this browser, else the signatory's own."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return chosen if chosen in dict(settings.LANGUAGES) else link.language


def _rendered(request: HttpRequest, shown: Shown) -> HttpResponse:
    language = _language(request, shown.link)
    with translation.override(language):
        text_language = language_name(shown.link.template_language)
        context = {"link": shown.link, "text_language": text_language, **shown.more}
        response = render(request, shown.template, context, status=shown.status)
    response["Content-Language"] = language
    return response
