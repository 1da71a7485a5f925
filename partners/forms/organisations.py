"""Forms around organisations and their locations."""

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from common.money import country_choices
from partners.models.people import PARTNER_NUMBER
from partners.roles import CspType, ServiceArea


class OrganisationSearch(forms.Form):
    """A part of the name, or the PartnerID; it lives in the address."""

    q = forms.CharField(
        label=_("Name or PartnerID"), max_length=200, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )

    @property
    def words(self) -> str:
        """What was typed, without stray spaces."""
        self.is_valid()
        return str(self.cleaned_data.get("q") or "").strip().replace("\0", "")


class OrganisationForm(forms.Form):
    """What an organisation is, what it does for customers, and where."""

    name = forms.CharField(label=_("Name"), max_length=200)
    partner_number = forms.CharField(
        label=_("PartnerID"), max_length=10, validators=[PARTNER_NUMBER], help_text=_("Of the global account.")
    )
    country = forms.ChoiceField(label=_("Country"), choices=lazy(country_choices, list)())
    csp_type = forms.ChoiceField(label=_("CSP type"), choices=CspType.choices)
    service_areas = forms.MultipleChoiceField(
        label=_("Service areas"), choices=ServiceArea.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    countries = forms.MultipleChoiceField(
        label=_("Countries served"),
        choices=lazy(country_choices, list)(),
        widget=forms.SelectMultiple(attrs={"size": 8}),
        required=False,
        help_text=_("Without a choice: its own country alone. Several with Ctrl or Cmd."),
    )


class LocationForm(forms.Form):
    """A location account."""

    name = forms.CharField(label=_("Name"), max_length=200)
    partner_number = forms.CharField(
        label=_("PartnerID"), max_length=10, validators=[PARTNER_NUMBER], help_text=_("Of the location account.")
    )
    country = forms.ChoiceField(label=_("Country"), choices=lazy(country_choices, list)())
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    is_active = forms.BooleanField(label=_("Open"), required=False, initial=True)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=300)
