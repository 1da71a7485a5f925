"""Two customers of a partner that were one company: what was merged, and what is needed to take it back."""

from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.customers import Customer
from partners.models import Partner, User


class MergeQuerySet(models.QuerySet["Merge"]):
    """Merges of customers."""

    def visible_to(self, user: User) -> Self:
        """Those into customers that one may see."""
        return self.filter(customer__in=Customer.objects.visible_to(user))

    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(undone_at__isnull=True)


class Merge(models.Model):
    """A duplicate that went into another customer. `before` is what the survivor was, `moved` what followed it."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.DO_NOTHING, db_constraint=False, related_name="merges")
    duplicate = models.ForeignKey(Customer, models.DO_NOTHING, db_constraint=False, related_name="merged_by")
    because = models.CharField(_("reason"), max_length=300, blank=True)
    before: models.JSONField[Any, Any] = models.JSONField(default=dict)
    moved: models.JSONField[Any, Any] = models.JSONField(default=dict)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=150)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by_name = models.CharField(max_length=150, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "duplicate"], condition=Q(undone_at__isnull=True), name="merged_once"
            ),
            models.CheckConstraint(name="merge_of_two", condition=~Q(customer=F("duplicate"))),
        ]
        indexes = [models.Index(fields=["customer", "-id"], name="merge_of_customer")]

    def __str__(self) -> str:
        return f"{self.duplicate_id} into {self.customer_id}"
