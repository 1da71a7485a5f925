"""What of this room follows a customer into another one: the people there."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Lower
from django.utils.translation import ngettext

from customers.models import Contact, Customer
from partners.models import User


class Contacts:
    """A customer's people (see `customers.services.following.Follower`)."""

    name = "contacts"

    def label(self, count: int) -> str:
        """'2 contacts'."""
        return ngettext("%(count)s contact", "%(count)s contacts", count) % {"count": count}

    def count(self, customer: Customer, *, by: User) -> int:
        """How many people are at the customer."""
        return Contact.objects.visible_to(by).current().filter(customer=customer).count()

    def move(self, source: Customer, target: Customer, *, by: User, at: datetime) -> dict[str, Any]:
        """Give the people to another customer; who is known there stays, and its primary contact stays primary."""
        there = Contact.objects.visible_to(by).current().filter(customer=target)
        known = there.annotate(address=Lower("email")).filter(address=Lower(OuterRef("email")))
        here = Contact.objects.visible_to(by).current().filter(~Exists(known), customer=source)
        held = list(here.order_by("pk").select_for_update(of=("self",)))
        ids = [contact.pk for contact in held]
        former = [contact.pk for contact in held if contact.is_primary and there.filter(is_primary=True).exists()]
        Contact.objects.visible_to(by).filter(pk__in=former).update(is_primary=False)
        self._give(ids, source, target, by=by, at=at)
        return {"ids": ids, "primary": former}

    def back(self, moved: Any, target: Customer, source: Customer, *, by: User, at: datetime) -> None:
        """Give back those that are still there; who was the primary contact is it again."""
        self._give(moved["ids"], target, source, by=by, at=at)
        people = Contact.objects.visible_to(by).current().filter(customer=source)
        if not people.filter(is_primary=True).exists():
            people.filter(pk__in=moved["primary"]).update(is_primary=True)

    def _give(self, ids: list[int], source: Customer, target: Customer, *, by: User, at: datetime) -> None:
        people = Contact.objects.visible_to(by).filter(pk__in=ids, customer=source)
        people.update(customer=target, version=F("version") + 1, updated_at=at)

    def worked_at(self, customers: list[int]) -> dict[int, datetime]:
        """The events of the customer tell that already."""
        return {}
