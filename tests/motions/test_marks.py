"""Stale marks: made by the database in the writer's own transaction, for every change that could matter and for no other."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from customers.models import Customer
from motions.bulk import Counts
from motions.models import Deal, Dossier, Mark, Standing
from motions.states import Need, Source, Stage
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def settled(deal: Deal, drain: Callable[[], Counts]) -> Deal:
    """A deal whose customer is judged; nothing waits."""
    drain()
    assert not Mark.objects.exists()
    return deal


def version_of(customer: Customer) -> int:
    return Dossier.objects.get(customer=customer).input_version


def by_save(deal: Deal) -> None:
    deal.seats = 2400
    deal.save()


def by_update(deal: Deal) -> None:
    Deal.objects.filter(pk=deal.pk).update(seats=2400)


def by_bulk_update(deal: Deal) -> None:
    deal.seats = 2400
    Deal.objects.bulk_update([deal], ["seats"])


def by_raw_sql(deal: Deal) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE motions_deal SET seats = 2400 WHERE id = %s", [deal.pk])


def by_bulk_create(deal: Deal) -> None:
    Deal.objects.bulk_create([factories.DealFactory.build(customer=deal.customer, partner=deal.partner)])


def by_upsert(deal: Deal) -> None:
    deal.seats = 2400
    Deal.objects.bulk_create([deal], update_conflicts=True, unique_fields=["id"], update_fields=["seats"])


def by_delete(deal: Deal) -> None:
    deal.delete()


def by_raw_delete(deal: Deal) -> None:
    Deal.objects.filter(pk=deal.pk)._raw_delete("default")


def by_the_customers_country(deal: Deal) -> None:
    Customer.objects.filter(pk=deal.customer_id).update(country="AT")


PATHS = [
    by_save,
    by_update,
    by_bulk_update,
    by_raw_sql,
    by_bulk_create,
    by_upsert,
    by_delete,
    by_raw_delete,
    by_the_customers_country,
]


@pytest.mark.parametrize("write", PATHS)
def test_no_path_can_forget_the_mark(write: Callable[[Deal], None], settled: Deal) -> None:
    before = version_of(settled.customer)
    write(settled)
    assert set(Mark.objects.values_list("customer_id", "is_bulk")) == {(settled.customer_id, False)}
    assert version_of(settled.customer) == before + 1


@pytest.mark.parametrize("write", PATHS)
def test_a_rollback_leaves_neither_mark_nor_version(write: Callable[[Deal], None], settled: Deal) -> None:
    before = version_of(settled.customer)
    with transaction.atomic():
        write(settled)
        transaction.set_rollback(True)
    assert not Mark.objects.exists()
    assert version_of(settled.customer) == before


@pytest.mark.parametrize(
    "change",
    [
        {"seats": 7},
        {"seats": None},
        {"needs": [Need.MULTI_TENANT]},
        {"needs": []},
        {"prefers_self_service": True},
        {"stage": Stage.LOST},
        {"size_date": date(2026, 3, 4)},
        {"source": Source.IMPORT},
        {"kind": "azure", "seats": None},
        {"kind": "azure", "seats": None, "amount": Decimal("1.00"), "currency": "EUR", "basis": "actual"},
    ],
)
def test_every_fact_of_a_deal_matters(change: dict[str, object], settled: Deal) -> None:
    Deal.objects.filter(pk=settled.pk).update(**change)
    assert Mark.objects.filter(customer=settled.customer).count() == 1


@pytest.mark.parametrize("change", [{"currency": "CHF"}, {"amount": Decimal("1.01")}, {"basis": "actual"}])
def test_every_fact_of_an_amount_matters(
    change: dict[str, object], customer: Customer, drain: Callable[[], Counts]
) -> None:
    deal = factories.DealFactory(customer=customer, azure=True, amount=Decimal("1.00"))
    drain()
    Deal.objects.filter(pk=deal.pk).update(**change)
    assert Mark.objects.filter(customer=customer).count() == 1


@pytest.mark.parametrize(
    "change",
    [{"name": "M365 E5"}, {"key": "D1"}, {"expected_close_date": date(2027, 1, 1)}, {"version": 9}, {"seats": 2399}],
)
def test_what_cannot_matter_marks_nothing(change: dict[str, object], settled: Deal) -> None:
    Deal.objects.filter(pk=settled.pk).update(**change)
    Customer.objects.filter(pk=settled.customer_id).update(
        name="Contoso SE", domain="contoso.com", registration_number="HRB 1", segment="education", version=7
    )
    assert not Mark.objects.exists()


def test_archiving_a_customer_marks_it_and_a_second_time_does_not(settled: Deal) -> None:
    rows = Customer.objects.filter(pk=settled.customer_id)
    rows.update(archived_at=factories.NOON)
    assert Mark.objects.count() == 1
    rows.update(archived_at=factories.NOON.replace(hour=13))
    assert Mark.objects.count() == 1


def test_a_deal_that_moves_marks_both_customers(settled: Deal) -> None:
    other = factories.CustomerFactory(partner=settled.partner)
    Mark.objects.all().delete()
    Deal.objects.filter(pk=settled.pk).update(customer=other)
    assert set(Mark.objects.values_list("customer_id", flat=True)) == {settled.customer_id, other.pk}


def test_a_new_customer_is_marked_and_unknown_until_it_is_judged(customer: Customer) -> None:
    assert Mark.objects.filter(customer=customer).count() == 1
    standing = Standing.objects.get(customer=customer)
    assert (standing.motion, standing.input_version, standing.judged_at) == ("unknown", 0, None)
    assert version_of(customer) == 1


def test_one_statement_over_many_deals_makes_one_mark_for_each_customer(settled: Deal) -> None:
    others = [factories.CustomerFactory(partner=settled.partner) for _ in range(2)]
    for customer in others:
        factories.DealFactory.create_batch(3, customer=customer)
    Mark.objects.all().delete()
    before = [version_of(customer) for customer in others]
    Deal.objects.update(seats=2400)
    assert sorted(Mark.objects.values_list("customer_id", flat=True)) == sorted(
        [settled.customer_id, *(customer.pk for customer in others)]
    )
    assert [version_of(customer) for customer in others] == [version + 1 for version in before]


def test_bulk_work_says_so_and_its_marks_wait_apart(settled: Deal) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.is_bulk', 'on', true)")
    by_update(settled)
    assert list(Mark.objects.values_list("is_bulk", flat=True)) == [True]
