"""The timeline of a customer in the API: what the page shows, the newest first, page by page."""

from datetime import timedelta

import pytest

from customers.models import CustomerEvent
from tests import factories
from tests.factories import NOON
from tests.programs import Program

pytestmark = pytest.mark.django_db


def test_everything_that_happened_is_told_once_in_pages(program: Program) -> None:
    customer = factories.CustomerFactory(partner=program.partner)
    for hours in range(45):
        CustomerEvent.objects.create(
            partner_id=customer.partner_id, customer=customer, kind="tagged", by_name=f"Somebody {hours}",
            at=NOON + timedelta(hours=hours),
        )  # fmt: skip
    page, who = f"customers/{customer.public_id}/timeline/?kind=customer", []
    while page:
        answer = program.get(page).json()
        who += [one["by"] for one in answer["items"]]
        page = answer["next"]
    assert who == [f"Somebody {hours}" for hours in reversed(range(45))]
    assert program.get(f"customers/{customer.public_id}/timeline/?kind=leads").json()["items"] == []
    assert program.get(f"customers/{customer.public_id}/timeline/?kind=rumours").status_code == 400
