"""Forms for deals, the customer's choice, and what-if."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from common.forms import day_field
from common.money import currency_choices
from motions.models import Deal
from motions.models.deals import MOST_SEATS
from motions.policy.kit import Facts
from motions.states import Basis, Kind, Motion, Need, Reason, Stage

NONE_OF_THESE = "none"
ASKED = [("", _("Not asked yet")), ("yes", _("Yes")), ("no", _("No"))]
ANSWERS: dict[str, bool | None] = {"": None, "yes": True, "no": False}


def asked_text(value: bool | None) -> str:
    """The select's value for a fact that may be unknown."""
    return {None: "", True: "yes", False: "no"}[value]


class BuyingFacts(forms.Form):
    """What the buyer needs and prefers; nothing ticked means that nobody has asked yet."""

    needs = forms.MultipleChoiceField(
        label=_("Contract needs beyond the price"),
        choices=[*Need.choices, (NONE_OF_THESE, _("None of these (the customer was asked)"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("One of them calls for Enterprise at any size. Leave all empty if nobody has asked yet."),
    )
    prefers_self_service = forms.ChoiceField(
        label=_("Prefers to buy online and manage alone"), choices=ASKED, required=False
    )

    def clean_needs(self) -> list[str] | None:
        """None: not asked; an empty list: asked, and there are none."""
        ticked = self.cleaned_data["needs"]
        if NONE_OF_THESE in ticked and len(ticked) > 1:
            raise ValidationError(
                _("Either there are contract needs, or there are none: please tick only one of the two.")
            )
        if not ticked:
            return None
        return [need for need in ticked if need != NONE_OF_THESE]

    def clean_prefers_self_service(self) -> bool | None:
        """Unknown, yes or no."""
        return ANSWERS[self.cleaned_data["prefers_self_service"]]


class DealForm(BuyingFacts):
    """One deal of a given kind; the size may stay empty while it is not known."""

    field_order = ("name", "seats", "amount", "currency", "basis", "size_date")

    name = forms.CharField(label=_("Name of the deal"), max_length=200)
    seats = forms.IntegerField(
        label=_("Seats"),
        min_value=0,
        max_value=MOST_SEATS,
        required=False,
        localize=True,
        help_text=_("Licences of seat-based online services. Empty while the number is not known."),
    )
    amount = forms.DecimalField(
        label=_("Annual consumption"),
        min_value=0,
        max_digits=15,
        decimal_places=2,
        required=False,
        localize=True,
        help_text=_("Azure consumption of a year. Empty while it is not known."),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=lazy(currency_choices, list)())
    basis = forms.ChoiceField(label=_("Basis"), choices=Basis.choices)
    size_date = day_field(_("Size as of"))
    stage = forms.ChoiceField(
        label=_("Stage"), choices=Stage.choices, help_text=_("Only open deals count for the guidance.")
    )
    expected_close_date = day_field(_("Expected close"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name in ("amount", "currency", "basis") if kind == Kind.SEATS else ("seats",):
            del self.fields[name]

    @property
    def facts(self) -> dict[str, Any]:
        """The cleaned facts as the services take them."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in ("version", "size_date")}
        return {"kind": self.kind, **values}


def initial_of(deal: Deal) -> dict[str, Any]:
    """A deal's values for its form."""
    return {
        "name": deal.name,
        "seats": deal.seats,
        "amount": deal.amount,
        "currency": deal.currency or "EUR",
        "basis": deal.basis or Basis.FORECAST,
        "size_date": deal.size_date,
        "stage": deal.stage,
        "expected_close_date": deal.expected_close_date,
        "needs": None if deal.needs is None else deal.needs or [NONE_OF_THESE],
        "prefers_self_service": asked_text(deal.prefers_self_service),
        "version": deal.version,
    }


class ChoiceForm(forms.Form):
    """What the customer decided, and why."""

    motion = forms.ChoiceField(
        label=_("The customer chooses"), choices=[pair for pair in Motion.choices if pair[0] != Motion.UNKNOWN]
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=Reason.choices)
    note = forms.CharField(label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class WhatIfForm(BuyingFacts):
    """Any facts, tried out; nothing is written."""

    field_order = ("seats", "azure", "needs", "prefers_self_service")

    seats = forms.IntegerField(label=_("Seats"), min_value=0, max_value=MOST_SEATS, required=False, localize=True)
    azure = forms.DecimalField(
        label=_("Azure consumption a year"),
        min_value=0,
        max_digits=15,
        decimal_places=2,
        required=False,
        localize=True,
    )

    @property
    def facts(self) -> Facts:
        """The cleaned facts as the policy reads them."""
        needs = self.cleaned_data["needs"]
        return Facts(
            seats=self.cleaned_data["seats"],
            azure=self.cleaned_data["azure"],
            needs=None if needs is None else frozenset(needs),
            prefers_self_service=self.cleaned_data["prefers_self_service"],
        )
