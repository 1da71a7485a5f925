"""What the room shows of a customer on the composed page: identity and its history."""

from datetime import date
from typing import Any

from customers.models import Contact, Customer, CustomerEvent
from partners.models import User


def may_write(customer: Customer, *, by: User) -> bool:
    """Whether the person may change something about the customer; nobody changes an archived one."""
    return by.is_of_partner and customer.archived_at is None


def identity(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """Who the customer is, and what was corrected."""
    events = CustomerEvent.objects.visible_to(by).filter(customer=customer).order_by("-id")[:5]
    return {"customer": customer, "events": events, "may_write": may_write(customer, by=by)}


def contacts(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """The people at the customer, the primary contact first."""
    found = Contact.objects.visible_to(by).current().filter(customer=customer).in_order()
    return {"customer": customer, "contacts": list(found), "may_write": may_write(customer, by=by)}
