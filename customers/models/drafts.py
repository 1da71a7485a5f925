"""Registrations that somebody has begun, and views of lists that somebody has kept."""

from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import Partner, User

LONGEST_QUERY = 2000


class DraftQuerySet(models.QuerySet["Draft"]):
    """Drafts; every door starts at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """One's own; colleagues do not see what is not finished."""
        return self.filter(partner_id=user.partner_id, owner=user) if user.is_of_partner else self.none()

    def open(self) -> Self:
        """Without those of which a customer has been made."""
        return self.filter(is_done=False)


class Draft(models.Model):
    """A registration as far as it was typed, word for word."""

    # given by the page before anything is kept, so that two requests on their way at once keep one draft
    public_id = models.UUIDField(default=uuid4, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    typed: models.JSONField[Any, Any] = models.JSONField(default=dict)
    # stays for a while, so that what was still on its way when the customer was registered begins no draft anew
    is_done = models.BooleanField(default=False, db_default=False)
    updated_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "owner", "public_id"], name="draft_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["partner", "owner", "-updated_at"], name="draft_of_owner")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """By what one recognises it."""
        return str(self.typed.get("name") or self.typed.get("domain") or self.typed.get("contact_email") or "…")


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Saved views; every door starts at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """One's own, and what colleagues share."""
        if not user.is_of_partner:
            return self.none()
        return self.filter(Q(owner=user) | Q(is_shared=True), partner_id=user.partner_id)

    def of_list(self, name: str) -> Self:
        """The views of one list, by name."""
        return self.filter(list_name=name).select_related("owner").order_by("name", "pk")

    def as_shown(self, name: str, *, by: User, query: str) -> list[dict[str, Any]]:
        """The views of one list as its page shows them: which one is looked at, which ones are one's own."""
        return [
            {"view": view, "is_current": view.query == query, "is_own": view.owner_id == by.pk}
            for view in self.of_list(name)
        ]


class SavedView(models.Model):
    """The address of a list with its filters and columns, under a name; a shared one is for the whole partner."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=30)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    is_shared = models.BooleanField(_("for the whole company"), default=False)
    created_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "owner", "list_name", "name"], name="saved_view_once"),
        ]

    def __str__(self) -> str:
        return self.name
