"""What a channel manager says about a lead for a partner: the company, what it looks for, and that it agreed."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from common.forms import day_field
from common.money import country_name, currency_choices
from customers.models import Customer
from partners.models import Partner, User
from partners.roles import Segment
from referrals import wording
from referrals.models import Programme
from referrals.models.leads import MOST_VALUE
from referrals.review.fitting import Fit, Wanted, fitting
from referrals.states import Direction, Solution

AREAS = ("advise", "sell", "build", "manage")
COMPANY = ("country", "segment", "domain")
FACTS = (
    "name", "value", "close_date", "notes", "solutions",
    "contact_first_name", "contact_last_name", "contact_email", "contact_phone",
)  # fmt: skip


def _areas() -> list[tuple[str, str]]:
    return [(code, wording.area(code)) for code in AREAS]


class OfferForm(forms.Form):
    """The customer's consent comes first: before it is given, no partner is looked for."""

    has_consent = forms.BooleanField(label=_("The customer agrees that the lead is passed on to a partner"))
    given_by = forms.CharField(
        label=_("Who agreed"), max_length=200, help_text=_("The person at the customer, by name.")
    )
    company = forms.CharField(label=_("Company name"), max_length=200)
    country = forms.ChoiceField(label=_("Country"))
    segment = forms.ChoiceField(label=_("Segment"), choices=Segment.choices)
    domain = forms.CharField(label=_("Domain"), max_length=253, required=False)
    areas = forms.MultipleChoiceField(
        label=_("The customer looks for"),
        required=False,
        choices=lazy(_areas, list)(),
        widget=forms.CheckboxSelectMultiple,
    )
    solutions = forms.MultipleChoiceField(
        label=_("Solutions"), required=False, choices=Solution.choices, widget=forms.CheckboxSelectMultiple
    )
    programme = forms.ModelChoiceField(label=_("Programme"), queryset=Programme.objects.none(), empty_label=None)
    name = forms.CharField(label=_("Name of the lead"), max_length=200)
    notes = forms.CharField(
        label=_("What it is about"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    value = forms.DecimalField(
        label=_("Estimated value"),
        required=False,
        min_value=0,
        max_value=MOST_VALUE,
        max_digits=15,
        decimal_places=2,
        localize=True,
    )
    currency = forms.ChoiceField(
        label=_("Currency"), required=False, choices=lazy(currency_choices, list)(), initial="EUR"
    )
    close_date = day_field(_("Estimated close"), required=False)
    contact_first_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    contact_last_name = forms.CharField(label=_("Last name"), max_length=100)
    contact_email = forms.EmailField(label=_("E-mail address"), max_length=254)
    contact_phone = forms.CharField(label=_("Phone"), max_length=40, required=False)

    def __init__(self, data: Any = None, *, by: User, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        countries = sorted(set(by.scopes.values_list("country", flat=True)))
        self.fields["country"].choices = [(code, country_name(code)) for code in countries]  # type: ignore[attr-defined]
        inbound = Programme.objects.filter(direction=Direction.INBOUND).order_by("code")
        self.fields["programme"].queryset = inbound  # type: ignore[attr-defined]

    @property
    def identity(self) -> dict[str, str]:
        """The company as the partner will have it."""
        return {"name": self.cleaned_data["company"], **{name: self.cleaned_data[name] for name in COMPANY}}

    @property
    def facts(self) -> dict[str, Any]:
        """The lead."""
        found = {name: self.cleaned_data[name] for name in FACTS}
        return {**found, "currency": self.cleaned_data["currency"] if found["value"] is not None else ""}

    def fits(self, *, by: User, at: Any) -> list[Fit]:
        """The partners to choose from, for what is typed and valid; nobody before the customer has agreed."""
        said = getattr(self, "cleaned_data", {})
        if not said.get("has_consent") or not said.get("company") or not said.get("country"):
            return []
        wanted = Wanted(said["company"], said["country"], said.get("areas", []), said.get("solutions", []))
        return fitting(wanted, by=by, at=at)


def chosen_partner(value: str) -> Partner | None:
    """The partner that was ticked; None for none."""
    try:
        return Partner.objects.filter(public_id=UUID(value)).first()
    except ValueError:
        return None


def initial_of(public_id: str, *, by: User) -> dict[str, Any]:
    """What is known of a customer that the person sees; nothing of another's."""
    try:
        customer = Customer.objects.visible_to(by).current().filter(public_id=UUID(public_id)).first()
    except ValueError:
        return {}
    if customer is None:
        return {}
    # no more than the company: its people were told to one partner, and are not handed to another
    return {"company": customer.name, "name": customer.name, **{name: getattr(customer, name) for name in COMPANY}}
