"""Dated rows on the page of the rules: how a room's table is shown and filled in, and the rules of countries."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import DataError, connection, models, transaction
from django.utils.functional import Promise, lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from common.money import country_choices
from common.templatetags.figures import day
from customers.models import CountryRule


@dataclass(frozen=True)
class DatedTable:
    """One table of dated rows: its part of the address, its words, its form, and which fields the list shows."""

    code: str
    title: Promise
    lead: Promise
    form: type["forms.ModelForm[Any]"]
    columns: tuple[str, ...]

    @property
    def model(self) -> type[models.Model]:
        """Whose rows they are."""
        found: type[models.Model] = self.form._meta.model
        return found

    def labels(self) -> dict[str, str]:
        """The fields as people call them."""
        return {name: str(field.label) for name, field in self.form.base_fields.items()}

    def shown(self) -> list[str]:
        """The fields of the list; of a text in two languages the reader's."""
        language = "de" if get_language() == "de" else "en"
        return [name if name in self.form.base_fields else f"{name}_{language}" for name in self.columns]

    def text(self, name: str, value: Any) -> str:
        """A value as it is read; '' for nothing."""
        if value is None or value == "" or value == []:
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        choices = {str(key): str(label) for key, label in getattr(self.form.base_fields[name], "choices", ())}
        if isinstance(value, list):
            return ", ".join(choices.get(str(one), str(one)) for one in value)
        if isinstance(value, date):
            return day(value)
        return choices.get(str(value), str(value))

    def differences(
        self, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
    ) -> list[tuple[str, str, str]]:
        """(field, before, after) of what a change has changed."""
        found = []
        for name, label in self.labels().items():
            was, is_now = (self.text(name, self._read(name, state)) for state in (before, after))
            if was != is_now:
                found.append((label, was, is_now))
        return found

    def _read(self, name: str, state: Mapping[str, Any] | None) -> Any:
        field: Any = self.model._meta.get_field(name)
        return field.to_python(state[name]) if state else None


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A day, as browsers send it."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, input_formats=["%Y-%m-%d"], **more)


def words_field(label: Any, **more: Any) -> forms.CharField:
    """A line of text."""
    return forms.CharField(label=label, **{"required": False, "max_length": 200, **more})


class SpacedField(forms.CharField):
    """Several short words in one line, with spaces or commas between them."""

    def prepare_value(self, value: Any) -> Any:
        """As a line."""
        return " ".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """As a list."""
        return re.findall(r"[^\s,;]+", super().clean(value))


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
    ),
)
