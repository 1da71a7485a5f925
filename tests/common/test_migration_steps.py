"""The migration steps of isolation on a real table, and the way of all rooms back to nothing and forth again."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from common.isolation import OWN_PARTNER, guarded, of_partner


def answer(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


POLICIES = "SELECT policyname, roles::text FROM pg_policies WHERE tablename = 'things' ORDER BY 1"
GUARDED = "SELECT relrowsecurity FROM pg_class WHERE relname = 'things'"
KEYS = "SELECT conname FROM pg_constraint WHERE conrelid = 'things'::regclass AND contype = 'f'"
GRANTS = (
    "SELECT grantee, privilege_type FROM information_schema.role_table_grants"
    " WHERE table_name = 'things' AND grantee LIKE 'wegweiser%' AND grantee <> current_user ORDER BY 1, 2"
)


@pytest.mark.django_db
def test_every_step_leaves_nothing_behind_when_it_is_taken_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE things (id bigint PRIMARY KEY, partner_id bigint, customer_id bigint)")
    steps = [
        guarded("things", partner=("SELECT, INSERT", OWN_PARTNER), worker=("SELECT", "true")),
        of_partner("things", "customer_id", "customers_customer"),
    ]
    before = [answer(question) for question in (POLICIES, GUARDED, KEYS, GRANTS)]
    with connection.cursor() as cursor:
        for step in steps:
            cursor.execute(step.sql)
    assert answer(POLICIES) == [("partner", "{wegweiser_partner}"), ("worker", "{wegweiser_worker}")]
    assert answer(GUARDED) == [(True,)]
    assert answer(KEYS) == [("things_customer_id_own",)]
    assert answer(GRANTS) == [
        ("wegweiser_partner", "INSERT"),
        ("wegweiser_partner", "SELECT"),
        ("wegweiser_worker", "SELECT"),
    ]
    with connection.cursor() as cursor:
        for step in reversed(steps):
            cursor.execute(step.reverse_sql)
    assert [answer(question) for question in (POLICIES, GUARDED, KEYS, GRANTS)] == before


@pytest.mark.django_db(transaction=True)
def test_the_rooms_can_be_taken_down_and_raised_again() -> None:
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    functions = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
    before = answer(tables), answer(functions)
    try:
        call_command("migrate", "customers", "zero", verbosity=0)
        left = {row[0] for row in answer(tables)}
        assert not [name for name in left if name.startswith(("motions_", "customers_"))]
        assert not [row[0] for row in answer(functions) if row[0].startswith("motions_")]
    finally:
        call_command("migrate", verbosity=0)
    assert (answer(tables), answer(functions)) == before
    assert answer("SELECT code FROM motions_policyversion ORDER BY id") == [("GUIDANCE_2021",), ("GUIDANCE_2023_10",)]
