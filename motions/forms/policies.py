"""Forms of the policy desk: a draft, a word about a version, two versions to compare."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from common.forms import day_field
from common.money import country_choices, currency_choices
from motions.models import PolicyVersion
from motions.models.deals import MOST_SEATS
from motions.policy.editions import EDITIONS
from motions.services.policies import FIELDS
from motions.states import Aggregation, Announcement, Comparator


def _markets() -> list[tuple[str, Any]]:
    return [("", _("Every market without its own")), *country_choices()]


def _editions() -> list[tuple[int, Any]]:
    return [(number, _("Edition %(number)s") % {"number": number}) for number in EDITIONS]


def _address(label: Any) -> forms.URLField:
    return forms.URLField(label=label, max_length=300, required=False, assume_scheme="https")


class DraftForm(forms.Form):
    """Everything that a draft may say; what it may not say, the service refuses at the field."""

    title_en = forms.CharField(label=_("Title (English)"), max_length=200)
    title_de = forms.CharField(label=_("Title (German)"), max_length=200)
    valid_from = day_field(_("Valid from"))
    valid_to = day_field(
        _("First day after it"), required=False, help_text=_("Empty: until a later version takes its place.")
    )
    market = forms.ChoiceField(label=_("Market"), choices=lazy(_markets, list)(), required=False)
    edition = forms.TypedChoiceField(
        label=_("Edition of the rules"),
        choices=_editions,
        coerce=int,
        help_text=_("Which tests apply, in which order."),
    )
    seat_limit = forms.IntegerField(label=_("Seat limit"), min_value=1, max_value=MOST_SEATS, localize=True)
    azure_limit = forms.DecimalField(
        label=_("Azure limit a year"), min_value=Decimal("0.01"), max_digits=15, decimal_places=2, localize=True
    )
    currency = forms.ChoiceField(label=_("Currency of the limit"), choices=lazy(currency_choices, list)())
    comparator = forms.ChoiceField(label=_("Exactly on the limit"), choices=Comparator.choices)
    aggregation = forms.ChoiceField(label=_("Several deals"), choices=Aggregation.choices)
    near_share = forms.DecimalField(
        label=_("Near a limit from"),
        max_digits=3,
        decimal_places=2,
        localize=True,
        help_text=_("As a share of the limit between 0 and 1."),
    )
    lead_days = forms.IntegerField(
        label=_("Days of notice"),
        min_value=0,
        max_value=365,
        help_text=_("How long before the first day partners are told, as the programme promises it."),
    )
    source_url = _address(_("Source (English)"))
    source_url_de = _address(_("Source (German)"))
    note_en = forms.CharField(label=_("Note (English)"), required=False, max_length=2000, widget=forms.Textarea)
    note_de = forms.CharField(label=_("Note (German)"), required=False, max_length=2000, widget=forms.Textarea)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def changes(self) -> dict[str, Any]:
        """The cleaned values as the service takes them."""
        return {name: self.cleaned_data[name] for name in FIELDS}


def initial_of(policy: PolicyVersion) -> dict[str, Any]:
    """A draft's values for its form."""
    return {name: getattr(policy, name) for name in (*FIELDS, "revision")}


class WordForm(forms.Form):
    """A dated word about a version (S5)."""

    state = forms.ChoiceField(label=_("How certain"), choices=Announcement.choices)
    day = day_field(_("Announced on"))
    effective = day_field(
        _("Effective, or not before"), required=False, help_text=_("“Not before” cannot do without it.")
    )
    source_url = _address(_("Source"))
    text_en = forms.CharField(label=_("Sentence (English)"), max_length=300)
    text_de = forms.CharField(label=_("Sentence (German)"), max_length=300)


class RateFileForm(forms.Form):
    """A file of euro reference rates."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV as the European Central Bank publishes it, up to 8 MiB; its newest 1,000 days are read."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv"}),
        allow_empty_file=True,
    )

    def clean_file(self) -> Any:
        """Not larger than a file of rates can be."""
        file = self.cleaned_data["file"]
        if file.size > 8 * 1024 * 1024:
            raise forms.ValidationError(_("This file is larger than 8 MiB."))
        return file
