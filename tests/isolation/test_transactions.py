"""A connection that is used again carries nobody further: role and tenant end with the transaction, however it ends."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ProgrammingError

from common.isolation import Context, Side, acting, current_context
from motions.models import Deal
from tests.neighbours import Household

WHO = "SELECT current_user::text, current_setting('app.partner_id', true), current_setting('app.user_id', true)"
NOBODY = (settings.SERVING["USER"], "", "")


@pytest.fixture
def pooled(transactional_db: None) -> Iterator[BaseDatabaseWrapper]:
    """One connection of the serving login that is never closed in between, as in a web process."""
    original = connections["default"]
    serving = original.copy("default")
    serving.settings_dict = deepcopy(settings.SERVING) | {
        **{name: value for name, value in original.settings_dict.items() if name not in settings.SERVING},
        "NAME": original.settings_dict["NAME"],
        "CONN_MAX_AGE": None,
    }
    connections["default"] = serving
    yield serving
    serving.close()
    connections["default"] = original


def who(connection: BaseDatabaseWrapper) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(WHO)
        user, *tenant = cursor.fetchone()
        return (user, *(value or "" for value in tenant))


def pid(connection: BaseDatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_after_a_block_the_next_statement_has_no_role_and_no_tenant(pooled: BaseDatabaseWrapper) -> None:
    first = pid(pooled)
    with acting(Side.PARTNER, partner_id=7, user_id=9):
        assert who(pooled) == (Side.PARTNER.value, "7", "9")
    assert who(pooled) == NOBODY
    assert current_context() is None
    with pytest.raises(ProgrammingError, match="permission denied"):
        Deal.objects.exists()
    assert pid(pooled) == first


def test_after_a_crashed_block_too(pooled: BaseDatabaseWrapper) -> None:
    first = pid(pooled)
    for crash in (ValueError, KeyboardInterrupt):
        with pytest.raises(crash), acting(Side.PARTNER, partner_id=7):
            raise crash
        assert who(pooled) == NOBODY
        assert current_context() is None
    with pytest.raises(ProgrammingError), acting(Side.PARTNER, partner_id=7), pooled.cursor() as cursor:
        cursor.execute("SELECT * FROM there_is_no_such_table")
    assert who(pooled) == NOBODY
    assert pid(pooled) == first


def test_the_next_partner_on_the_same_connection_sees_only_itself(pooled: BaseDatabaseWrapper) -> None:
    for partner_id in (7, 8):
        with acting(Side.PARTNER, partner_id=partner_id):
            assert who(pooled) == (Side.PARTNER.value, str(partner_id), "")


@pytest.mark.django_db
def test_an_inner_block_gives_the_outer_ones_context_back() -> None:
    connection = connections["default"]
    with acting(Side.PARTNER, partner_id=7, user_id=9):
        with acting(Side.WORKER):
            assert who(connection) == (Side.WORKER.value, "", "")
            assert current_context() == Context(Side.WORKER)
        assert who(connection) == (Side.PARTNER.value, "7", "9")
        assert current_context() == Context(Side.PARTNER, 7, 9)


@pytest.mark.django_db
def test_an_inner_block_that_crashes_gives_it_back_too() -> None:
    connection = connections["default"]
    with acting(Side.PARTNER, partner_id=7, user_id=9):
        with pytest.raises(ValueError, match="crash"), acting(Side.OFFICE, user_id=1):
            raise ValueError("crash")
        assert who(connection) == (Side.PARTNER.value, "7", "9")
        assert current_context() == Context(Side.PARTNER, 7, 9)


@pytest.mark.django_db
def test_an_inner_block_that_is_rolled_back_gives_it_back_too(ours: Household) -> None:
    connection = connections["default"]
    with acting(Side.PARTNER, partner_id=ours.partner.pk):
        with acting(Side.PARTNER, partner_id=ours.partner.pk, user_id=ours.seller.pk):
            Deal.objects.filter(pk=ours.deal.pk).update(name="never")
            transaction.set_rollback(True)
        assert who(connection) == (Side.PARTNER.value, str(ours.partner.pk), "")
        assert Deal.objects.get(pk=ours.deal.pk).name == ours.deal.name


@pytest.mark.django_db
def test_a_savepoint_that_is_rolled_back_leaves_the_context_as_it_was() -> None:
    connection = connections["default"]
    with acting(Side.PARTNER, partner_id=7):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM there_is_no_such_table")
        assert who(connection) == (Side.PARTNER.value, "7", "")


def test_a_request_on_a_used_connection_leaves_nobody_behind(pooled: BaseDatabaseWrapper, client: Any) -> None:
    assert client.get("/account/login/").status_code == 200
    assert who(pooled) == NOBODY
    client.raise_request_exception = False
    assert client.get("/nowhere/").status_code == 404
    assert who(pooled) == NOBODY
