"""The limits of the policy, through form and service; domain facts S1 to S3, I1, I2."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from motions.bulk import Counts
from motions.models import Standing
from partners.models import User


@pytest.mark.parametrize(("seats", "motion"), [("2399", "breadth"), ("2400", "enterprise"), ("2401", "enterprise")])
def test_the_seat_limit_decides_through_the_form(
    seats: str,
    motion: str,
    seller: User,
    customer: Customer,
    signed_in: Callable[[User], Client],
    drain: Callable[[], Counts],
) -> None:
    answer = signed_in(seller).post(
        reverse("motions:deal_add", args=[customer.public_id, "seats"]),
        {"name": "M365", "seats": seats, "size_date": "2026-03-03", "stage": "open", "prefers_self_service": ""},
    )
    assert answer.status_code == 302
    drain()
    assert Standing.objects.get(customer=customer).motion == motion


@pytest.mark.parametrize(
    ("amount", "motion"), [("999999.99", "breadth"), ("1000000.00", "enterprise"), ("1000000.01", "enterprise")]
)
def test_the_azure_limit_decides_through_the_form(
    amount: str,
    motion: str,
    seller: User,
    customer: Customer,
    signed_in: Callable[[User], Client],
    drain: Callable[[], Counts],
) -> None:
    answer = signed_in(seller).post(
        reverse("motions:deal_add", args=[customer.public_id, "azure"]),
        {
            "name": "Azure",
            "amount": amount,
            "currency": "USD",
            "basis": "actual",
            "size_date": "2026-03-03",
            "stage": "open",
        },
    )
    assert answer.status_code == 302
    drain()
    standing = Standing.objects.get(customer=customer)
    assert standing.motion == motion
    assert standing.share == (Decimal(amount) / 1_000_000).quantize(Decimal("0.0001"))
