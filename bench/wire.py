"""wire_list, wire_detail: the wire against a bare view that runs the same SQL as the same partner and dumps JSON."""

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
from partners.models import Partner, User
from partners.services import create_client, issue_token

SIZE = 50
REQUESTS = 40
REFERENCE = "a bare view: one transaction, the partner's role, the same SQL, dicts, msgspec; no middleware, no token"
NAMES = ("pk", "id", "domain", "name")
HEADERS = {"Host": "localhost", "X-Forwarded-Proto": "https", "MS-RequestId": "bench"}
Statement = tuple[str, Any]


class Bare:
    """The least that answers the same: role and tenant, the statements, JSON."""

    def __init__(self, user: User, statements: list[Statement]) -> None:
        self.context = Context(Side.PARTNER, user.partner_id, user.pk)
        self.statements = statements

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One answer: the rows of every statement, as dicts."""
        with transaction.atomic():
            assume(connection, self.context)
            with connection.cursor() as cursor:
                found = []
                for sql, parameters in self.statements:
                    cursor.execute(sql, parameters)
                    found.append([dict(zip(NAMES, row, strict=False)) for row in cursor.fetchall()])
        return HttpResponse(msgspec.json.encode(found))


class House:
    """The whole house, asked by a program."""

    def __init__(self, token: str) -> None:
        self.handler, self.factory = WSGIHandler(), RequestFactory()
        self.headers = {**HEADERS, "Authorization": f"Bearer {token}"}

    def __call__(self, path: str) -> bytes:
        """One answer."""
        answer = self.handler.get_response(self.factory.get(path, headers=self.headers, secure=True))
        assert answer.status_code == 200, answer.content  # type: ignore[attr-defined]
        return answer.content  # type: ignore[attr-defined, no-any-return]

    def statements(self, path: str) -> list[Statement]:
        """What an answer asks of the room's tables."""
        found: list[Statement] = []

        def seen(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
            if '"customers_' in sql:
                found.append((sql, parameters))
            return execute(sql, parameters, many, context)

        with connection.execute_wrapper(seen):
            self(path)
        return found


def run(scale: int) -> list[Result]:
    """`scale` customers of one partner; lists of 50 and single ones, asked for through all of the house."""
    _partner, user = portfolio.make(scale)
    with acting(Side.OFFICE):
        partner = Partner.objects.get(pk=user.partner_id)
        issued = create_client(partner=partner, name="bench", scopes=["customers.read"], at=now())
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    with acting(Side.VISITOR):
        token = issue_token(client_id=str(issued.client), secret=issued.secret, wanted="", claims={}, at=now())
    house = House(token.value)
    listed = f"/v1/customers?size={SIZE}"
    first = msgspec.json.decode(house(listed))["items"][0]["id"]
    pairs = (("wire_list", listed, SIZE), ("wire_detail", f"/v1/customers/{first}", 1))
    return [_measured(name, scale, path, rows, house, user) for name, path, rows in pairs]


def _measured(name: str, scale: int, path: str, rows: int, house: House, user: User) -> Result:
    bare, factory = Bare(user, house.statements(path)), RequestFactory()

    def ours() -> None:
        for _ in range(REQUESTS):
            house(path)

    def theirs() -> None:
        for _ in range(REQUESTS):
            request = factory.get(path)
            request.user = AnonymousUser()
            assert bare(request).status_code == 200

    result = in_pairs(Result(name, scale, REFERENCE), ours, theirs, reset=lambda: None, runs=9)
    result.more = {
        "requests_per_second": round(REQUESTS / min(result.ours), 1),
        "requests": REQUESTS,
        "rows": rows,
        "statements": len(bare.statements),
    }
    return result
