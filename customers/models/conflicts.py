"""Conflicts between partners about one company: the marks that ask for a comparison, cases, sides, and what was said.

A partner sees its own side and nothing else; whose the other side is stands only in the case, which no partner can read.
"""

from datetime import date, datetime
from typing import Any, Self
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from common.calendars import working_day_after
from customers.models.customers import Customer
from customers.policy import ANSWER_DAYS, APPEAL_DAYS, CaseEventKind, Ground, Outcome
from partners.models import Partner, User
from partners.roles import Role


class ConflictMark(models.Model):
    """A customer that has to be compared with other partners' ones. Appended by trigger, deleted by the worker."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.DO_NOTHING, db_constraint=False, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["made_at", "id"], name="conflict_mark_claim")]

    def __str__(self) -> str:
        return f"mark of {self.customer_id}"


class ConflictCaseQuerySet(models.QuerySet["ConflictCase"]):
    """Cases; Microsoft's side alone."""

    def visible_to(self, user: User) -> Self:
        """A channel manager's, when both customers are within countries and segments; the administrator's all."""
        if user.role == Role.ADMINISTRATOR:
            return self.shown()
        if user.role != Role.CHANNEL_MANAGER:
            return self.none()
        unseen = ConflictSide.objects.filter(case=OuterRef("pk")).exclude(
            customer__in=Customer.objects.visible_to(user)
        )
        return self.shown().filter(~Exists(unseen))

    def shown(self) -> Self:
        """Those whose moment has come."""
        return self.filter(opened_at__lte=Now())

    def waiting(self) -> Self:
        """Those that have no answer yet, or an appeal that has none."""
        return self.filter(Q(answered_at__isnull=True) | Q(Exists(_open_appeals())))

    def answered(self) -> Self:
        """Those that ask for nothing."""
        return self.filter(answered_at__isnull=False).exclude(Exists(_open_appeals()))


def _open_appeals() -> "models.QuerySet[ConflictSide]":
    return ConflictSide.objects.filter(case=OuterRef("pk"), appealed_at__isnull=False, appeal_answered_at__isnull=True)


class ConflictCase(models.Model):
    """Two partners have registered what may be one company."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    # ids without keys: the sides hold the keys, with the partner's
    low_id = models.BigIntegerField()
    high_id = models.BigIntegerField()
    reasons = ArrayField(models.CharField(max_length=20))
    opened_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    answered_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = ConflictCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("conflict case")
        verbose_name_plural = _("conflict cases")
        constraints = [
            models.UniqueConstraint(fields=["low_id", "high_id"], name="conflict_once"),
            models.CheckConstraint(name="conflict_in_order", condition=Q(low_id__lt=models.F("high_id"))),
            models.CheckConstraint(
                name="conflict_answer_has_outcome",
                condition=Q(answered_at__isnull=True, outcome="") | Q(answered_at__isnull=False) & ~Q(outcome=""),
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at", "id"], name="conflict_list"),
            models.Index(fields=["high_id"], name="conflict_high"),
        ]

    def __str__(self) -> str:
        return f"conflict of {self.opened_at:%Y-%m-%d}"


class ConflictSideQuerySet(models.QuerySet["ConflictSide"]):
    """Sides of cases."""

    def visible_to(self, user: User) -> Self:
        """A partner's own; the sides of the cases that one may see."""
        if user.is_of_partner:
            return self.filter(partner_id=user.partner_id, opened_at__lte=Now())
        return self.filter(case__in=ConflictCase.objects.visible_to(user))


class ConflictSide(models.Model):
    """What one partner knows of a case: that it is open, by when it is answered, and what that means for it."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.DO_NOTHING, db_constraint=False, related_name="conflicts")
    case = models.ForeignKey(ConflictCase, models.PROTECT, related_name="sides")
    opened_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    stands = models.BooleanField(null=True)
    appealed_at = models.DateTimeField(null=True)
    appeal_text = models.CharField(max_length=1000, blank=True)
    appeal_by_name = models.CharField(max_length=150, blank=True)
    appeal_answered_at = models.DateTimeField(null=True)

    objects = ConflictSideQuerySet.as_manager()

    class Meta:
        verbose_name = _("side of a conflict")
        verbose_name_plural = _("sides of conflicts")
        constraints = [
            models.UniqueConstraint(fields=["partner", "case"], name="conflict_side_once"),
            models.UniqueConstraint(fields=["partner", "id"], name="conflict_side_of_partner"),
            models.CheckConstraint(
                name="conflict_side_answer_says_what",
                condition=Q(answered_at__isnull=True, stands__isnull=True)
                | Q(answered_at__isnull=False, stands__isnull=False),
            ),
            models.CheckConstraint(
                name="conflict_appeal_in_order",
                condition=Q(appealed_at__isnull=True, appeal_answered_at__isnull=True)
                | Q(appealed_at__isnull=False, answered_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "opened_at", "id"], name="conflict_side_list"),
            models.Index(fields=["case"], name="conflict_side_case"),
            models.Index(fields=["customer"], name="conflict_side_customer"),
        ]

    def __str__(self) -> str:
        return f"side of {self.customer_id}"

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is still to come."""
        return self.answered_at is None or (self.appealed_at is not None and self.appeal_answered_at is None)

    @property
    def due_date(self) -> date:
        """By when the case, or the appeal against its answer, is answered."""
        return _working_day_after(self.appealed_at or self.opened_at, ANSWER_DAYS)

    @property
    def appeal_until(self) -> date | None:
        """The last day on which the answer can be appealed; None when there is nothing to appeal, or no more."""
        if self.answered_at is None or self.stands or self.appealed_at is not None:
            return None
        return _working_day_after(self.answered_at, APPEAL_DAYS)


def _working_day_after(at: datetime, count: int) -> date:
    """One calendar for all sides: whose holidays a day fell on would tell where the other one is."""
    return working_day_after(localdate(at), count, country=settings.CONFLICT_CALENDAR)


class ConflictDecision(models.Model):
    """One answer to a case, with its reason; the newest holds. No partner reads it."""

    case = models.ForeignKey(ConflictCase, models.PROTECT, related_name="decisions")
    outcome = models.CharField(_("decision"), max_length=10, choices=Outcome.choices)
    ground = models.CharField(_("reason"), max_length=20, choices=Ground.choices)
    text = models.CharField(_("explanation"), max_length=1000, blank=True)
    is_on_appeal = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)

    class Meta:
        indexes = [models.Index(fields=["case", "-id"], name="conflict_decision_newest")]

    def __str__(self) -> str:
        return f"{self.outcome} of {self.at:%Y-%m-%d}"


class ConflictEvent(models.Model):
    """What a partner is told of its side, and what it said: history, and cause of notices."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    side = models.ForeignKey(ConflictSide, models.DO_NOTHING, db_constraint=False, related_name="events")
    kind = models.CharField(max_length=20, choices=CaseEventKind.choices)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=150, blank=True)  # of the partner's own people alone
    changes: models.JSONField[Any, Any] = models.JSONField(default=dict)
    notified_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        indexes = [
            models.Index(fields=["side", "id"], name="conflict_event_history"),
            models.Index(fields=["id"], condition=Q(notified_at__isnull=True), name="conflict_event_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.side_id} {self.kind}"
