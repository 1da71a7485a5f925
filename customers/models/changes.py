"""What was changed in dated rows, of whichever room: history, and what is needed to take a change back."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import User
from partners.roles import Role

OFFICE = frozenset({Role.POLICY_OWNER, Role.ADMINISTRATOR})


class RuleChangeQuerySet(models.QuerySet["RuleChange"]):
    """Changes of rules; they are about no partner."""

    def visible_to(self, user: User) -> Self:
        """The office's."""
        return self if user.role in OFFICE else self.none()

    def of(self, model: type[models.Model]) -> Self:
        """Those of one table."""
        return self.filter(table=model._meta.label_lower)

    def newest_of(self, row: models.Model) -> int:
        """The key of the newest change of a row; 0 where there is none. It tells whether somebody else was faster."""
        newest = self.of(type(row)).filter(row=row.pk).order_by("-pk").values_list("pk", flat=True).first()
        return newest or 0


class RuleChange(models.Model):
    """One change of one row: everything that it held before and after; None where there was no row."""

    table = models.CharField(max_length=60)
    row = models.BigIntegerField()
    name = models.CharField(max_length=200)
    before: models.JSONField[Any, Any] = models.JSONField(null=True)
    after: models.JSONField[Any, Any] = models.JSONField(null=True)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)

    objects = RuleChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a rule")
        verbose_name_plural = _("changes of rules")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="rule_change_changes", condition=Q(before__isnull=False) | Q(after__isnull=False)
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["table", "-id"], name="rule_change_history"),
            models.Index(fields=["table", "row", "-id"], name="rule_change_of_row"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.name} {self.at:%Y-%m-%d %H:%M}"
