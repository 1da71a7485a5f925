"""What reviewers keep beside leads: what they put off, how they work, whose is what, and who stands in for whom."""

from datetime import date, datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models import User


class SnoozeQuerySet(models.QuerySet["Snooze"]):
    """What is put off."""

    def visible_to(self, user: User) -> Self:
        """One's own."""
        return self.filter(user_id=user.pk)


class Snooze(models.Model):
    """A reviewer does not want to see a lead in the queue before a time; others still do, and the clock runs on.

    It names the lead by its public key alone: a mark of the reviewer's own, which opens nothing of the partner's.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    lead = models.UUIDField()
    until = models.DateTimeField()

    objects = SnoozeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "lead"], name="snooze_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.lead} until {self.until:%Y-%m-%d %H:%M}"


class ReviewPreference(models.Model):
    """How a person wants to work in the queue; without a row, with single keys."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    uses_keys = models.BooleanField(_("single keys"), default=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {'keys' if self.uses_keys else 'no keys'}"


class ReviewLocation(models.Model):
    """A location of the channel side: the channel managers who work there, to whom rules send leads together (R55).

    Another thing than the location of a partner. Its name stays; who works there changes.
    """

    name = models.CharField(_("name"), max_length=150, unique=True)
    created_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)

    def __str__(self) -> str:
        return self.name


class LocationMember(models.Model):
    """A channel manager who works at a location."""

    location = models.ForeignKey(ReviewLocation, models.CASCADE, related_name="members", db_column="review_location_id")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["location", "user"], name="location_member_once")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.location_id}"


class RoutingRuleQuerySet(models.QuerySet["RoutingRule"]):
    """Rules of whose a new lead is; the same for everybody on Microsoft's side."""

    def at(self, moment: datetime) -> Self:
        """Those in force at a moment."""
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=moment), starts_at__lte=moment)


class RoutingRule(models.Model):
    """New leads from a market with a solution go to a manager or a location (R55).

    A rule is never changed, only ended and followed by another.

    Market and solution are '' for all of them; both '' is the default rule.
    """

    country = models.CharField(_("market"), max_length=2, blank=True)
    solution = models.CharField(_("solution"), max_length=60, blank=True)
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("channel manager")
    )
    manager_name = models.CharField(max_length=150, blank=True)
    location = models.ForeignKey(
        ReviewLocation,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("location"),
        db_column="review_location_id",
    )
    location_name = models.CharField(max_length=150, blank=True, default="", db_default="")
    starts_at = models.DateTimeField(_("in force from"))
    ends_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    ended_by_name = models.CharField(max_length=150, blank=True)

    objects = RoutingRuleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["country", "solution"], condition=Q(ends_at__isnull=True), name="routing_rule_open_once"
            ),
            models.CheckConstraint(
                name="routing_rule_ends_after_start", condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at"))
            ),
            models.CheckConstraint(
                name="routing_rule_goes_to_one",
                condition=Q(manager__isnull=False, location__isnull=True)
                | Q(manager__isnull=True, location__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country or '*'} {self.solution or '*'}: {self.goes_to}"

    @property
    def goes_to(self) -> str:
        """The name of whoever gets the leads."""
        return self.manager_name or self.location_name


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """Absences; the same for everybody on Microsoft's side."""

    def on(self, day: date) -> Self:
        """Those that cover a day."""
        return self.filter(first_day__lte=day, last_day__gte=day)


class Absence(models.Model):
    """A channel manager is away from the first to the last day; a colleague stands in."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("who is away"))
    user_name = models.CharField(max_length=150)
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("who stands in")
    )
    substitute_name = models.CharField(max_length=150)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="absence_in_order", condition=Q(last_day__gte=F("first_day"))),
            models.CheckConstraint(name="absence_covered_by_another", condition=~Q(user=F("substitute"))),
        ]
        indexes: ClassVar = [models.Index(fields=["last_day"], name="absence_by_end")]

    def __str__(self) -> str:
        return f"{self.user_name} {self.first_day} to {self.last_day}: {self.substitute_name}"
