"""Programs with an access token: who asks, found before anything else is."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from allauth.idp.oidc.models import Token
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.timezone import now

from common.isolation import ASSUME, Context, Side, assume, assumed, assumption
from common.wire.doors import is_wire
from partners.models import User
from partners.sql.programs import KNOWN_PROGRAM, PERSON

API = "/api/"
VISITOR = Context(Side.VISITOR)
Answer = Callable[[HttpRequest], HttpResponseBase]


@dataclass(frozen=True)
class Program:
    """An API client at work: its row, the partner it acts for, and what its token grants."""

    pk: int
    name: str
    partner_id: int
    scopes: frozenset[str]


def is_for_programs(path: str) -> bool:
    """Whether an address is of a door for programs."""
    return path.startswith(API) or is_wire(path)


def known_client(get_response: Answer) -> Answer:
    """Below `/api/` and on the wire only a token counts: a session is no way in, so that no page can make a browser write."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if is_for_programs(request.path_info):
            user, program = _program_of(request.headers.get("Authorization", ""))
            request.user = user or AnonymousUser()
            vars(request)["program"] = program
        return get_response(request)

    return middleware


def _program_of(header: str) -> tuple[User, Program] | tuple[None, None]:
    """The program of a bearer token, and the person it acts as; nobody for a token that is unknown, over, or revoked.

    Whoever it is, the transaction acts for somebody afterwards; a visitor, if not for the program's partner.
    """
    scheme, _space, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        assume(connection, VISITOR)
        return None, None
    digest = hashlib.sha256(token.strip().encode("utf-8", "replace")).hexdigest()
    with connection.cursor() as cursor:
        # in one round: a token is looked for as a visitor
        cursor.execute(f"{ASSUME};{KNOWN_PROGRAM}", [*assumption(VISITOR), digest, Token.Type.ACCESS_TOKEN, now()])
        assumed(connection, VISITOR)
        cursor.nextset()
        found = cursor.fetchone()
    if found is None:
        return None, None
    pk, name, granted, *rest = found
    person = User.from_db("default", PERSON, rest[: len(PERSON)])
    assumed(connection, person.context)
    return person, Program(pk, name, person.partner_id or 0, frozenset(granted.split()))
