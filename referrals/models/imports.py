"""Leads that came in a file: the file's life, and what happened to each of its rows (R45)."""

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from motions.states import ImportState
from partners.models import Partner, User
from partners.roles import Role
from referrals.models.leads import Referral
from referrals.states import LeadRowOutcome


class LeadImportQuerySet(models.QuerySet["LeadImport"]):
    """Imports of leads."""

    def visible_to(self, user: User) -> Self:
        """A partner's administrator sees all of its imports, staff their own, as with leads (R53)."""
        if user.role == Role.PARTNER_ADMIN:
            return self.filter(partner_id=user.partner_id)
        return self.filter(partner_id=user.partner_id, by=user) if user.role == Role.PARTNER_STAFF else self.none()


class LeadImport(models.Model):
    """One file of leads, from upload to undo. It acts as the person who uploaded it."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    encoding = models.CharField(max_length=20, blank=True)
    header = ArrayField(models.CharField(max_length=100))
    # field -> number of its column
    mapping: models.JSONField[Any, Any] = models.JSONField()
    submits = models.BooleanField()
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.CHECKING)
    attempts = models.PositiveSmallIntegerField(default=0)  # since the last row that was done
    committed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    objects = LeadImportQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "id"], name="lead_import_of_partner")]
        indexes: ClassVar = [models.Index(fields=["partner", "-id"], name="lead_import_newest")]

    def __str__(self) -> str:
        return self.file_name


class LeadImportRow(models.Model):
    """One row: its cells, what becomes of it and why, and the lead that was made of it.

    `problems` are [column, code, params] each; a refusal of a service has the code `said` and its sentence by language.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    batch = models.ForeignKey(
        LeadImport, models.DO_NOTHING, db_constraint=False, related_name="rows", db_column="lead_import_id"
    )
    line = models.PositiveIntegerField()
    cells = ArrayField(models.TextField())
    key = models.CharField(max_length=64, blank=True)  # by which the same row is recognised in another file
    outcome = models.CharField(max_length=10, choices=LeadRowOutcome.choices, blank=True)
    problems: models.JSONField[Any, Any] = models.JSONField(default=list)
    referral = models.ForeignKey(Referral, models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    version = models.PositiveIntegerField(null=True)  # of the lead when it was made

    objects: Any = models.Manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["batch", "outcome", "line"], name="lead_import_report"),
            models.Index(fields=["partner", "key"], name="lead_import_key"),
            models.Index(fields=["referral"], name="lead_import_lead", condition=models.Q(referral__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"line {self.line}: {self.outcome}"
