"""The rules of countries as dated rows."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import DataError, connection, transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import day_field
from common.money import country_choices
from customers.models import CountryRule
from partners.forms.dated import DatedTable, SpacedField, words_field


def _readable(pattern: str) -> str:
    """A pattern that form and import can both read; they use two libraries, so that both are asked."""
    try:
        re.compile(pattern)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT '' ~ %s", [f"^({pattern})$"])
    except (re.error, DataError) as error:
        raise ValidationError(_("This is no pattern that the portal can read, for example \\d{5}.")) from error
    return pattern


class CountryRuleForm(forms.ModelForm[CountryRule]):
    """What a country asks from a day on (C4, C5)."""

    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=lazy(country_choices, list)())
    valid_from = day_field(gettext_lazy("Valid from"))
    asks_number = forms.BooleanField(label=gettext_lazy("Asks for the registration number"), required=False)
    number_pattern = words_field(
        gettext_lazy("Pattern of a registration number"),
        help_text=gettext_lazy("A regular expression for the whole number, for example \\d{10}. Empty: any form."),
    )
    number_form_en = words_field(gettext_lazy("The form of the number, in English"))
    number_form_de = words_field(gettext_lazy("The form of the number, in German"))
    asks_phone = forms.BooleanField(label=gettext_lazy("Asks for a phone number"), required=False)
    asks_postal_code = forms.BooleanField(label=gettext_lazy("An address has a postal code"), required=False)
    postal_code_pattern = words_field(gettext_lazy("Pattern of a postal code"))
    postal_code_form = words_field(gettext_lazy("A postal code, for example"), max_length=50)
    asks_state = forms.BooleanField(label=gettext_lazy("An address has a state"), required=False)
    states = SpacedField(
        label=gettext_lazy("States"),
        required=False,
        help_text=gettext_lazy("Two letters each, with spaces between them."),
    )

    class Meta:
        model = CountryRule
        fields = (
            "country",
            "valid_from",
            "asks_number",
            "number_pattern",
            "number_form_en",
            "number_form_de",
            "asks_phone",
            "asks_postal_code",
            "postal_code_pattern",
            "postal_code_form",
            "asks_state",
            "states",
        )

    def clean_number_pattern(self) -> str:
        """One that both libraries read."""
        return _readable(self.cleaned_data["number_pattern"])

    def clean_postal_code_pattern(self) -> str:
        """One that both libraries read."""
        return _readable(self.cleaned_data["postal_code_pattern"])

    def clean(self) -> dict[str, Any]:
        """A pattern says its form in both languages, and a form stands for a pattern."""
        found = super().clean() or self.cleaned_data
        said = [bool(found.get(name)) for name in ("number_pattern", "number_form_en", "number_form_de")]
        if not self.errors and any(said) and not all(said):
            self.add_error(
                "number_pattern", _("A pattern and its form in both languages belong together: all three, or none.")
            )
        return found


TABLES = (
    DatedTable(
        "countries",
        gettext_lazy("Countries"),
        gettext_lazy("What Microsoft asks for when a customer of a country is registered."),
        CountryRuleForm,
        ("country", "valid_from", "asks_number", "number_form", "asks_phone", "asks_postal_code", "states"),
        days=("valid_from", ""),
    ),
)
