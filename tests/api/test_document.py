"""The OpenAPI document: it says what there is, and its page loads nothing from elsewhere."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.timezone import now

from motions import bulk
from partners.credentials import SCOPES
from portal.urls import api_routes
from tests.programs import Program, new_token

pytestmark = pytest.mark.django_db


def document() -> Any:
    return Client().get("/api/v1/schema/").json()


def test_the_document_names_every_route_every_scope_and_every_problem() -> None:
    found = document()
    assert found["openapi"].startswith("3.1")
    own = {"", "schema/", "docs/"}
    routes = {str(route.pattern) for route in api_routes} - own
    assert len(found["paths"]) == len(routes)
    operations = [one for path in found["paths"].values() for one in path.values()]
    named = {scope for one in operations for entry in one["security"] for scope in entry["client"]}
    # the wire has scopes of its own
    assert named | {"agreements.read", "agreements.write", "referrals.read", "referrals.write"} == set(SCOPES)
    for one in operations:
        assert {"400", "401", "403", "404", "429"} <= set(one["responses"]), one["operationId"]
        assert "application/problem+json" in one["responses"]["401"]["content"]


def test_every_write_says_how_it_is_safe() -> None:
    for path, methods in document()["paths"].items():
        for method, one in methods.items():
            headers = {parameter["name"] for parameter in one.get("parameters", []) if parameter["in"] == "header"}
            if method in ("put", "patch", "delete"):
                assert "If-Match" in headers, path
            if method == "post" and path != "/api/v1/what-if/":
                assert "Idempotency-Key" in headers, path


def test_every_operation_asks_for_its_scope_and_every_write_for_what_makes_it_safe(partner: Any) -> None:
    program = Program(partner)
    everything, nothing = program.token, new_token(program.row, ())
    for path, methods in document()["paths"].items():
        place = re.sub(r"\{public_id\}", str(uuid4()), path).replace("{number}", "1")
        place = place.replace("{code}", "X").replace("{day}", "2026-01-04")
        for method, one in methods.items():
            [scope] = one["security"][0]["client"]
            program.token = nothing
            answer = program(method.upper(), place, Idempotency_Key="k1")
            assert (answer.status_code, answer.json().get("scope")) == (403, scope), place
            program.token = everything
            headers = {parameter["name"] for parameter in one.get("parameters", []) if parameter["in"] == "header"}
            if "Idempotency-Key" in headers:
                assert program(method.upper(), place, Idempotency_Key="").json()["code"] == "key_missing", place
            if "If-Match" in headers:
                assert program(method.upper(), place).json()["code"] == "match_missing", place


def test_the_page_of_the_document_keeps_the_strict_policy() -> None:
    answer = Client().get("/api/v1/docs/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "<style" not in text
    assert "<script>" not in text
    assert "https://" not in text
    script = Client().get("/api/v1/docs/?script=")
    assert script.headers["Content-Type"].startswith("application/javascript")


@pytest.mark.django_db(transaction=True)
def test_the_example_of_the_documentation_runs(live_server: Any, partner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program(partner)
    monkeypatch.setattr("common.waking._send", _worked)
    words = [sys.executable, "docs/api_example.py", live_server.url, str(program.row), program.secret]
    done = subprocess.run(words, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120)
    assert done.stdout.startswith("Enterprise: Enterprise fits"), done.stderr[-2000:]
    assert "\nLead submitted, answered by 20" in done.stdout


def _worked(name: str, *_: Any) -> None:
    """What a worker does when it is woken."""
    if name == "motions.drain":
        bulk.drain(clock=now, is_bulk=False)
