"""Forms for the agreement's end and for the list of alerts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import day_field
from motions.models import Contract
from motions.states import AlertKind


class EaEndForm(forms.Form):
    """When the customer's Enterprise Agreement runs; both empty when none does."""

    ea_start_date = day_field(
        _("Start of the agreement"), required=False, help_text=_("May stay empty if it is not known.")
    )
    ea_end_date = day_field(
        _("End of the agreement"), required=False, help_text=_("Leave both empty if no Enterprise Agreement runs.")
    )


def initial_of_contract(contract: Contract | None) -> dict[str, Any]:
    """What is known, for the form."""
    return {"ea_start_date": contract.ea_start_date, "ea_end_date": contract.ea_end_date} if contract else {}


class AlertFilter(forms.Form):
    """Which kind of alerts; it lives in the URL, and a value that does not exist filters nothing."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Every kind")), *AlertKind.choices])

    @property
    def chosen(self) -> str:
        """The valid kind, or ''."""
        self.is_valid()
        return self.cleaned_data.get("kind") or ""
