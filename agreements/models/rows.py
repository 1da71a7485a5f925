"""What is data: cut-offs, ways and who may take them, templates, languages by country, and how reminders run."""

from datetime import date
from typing import ClassVar, Self, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from agreements import policy
from agreements.states import Path
from partners.roles import CspType

Row = TypeVar("Row", bound=models.Model)


class DatedQuerySet(models.QuerySet[Row]):
    """Rows that hold from one day to another."""

    def valid_on(self, day: date) -> Self:
        """Those that hold on a day; the last day counts."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


class Dated(models.Model):
    """A row with its days and its source."""

    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        abstract = True


class CutOff(models.Model):
    """From a day on an acceptance is needed, or one from before another day is not enough (table 3.3)."""

    code = models.SlugField(_("code"), unique=True)
    effective_on = models.DateField(_("in force from"))
    accepted_before = models.DateField(_("concerns acceptances before"), null=True, blank=True)
    is_information = models.BooleanField(_("third-party information"), default=False)
    text_en = models.CharField(_("English text"), max_length=300)
    text_de = models.CharField(_("German text"), max_length=300)
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        verbose_name = _("cut-off")
        verbose_name_plural = _("cut-offs")
        ordering = ("effective_on", "pk")

    def __str__(self) -> str:
        return self.code

    @property
    def text(self) -> str:
        """In the reader's language."""
        return self.text_de if get_language() == "de" else self.text_en

    @property
    def rule(self) -> policy.Rule:
        """As the policy reads it."""
        return policy.Rule(self.code, self.effective_on, self.accepted_before, self.is_information, self.source)


class PathRule(Dated):
    """When a way to accept is open, and to which types of partners (table 3.2)."""

    path = models.CharField(_("way"), max_length=12, choices=Path.choices)
    csp_types = ArrayField(
        models.CharField(max_length=20, choices=CspType.choices), verbose_name=_("for"), default=list, blank=True
    )

    objects = DatedQuerySet["PathRule"].as_manager()

    class Meta:
        verbose_name = _("way to accept")
        verbose_name_plural = _("ways to accept")
        ordering = ("valid_from", "pk")

    def __str__(self) -> str:
        return f"{self.path} from {self.valid_from}"

    @property
    def types(self) -> list[str]:
        """The types of partners, in words."""
        return [str(CspType(value).label) for value in self.csp_types]


class TemplateVersion(Dated):
    """A text of the agreement; the higher rank is the newer one (M2)."""

    template_id = models.CharField(_("template"), max_length=40)
    version_rank = models.PositiveIntegerField(_("rank"))
    agreement_link = models.CharField(_("text"), max_length=300, validators=[URLValidator(schemes=["https"])])

    objects = DatedQuerySet["TemplateVersion"].as_manager()

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        ordering = ("version_rank",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["template_id", "version_rank"], name="template_rank_once")
        ]

    def __str__(self) -> str:
        return f"{self.template_id} ({self.version_rank})"


class TemplateLanguage(Dated):
    """A language in which the text exists for a country; without a country for every one without its own (M4)."""

    country = models.CharField(_("country"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=10)

    objects = DatedQuerySet["TemplateLanguage"].as_manager()

    class Meta:
        verbose_name = _("language of the text")
        verbose_name_plural = _("languages of the text")
        ordering = ("country", "pk")

    def __str__(self) -> str:
        return f"{self.country or '*'}: {self.language}"


class SigningProgramme(Dated):
    """How long a link lives and on which days after sending its signatory is reminded."""

    code = models.SlugField(_("code"), unique=True)
    link_minutes = models.PositiveIntegerField(
        _("life of a link in minutes"), validators=[MinValueValidator(5), MaxValueValidator(60 * 24 * 60)]
    )
    reminder_days = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("reminders after days"), default=list)

    objects = DatedQuerySet["SigningProgramme"].as_manager()

    class Meta:
        verbose_name = _("signing programme")
        verbose_name_plural = _("signing programmes")
        ordering = ("valid_from", "pk")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="signing_days_in_order", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def link_days(self) -> int:
        """The life of a link in whole days."""
        return self.link_minutes // (24 * 60)
