"""Which rows of a file are one company, and which of the partner's customers it is: never merged wrongly, never twice."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils.timezone import now

from customers.models import Customer, CustomerEvent
from motions.imports import jobs, steps
from motions.models import Deal, DealEvent, ImportBatch, ImportRow
from motions.states import ImportState, RowOutcome
from partners.models import User
from tests import factories

HEADER = "name;country;domain;registration_number;seats;azure_annual;currency;deal_name;deal_key"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path, "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "default": place}


def imported(user: User, *rows: str, is_commit: bool = True) -> list[tuple[str, str, str]]:
    """(outcome, reason, line that it speaks of) of each row, after a commit."""
    assert user.partner is not None
    file = ContentFile("\r\n".join([HEADER, *rows]).encode(), name="kunden.csv")
    batch = steps.upload(file, by=user, partner=user.partner, at=now())
    steps.ask_check(batch, chosen=batch.mapping, options=steps.Options(country="DE", currency="EUR"))
    jobs.work(batch_id=batch.pk, partner_id=batch.partner_id, clock=now)
    if is_commit:
        batch.refresh_from_db()
        steps.move(batch, source=ImportState.CHECKED, target=ImportState.COMMITTING)
        jobs.work(batch_id=batch.pk, partner_id=batch.partner_id, clock=now)
    rows_of = ImportRow.objects.filter(batch_id=batch.pk).order_by("line")
    return [(row.outcome, row.code, row.params.get("line", "")) for row in rows_of]


def outcomes(user: User, *rows: str) -> list[str]:
    return [outcome for outcome, _code, _line in imported(user, *rows)]


def written() -> Any:
    return (
        sorted(Customer.objects.values_list("name", "domain", "registration_number", "archived_at")),
        sorted(
            Deal.objects.values_list("customer__name", "kind", "name", "key", "seats", "amount").order_by("pk"), key=str
        ),
        CustomerEvent.objects.count(),
        DealEvent.objects.count(),
    )


TWICE = {
    "the domain stands in the second row only": ["Alpha;DE;;;10;;;;", "Alpha;DE;alpha.de;;;5000;EUR;;"],
    "domain and number stand in two rows": ["Alpha;DE;alpha.de;;10;;;;K1", "Alpha;DE;;HRB 1;20;;;;K2"],
    "a deal without a name and one of the name that it gets": ["Alpha;DE;;;10;;;;", "Alpha;DE;;;20;;;Seats;"],
    "a key that looks like another deal's name": ["Alpha;DE;;;10;;;;berlin", "Alpha;DE;;;20;;;Berlin;"],
    "a chain of names and domains": [
        "Alpha;DE;;;1;;;;K1",
        "Alpha;DE;a.de;;2;;;;K2",
        "Beta;DE;a.de;;3;;;;K3",
        "Beta;DE;;HRB 9;4;;;;K4",
        "Gamma;DE;;HRB 9;5;;;;K5",
        "Gamma;DE;;;6;;;;K6",
    ],
    "a name before the domain that tells": ["Alpha;DE;;;1;;;;K1", "Alpha;DE;a.de;;2;;;;K2", "Alpha;DE;b.de;;3;;;;K3"],
}


@pytest.mark.parametrize("rows", TWICE.values(), ids=TWICE.keys())
def test_the_same_file_twice_changes_nothing(rows: list[str], seller: User) -> None:
    first = outcomes(seller, *rows)
    before = written()
    again = outcomes(seller, *rows)
    assert set(again) <= {RowOutcome.UNCHANGED, RowOutcome.DUPLICATE}
    assert [outcome == "duplicate" for outcome in again] == [outcome == "duplicate" for outcome in first]
    assert written() == before


def test_facts_of_a_company_are_gathered_from_all_its_rows(seller: User) -> None:
    assert (
        outcomes(seller, "Alpha;DE;;;10;;;;", "Alpha GmbH;DE;alpha.de;;;5000;EUR;;", "Alpha;;;HRB 1;7;;;;K")
        == ["new"] * 3
    )
    customer = Customer.objects.get()
    assert (customer.domain, customer.registration_number) == ("alpha.de", "HRB 1")


def test_what_several_rows_add_to_a_customer_is_all_written(seller: User) -> None:
    known = factories.CustomerFactory(partner=seller.partner, name="Alpha", domain="", registration_number="")
    assert outcomes(seller, "Alpha;DE;alpha.de;;10;;;;K1", "Alpha;DE;;HRB 1;20;;;;K2") == ["new", "new"]
    known.refresh_from_db()
    assert (known.domain, known.registration_number) == ("alpha.de", "HRB 1")


def test_another_company_of_the_same_name_stays_apart_however_often_it_stands_there(seller: User) -> None:
    rows = ["Delta;DE;delta.de;;1;;;;K1", "Delta;DE;other.de;;2;;;;K2", "Delta;DE;other.de;;3;;;;K3"]
    assert [row[:2] for row in imported(seller, *rows)] == [
        ("new", ""),
        ("duplicate", "differs_from_line"),
        ("duplicate", "differs_from_line"),
    ]
    assert list(Deal.objects.values_list("seats", flat=True)) == [1]


def test_another_company_of_a_customers_name_stays_apart(seller: User) -> None:
    factories.CustomerFactory(partner=seller.partner, name="Delta", domain="delta.de", registration_number="")
    rows = ["Delta;DE;other.de;;2;;;;K2", "Delta;DE;other.de;;3;;;;K3"]
    assert [row[:2] for row in imported(seller, *rows)] == [("duplicate", "differs_from_customer")] * 2
    assert not Deal.objects.exists()


def test_no_row_is_given_to_one_of_several_customers_by_way_of_another_row(seller: User) -> None:
    factories.CustomerFactory(partner=seller.partner, name="Fox GmbH", domain="", registration_number="")
    factories.CustomerFactory(partner=seller.partner, name="Fox AG", domain="", registration_number="")
    rows = ["Fox;DE;fox.de;;1;;;;K1", "Foxy;DE;fox.de;;2;;;;K2"]
    assert [row[:2] for row in imported(seller, *rows)] == [("duplicate", "several_customers")] * 2
    assert not Deal.objects.exists()


def test_a_company_known_by_a_later_row_is_known_by_all_its_rows(seller: User) -> None:
    known = factories.CustomerFactory(partner=seller.partner, name="Contoso Holding", domain="contoso.de")
    assert outcomes(seller, "Contoso Nord;DE;;;1;;;;K1", "Contoso Nord;DE;contoso.de;;2;;;;K2") == ["new", "new"]
    assert Customer.objects.get() == known
    assert Deal.objects.filter(customer=known).count() == 2


def test_two_rows_for_one_deal_of_a_customer_are_one_and_a_repeat(seller: User) -> None:
    known = factories.CustomerFactory(partner=seller.partner, name="Alpha", domain="", registration_number="")
    factories.DealFactory(customer=known, name="Berlin", seats=5)
    found = imported(seller, "Alpha;DE;;;10;;;;", "Alpha;DE;;;20;;;Berlin;")
    assert found == [("changed", "", ""), ("duplicate", "repeats_line", "2")]
    assert Deal.objects.get().seats == 10


def test_a_row_without_name_or_key_takes_no_arbitrary_one_of_several_deals(seller: User) -> None:
    known = factories.CustomerFactory(partner=seller.partner, name="Alpha", domain="", registration_number="")
    for name in ("Berlin", "Hamburg"):
        factories.DealFactory(customer=known, name=name, seats=5)
    assert outcomes(seller, "Alpha;DE;;;10;;;;") == ["new"]
    assert sorted(Deal.objects.values_list("name", "seats")) == [("Berlin", 5), ("Hamburg", 5), ("Seats", 10)]
    assert outcomes(seller, "Alpha;DE;;;10;;;;") == ["unchanged"]


def test_a_row_without_any_deal_registers_the_customer(seller: User) -> None:
    assert imported(seller, "Alpha;DE;;;;;;;", "Alpha GmbH;DE;;;;;;;") == [
        ("new", "", ""),
        ("duplicate", "repeats_line", "2"),
    ]
    assert (Customer.objects.count(), Deal.objects.count()) == (1, 0)


def test_both_kinds_in_a_row_are_two_deals(seller: User) -> None:
    assert outcomes(seller, "Alpha;DE;;;10;5000;EUR;;") == ["new"]
    assert sorted(Deal.objects.values_list("kind", "name")) == [("azure", "Azure"), ("seats", "Seats")]


def test_a_check_leaves_the_batch_alone_in_the_database(seller: User) -> None:
    assert imported(seller, "Alpha;DE;;;10;;;;", is_commit=False) == [("new", "", "")]
    assert not Customer.objects.exists()
    assert ImportBatch.objects.get().state == ImportState.CHECKED
