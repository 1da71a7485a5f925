"""The filter of the customer list; it lives in the URL."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from common.money import country_choices
from motions.states import Motion

STATES = [("", _("Every state")), ("near", _("Near a limit")), ("stale", _("Not current"))]


def _countries() -> list[tuple[str, Any]]:
    return [("", _("Every country")), *country_choices()]


class CustomerFilter(forms.Form):
    """Search words and filters; a value that does not exist filters nothing and is shown as an error."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200, strip=True)
    motion = forms.ChoiceField(label=_("Motion"), required=False, choices=[("", _("Every motion")), *Motion.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    country = forms.ChoiceField(label=_("Country"), required=False, choices=lazy(_countries, list)())

    @property
    def chosen(self) -> dict[str, str]:
        """The valid values, '' where nothing is chosen."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}
