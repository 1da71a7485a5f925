"""How rows that the office edits stood before, of whichever room: history, and what is needed to take a change back."""

from typing import Any, ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.people import User
from partners.roles import READERS_OF_CHANGES


class RevisionQuerySet(models.QuerySet["Revision"]):
    """Changes of rows; they are about no partner."""

    def visible_to(self, user: User) -> Self:
        """For the office."""
        return self if user.role in READERS_OF_CHANGES else self.none()

    def of(self, model: type[models.Model]) -> Self:
        """Those of one table, the newest first."""
        return self.filter(what=model._meta.label_lower).order_by("-pk")

    def newest_of(self, row: models.Model) -> int:
        """The key of the newest change of a row; 0 where there is none. It tells whether somebody else was faster."""
        return self.of(type(row)).filter(row_id=row.pk).values_list("pk", flat=True).first() or 0


class Revision(models.Model):
    """One change of one row: the fields that changed as they were and as they became.

    A row that came has no `before`, one that was removed no `after`; the other side then holds every field.
    """

    what = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    name = models.CharField(max_length=200)
    before: models.JSONField[Any, Any] = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after: models.JSONField[Any, Any] = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a dated row")
        verbose_name_plural = _("changes of dated rows")
        constraints: ClassVar = [
            models.CheckConstraint(name="revision_changes", condition=Q(before__isnull=False) | Q(after__isnull=False))
        ]
        indexes: ClassVar = [
            models.Index(fields=["what", "row_id", "-id"], name="revision_of_row"),
            models.Index(fields=["what", "-id"], name="revision_history"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.name} {self.at:%Y-%m-%d %H:%M}"
