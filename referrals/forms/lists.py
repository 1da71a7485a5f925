"""Forms of many leads: what is looked for, and a file of them."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.lists import ListForm
from common.money import country_choices
from partners.models import User
from referrals.panels.columns import USUAL, columns_for
from referrals.states import State

TABS = ("outbound", "inbound", "favourites")


def _countries() -> list[tuple[str, Any]]:
    return [("", _("Every country")), *country_choices()]


class LeadFilter(ListForm):
    """Search words and filters; they live in the URL, and a value that does not exist filters nothing."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search"}),
        help_text=_("From three letters on: name, notes, own reference, customer."),
    )
    state = forms.ChoiceField(
        label=pgettext_lazy("lead", "State"), required=False, choices=[("", _("Every state")), *State.choices]
    )
    holder = forms.ChoiceField(
        label=_("The ball is"),
        required=False,
        choices=[("", _("anywhere")), ("partner", _("with us")), ("microsoft", _("with Microsoft"))],
    )
    country = forms.ChoiceField(label=_("Country"), required=False, choices=lazy(_countries, list)())
    tab = forms.ChoiceField(required=False, choices=[(tab, tab) for tab in TABS], widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, user: User) -> None:
        super().__init__(data, columns=columns_for(user), usual=USUAL)

    @property
    def shown_tab(self) -> str:
        """The tab that is looked at."""
        return self.chosen["tab"] or TABS[0]

    @property
    def is_narrowed(self) -> bool:
        """Whether there is a filter; tab and columns are none."""
        return any(value for name, value in self.chosen.items() if name != "tab")


class LeadFileForm(forms.Form):
    """A file of leads, and what becomes of them."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, up to 1,000 rows. Nothing is written before you have seen what would happen."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
        allow_empty_file=True,
    )
    then = forms.ChoiceField(
        label=_("What becomes of the leads"),
        choices=[("submit", _("Submit them at once")), ("draft", _("Keep them as drafts"))],
        help_text=_("Drafts may lack something; what the customer agreed to is asked for when they are submitted."),
    )
