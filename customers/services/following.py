"""What of other rooms belongs to a customer: it follows in a merge, and it tells when somebody last worked there.

The rooms above register themselves by name in the settings (CUSTOMER_FOLLOWERS), because this one does not know them.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.db.models import Max
from django.utils.module_loading import import_string

from customers.models import Customer, CustomerEvent, EventKind
from partners.models import User


class Follower(Protocol):
    """One kind of things that belong to customers."""

    name: str

    def label(self, count: int) -> str:
        """So many of them, in the reader's language: '3 deals'."""

    def count(self, customer: Customer, *, by: User) -> int:
        """How many of a customer's would follow it."""

    def move(self, source: Customer, target: Customer, *, by: User, at: datetime) -> Any:
        """Give the customer's things to another one of the same partner; returns what `back` needs, as JSON can keep it."""

    def back(self, moved: Any, target: Customer, source: Customer, *, by: User, at: datetime) -> None:
        """Give back what moved and is still with `target`."""

    def worked_at(self, customers: list[int]) -> dict[int, datetime]:
        """When something last happened to them, where it did."""


@lru_cache(maxsize=1)
def followers() -> tuple[Follower, ...]:
    """Everything that follows a customer, in the order of the settings."""
    return tuple(import_string(name)() for name in settings.CUSTOMER_FOLLOWERS)


# what is done with the customer; to correct, tag, archive or restore a row is none of it, nor what the portal does by itself
_WORK = frozenset(
    {
        EventKind.CONTACT_ADDED,
        EventKind.CONTACT_CORRECTED,
        EventKind.CONTACT_REMOVED,
        EventKind.RELATION_REQUESTED,
        EventKind.RELATION_ACCEPTED,
    }
)


def last_work(customers: list[int]) -> dict[int, datetime]:
    """When somebody last worked with each of these customers; those with whom nobody did are left out."""
    events = CustomerEvent.objects.filter(customer__in=customers, kind__in=_WORK)
    found: dict[int, Any] = dict(events.values_list("customer").annotate(at=Max("at")).order_by())
    for follower in followers():
        for pk, at in follower.worked_at(customers).items():
            found[pk] = max(at, found.get(pk, at))
    return found
