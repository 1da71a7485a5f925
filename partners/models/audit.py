"""Who changed what; the seals that show a cut; who looked at whose customer; when jobs ran."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.people import User
from partners.roles import SEES_ALL


class Action(models.TextChoices):
    """What happened to a row."""

    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    REMOVED = "removed", _("removed")
    ERASED = "erased", _("personal data erased")


class OfOfficeQuerySet(models.QuerySet[Any]):
    """Rows that administrators and auditors alone read."""

    def visible_to(self, user: User) -> Self:
        """Everything for them, nothing for anybody else."""
        return self if user.role in SEES_ALL else self.none()


class AuditEntry(models.Model):
    """One change of one row: who, when, before and after; written by triggers, never by code (docs/adr/0022).

    Nothing here points to another table, so that an entry outlives what it tells of. The entries of one row are a
    chain: `hash` covers everything else, the hash of the entry before included. Of `personal` it covers a salted
    digest alone, so that the clear text can be erased and the chain still holds.
    """

    at = models.DateTimeField()
    xact = models.BigIntegerField()
    subject = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    action = models.CharField(max_length=10, choices=Action.choices)
    of_partner = models.BigIntegerField(null=True)
    of_customer = models.BigIntegerField(null=True)
    actor = models.BigIntegerField(null=True)
    side = models.CharField(max_length=20)
    request_id = models.CharField(max_length=64)
    changes: models.JSONField[Any, Any] = models.JSONField(null=True)
    personal: models.JSONField[Any, Any] = models.JSONField(null=True)
    salt = models.UUIDField(null=True)
    digest = models.BinaryField(null=True)
    previous_id = models.BigIntegerField(null=True)
    previous_hash = models.BinaryField(null=True)
    hash = models.BinaryField()

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["previous_id"], condition=Q(previous_id__isnull=False), name="audit_has_no_fork"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["at", "id"], name="audit_by_time"),
            models.Index(fields=["xact", "id"], name="audit_by_transaction"),
            models.Index(fields=["subject", "row_id", "id"], name="audit_of_row"),
            models.Index(
                fields=["of_customer", "at", "id"], condition=Q(of_customer__isnull=False), name="audit_of_customer"
            ),
            models.Index(fields=["actor", "at", "id"], condition=Q(actor__isnull=False), name="audit_of_person"),
            models.Index(fields=["request_id"], condition=~Q(request_id=""), name="audit_of_request"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.row_id} {self.action}"

    @property
    def is_erased(self) -> bool:
        """Whether there was personal data that has been erased."""
        return self.digest is not None and self.salt is None


class AuditSeal(models.Model):
    """A digest over all entries of the transactions from `from_xact` up to `until_xact`, and over the seal before.

    Only transactions older than every one that still writes are sealed, so that nothing appears in a sealed range. When
    the time of keeping is over, the entries of whole seals are cut and the seal stays.
    """

    at = models.DateTimeField()
    from_xact = models.BigIntegerField()
    until_xact = models.BigIntegerField(unique=True)
    entries = models.BigIntegerField()
    last_id = models.BigIntegerField()
    last_at = models.DateTimeField()
    digest = models.BinaryField()
    cut_at = models.DateTimeField(null=True)

    objects = OfOfficeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"seal {self.pk} over {self.entries}"


class AuditCheck(models.Model):
    """One verification of the whole audit: when, how much, and how many findings."""

    at = models.DateTimeField()
    entries = models.BigIntegerField()
    seals = models.BigIntegerField()
    findings = models.BigIntegerField()

    objects = OfOfficeQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.findings} findings of {self.at:%Y-%m-%d %H:%M}"


class Sighting(models.Model):
    """Somebody of Microsoft's side looked at a partner's customer within an hour. Added to, and forgotten in time."""

    user_id = models.BigIntegerField()
    of_customer = models.BigIntegerField()
    of_partner = models.BigIntegerField()
    hour_at = models.DateTimeField()

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user_id", "of_customer", "hour_at"], name="sighting_once_an_hour")
        ]
        indexes: ClassVar = [models.Index(fields=["of_customer", "-hour_at"], name="sighting_of_customer")]

    def __str__(self) -> str:
        return f"{self.user_id} saw {self.of_customer}"


class JobRun(models.Model):
    """The last run of a scheduled job; one row a job."""

    name = models.CharField(max_length=100, primary_key=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    error = models.CharField(max_length=500, blank=True)
    failed_at = models.DateTimeField(null=True)

    objects = OfOfficeQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class Intake(models.TextChoices):
    """What can be stopped from coming in, while what is under way goes on."""

    IMPORTS = "imports", _("Imports")


class Pause(models.Model):
    """An intake that is stopped; without a row it is open."""

    intake = models.CharField(max_length=20, choices=Intake.choices, unique=True)
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=150)

    def __str__(self) -> str:
        return f"{self.intake}: {self.reason}"
