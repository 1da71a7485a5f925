"""Policy versions with their announcements and previews, and exchange rates."""

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from motions.policy.editions import EDITIONS
from motions.policy.kit import Comparator as PolicyComparator
from motions.policy.kit import Edition, Limits
from motions.states import Aggregation, Announcement, Comparator, PolicyState, Verdict
from partners.models import User
from partners.roles import READERS_OF_CHANGES


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    """Versions of the policy."""

    def visible_to(self, user: User) -> Self:
        """What is published is for everybody; drafts are for the office and its auditors."""
        return self if user.role in READERS_OF_CHANGES else self.published()

    def published(self) -> Self:
        """Versions that count, today or another day."""
        return self.filter(published_at__isnull=False)


class PolicyVersion(models.Model):
    """Limits and conventions of one market over a span of days. A published version is never edited, also not by SQL."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    title_en = models.CharField(_("title (English)"), max_length=200)
    title_de = models.CharField(_("title (German)"), max_length=200)
    edition = models.PositiveSmallIntegerField(_("edition"))
    market = models.CharField(
        _("market"), max_length=2, blank=True, help_text=_("Empty: every market without its own.")
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until (exclusive)"), null=True, blank=True)
    seat_limit = models.PositiveIntegerField(_("seat limit"))
    azure_limit = models.DecimalField(_("Azure limit"), max_digits=15, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    comparator = models.CharField(_("on the limit"), max_length=10, choices=Comparator.choices)
    aggregation = models.CharField(_("roll-up"), max_length=10, choices=Aggregation.choices)
    near_share = models.DecimalField(_("near from"), max_digits=3, decimal_places=2, default="0.90")
    lead_days = models.PositiveSmallIntegerField(_("days of notice"), default=30, db_default=30)
    note_en = models.TextField(_("note (English)"), blank=True)
    note_de = models.TextField(_("note (German)"), blank=True)
    source_url = models.URLField(_("source"), max_length=300, blank=True)
    source_url_de = models.URLField(_("source (German)"), max_length=300, blank=True)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    drafted_at = models.DateTimeField(null=True, blank=True)
    # everybody whose words are in it: none of them approves it (the database refuses it as well)
    edited_by = ArrayField(models.BigIntegerField(), default=list, db_default=Value([]), blank=True)
    # raised by every change of a draft: a preview belongs to one of them, and of two editors the later one is told
    revision = models.PositiveIntegerField(default=1)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        constraints: ClassVar = [
            ExclusionConstraint(
                name="policy_one_at_a_time",
                expressions=[
                    ("market", RangeOperators.EQUAL),
                    (
                        Func(F("valid_from"), F("valid_to"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(published_at__isnull=False),
                violation_error_message=_("Another published version of this market covers some of these days."),
            ),
            models.CheckConstraint(
                name="policy_days_in_order",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                violation_error_message=_("The last day must come after the first."),
            ),
            models.CheckConstraint(
                name="policy_limits_positive",
                condition=Q(seat_limit__gt=0) & Q(azure_limit__gt=0),
                violation_error_message=_("A limit must be greater than zero."),
            ),
            models.CheckConstraint(
                name="policy_four_eyes",
                condition=Q(approved_by__isnull=True) | Q(drafted_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                violation_error_message=_("Whoever drafts a version does not approve it."),
            ),
            models.CheckConstraint(
                name="policy_published_is_approved",
                condition=Q(published_at__isnull=True) | Q(drafted_by__isnull=True) | Q(approved_at__isnull=False),
                violation_error_message=_("A version is approved before it is published."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_in_force(self, on: date) -> bool:
        """Whether it is published and covers a day."""
        is_running = self.valid_to is None or self.valid_to > on
        return self.published_at is not None and self.valid_from <= on and is_running

    def state_on(self, day: date) -> PolicyState:
        """Where the version stands in its life on a day."""
        if self.published_at is None:
            return PolicyState.APPROVED if self.approved_at else PolicyState.DRAFT
        if self.valid_from > day:
            return PolicyState.SCHEDULED
        return PolicyState.IN_FORCE if self.is_in_force(day) else PolicyState.SUPERSEDED

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.title_de if (get_language() or "").startswith("de") else self.title_en

    @property
    def note(self) -> str:
        """The note in the reader's language."""
        return self.note_de if (get_language() or "").startswith("de") else self.note_en

    @property
    def source(self) -> str:
        """Where it is written, in the reader's language if there is a page in it."""
        return (self.source_url_de if (get_language() or "").startswith("de") else "") or self.source_url

    @property
    def limits(self) -> Limits:
        """The limits as the policy package reads them."""
        return Limits(self.seat_limit, self.azure_limit, PolicyComparator(self.comparator))

    @property
    def rules(self) -> Edition:
        """The table of rules; KeyError for an edition that this release does not have."""
        return EDITIONS[self.edition]


class Preview(models.Model):
    """Whom one revision of a version would have moved on the data of a moment. For the office; added, never changed."""

    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="previews")
    revision = models.PositiveIntegerField()
    at = models.DateTimeField()
    by_name = models.CharField(max_length=150, blank=True)
    document: models.JSONField[Any, Any] = models.JSONField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.policy_id}: preview of {self.at:%Y-%m-%d %H:%M}"


class PolicyAnnouncement(models.Model):
    """One dated word about a version: announced, not before, confirmed, postponed, withdrawn (S5)."""

    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="announcements")
    date = models.DateField(_("date"))
    state = models.CharField(_("state"), max_length=10, choices=Announcement.choices)
    effective = models.DateField(_("effective, or earliest"), null=True, blank=True)
    text_en = models.CharField(_("text (English)"), max_length=300)
    text_de = models.CharField(_("text (German)"), max_length=300)
    source_url = models.URLField(_("source"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["date", "pk"]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.state}"

    @property
    def text(self) -> str:
        """The text in the reader's language."""
        return self.text_de if (get_language() or "").startswith("de") else self.text_en


class RateSetQuerySet(models.QuerySet["RateSet"]):
    """Days of exchange rates; they are the same for everybody."""

    def in_force(self, on: date) -> "RateSet | None":
        """The newest set that is not of a later day."""
        return self.filter(date__lte=on).order_by("-date").first()


class RateSet(models.Model):
    """The euro reference rates of one day."""

    date = models.DateField(unique=True)
    source = models.CharField(max_length=50)
    loaded_at = models.DateTimeField()

    objects = RateSetQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.source} {self.date:%Y-%m-%d}"


class Rate(models.Model):
    """How much of a currency one euro bought that day. A currency without a row has no rate that day."""

    rate_set = models.ForeignKey(RateSet, models.CASCADE, related_name="rates")
    currency = models.CharField(max_length=3)
    per_euro = models.DecimalField(max_digits=20, decimal_places=8)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rate_set", "currency"], name="rate_once"),
            models.CheckConstraint(name="rate_positive", condition=Q(per_euro__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.per_euro}"


class HeldRates(models.Model):
    """A day of rates that lie far off the last ones: in force only when somebody has confirmed them."""

    date = models.DateField()
    source = models.CharField(max_length=50)
    found_at = models.DateTimeField()
    rates: models.JSONField[Any, Any] = models.JSONField()
    # currency -> [the last rate, this rate], of those that lie too far off
    outliers: models.JSONField[Any, Any] = models.JSONField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["date"], condition=Q(verdict=""), name="rates_held_once"),
            models.CheckConstraint(
                name="held_verdict_is_dated",
                condition=Q(verdict="", decided_at__isnull=True) | ~Q(verdict="") & Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.date:%Y-%m-%d} {self.verdict}"
