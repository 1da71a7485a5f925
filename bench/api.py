"""api_list, api_detail: the API against a bare view that runs the same SQL as the same partner and dumps JSON by msgspec."""

from typing import Any

import msgspec
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.timezone import now

from bench import portfolio
from bench.harness import Result, in_pairs
from common.isolation import Context, Side, acting, assume
from customers.api.customers import COLUMNS, NAMES
from customers.models import Customer
from partners.models import Partner, User
from partners.services import create_client
from tests.programs import new_token

SIZE = 50
REQUESTS = 40
REFERENCE = "a bare view: one transaction, the partner's role, the same SQL, dicts, msgspec; no middleware, no token"


class Bare:
    """The least that answers the same: role and tenant, one statement, JSON."""

    def __init__(self, user: User, sql: str, parameters: Any, *, is_list: bool) -> None:
        self.context = Context(Side.PARTNER, user.partner_id, user.pk)
        self.sql, self.parameters, self.is_list = sql, parameters, is_list

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One answer."""
        with transaction.atomic():
            assume(connection, self.context)
            with connection.cursor() as cursor:
                cursor.execute(self.sql, self.parameters)
                rows = cursor.fetchall()
        items = [dict(zip(NAMES, row[-len(NAMES) :], strict=True)) for row in rows]
        return HttpResponse(msgspec.json.encode({"items": items} if self.is_list else items[0]))


def run(scale: int) -> list[Result]:
    """`scale` customers of one partner; lists of 50 and single ones, asked for through all of the house."""
    _partner, user = portfolio.make(scale)
    with acting(Side.OFFICE):
        partner = Partner.objects.get(pk=user.partner_id)
        issued = create_client(partner=partner, name="bench", scopes=["customers.read"], at=now())
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    token = _token(issued.client)
    with acting(Side.PARTNER, partner_id=user.partner_id):
        rows = Customer.objects.visible_to(user).current().order_by("pk").values_list("pk", *COLUMNS)
        listed = str(rows[: SIZE + 1].query), ()
        first = rows[0]
        single = str(rows.filter(pk=first[0]).query), ()
    pairs = (
        ("api_list", f"/api/v1/customers/?limit={SIZE}", Bare(user, *listed, is_list=True)),
        ("api_detail", f"/api/v1/customers/{first[1]}/", Bare(user, *single, is_list=False)),
    )
    return [_measured(name, scale, path, bare, token) for name, path, bare in pairs]


def _token(client: Any) -> str:
    with acting(Side.VISITOR):
        return new_token(client)


def _measured(name: str, scale: int, path: str, bare: Bare, token: str) -> Result:
    handler, factory = WSGIHandler(), RequestFactory()
    headers = {"Authorization": f"Bearer {token}", "Host": "localhost", "X-Forwarded-Proto": "https"}

    def ours() -> None:
        for _ in range(REQUESTS):
            request = factory.get(path, headers=headers, secure=True)
            answer = handler.get_response(request)
            assert answer.status_code == 200, answer.content  # type: ignore[attr-defined]

    def theirs() -> None:
        for _ in range(REQUESTS):
            request = factory.get(path)
            request.user = AnonymousUser()
            assert bare(request).status_code == 200

    result = in_pairs(Result(name, scale, REFERENCE), ours, theirs, reset=lambda: None, runs=9)
    best = min(result.ours)
    result.more = {
        "requests_per_second": round(REQUESTS / best, 1),
        "requests": REQUESTS,
        "rows": SIZE if bare.is_list else 1,
    }
    return result
