"""How rows that the office edits stood before: who changed what, and what was undone."""

from typing import Any, ClassVar, Self

from django.db import models

from partners.models.people import User
from partners.roles import Role


def kind_of(row: models.Model) -> str:
    """What a row is, as revisions name it: 'partners.post'."""
    return str(row._meta.label_lower)


class RevisionQuerySet(models.QuerySet["Revision"]):
    """Changes of rows."""

    def visible_to(self, user: User) -> Self:
        """For the office."""
        return self if user.role in (Role.POLICY_OWNER, Role.ADMINISTRATOR) else self.none()

    def of(self, row: models.Model) -> Self:
        """Of one row, the newest first."""
        return self.filter(what=kind_of(row), row_id=row.pk).order_by("-pk")


class Revision(models.Model):
    """One change of one row, field -> [before, after] as text. Rows are only added; the first one has only `after`."""

    what = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    changes: models.JSONField[Any, Any] = models.JSONField()
    is_first = models.BooleanField(default=False)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["what", "row_id", "-id"], name="revision_of_row")]

    def __str__(self) -> str:
        return f"{self.what} {self.row_id}"
