"""What every test may ask for: people of both sides, a drained queue, and the serving login as it is."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core import serializers
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils.timezone import now
from hypothesis import settings as hypothesis

from agreements.models import CutOff, PathRule, SigningProgramme, TemplateLanguage, TemplateVersion
from common.isolation import Side, acting
from customers.models import CountryRule, Customer
from motions import bulk
from motions.models import Deal, PolicyAnnouncement, PolicyVersion, RateSet
from partners.models import Partner, User
from partners.roles import Role
from referrals.models import Programme
from tests import factories
from tests.migrated import template
from tests.motions.strategies import STEADY

# everybody tries the same examples; `--hypothesis-profile=default` looks for new ones
hypothesis.load_profile(STEADY)

_FROM_MIGRATIONS: list[str] = []


def as_migrated(_case: TransactionTestCase | None = None) -> None:
    """Leave the tables as the migrations made them; Django's flush would lose the policy and stumble over the ledger.

    The ledger and the audit refuse TRUNCATE, also for the tests' own cleaning; only the owner can put that guard aside.
    """
    assert connection.settings_dict["NAME"].startswith("test_"), "nobody's data but the tests' own is emptied"
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(
            "SELECT string_agg(format('%I', tablename), ', ') FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
        )
        tables = cursor.fetchone()[0]
        kept = ("motions_assessment", "partners_auditentry", "partners_auditseal", "partners_sighting")
        aside = "".join(f"ALTER TABLE {table} DISABLE TRIGGER USER;" for table in kept)
        cursor.execute(f"{aside}TRUNCATE {tables};{aside.replace('DISABLE', 'ENABLE')}")
    for row in serializers.deserialize("json", _FROM_MIGRATIONS[0]):
        row.save()


TransactionTestCase._fixture_teardown = as_migrated  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The tables come from the migrated database that all workers of a run copy."""
    connection.settings_dict["TEST"]["TEMPLATE"] = template(os.environ)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Remember the policy and the rules of countries that the migrations wrote."""
    with django_db_blocker.unblock():
        rows: list[Any] = [*PolicyVersion.objects.order_by("pk"), *PolicyAnnouncement.objects.order_by("pk")]
        # a programme after the one that follows it
        rows += Programme.objects.order_by("pk")
        for model in (CountryRule, CutOff, PathRule, SigningProgramme, TemplateLanguage, TemplateVersion):
            rows += model.objects.order_by("pk")
        _FROM_MIGRATIONS[:] = [serializers.serialize("json", rows)]
        _keep_statistics_as_they_are()


def _keep_statistics_as_they_are() -> None:
    """Nearly all that tests write is rolled back: autovacuum would take full tables for empty ones, and plans with them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")


@pytest.fixture(autouse=True)
def _quiet_broker(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> list[tuple[str, dict[str, Any]]]:
    """Wake-ups are noted instead of sent, except in journeys and in tests marked `broker`."""
    sent: list[tuple[str, dict[str, Any]]] = []
    if request.node.get_closest_marker("broker") or request.node.get_closest_marker("journey"):
        return sent
    monkeypatch.setattr("common.waking._send", lambda name, arguments, expires: sent.append((name, arguments)))
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
def auditor(db: None) -> User:
    return factories.UserFactory(auditor=True)


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


def login_of(settings_dict: dict[str, Any], database: str) -> dict[str, Any]:
    """What psycopg needs to connect as a login of the settings to the database of the tests."""
    return {
        "dbname": database,
        "user": settings_dict["USER"],
        "password": settings_dict["PASSWORD"] or None,
        "host": settings_dict["HOST"] or settings_dict.get("OPTIONS", {}).get("host"),
        "port": settings_dict["PORT"] or None,
    }


@pytest.fixture
def another(transactional_db: None) -> Iterator[Callable[[], psycopg.Connection[Any]]]:
    """Opens connections as the owner, for whoever works beside the test: another writer, another worker."""
    opened: list[psycopg.Connection[Any]] = []

    def connect() -> psycopg.Connection[Any]:
        opened.append(psycopg.connect(**login_of(connection.settings_dict, connection.settings_dict["NAME"])))
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


@pytest.fixture
def serving(transactional_db: None) -> Iterator[psycopg.Connection[Any]]:
    """The test database through the serving login: no rights of its own, nothing inherited."""
    with psycopg.connect(**login_of(settings.SERVING, connection.settings_dict["NAME"])) as opened:
        yield opened


@pytest.fixture
def as_worker() -> Callable[[], Any]:
    return lambda: acting(Side.WORKER)
