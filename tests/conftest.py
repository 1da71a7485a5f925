"""What every test may ask for: people of both sides, a drained queue, and the serving login as it is."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils.timezone import now

from common.isolation import Side, acting
from customers.models import Customer
from motions import bulk
from motions.models import Deal, RateSet
from partners.models import Partner, User
from partners.roles import Role
from tests import factories

_flush = TransactionTestCase._fixture_teardown


def _flush_with_ledger(self: TransactionTestCase) -> None:
    """The ledger refuses TRUNCATE, also for the tests' own cleaning; only the owner can put the guard aside."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("ALTER TABLE motions_assessment DISABLE TRIGGER USER")
    try:
        _flush(self)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE motions_assessment ENABLE TRIGGER USER")


TransactionTestCase._fixture_teardown = _flush_with_ledger  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _quiet_broker(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> list[tuple[str, dict[str, Any]]]:
    """Wake-ups are noted instead of sent, except in journeys and in tests marked `broker`."""
    sent: list[tuple[str, dict[str, Any]]] = []
    if request.node.get_closest_marker("broker") or request.node.get_closest_marker("journey"):
        return sent
    monkeypatch.setattr("motions.requests._send", lambda name, arguments, expires: sent.append((name, arguments)))
    return sent


@pytest.fixture
def woken(_quiet_broker: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    """(task, arguments) of every wake-up of this test."""
    return _quiet_broker


@pytest.fixture
def partner(db: None) -> Partner:
    return factories.PartnerFactory(name="Nordlicht GmbH")


@pytest.fixture
def seller(partner: Partner) -> User:
    """Partner staff."""
    return factories.UserFactory(partner=partner, name="Selma Seller")


@pytest.fixture
def chief(partner: Partner) -> User:
    """The partner's administrator."""
    return factories.UserFactory(partner=partner, role=Role.PARTNER_ADMIN, name="Cora Chief")


@pytest.fixture
def rival(db: None) -> User:
    """Staff of another partner."""
    return factories.UserFactory(name="Rick Rival")


@pytest.fixture
def reviewer(db: None) -> User:
    """A channel manager for commercial customers in Germany."""
    user = factories.UserFactory(channel_manager=True, name="Rita Reviewer")
    factories.ChannelScopeFactory(user=user)
    return user


@pytest.fixture
def policy_owner(db: None) -> User:
    return factories.UserFactory(policy_owner=True)


@pytest.fixture
def administrator(db: None) -> User:
    return factories.UserFactory(administrator=True)


@pytest.fixture
def customer(partner: Partner) -> Customer:
    return factories.CustomerFactory(partner=partner, name="Contoso GmbH", domain="contoso.de")


@pytest.fixture
def deal(customer: Customer) -> Deal:
    """A seat deal just below the limit."""
    return factories.DealFactory(customer=customer, name="M365", seats=2399)


@pytest.fixture
def rates(db: None) -> RateSet:
    return factories.RateSetFactory()


@pytest.fixture
def drain() -> Callable[[], bulk.Counts]:
    """Judge everything that is marked, as the workers would."""

    def drained() -> bulk.Counts:
        counts = bulk.drain(clock=now, is_bulk=False)
        counts.join(bulk.drain(clock=now, is_bulk=True))
        return counts

    return drained


@pytest.fixture
def signed_in(client: Client) -> Callable[[User], Client]:
    """A browser in which somebody is signed in."""

    def sign_in(user: User) -> Client:
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def as_person() -> Callable[[User], Any]:
    """`with as_person(user):` acts in the database as that person's side."""
    return lambda user: acting(user.context.side, partner_id=user.context.partner_id, user_id=user.pk)


@pytest.fixture
def serving(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """The test database through the serving login: no rights of its own, nothing inherited."""
    login = settings.SERVING
    with psycopg.connect(
        dbname=connection.settings_dict["NAME"],
        user=login["USER"],
        password=login["PASSWORD"] or None,
        host=login["HOST"] or login.get("OPTIONS", {}).get("host") or None,
        port=login["PORT"] or None,
    ) as opened:
        yield opened


@pytest.fixture
def as_worker() -> Callable[[], Any]:
    return lambda: acting(Side.WORKER)
