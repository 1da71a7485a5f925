"""What a country asks of a company's registration, as dated rows: postal code, state, number and phone (C4, C5)."""

import re
from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class CountryRuleQuerySet(models.QuerySet["CountryRule"]):
    """Rules of countries; they are about nobody and the same for all."""

    def in_force(self, on: date) -> Self:
        """The newest rule of each country that is valid on a day."""
        return self.filter(valid_from__lte=on).order_by("country", "-valid_from").distinct("country")

    def of(self, country: str, *, on: date) -> "CountryRule":
        """The rule of one country; for a country without one a rule that asks for nothing, because none is invented."""
        found = self.filter(country=country, valid_from__lte=on).order_by("-valid_from").first()
        return found or CountryRule(country=country, valid_from=on)


class CountryRule(models.Model):
    """One country's rule from a day on. A pattern describes the whole value; an empty one leaves the form open."""

    country = models.CharField(_("country"), max_length=2)
    valid_from = models.DateField(_("valid from"))
    asks_number = models.BooleanField(_("asks for the registration number"), default=False)
    number_pattern = models.CharField(max_length=200, blank=True)
    number_form_en = models.CharField(max_length=200, blank=True)
    number_form_de = models.CharField(max_length=200, blank=True)
    asks_phone = models.BooleanField(_("asks for a phone number"), default=False)
    asks_postal_code = models.BooleanField(_("an address has a postal code"), default=False)
    postal_code_pattern = models.CharField(max_length=200, blank=True)
    postal_code_form = models.CharField(max_length=50, blank=True)
    asks_state = models.BooleanField(_("an address has a state"), default=False)
    states = ArrayField(models.CharField(max_length=2), verbose_name=_("states"), default=list, blank=True)

    objects = CountryRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("country rule")
        verbose_name_plural = _("country rules")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["country", "valid_from"], name="country_rule_once"),
            models.CheckConstraint(
                name="country_rule_says_its_form",
                condition=models.Q(number_pattern="", number_form_en="", number_form_de="")
                | ~models.Q(number_pattern="") & ~models.Q(number_form_en="") & ~models.Q(number_form_de=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.valid_from}"

    @property
    def number_form(self) -> str:
        """How a registration number looks, in the reader's language."""
        return self.number_form_de if get_language() == "de" else self.number_form_en

    def takes_number(self, number: str) -> bool:
        """Whether a registration number has the country's form."""
        return not self.number_pattern or re.fullmatch(self.number_pattern, number, re.IGNORECASE) is not None

    def takes_postal_code(self, code: str) -> bool:
        """Whether a postal code has the country's form."""
        return not self.postal_code_pattern or re.fullmatch(self.postal_code_pattern, code, re.IGNORECASE) is not None

    def takes_state(self, state: str) -> bool:
        """Whether a state is one of the country's; every one is where they are not listed."""
        return not self.states or state in self.states
