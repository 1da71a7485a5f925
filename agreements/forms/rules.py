"""The dated rows of this room: cut-offs, ways to accept, texts, their languages, programmes."""

import re
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements.models import CutOff, PathRule, SigningProgramme, TemplateLanguage, TemplateVersion
from agreements.states import Path
from common.forms import day_field
from common.money import country_choices
from partners.forms.dated import DatedTable, SpacedField, words_field
from partners.roles import CspType

_FROM, _TO, _SOURCE = gettext_lazy("Valid from"), gettext_lazy("Last day"), gettext_lazy("Source")
MOST_DAYS = 365
_UNTIL = gettext_lazy("Empty: until further notice.")


def _countries() -> list[tuple[str, Any]]:
    return [("", _("Every country without its own")), *country_choices()]


class DatedForm(forms.ModelForm[Any]):
    """Days in order."""

    valid_from = day_field(_FROM)
    valid_to = day_field(_TO, required=False, help_text=_UNTIL)
    source = words_field(_SOURCE, max_length=300)

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        found = super().clean() or self.cleaned_data
        first, last = found.get("valid_from"), found.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last day is before the first one."))
        return found


class CutOffForm(forms.ModelForm[CutOff]):
    """From when an acceptance is needed, or an old one is not enough (table 3.3)."""

    code = forms.SlugField(label=gettext_lazy("Code"))
    effective_on = day_field(gettext_lazy("In force from"))
    accepted_before = day_field(gettext_lazy("Concerns acceptances before"), required=False)
    is_information = forms.BooleanField(
        label=gettext_lazy("Third-party information"),
        required=False,
        help_text=gettext_lazy("Shown as information that names its source, never as a rule of Microsoft."),
    )
    text_en = words_field(gettext_lazy("English text"), required=True, max_length=300)
    text_de = words_field(gettext_lazy("German text"), required=True, max_length=300)
    source = words_field(_SOURCE, required=True, max_length=300)

    class Meta:
        model = CutOff
        fields = ("code", "effective_on", "accepted_before", "is_information", "text_en", "text_de", "source")


class PathRuleForm(DatedForm):
    """When a way to accept is open, and to whom (table 3.2)."""

    path = forms.ChoiceField(label=gettext_lazy("Way"), choices=Path.choices)
    csp_types = forms.MultipleChoiceField(
        label=gettext_lazy("For"), choices=CspType.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = PathRule
        fields = ("path", "csp_types", "valid_from", "valid_to", "source")


class TemplateVersionForm(DatedForm):
    """A text of the agreement (M2)."""

    template_id = words_field(gettext_lazy("Template"), required=True, max_length=40)
    version_rank = forms.IntegerField(
        label=gettext_lazy("Rank"),
        min_value=0,
        max_value=10**6,
        help_text=gettext_lazy("The higher one is the newer one."),
    )
    agreement_link = forms.URLField(label=gettext_lazy("Address of the text"), max_length=300, assume_scheme="https")

    class Meta:
        model = TemplateVersion
        fields = ("template_id", "version_rank", "agreement_link", "valid_from", "valid_to", "source")


class TemplateLanguageForm(DatedForm):
    """A language in which the text exists for a country (M4)."""

    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=lazy(_countries, list)(), required=False)
    language = forms.RegexField(
        r"^[a-z]{2}-[A-Z]{2}$",
        label=gettext_lazy("Language"),
        error_messages={"invalid": gettext_lazy("A language looks like de-DE; upper and lower case matter.")},
    )

    class Meta:
        model = TemplateLanguage
        fields = ("country", "language", "valid_from", "valid_to", "source")


class SigningProgrammeForm(DatedForm):
    """How long a link lives, and when its signatory is reminded."""

    code = forms.SlugField(label=gettext_lazy("Code"))
    link_minutes = forms.IntegerField(
        label=gettext_lazy("Life of a link in minutes"),
        min_value=5,
        max_value=60 * 24 * 60,
        help_text=gettext_lazy("20160 are 14 days."),
    )
    reminder_days = SpacedField(
        label=gettext_lazy("Reminders after days"), required=False, help_text=gettext_lazy("For example 3 7 14.")
    )

    class Meta:
        model = SigningProgramme
        fields = ("code", "link_minutes", "reminder_days", "valid_from", "valid_to", "source")

    def clean_reminder_days(self) -> list[int]:
        """Whole days in their order, each once."""
        words = self.cleaned_data["reminder_days"]
        if not all(re.fullmatch(r"[1-9][0-9]{0,2}", word) and int(word) <= MOST_DAYS for word in words):
            raise forms.ValidationError(_("Whole days from 1 to 365, with spaces between them."))
        return sorted({int(word) for word in words})


TABLES = (
    DatedTable(
        "cut-offs",
        gettext_lazy("Cut-offs"),
        gettext_lazy("From when orders need an acceptance, and when an old one is not enough."),
        CutOffForm,
        ("code", "effective_on", "accepted_before", "is_information", "source"),
        days=("effective_on", ""),
    ),
    DatedTable(
        "ways",
        gettext_lazy("Ways to accept"),
        gettext_lazy("When a way is open, and to which types of partners."),
        PathRuleForm,
        ("path", "csp_types", "valid_from", "valid_to"),
    ),
    DatedTable(
        "texts",
        gettext_lazy("Texts of the agreement"),
        gettext_lazy("The versions of the text; the one with the highest rank is sent."),
        TemplateVersionForm,
        ("template_id", "version_rank", "valid_from", "valid_to"),
    ),
    DatedTable(
        "languages",
        gettext_lazy("Languages of the text"),
        gettext_lazy("In which languages the text exists for a country."),
        TemplateLanguageForm,
        ("country", "language", "valid_from", "valid_to"),
    ),
    DatedTable(
        "links",
        gettext_lazy("Links and reminders"),
        gettext_lazy("How long a link is good, and when its signatory is reminded."),
        SigningProgrammeForm,
        ("code", "link_minutes", "reminder_days", "valid_from", "valid_to"),
    ),
)
