"""What the database refuses by itself, whoever asks: the owner of the tables does not get past it either."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.timezone import now

from customers.models import Customer
from motions.bulk import Counts
from motions.models import Assessment, Deal, Mark, PolicyVersion, Rate, RateSet
from motions.states import Kind
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(deal: Deal, drain: Callable[[], Counts]) -> Assessment:
    """One entry of the ledger."""
    drain()
    return Assessment.objects.get()


def execute(sql: str, *parameters: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE motions_assessment SET motion = 'enterprise'",
        "UPDATE motions_assessment SET facts = facts",
        "DELETE FROM motions_assessment",
        "TRUNCATE motions_assessment CASCADE",
    ],
)
def test_the_ledger_is_never_changed(sql: str, entry: Assessment) -> None:
    before = Assessment.objects.values().get()
    # a deferred key would make TRUNCATE fail for a reason of its own
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="the ledger is immutable"):
        execute(sql)
    assert Assessment.objects.values().get() == before


def test_a_mark_is_never_changed_only_deleted(customer: Customer) -> None:
    with pytest.raises(IntegrityError, match="never changed"):
        execute("UPDATE motions_mark SET is_bulk = true")
    execute("DELETE FROM motions_mark")
    assert not Mark.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"code": "OTHER"},
        {"title_en": "Other"},
        {"title_de": "Anders"},
        {"note_en": "Other"},
        {"note_de": "Anders"},
        {"source_url": "https://example.com"},
        {"edition": 2},
        {"market": "DE"},
        {"valid_from": date(2023, 1, 1)},
        {"seat_limit": 2401},
        {"azure_limit": Decimal("1.00")},
        {"currency": "EUR"},
        {"comparator": "above"},
        {"aggregation": "combined"},
        {"near_share": Decimal("0.80")},
        {"published_at": None},
    ],
)
def test_a_published_version_is_never_edited(change: dict[str, Any]) -> None:
    running = PolicyVersion.objects.filter(published_at__isnull=False, valid_to__isnull=True)
    assert running.count() == 1
    with pytest.raises(IntegrityError, match="a published version is never edited"), transaction.atomic():
        running.update(**change)


def test_every_column_of_a_published_version_is_guarded() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'published_is_kept'")
        definition = cursor.fetchone()[0]
    free = {"id", "valid_to"}
    columns = {field.column for field in PolicyVersion._meta.concrete_fields} - free
    assert {column for column in columns if f"new.{column}" not in definition.lower()} == set()


def test_the_open_end_of_a_published_version_is_set_once() -> None:
    running = PolicyVersion.objects.filter(published_at__isnull=False, code="GUIDANCE_2023_10")
    running.update(valid_to=date(2027, 1, 1))
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        running.update(valid_to=date(2028, 1, 1))


def test_a_published_version_is_never_deleted_but_a_draft_may_be() -> None:
    draft = factories.PolicyVersionFactory()
    with pytest.raises(IntegrityError, match="never deleted"):
        execute("DELETE FROM motions_policyversion WHERE published_at IS NOT NULL")
    draft.delete()


def test_two_published_versions_never_share_a_day_in_a_market() -> None:
    with pytest.raises(IntegrityError, match="policy_one_at_a_time"), transaction.atomic():
        factories.PolicyVersionFactory(published_at=now(), valid_from=date(2024, 1, 1))
    factories.PolicyVersionFactory(valid_from=date(2024, 1, 1))
    factories.PolicyVersionFactory(published_at=now(), market="DE", valid_from=date(2024, 1, 1))


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        ({"valid_to": date(2026, 1, 1)}, "policy_days_in_order"),
        ({"valid_to": date(2025, 1, 1)}, "policy_days_in_order"),
        ({"seat_limit": 0}, "policy_limits_positive"),
        ({"azure_limit": Decimal(0)}, "policy_limits_positive"),
        ({"code": "GUIDANCE_2021"}, "code"),
    ],
)
def test_a_version_that_makes_no_sense_is_refused(broken: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        factories.PolicyVersionFactory(**broken)


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        ({"amount": Decimal(1), "currency": "EUR"}, "deal_size_fits_kind"),
        ({"currency": "EUR"}, "deal_size_fits_kind"),
        ({"basis": "actual"}, "deal_size_fits_kind"),
        ({"kind": Kind.AZURE}, "deal_size_fits_kind"),
        ({"azure": True, "currency": ""}, "deal_amount_has_currency"),
        ({"azure": True, "currency": "eur"}, "deal_amount_has_currency"),
        ({"azure": True, "amount": Decimal(-1)}, "deal_amount_has_currency"),
        ({"seats": 100_000_001}, "deal_seats_sane"),
        ({"seats": -1}, "seats"),
    ],
)
def test_a_deal_that_makes_no_sense_is_refused(broken: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        factories.DealFactory(**broken)


def test_the_own_key_of_a_deal_is_there_once_for_a_customer_and_kind(customer: Customer) -> None:
    factories.DealFactory(customer=customer, key="D1")
    factories.DealFactory(customer=customer, key="D1", azure=True)
    factories.DealFactory(customer=factories.CustomerFactory(partner=customer.partner), key="D1")
    factories.DealFactory.create_batch(2, customer=customer, key="")
    with pytest.raises(IntegrityError, match="deal_key_once"), transaction.atomic():
        factories.DealFactory(customer=customer, key="D1")


def test_a_rate_is_positive_and_there_once_a_day(rates: RateSet) -> None:
    for value, constraint in [("0", "rate_positive"), ("-1", "rate_positive")]:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            factories.RateFactory(rate_set=rates, per_euro=Decimal(value))
    with pytest.raises(IntegrityError, match="rate_once"), transaction.atomic():
        Rate.objects.create(rate_set=rates, currency="USD", per_euro=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        RateSet.objects.create(date=rates.date, source="ECB", loaded_at=now())


def test_nobody_but_the_triggers_may_raise_input_versions() -> None:
    execute("SET LOCAL ROLE wegweiser_worker")
    with pytest.raises(DatabaseError, match="permission denied for function motions_touch"):
        execute("SELECT motions_touch(ARRAY[1]::bigint[])")
