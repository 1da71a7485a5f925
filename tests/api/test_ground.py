"""What holds at every door of the API: problems, languages, scopes, limits, numbers of requests."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from common.rest.problems import PROBLEMS
from customers.api.customers import Customers
from customers.models import Customer
from portal.urls import api_routes
from tests.programs import Program

pytestmark = pytest.mark.django_db
BODY = {"name": "Contoso GmbH", "country": "DE"}


def test_a_problem_has_a_stable_code_and_a_sentence_in_the_callers_language(program: Program) -> None:
    english = program.post("customers/", {**BODY, "name": "GmbH"})
    program.language = "de-DE,de;q=0.9"
    german = program.post("customers/", {**BODY, "name": "GmbH"})
    assert english.headers["Content-Type"] == german.headers["Content-Type"] == "application/problem+json"
    one, other = english.json(), german.json()
    assert one["type"] == other["type"] == "urn:wegweiser:problem:invalid"
    assert one["errors"][0]["detail"] == "This is only a legal form. Please enter the whole company name."
    assert other["errors"][0]["detail"].startswith("Das ist nur eine Rechtsform")
    assert german.headers["Content-Language"] == "de"


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b"",
        b"{'name': 1}",
        b'{"name": NaN}',
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 500 + b"1" + b"}" * 500,
        json.dumps({**BODY, "segment": [[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]}).encode(),
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_body_that_is_no_json_is_400_and_never_more(text: bytes, program: Program) -> None:
    answer = program("POST", "customers/", text)
    assert (answer.status_code, answer.json()["code"]) in [(400, "malformed"), (422, "invalid")]
    assert (answer.status_code == 422) == (text == b"")
    assert not Customer.objects.exists()


def test_a_body_of_ten_megabytes_and_one_of_another_kind_are_refused(program: Program) -> None:
    large = program("POST", "customers/", json.dumps({**BODY, "name": "x" * 10_000_000}).encode())
    assert (large.status_code, large.json()["code"]) == (413, "too_large")
    form = program.client.post(
        "/api/v1/customers/", BODY, headers={"Authorization": f"Bearer {program.token}", "Idempotency-Key": "1"}
    )
    assert (form.status_code, form.json()["code"]) == (415, "media_type")


def test_a_method_that_is_not_served_is_said_with_those_that_are(program: Program) -> None:
    answer = program("PUT", "customers/", BODY)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].replace(" ", "").split(","))


@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/v2/", "/api/v1/customers/abc/", "/api/v1/policies/a%00b/"])
def test_where_no_resource_is_the_answer_is_a_problem_too(path: str, program: Program) -> None:
    answer = program.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_without_the_scope_it_is_403_which_names_it_also_for_what_is_not_there(partner: Any) -> None:
    reader = Program(partner, scopes=("customers.read",))
    nothing = "customers/00000000-0000-4000-8000-000000000000/"
    for answer in (
        reader.post("customers/", BODY),
        reader.patch(nothing, BODY, If_Match='"1"'),
        reader.get("deals/"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert reader.get("deals/").json()["scope"] == "deals.read"
    assert not Customer.objects.exists()


def test_whoever_asks_too_often_is_told_when_to_come_again_and_nobody_else_waits(
    program: Program, rival: Program, settings: Any
) -> None:
    settings.API_REQUESTS_A_MINUTE = 2
    answers = [program.get("customers/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert rival.get("customers/").status_code == 200


def test_every_answer_has_the_number_under_which_the_request_is_logged(program: Program) -> None:
    assert len(program.get("customers/").headers["X-Request-ID"]) == 36
    assert program.get("customers/", X_Request_ID="mine-1").headers["X-Request-ID"] != "mine-1"
    assert len(Client().get("/api/v1/customers/").headers["X-Request-ID"]) == 36


def test_no_answer_is_kept_by_anybody_between(program: Program) -> None:
    assert program.get("customers/").headers["Cache-Control"] == "no-store"


def test_a_resource_that_goes_out_of_use_says_so(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Customers, "deprecated_at", datetime(2027, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(Customers, "sunset_at", datetime(2027, 7, 1, tzinfo=UTC))
    answer = program.get("customers/")
    assert answer.headers["Deprecation"] == "@1798761600"
    assert answer.headers["Sunset"] == "Thu, 01 Jul 2027 00:00:00 GMT"


def test_a_fault_of_ours_is_a_problem_too_and_tells_nothing(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        Customer.objects.create(
            partner=program.partner, name="x", country="DE", created_at="2026-01-01", updated_at="2026-01-01"
        )
        raise RuntimeError("secret words")

    monkeypatch.setattr("customers.api.customers.services.register", broken)
    answer = program.post("customers/", BODY)
    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
    assert b"secret" not in answer.content
    assert not Customer.objects.exists()


def test_every_code_has_a_title_in_german() -> None:
    with override("de"):
        german = {code: str(title) for code, (_status, title) in PROBLEMS.items()}
    with override("en"):
        assert [code for code, (_status, title) in PROBLEMS.items() if str(title) == german[code]] == []


def test_the_first_page_of_the_api_names_every_collection() -> None:
    told = Client().get("/api/v1/").json()
    lists = {
        str(route.pattern) for route in api_routes if route.pattern.match("") is None and "<" not in str(route.pattern)
    }
    assert {f"/api/v1/{path}" for path in lists} <= set(told.values())
