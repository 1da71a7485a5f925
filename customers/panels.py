"""What the room shows of a customer on the composed page: identity and its history."""

from datetime import date
from typing import Any

from customers.models import Customer, CustomerEvent
from partners.models import User


def identity(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """Who the customer is, and what was corrected."""
    events = CustomerEvent.objects.visible_to(by).filter(customer=customer).order_by("-id")[:5]
    return {"customer": customer, "events": events, "may_write": by.is_of_partner}
