"""The filter of the customer list, which lives in the URL, and what is done with the list."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from common.money import country_choices
from customers.models import LONGEST_TAG
from motions.states import Motion
from partners.models import User
from partners.roles import Segment
from portal.columns import USUAL, Column, chosen_columns, columns_for

STATES = [
    ("", _("Every state")),
    ("near", _("Near a limit")),
    ("stale", _("Not current")),
    ("archived", _("Archived")),
]


def _countries() -> list[tuple[str, Any]]:
    return [("", _("Every country")), *country_choices()]


class CustomerFilter(forms.Form):
    """Search words, filters and columns; a value that does not exist filters nothing and is shown as an error."""

    q = forms.CharField(
        label=_("Search"), required=False, max_length=200, strip=True, widget=forms.TextInput(attrs={"type": "search"})
    )
    motion = forms.ChoiceField(label=_("Motion"), required=False, choices=[("", _("Every motion")), *Motion.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    country = forms.ChoiceField(label=_("Country"), required=False, choices=lazy(_countries, list)())
    segment = forms.ChoiceField(
        label=_("Segment"), required=False, choices=[("", _("Every segment")), *Segment.choices]
    )
    tag = forms.CharField(label=_("Tag"), required=False, max_length=LONGEST_TAG)
    columns = forms.MultipleChoiceField(label=_("Columns"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: QueryDict, *, user: User) -> None:
        own = columns_for(user)
        usual = [column.name for column in own if column.name in USUAL]
        typed = data.copy()
        if "columns" not in typed:
            typed.setlist("columns", usual)
        super().__init__(typed)
        self.user, self.usual = user, usual
        self.fields["columns"].choices = [(column.name, column.label) for column in own]  # type: ignore[attr-defined]
        if not user.is_of_partner:
            del self.fields["tag"]

    @property
    def chosen(self) -> dict[str, str]:
        """The valid values of the filters, '' where nothing is chosen."""
        self.is_valid()
        names = [name for name in self.fields if name != "columns"]
        return {name: self.cleaned_data.get(name) or "" for name in names}

    @property
    def _names(self) -> list[str]:
        self.is_valid()
        names: list[str] = self.cleaned_data.get("columns") or []
        return names

    @property
    def shown(self) -> list[Column]:
        """The columns to be shown."""
        return chosen_columns(self._names, user=self.user)

    @property
    def query(self) -> str:
        """The filters, and the columns where they are not the usual ones, as they stand in an address."""
        filters = [(name, value) for name, value in self.chosen.items() if value]
        names = [] if self._names == self.usual else self._names
        return urlencode([*filters, *(("columns", name) for name in names)])

    @property
    def is_narrowed(self) -> bool:
        """Whether there is a filter; columns are none."""
        return any(self.chosen.values())


class SaveViewForm(forms.Form):
    """A name for the list as it stands."""

    name = forms.CharField(label=_("Name of the view"), max_length=60)
    is_shared = forms.BooleanField(label=_("For the whole company"), required=False)
    query = forms.CharField(widget=forms.HiddenInput, required=False)


class TagForm(forms.Form):
    """One word for many customers."""

    tag = forms.CharField(label=_("Tag for the selected ones"), max_length=LONGEST_TAG)
    query = forms.CharField(widget=forms.HiddenInput, required=False)
