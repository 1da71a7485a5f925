"""Imports of a partner's portfolio: the batch, its rows (staging, report and undo in one), the remembered mapping."""

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from motions.states import ImportState, RowOutcome
from partners.models import Partner, User


class PortfolioQuerySet(models.QuerySet[Any]):
    """Imports belong to the partner alone."""

    def visible_to(self, user: User) -> Self:
        """A partner's own; nobody else's."""
        return self.filter(partner_id=user.partner_id) if user.is_of_partner else self.none()


class ImportBatch(models.Model):
    """One file of customers and deals, from upload to undo."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()
    file_name = models.CharField(_("file"), max_length=200)
    stored_as = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.UPLOADED)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=4, blank=True)
    mapping: models.JSONField[Any, Any] = models.JSONField(default=dict)
    options: models.JSONField[Any, Any] = models.JSONField(default=dict)
    counts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    done_rows = models.PositiveIntegerField(default=0)
    all_rows = models.PositiveIntegerField(default=0)
    problem: models.JSONField[Any, Any] = models.JSONField(default=dict)
    header_hash = models.CharField(max_length=64, default="")
    attempts = models.PositiveSmallIntegerField(default=0)  # of the present step
    committed_at = models.DateTimeField(null=True)
    committed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    committed_by_name = models.CharField(max_length=150, default="")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    undone_by_name = models.CharField(max_length=150, default="")

    objects = PortfolioQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "id"], name="import_of_partner")]
        indexes: ClassVar = [models.Index(fields=["partner", "-id"], name="import_newest")]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One row of a file: what was read, what would happen or happened, and what stood there before."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    batch = models.ForeignKey(ImportBatch, models.DO_NOTHING, db_constraint=False, related_name="rows")
    line = models.PositiveIntegerField()
    name = models.TextField(default="")
    country = models.CharField(max_length=2, default="")
    domain = models.CharField(max_length=253, default="")
    registration_number = models.CharField(max_length=50, default="")
    seats = models.IntegerField(null=True)
    azure_annual = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, default="")
    needs = ArrayField(models.CharField(max_length=30), null=True)
    prefers_self_service = models.BooleanField(null=True)
    deal_name = models.CharField(max_length=200, default="")
    deal_key = models.CharField(max_length=100, default="")
    outcome = models.CharField(max_length=10, choices=RowOutcome.choices, default="")
    column = models.CharField(max_length=200, default="")
    code = models.CharField(max_length=40, default="")
    params: models.JSONField[Any, Any] = models.JSONField(default=dict)
    customer_id = models.BigIntegerField(null=True)
    before: models.JSONField[Any, Any] = models.JSONField(null=True)
    motion_before = models.CharField(max_length=20, default="")  # as the check foresaw it; "" for a new customer
    motion_after = models.CharField(max_length=20, default="")

    objects = PortfolioQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["batch", "outcome", "line"], name="import_row_report")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.outcome}"


class ImportMapping(models.Model):
    """Which column a partner's files call what, remembered from the last import with the same header."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    header_hash = models.CharField(max_length=64)
    mapping: models.JSONField[Any, Any] = models.JSONField()
    used_at = models.DateTimeField()

    objects = PortfolioQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "header_hash"], name="mapping_once"),
        ]

    def __str__(self) -> str:
        return self.header_hash[:8]
