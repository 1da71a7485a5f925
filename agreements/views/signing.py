"""The page where a signatory accepts, without a login: one link, one company, one click that counts."""

from typing import Any

from allauth.core import ratelimit
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


@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is to be accepted, and accept it. A link that nobody of ours has signed is the same nothing for all."""
    if (limited := ratelimit.consume_or_429(request, action="agreement_link")) is not None:
        return limited
    public_id = read_token(token)
    if public_id is None:
        return _unknown(request)
    # whoever is signed in beside it: here only the link counts
    with acting(Side.SIGNER, link_id=public_id):
        link = opened(token)
        if link is None:
            return _unknown(request)
        with translation.override(link.language):
            return _page(request, token, link)


def _unknown(request: HttpRequest) -> HttpResponse:
    return render(request, "agreements/link_unknown.html", status=UNKNOWN)


def _page(request: HttpRequest, token: str, link: Link) -> HttpResponse:
    if not is_open(link, at=now()):
        return _gone(request, link)
    form = AcceptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            accepted = services.accept(token, at=now(), name=form.cleaned_data["name"])
        except Unfit as refusal:
            form.add_error(refusal.field, str(refusal.sentence))
        except Refused:
            return _gone(request, Link.objects.get(pk=link.pk))
        else:
            requests.post_soon()
            return _render(request, "agreements/link_done.html", accepted)
    return _render(request, "agreements/link.html", link, status=422 if form.errors else 200, form=form)


def _gone(request: HttpRequest, link: Link) -> HttpResponse:
    return _render(request, "agreements/link_gone.html", link, status=GONE, why=why_gone(link))


def _render(request: HttpRequest, template: str, link: Link, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"link": link, "text_language": language_name(link.template_language), **more}
    response = render(request, template, context, status=status)
    response["Content-Language"] = link.language
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response
