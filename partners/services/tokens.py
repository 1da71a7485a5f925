"""Tokens of the wire: a client's id and secret for a JWT, which tells its holder when it ends, and is looked up like any."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
from allauth.idp.oidc.models import Token
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import Refused
from partners.models import ApiClient

# what clients of identity platforms ask for beside a resource; it widens nothing
_USUAL = frozenset({"openid", "profile", "email", "offline_access"})


class NoToken(Refused):
    """No token, and why in a word of OAuth (RFC 6749, 5.2)."""

    def __init__(self, error: str, sentence: Any, *, status: int = 400) -> None:
        super().__init__(sentence)
        self.error, self.status = error, status


@dataclass(frozen=True)
class Issued:
    """A token, for how long, and for what."""

    value: str
    lasts: timedelta
    scopes: tuple[str, ...]


@transaction.atomic
def issue_token(*, client_id: str, secret: str, wanted: str, claims: Mapping[str, Any], at: datetime) -> Issued:
    """A token for a client that proves itself; `wanted` are scopes as clients of Partner Center name them.

    A resource ("https://.../.default") means all that the client may do; scopes of ours narrow it. `NoToken` otherwise.
    """
    client = _proved(client_id, secret)
    scopes = _scopes(wanted, client.application.get_scopes())
    lasts = timedelta(seconds=settings.IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN)
    value = jwt.encode({**claims, **_claims(client, scopes, at, lasts)}, _key(), algorithm="HS256")
    token = Token(type=Token.Type.ACCESS_TOKEN, client_id=client.application_id, created_at=at, expires_at=at + lasts)
    token.set_value(value)
    token.set_scopes(list(scopes))
    token.save(force_insert=True)
    return Issued(value, lasts, scopes)


def _proved(client_id: str, secret: str) -> ApiClient:
    known = ApiClient.objects.filter(
        application_id=client_id, revoked_at__isnull=True, user__is_active=True, partner__is_active=True
    )
    client: ApiClient | None = known.select_related("application", "partner", "user").first()
    if client is None or not client.application.check_secret(secret):
        raise NoToken("invalid_client", _("There is no client with this id and this secret."), status=401)
    return client


def _scopes(wanted: str, granted: list[str]) -> tuple[str, ...]:
    own = [word for word in wanted.split() if word not in _USUAL and "/" not in word]
    if unknown := sorted(set(own) - set(granted)):
        raise NoToken("invalid_scope", _("The client lacks the scope %(scope)s.") % {"scope": unknown[0][:100]})
    return tuple(own or granted)


def _claims(client: ApiClient, scopes: tuple[str, ...], at: datetime, lasts: timedelta) -> dict[str, Any]:
    begins = int(at.timestamp())
    return {
        "iat": begins,
        "nbf": begins,
        "exp": begins + int(lasts.total_seconds()),
        "jti": uuid4().hex,
        "tid": str(client.partner.public_id),
        "appid": client.application_id,
        "sub": str(client.user.pk),
        "roles": list(scopes),
        "ver": "2.0",
    }


def _key() -> bytes:
    return hashlib.sha256(b"wire token of " + settings.SECRET_KEY.encode()).digest()
