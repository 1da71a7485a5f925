"""Tokens of the wire: a JWT that ends, for the same client and secret as at the native door."""

import base64
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.test import Client
from django.utils.timezone import now

from partners import services
from tests.programs import Program
from tests.wire.clients import Wire, is_fault

pytestmark = pytest.mark.django_db
TENANT = "nordlicht.onmicrosoft.com"


def ask(program: Program, *, tenant: str = TENANT, **more: str) -> Any:
    form = {"grant_type": "client_credentials", "client_id": str(program.row), "client_secret": program.secret}
    form |= {"scope": "https://api.partnercenter.microsoft.com/.default", **more}
    return Client().post(f"/{tenant}/oauth2/v2.0/token", form)


def test_a_client_gets_a_jwt_that_says_when_it_ends_and_reads_with_it(program: Program) -> None:
    answer = ask(program)
    told = answer.json()
    assert (answer.status_code, told["token_type"], told["expires_in"]) == (200, "Bearer", 3600)
    claims = jwt.decode(told["access_token"], options={"verify_signature": False})
    assert 3590 <= claims["exp"] - now().timestamp() <= 3600
    assert (claims["tid"], claims["appid"]) == (str(program.partner.public_id), str(program.row))
    bearer = {"Authorization": f"Bearer {told['access_token']}"}
    assert Client().get("/v1/customers", headers=bearer).status_code == 200
    # one client, two endpoints, one token for both doors
    assert Client().get("/api/v1/customers/", headers=bearer).status_code == 200
    native = Client().post(
        "/identity/o/api/token",
        {"grant_type": "client_credentials", "client_id": str(program.row), "client_secret": program.secret},
    )
    bearer = {"Authorization": f"Bearer {native.json()['access_token']}"}
    assert Client().get("/v1.0/customers", headers=bearer).status_code == 200


def test_two_tokens_of_one_second_are_two(program: Program) -> None:
    assert len({ask(program).json()["access_token"] for _ in range(3)}) == 3


@pytest.mark.parametrize("tenant", ["9c8b7a6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d", "contoso.onmicrosoft.com", "common"])
def test_any_tenant_that_can_be_one_will_do(tenant: str, program: Program) -> None:
    assert ask(program, tenant=tenant).status_code == 200


def test_the_secret_may_come_by_basic_authentication(program: Program) -> None:
    word = base64.b64encode(f"{program.row}:{program.secret}".encode()).decode()
    form = {"grant_type": "client_credentials", "scope": ".default/"}
    answer = Client().post(f"/{TENANT}/oauth2/v2.0/token", form, headers={"Authorization": f"Basic {word}"})
    assert answer.status_code == 200, answer.content


@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        ("", {"customers.read", "customers.write"}),
        ("https://api.partnercenter.microsoft.com/.default", {"customers.read", "customers.write"}),
        ("openid offline_access api://anything/.default", {"customers.read", "customers.write"}),
        ("customers.read", {"customers.read"}),
    ],
)
def test_a_resource_means_all_that_the_client_may_do(scope: str, granted: set[str], partner: Any) -> None:
    program = Program(partner, scopes=("customers.read", "customers.write"))
    token = ask(program, scope=scope).json()["access_token"]
    assert set(jwt.decode(token, options={"verify_signature": False})["roles"]) == granted


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"client_secret": "a\0b"}, 400, "invalid_request"),
        ({"client_id": "x" * 5000}, 400, "invalid_request"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_request_that_is_not_right_is_told_so_as_oauth_words_it(
    form: dict[str, str], status: int, error: str, program: Program
) -> None:
    answer = ask(program, **form)
    told = answer.json()
    assert (answer.status_code, told["error"]) == (status, error)
    assert {"error_description", "correlation_id", "trace_id", "timestamp"} <= set(told)


@pytest.mark.parametrize("tenant", ["-x", "a b", "ä", "a/b", "x" * 300])
def test_what_can_be_no_tenant_is_not_there(tenant: str, program: Program) -> None:
    assert ask(program, tenant=tenant).status_code == 404


def test_a_body_that_is_no_form_is_an_invalid_request(program: Program) -> None:
    answer = Client().post(f"/{TENANT}/oauth2/v2.0/token", "{}", content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert Client().get(f"/{TENANT}/oauth2/v2.0/token").status_code == 405


def test_who_asks_for_tokens_without_end_is_told_when_to_come_again(program: Program, settings: Any) -> None:
    settings.API_TOKENS_A_MINUTE = 2
    answers = [ask(program) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["error"] == "temporarily_unavailable"
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_revoked_client_is_out_at_once_and_a_token_that_is_over_too(wire: Wire) -> None:
    wire.program.token = ask(wire.program).json()["access_token"]
    assert wire.get("customers").status_code == 200
    services.revoke_client(wire.program.row, at=now())
    assert is_fault(wire.get("customers"), 401)
    assert ask(wire.program).status_code == 401


def test_a_token_ends_when_it_says(wire: Wire) -> None:
    wire.program.token = ask(wire.program).json()["access_token"]
    with time_machine.travel(now() + timedelta(seconds=3601), tick=False):
        assert is_fault(wire.get("customers"), 401)


def test_a_library_finds_the_token_endpoint_where_it_looks_for_it_and_is_promised_nothing_else(
    program: Program,
) -> None:
    answer = Client().get(f"/{TENANT}/v2.0/.well-known/openid-configuration")
    told = answer.json()
    assert (answer.status_code, told["grant_types_supported"], told["response_types_supported"]) == (
        200, ["client_credentials"], [],
    )  # fmt: skip
    form = {"grant_type": "client_credentials", "client_id": str(program.row), "client_secret": program.secret}
    token = Client().post(told["token_endpoint"].removeprefix("http://testserver"), form).json()["access_token"]
    assert jwt.decode(token, options={"verify_signature": False})["iss"] == told["issuer"]
    nobody = Client().get(told["authorization_endpoint"].removeprefix("http://testserver"), {"response_type": "code"})
    assert (nobody.status_code, nobody.json()["error"]) == (400, "unsupported_response_type")
