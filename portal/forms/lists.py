"""The filter of the customer list, which lives in the URL, and what is done with the list."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from common.lists import ListForm
from common.money import country_choices
from customers.models import LONGEST_TAG
from motions.states import Motion
from partners.models import User
from partners.roles import Segment
from portal.columns import USUAL, columns_for

STATES = [
    ("", _("Every state")),
    ("near", _("Near a limit")),
    ("stale", _("Not current")),
    ("archived", _("Archived")),
]


def _countries() -> list[tuple[str, Any]]:
    return [("", _("Every country")), *country_choices()]


class CustomerFilter(ListForm):
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

    def __init__(self, data: QueryDict, *, user: User) -> None:
        super().__init__(data, columns=columns_for(user), usual=USUAL)
        if not user.is_of_partner:
            del self.fields["tag"]


class TagForm(forms.Form):
    """One word for many customers."""

    tag = forms.CharField(label=_("Tag for the selected ones"), max_length=LONGEST_TAG)
    query = forms.CharField(widget=forms.HiddenInput, required=False)
