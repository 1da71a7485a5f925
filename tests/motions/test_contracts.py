"""When an agreement ends: recorded once, by the partner itself, with days that can be meant."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from common.refusals import NotAllowed, Unfit
from customers.models import Customer
from motions import services
from motions.models import Contract
from partners.models import User
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
END = date(2027, 6, 30)


def test_an_end_is_recorded_with_who_and_when_and_the_newest_holds(customer: Customer, seller: User) -> None:
    first = services.record_ea_end(customer, by=seller, at=NOON, ea_end_date=END, ea_start_date=date(2024, 7, 1))
    assert (first.by, first.by_name, first.at, first.partner_id) == (seller, "Selma Seller", NOON, customer.partner_id)
    assert str(first) == f"{customer.pk}: 2027-06-30"
    services.record_ea_end(customer, by=seller, at=NOON, ea_end_date=None)
    assert list(Contract.objects.order_by("id").values_list("ea_end_date", flat=True)) == [END, None]


def test_what_is_known_already_is_not_recorded_again(customer: Customer, seller: User) -> None:
    both = [services.record_ea_end(customer, by=seller, at=NOON, ea_end_date=END) for _again in range(2)]
    assert both[0] == both[1]
    assert Contract.objects.count() == 1


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (date(2027, 7, 1), END, "ea_end_date"),
        (END, END, "ea_end_date"),
        (date(2024, 7, 1), None, "ea_end_date"),
        (None, date(1999, 12, 31), "ea_end_date"),
        (None, date(2042, 1, 1), "ea_end_date"),
        (date(202, 7, 1), END, "ea_start_date"),
    ],
)
def test_days_that_cannot_be_meant_are_refused_at_their_field(
    start: date | None, end: date | None, field: str, customer: Customer, seller: User
) -> None:
    with pytest.raises(Unfit) as refusal:
        services.record_ea_end(customer, by=seller, at=NOON, ea_end_date=end, ea_start_date=start)
    assert refusal.value.field == field
    assert not Contract.objects.exists()


def test_the_database_holds_the_order_of_the_days_also(customer: Customer) -> None:
    with pytest.raises(IntegrityError, match="contract_dates_in_order"):
        factories.ContractFactory(customer=customer, ea_start_date=date(2027, 1, 1))


def test_only_the_partner_itself_records(customer: Customer, rival: User, reviewer: User, administrator: User) -> None:
    with pytest.raises(Customer.DoesNotExist):
        services.record_ea_end(customer, by=rival, at=NOON, ea_end_date=END)
    for user in (reviewer, administrator):
        with pytest.raises(NotAllowed):
            services.record_ea_end(customer, by=user, at=NOON, ea_end_date=END)


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("language", "typed", "field", "sentence"),
    [
        ("en", {"ea_start_date": "2027-07-01"}, "ea_end_date", "must end after it starts"),
        ("de", {"ea_end_date": "9999-01-01"}, "ea_end_date", "Das Jahr 9999 kann nicht gemeint sein"),
        ("en", {"ea_end_date": "30.06.2027"}, "ea_end_date", "Enter a valid date."),
    ],
)
def test_a_form_that_is_refused_names_the_field_with_422(
    headers: dict[str, str],
    language: str,
    typed: dict[str, str],
    field: str,
    sentence: str,
    signed_in: SignIn,
    seller: User,
    customer: Customer,
) -> None:
    client = signed_in(seller)
    client.cookies["django_language"] = language
    path = f"/customers/{customer.public_id}/ea-end/"
    answer: Any = client.post(path, {"ea_end_date": "2027-06-30", **typed}, headers=headers)
    assert answer.status_code == 422
    form = answer.context["panel"]["form"]
    assert list(form.errors) == [field]
    assert sentence in answer.content.decode()
    assert typed.get("ea_start_date", "") == (form["ea_start_date"].value() or "")


def test_a_form_that_is_taken_shows_the_end_and_what_it_was_before(
    signed_in: SignIn, seller: User, customer: Customer
) -> None:
    client, path = signed_in(seller), f"/customers/{customer.public_id}/ea-end/"
    assert client.post(path, {"ea_end_date": "2026-12-31"}).headers["Location"] == f"/customers/{customer.public_id}/"
    part = client.post(path, {"ea_start_date": "2024-01-01", "ea_end_date": "2030-12-31"}, headers=HTMX)
    text = part.content.decode()
    assert 'id="forecast"' in text
    assert "Ends on Dec 31, 2030" in text
    assert "Ends on Dec 31, 2026" in text
    gone = client.post(path, {}, headers=HTMX).content.decode()
    assert "No Enterprise Agreement is known." in gone


@pytest.mark.parametrize(("end", "shown"), [("2001-01-31", "Ended on"), ("", "No Enterprise Agreement is known.")])
def test_a_reviewer_reads_the_end_and_finds_no_form(
    end: str, shown: str, signed_in: SignIn, reviewer: User, customer: Customer
) -> None:
    factories.ContractFactory(customer=customer, ea_end_date=end or None)
    text = signed_in(reviewer).get(f"/customers/{customer.public_id}/forecast/").content.decode()
    assert shown in text
    assert "/ea-end/" not in text
