"""Idempotency-Key: one effect and one answer, whatever the network or the server does."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils.timezone import now

from customers.models import Customer, CustomerEvent
from partners import services
from partners.models import Partner, Repeat
from tests import factories
from tests.programs import Program, new_token

BODY = {"name": "Contoso GmbH", "country": "DE"}


@pytest.mark.django_db
def test_a_retry_is_answered_as_the_first_time_to_the_byte(program: Program) -> None:
    first = program.post("customers/", BODY, Idempotency_Key="k1")
    Customer.objects.update(name="Renamed since")
    again = program.post("customers/", BODY, Idempotency_Key="k1")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("Content-Type", "ETag", "Location"):
        assert again.headers[name] == first.headers[name]
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    assert (Customer.objects.count(), CustomerEvent.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_the_same_key_for_something_else_is_422(program: Program) -> None:
    program.post("customers/", BODY, Idempotency_Key="k1")
    customer = Customer.objects.get()
    for answer in (
        program.post("customers/", {**BODY, "country": "AT"}, Idempotency_Key="k1"),
        program.post(
            "deals/", {"customer": str(customer.public_id), "kind": "seats", "name": "x"}, Idempotency_Key="k1"
        ),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert Customer.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 256])
def test_a_post_without_a_usable_key_is_400(key: str, program: Program) -> None:
    answer = program.post("customers/", BODY, Idempotency_Key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "key_missing")
    assert not Customer.objects.exists()


@pytest.mark.django_db
def test_what_failed_is_not_kept_and_may_be_tried_again_with_the_same_key(program: Program) -> None:
    assert program.post("customers/", {**BODY, "name": "GmbH"}, Idempotency_Key="k1").status_code == 422
    assert program.post("deals/", {**BODY}, Idempotency_Key="k1").status_code == 422
    assert not Repeat.objects.exists()
    assert program.post("customers/", BODY, Idempotency_Key="k1").status_code == 201


@pytest.mark.django_db
def test_a_key_is_each_clients_own(program: Program, rival: Program) -> None:
    colleague = Program(program.partner)
    answers = [
        one.post("customers/", {**BODY, "despite_likeness": True, "because": "another"}, Idempotency_Key="k1")
        for one in (program, colleague, rival)
    ]
    assert len({answer.json()["id"] for answer in answers}) == 3


@pytest.mark.django_db
def test_a_replay_needs_the_scope_as_well(program: Program) -> None:
    program.post("customers/", BODY, Idempotency_Key="k1")
    program.token = new_token(program.row, ("customers.read",))
    assert program.post("customers/", BODY, Idempotency_Key="k1").status_code == 403


@pytest.mark.django_db
def test_a_key_is_kept_for_thirty_days(program: Program) -> None:
    program.post("customers/", BODY, Idempotency_Key="k1")
    assert services.forget(at=now() + timedelta(days=29))["repeats"] == 0
    assert services.forget(at=now() + timedelta(days=31))["repeats"] == 1


def _one_of_many(program: Program, number: int) -> Any:
    try:
        return program.post("customers/", BODY, Idempotency_Key="k1")
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_fifty_identical_requests_at_once_are_one_customer(program: Program) -> None:
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda number: _one_of_many(program, number), range(50)))
    done = [answer for answer in answers if answer.status_code == 201]
    others = {(answer.status_code, answer.json()["code"]) for answer in answers if answer.status_code != 201}
    assert done
    assert others <= {(409, "in_flight")}
    assert len({answer.content for answer in done}) == 1
    assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_request_under_way_makes_its_double_wait_elsewhere(program: Program, another: Any) -> None:
    under_way = another()
    under_way.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"{program.row.pk} k1"])
    answer = program.post("customers/", BODY, Idempotency_Key="k1")
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (409, "in_flight", "1")
    under_way.rollback()
    assert program.post("customers/", BODY, Idempotency_Key="k1").status_code == 201


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("moment", "rows"), [("after commit", 1), ("before commit", 0)])
def test_a_server_killed_at_the_worst_moment_leaves_one_customer_and_one_answer(moment: str, rows: int) -> None:
    program = Program(factories.PartnerFactory())
    words = [sys.executable, "-W", "ignore", "-m", "tests.api.dying", moment, program.token]
    environment = {**os.environ, "DYING_DATABASE": connection.settings_dict["NAME"]}
    done = subprocess.run(
        words, env=environment, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout) == (-9, ""), done.stderr[-2000:]
    assert (Customer.objects.count(), Repeat.objects.count()) == (rows, rows)
    answer = program.post("customers/", BODY, Idempotency_Key="k1")
    assert answer.status_code == 201
    assert Customer.objects.count() == 1
    assert answer.json()["id"] == str(Customer.objects.get().public_id)
    assert answer.headers.get("Idempotent-Replayed") == ("true" if rows else None)


@pytest.mark.django_db
def test_partners_never_see_each_others_answers(program: Program, rival: Program, partner: Partner) -> None:
    program.post("customers/", BODY, Idempotency_Key="k1")
    assert Repeat.objects.visible_to(rival.row.user).count() == 0
    assert Repeat.objects.visible_to(program.row.user).count() == 1
