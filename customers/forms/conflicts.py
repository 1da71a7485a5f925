"""Answers to conflict cases, appeals, and merges."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.policy import CHOSEN_GROUNDS, Ground, Outcome


class DecisionForm(forms.Form):
    """The answer to a case."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=Outcome.choices, widget=forms.RadioSelect)
    ground = forms.ChoiceField(label=_("Reason"), choices=[(ground.value, ground.label) for ground in CHOSEN_GROUNDS])
    text = forms.CharField(
        label=_("Explanation"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For colleagues and for an appeal; the partners do not read it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def outcome_chosen(self) -> Outcome:
        """The decision."""
        return Outcome(self.cleaned_data["outcome"])

    @property
    def ground_chosen(self) -> Ground:
        """Its reason."""
        return Ground(self.cleaned_data["ground"])


class AppealForm(forms.Form):
    """An appeal against an answer."""

    text = forms.CharField(
        label=_("Why should the answer be looked at again?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Name what shows that you work with this customer. The other side does not read it."),
    )


class MergeForm(forms.Form):
    """Which customer goes into this one; shown with a preview before it is done."""

    duplicate = forms.UUIDField(widget=forms.HiddenInput)
    because = forms.CharField(label=_("Reason"), max_length=300, required=False)
    versions = forms.RegexField(r"^\d{1,9},\d{1,9}$", widget=forms.HiddenInput)

    @property
    def versions_seen(self) -> tuple[int, int]:
        """The versions of both customers that somebody looked at."""
        kept, gone = self.cleaned_data["versions"].split(",")
        return int(kept), int(gone)


def initial_merge(customer: Customer, duplicate: Customer) -> dict[str, Any]:
    """What the preview hands on."""
    return {"duplicate": duplicate.public_id, "versions": f"{customer.version},{duplicate.version}"}
