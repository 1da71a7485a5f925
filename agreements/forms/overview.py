"""The filter of the overview; it lives in the URL."""

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from agreements.scoping import GROUPS
from common.money import country_choices


def _countries() -> list[tuple[str, object]]:
    return [("", _("Every country")), *country_choices()]


class OverviewFilter(forms.Form):
    """Which agreements; a value that does not exist filters nothing and is shown as an error."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200, strip=True)
    group = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Everything to do")), *GROUPS.items(), ("all", _("All"))]
    )
    country = forms.ChoiceField(label=_("Country"), required=False, choices=lazy(_countries, list)())

    @property
    def chosen(self) -> dict[str, str]:
        """The valid values, '' where nothing is chosen."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}
