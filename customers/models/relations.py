"""Requests for a reseller relationship: the link that the customer's administrator accepts (C9)."""

from typing import ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customers import Customer
from customers.states import RelationState
from partners.models import Partner, User


class RelationQuerySet(models.QuerySet["Relation"]):
    """Requests; every door starts at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """Those of the customers that the person may see."""
        if user.is_of_partner:
            return self.filter(partner_id=user.partner_id)
        return self.filter(customer__in=Customer.objects.visible_to(user))


class Relation(models.Model):
    """One request. An indirect one is made for a provider and a reseller together."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.DO_NOTHING, db_constraint=False, related_name="relations")
    state = models.CharField(_("state"), max_length=20, choices=RelationState.choices)
    own_tenant = models.UUIDField(_("own tenant"))
    provider_tenant = models.UUIDField(_("provider's tenant"), null=True, blank=True)
    link = models.URLField(max_length=500)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)

    objects = RelationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reseller relationship")
        verbose_name_plural = _("reseller relationships")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "customer"], condition=Q(state=RelationState.REQUESTED), name="relation_open_once"
            ),
            models.CheckConstraint(
                name="relation_closed_iff_not_requested",
                condition=Q(state=RelationState.REQUESTED, closed_at=None)
                | ~Q(state=RelationState.REQUESTED) & Q(closed_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["partner", "customer", "-id"], name="relation_of_customer"),
            models.Index(
                fields=["requested_at"], condition=Q(state=RelationState.REQUESTED), name="relation_to_follow_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether the customer can still accept."""
        return self.state == RelationState.REQUESTED
