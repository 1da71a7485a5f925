"""Programmes: until when which leads are taken, what they must say, and how soon they are answered."""

from datetime import datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.calendars import is_holiday_in
from referrals.clock import Hours
from referrals.states import Direction, Field


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    """Programmes; the same for everybody."""

    def outbound(self) -> Self:
        """Those to which partners send leads."""
        return self.filter(direction=Direction.OUTBOUND)


class Programme(models.Model):
    """A programme with its dates, in its own time zone (Q9). Days are whole days: the last one counts."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=100)
    name_de = models.CharField(_("name in German"), max_length=100)
    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices)
    valid_from = models.DateField(_("open from"))
    valid_to = models.DateField(_("open until"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Europe/Berlin")
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("successor")
    )
    required_fields = ArrayField(
        models.CharField(max_length=20, choices=Field.choices),
        verbose_name=_("required fields"),
        default=list,
        blank=True,
    )
    min_value = models.DecimalField(_("minimum value"), max_digits=15, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    answer_hours = models.PositiveSmallIntegerField(_("hours to answer"), default=16)
    day_starts = models.TimeField(_("working day starts"), default=time(9))
    day_ends = models.TimeField(_("working day ends"), default=time(17))
    expiry_days = models.PositiveSmallIntegerField(_("days until a lead expires"), default=14)
    reminder_days = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("days of reminders"), default=list, blank=True
    )
    # country -> ISO dates, beside the national holidays; of every country under '*'
    holidays: models.JSONField[Any, Any] = models.JSONField(_("additional holidays"), default=dict, blank=True)
    claim_hours = models.PositiveSmallIntegerField(_("hours until a claim is given back"), default=8)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            models.CheckConstraint(
                name="programme_dates_in_order",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("A programme ends after it begins."),
            ),
            models.CheckConstraint(
                name="programme_day_has_hours",
                condition=Q(day_ends__gt=F("day_starts")),
                violation_error_message=_("A working day ends after it starts."),
            ),
            models.CheckConstraint(
                name="programme_times_are_some",
                condition=Q(answer_hours__gte=1, expiry_days__gte=1, claim_hours__gte=1),
                violation_error_message=_("Times to answer, to expire and to hold a lead are at least 1."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language."""
        return self.name_de if get_language() == "de" else self.name_en

    def is_open(self, at: datetime) -> bool:
        """Whether leads are taken at a moment; the first and the last day count, where the programme is at home."""
        day = at.astimezone(ZoneInfo(self.time_zone)).date()
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def hours(self, country: str) -> Hours:
        """When reviewers work, with the holidays of the customer's country and those that the programme adds."""
        national, own = is_holiday_in(country), {*self.holidays.get(country, ()), *self.holidays.get("*", ())}
        return Hours(
            self.time_zone,
            self.day_starts,
            self.day_ends,
            lambda day: day.isoformat() in own or national(day),
        )

    @property
    def answer_time(self) -> timedelta:
        """The business time that Microsoft has for an answer."""
        return timedelta(hours=self.answer_hours)
