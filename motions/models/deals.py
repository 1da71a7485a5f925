"""Deals, what happened to them, and the customer's own choice."""

from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from motions.models.owned import Owned, OwnedQuerySet
from motions.states import Basis, Kind, Motion, Need, Reason, Source, Stage

MOST_SEATS = 100_000_000


class Deal(Owned):
    """One line of business: a number of seats, or an annual Azure consumption in its own currency (S2)."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    key = models.CharField(_("own key"), max_length=100, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True, validators=[MaxValueValidator(MOST_SEATS)])
    amount = models.DecimalField(_("annual consumption"), max_digits=15, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    basis = models.CharField(_("basis"), max_length=10, choices=Basis.choices, blank=True)
    needs = ArrayField(
        models.CharField(max_length=30, choices=Need.choices), verbose_name=_("contract needs"), null=True, blank=True
    )
    prefers_self_service = models.BooleanField(_("prefers self-service"), null=True, blank=True)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.OPEN)
    expected_close_date = models.DateField(_("expected close"), null=True, blank=True)
    size_date = models.DateField(_("size as of"))
    source = models.CharField(_("source"), max_length=10, choices=Source.choices)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = OwnedQuerySet["Deal"].as_manager()

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "id"], name="deal_of_partner"),
            models.UniqueConstraint(
                fields=["partner", "customer", "kind", "key"], condition=~Q(key=""), name="deal_key_once"
            ),
            models.CheckConstraint(
                name="deal_size_fits_kind",
                condition=Q(kind=Kind.SEATS, amount__isnull=True, currency="", basis="")
                | Q(kind=Kind.AZURE, seats__isnull=True),
                violation_error_message=_("A seat deal has seats; an Azure deal has an amount."),
            ),
            models.CheckConstraint(
                name="deal_amount_has_currency",
                condition=Q(amount__isnull=True) | Q(amount__gte=0) & Q(currency__regex=r"^[A-Z]{3}$"),
                violation_error_message=_("An amount needs a currency and is not negative."),
            ),
            models.CheckConstraint(
                name="deal_seats_sane",
                condition=Q(seats__isnull=True) | Q(seats__gte=0) & Q(seats__lte=MOST_SEATS),
                violation_error_message=_("The number of seats is out of range."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["customer", "id"], name="deal_customer")]

    def __str__(self) -> str:
        return self.name


class DealEventKind(models.TextChoices):
    """What can happen to a deal."""

    ADDED = "added", _("Deal added")
    CHANGED = "changed", _("Deal changed")
    REMOVED = "removed", _("Deal removed")


class DealEvent(Owned):
    """One thing that happened to a deal; the dated history of its size."""

    deal_id = models.BigIntegerField()
    deal_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=DealEventKind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    source = models.CharField(max_length=10, choices=Source.choices)
    changes: models.JSONField[Any, Any] = models.JSONField(default=dict)

    objects = OwnedQuerySet["DealEvent"].as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer", "-id"], name="deal_event_timeline")]

    def __str__(self) -> str:
        return f"{self.deal_name} {self.kind}"


class Choice(Owned):
    """What the customer decided; a fact of its own beside the guidance (S3). Rows are only added."""

    motion = models.CharField(
        _("motion"), max_length=20, choices=[pair for pair in Motion.choices if pair[0] != Motion.UNKNOWN]
    )
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices)
    note = models.CharField(_("note"), max_length=500, blank=True)
    guided_motion = models.CharField(max_length=20, choices=Motion.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)

    objects = OwnedQuerySet["Choice"].as_manager()

    class Meta:
        verbose_name = _("customer's choice")
        verbose_name_plural = _("customers' choices")
        indexes: ClassVar = [models.Index(fields=["customer", "-id"], name="choice_newest")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.motion}"
