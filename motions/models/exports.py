"""Files that programs ask for: made in the background, kept for some days."""

from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from motions.models.portfolio import PortfolioQuerySet
from motions.states import ExportKind, ExportState
from partners.models import Partner


class Export(models.Model):
    """One file of customers with what their guidance says, as they are when it is made."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=4, choices=[(kind.value, kind.value) for kind in ExportKind])
    filters: models.JSONField[Any, Any] = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.WAITING)
    rows = models.PositiveIntegerField(null=True)
    done_rows = models.PositiveIntegerField(default=0, db_default=0)
    all_rows = models.PositiveIntegerField(default=0, db_default=0)
    stored_as = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)

    objects = PortfolioQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="export_done_has_a_file",
                condition=Q(state=ExportState.DONE, rows__isnull=False) & ~Q(stored_as="")
                | ~Q(state=ExportState.DONE) & Q(rows__isnull=True),
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["partner", "-id"], name="export_newest"),
            models.Index(fields=["id"], condition=Q(state=ExportState.WAITING), name="export_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.at:%Y-%m-%d %H:%M}"
