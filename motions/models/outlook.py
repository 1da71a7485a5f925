"""What lies ahead of a customer: when its agreement ends, and what its partner is told."""

from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from motions.models.owned import Owned, OwnedQuerySet
from motions.models.portfolio import PortfolioQuerySet
from motions.states import AlertKind, Kind


class Contract(Owned):
    """What is known of a customer's Enterprise Agreement. Rows are only added; the newest holds, without an end none runs."""

    ea_start_date = models.DateField(_("start of the agreement"), null=True, blank=True)
    ea_end_date = models.DateField(_("end of the agreement"), null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)

    objects = OwnedQuerySet["Contract"].as_manager()

    class Meta:
        verbose_name = _("Enterprise Agreement")
        verbose_name_plural = _("Enterprise Agreements")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="contract_dates_in_order",
                condition=Q(ea_start_date__isnull=True) | Q(ea_end_date__gt=F("ea_start_date")),
                violation_error_message=_("An agreement ends after it starts."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "-id"], name="contract_newest"),
            models.Index(fields=["ea_end_date"], name="contract_end"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.ea_end_date}"


class Alert(models.Model):
    """Something about a customer that its partner should look at: a code and its figures, worded when it is read.

    `key` tells two alerts of a kind apart, so that the same one is never made twice, however often a worker runs.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    partner = models.ForeignKey("partners.Partner", models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", models.DO_NOTHING, db_constraint=False, related_name="alerts")
    kind = models.CharField(max_length=10, choices=AlertKind.choices)
    key = models.CharField(max_length=80)
    params: models.JSONField[Any, Any] = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by_name = models.CharField(max_length=150, default="")

    objects = PortfolioQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "customer", "kind", "key"], name="alert_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["partner", "-made_at", "-id"], name="alert_newest"),
            models.Index(fields=["partner"], condition=Q(seen_at__isnull=True), name="alert_unseen"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.kind} {self.key}"


class AlertCursor(models.Model):
    """How far workers have read. `bound` is up to where to read next, once none of the noted `writers` still writes."""

    name = models.CharField(max_length=20, primary_key=True)
    reached = models.BigIntegerField(default=0)
    bound = models.BigIntegerField(default=0)
    writers = ArrayField(models.CharField(max_length=40), default=list)

    def __str__(self) -> str:
        return f"{self.name} at {self.reached}"


class Backtest(models.Model):
    """How well the forecast would have done, over all partners together; shares of the limit, None when too few."""

    measure = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    histories = models.PositiveIntegerField()
    held_out = models.PositiveIntegerField()
    trend_error = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    last_error = models.DecimalField(max_digits=12, decimal_places=4, null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["measure", "-id"], name="backtest_newest")]

    def __str__(self) -> str:
        return f"{self.measure} at {self.at:%Y-%m-%d}"
