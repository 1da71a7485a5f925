"""What happened to customers: history, timeline and cause of notices."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customers import Customer
from partners.models import Partner, User


class EventKind(models.TextChoices):
    """What can happen to a customer."""

    REGISTERED = "registered", _("registered")
    CORRECTED = "corrected", _("corrected")
    ARCHIVED = "archived", _("archived")
    RESTORED = "restored", _("restored")
    MERGED = "merged", _("merged")
    UNMERGED = "unmerged", _("merge taken back")
    CONTACT_ADDED = "contact_added", _("contact added")
    CONTACT_CORRECTED = "contact_corrected", _("contact corrected")
    CONTACT_REMOVED = "contact_removed", _("contact removed")
    TAGGED = "tagged", _("tags changed")
    VETTED = "vetted", _("vetting status noted")
    RELATION_REQUESTED = "relation_requested", _("reseller relationship requested")
    RELATION_REMINDED = "relation_reminded", _("reminded of the reseller relationship")
    RELATION_ACCEPTED = "relation_accepted", _("reseller relationship accepted")
    RELATION_EXPIRED = "relation_expired", _("request for the reseller relationship expired")
    RELATION_WITHDRAWN = "relation_withdrawn", _("request for the reseller relationship withdrawn")


class CustomerEventQuerySet(models.QuerySet["CustomerEvent"]):
    """Events of customers."""

    def visible_to(self, user: User) -> Self:
        """Those of the customers one may see."""
        return self.filter(customer__in=Customer.objects.visible_to(user))


class CustomerEvent(models.Model):
    """One thing that happened to a customer: history and timeline."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.DO_NOTHING, db_constraint=False, related_name="events")
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    changes: models.JSONField[Any, Any] = models.JSONField(default=dict)

    objects = CustomerEventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["customer", "-id"], name="customer_event_timeline")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.kind} {self.at:%Y-%m-%d %H:%M}"
