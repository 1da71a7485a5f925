"""The token endpoint as clients of Partner Center ask it, and where their libraries look for it first."""

import base64
import binascii
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from common.rest.json import encoded
from common.rest.limits import must_be_moderate
from common.rest.problems import Problem
from common.wire.numbers import number_of
from partners import services
from partners.credentials import SCOPES
from partners.services import NoToken

LONGEST = 4000
_GRANT = "client_credentials"


@csrf_exempt
def token(request: HttpRequest, tenant: str) -> HttpResponse:
    """A JWT for a client's id and secret, or an error as OAuth words it.

    Any tenant will do: clients are configured with one, and the client itself says which partner it is of.
    """
    try:
        return _told(request, 200, _issued(request, tenant))
    except NoToken as refusal:
        transaction.set_rollback(True)
        return _refused(request, refusal)
    except Problem as problem:
        answer = _refused(request, NoToken("temporarily_unavailable", problem.title, status=problem.status))
        for name, value in problem.headers.items():
            answer.headers[name] = value
        return answer


def _issued(request: HttpRequest, tenant: str) -> dict[str, Any]:
    if request.method != "POST":
        raise NoToken("invalid_request", _("Tokens are asked for with POST."), status=405)
    client_id, secret = _credentials(request)
    if any("\0" in value or len(value) > LONGEST for value in (*request.POST.values(), client_id, secret)):
        raise NoToken("invalid_request", _("The form cannot be read."))
    must_be_moderate(f"token:{client_id}", most=settings.API_TOKENS_A_MINUTE)
    if not client_id or not secret:
        raise NoToken("invalid_request", _("The form must hold client_id and client_secret."))
    if request.POST.get("grant_type") != _GRANT:
        raise NoToken("unsupported_grant_type", _("Only client_credentials are taken."))
    wanted = request.POST.get("scope") or ""
    claims = {"iss": _issuer(request, tenant), "aud": request.build_absolute_uri("/")}
    issued = services.issue_token(client_id=client_id, secret=secret, wanted=wanted, claims=claims, at=now())
    lasts = int(issued.lasts.total_seconds())
    return {"token_type": "Bearer", "expires_in": lasts, "ext_expires_in": lasts, "access_token": issued.value}


def _issuer(request: HttpRequest, tenant: str) -> str:
    return request.build_absolute_uri(f"/{tenant}/v2.0")


@require_GET
def configuration(request: HttpRequest, tenant: str) -> HttpResponse:
    """What can be asked for here (OpenID Connect Discovery): tokens for programs, and nothing else.

    Libraries read the address of an authorization endpoint and give up without one; that no `response_type` can be asked
    for there is said beside it. Tokens are looked up and verified by nobody else, so there are no keys to publish.
    """
    place = request.build_absolute_uri(f"/{tenant}/oauth2/v2.0/")
    document = {
        "issuer": _issuer(request, tenant),
        "token_endpoint": f"{place}token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "grant_types_supported": [_GRANT],
        "scopes_supported": list(SCOPES),
        "authorization_endpoint": f"{place}authorize",
        "response_types_supported": [],
    }
    return _told(request, 200, document)


@require_GET
def authorize(request: HttpRequest, tenant: str) -> HttpResponse:
    """People sign in to the pages; nobody is sent here to come back with a token."""
    return _refused(request, NoToken("unsupported_response_type", _("Only programs get tokens here, for a secret.")))


def _credentials(request: HttpRequest) -> tuple[str, str]:
    """Id and secret, as form fields or by Basic authentication."""
    scheme, _space, word = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    try:
        name, _colon, secret = base64.b64decode(word).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret


def _refused(request: HttpRequest, refusal: NoToken) -> HttpResponse:
    document = {
        "error": refusal.error,
        "error_description": str(refusal.sentence),
        "timestamp": f"{now():%Y-%m-%d %H:%M:%SZ}",
        "trace_id": str(uuid4()),
        "correlation_id": number_of(request, "client-request-id") or str(uuid4()),
    }
    answer = _told(request, refusal.status, document)
    if refusal.status == 401:
        answer.headers["WWW-Authenticate"] = 'Basic realm="wegweiser"'
    elif refusal.status == 405:
        answer.headers["Allow"] = "POST"
    return answer


def _told(request: HttpRequest, status: int, document: dict[str, Any]) -> HttpResponse:
    headers = {"client-request-id": number_of(request, "client-request-id") or str(uuid4()), "Pragma": "no-cache"}
    return HttpResponse(
        encoded(document), content_type="application/json; charset=utf-8", status=status, headers=headers
    )
