"""What of this room follows a customer into another one: its deals. Choices, agreements, the ledger stay where they are."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, Max, OuterRef
from django.utils.translation import ngettext

from customers.models import Customer
from motions.models import Deal, DealEvent
from partners.models import User


class Deals:
    """A customer's deals (see `customers.services.following.Follower`)."""

    name = "deals"

    def label(self, count: int) -> str:
        """'3 deals'."""
        return ngettext("%(count)s deal", "%(count)s deals", count) % {"count": count}

    def count(self, customer: Customer, *, by: User) -> int:
        """How many deals the customer has."""
        return Deal.objects.visible_to(by).filter(customer=customer).count()

    def move(self, source: Customer, target: Customer, *, by: User, at: datetime) -> list[int]:
        """Give the deals to another customer; one whose key is taken there stays."""
        taken = Deal.objects.filter(customer=target, kind=OuterRef("kind"), key=OuterRef("key")).exclude(key="")
        ids = list(
            Deal.objects.visible_to(by)
            .filter(~Exists(taken), customer=source)
            .order_by("pk")
            .select_for_update(of=("self",))
            .values_list("pk", flat=True)
        )
        self._give(ids, source, target, by=by, at=at)
        return ids

    def back(self, moved: Any, target: Customer, source: Customer, *, by: User, at: datetime) -> None:
        """Give back those that are still there."""
        self._give(moved, target, source, by=by, at=at)

    def _give(self, ids: list[int], source: Customer, target: Customer, *, by: User, at: datetime) -> None:
        deals = Deal.objects.visible_to(by).filter(pk__in=ids, customer=source)
        deals.update(customer=target, version=F("version") + 1, updated_at=at)

    def worked_at(self, customers: list[int]) -> dict[int, datetime]:
        """When a deal was last added, changed or removed."""
        newest = DealEvent.objects.filter(customer__in=customers).values_list("customer").annotate(at=Max("at"))
        found: dict[int, Any] = dict(newest.order_by())
        return found
