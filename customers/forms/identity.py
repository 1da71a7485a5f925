"""The form for a customer's identity: a few fields to start with, and those that a country's rule asks for."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.functional import cached_property, lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from common.money import countries, country_choices
from customers.forms.cleaning import (
    clean_domain,
    clean_duns,
    clean_name,
    clean_tenant_id,
    clean_tenant_prefix,
)
from customers.models import CountryRule, Customer
from customers.services import misfits
from partners.roles import Segment

FACTS = (
    "name",
    "country",
    "domain",
    "registration_number",
    "segment",
    "tenant_id",
    "tenant_prefix",
    "duns",
    "address_line1",
    "address_line2",
    "postal_code",
    "city",
    "state",
    "is_bound_to_secrecy",
)
TENANT = ("tenant_id", "tenant_prefix")
ADDRESS = ("address_line1", "address_line2", "postal_code", "city", "state")


class CustomerForm(forms.Form):
    """Only name and country are asked for from the start; the country decides what else is."""

    name = forms.CharField(label=_("Company name"), max_length=200)
    country = forms.ChoiceField(label=_("Country"), choices=lazy(country_choices, list)())
    domain = forms.CharField(
        label=_("Domain"),
        max_length=253,
        required=False,
        help_text=_("For example contoso.de. Empty if there is none yet."),
    )
    registration_number = forms.CharField(
        label=_("Registration number"),
        max_length=50,
        required=False,
        help_text=_("For example HRB 12345. Helps to recognise the company."),
    )
    segment = forms.ChoiceField(label=_("Segment"), choices=Segment.choices, initial=Segment.COMMERCIAL, required=False)
    tenant_id = forms.CharField(
        label=_("Microsoft tenant that exists"),
        max_length=40,
        required=False,
        help_text=_("The tenant id (Microsoft ID), for example 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0."),
    )
    tenant_prefix = forms.CharField(
        label=_("Or default domain of a new tenant"),
        max_length=43,
        required=False,
        help_text=_("The part before .onmicrosoft.com: up to 27 letters and digits."),
    )
    duns = forms.CharField(
        label=_("DUNS number"), max_length=15, required=False, help_text=_("Nine digits, with leading zeros.")
    )
    address_line1 = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    address_line2 = forms.CharField(label=_("Addition to the address"), max_length=200, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    state = forms.CharField(
        label=_("State or province"), max_length=2, required=False, help_text=_("Two letters, for example WA.")
    )
    is_bound_to_secrecy = forms.BooleanField(
        label=_("Bound to professional secrecy (§ 203 StGB)"),
        required=False,
        help_text=_(
            "Physicians, lawyers and the like in Germany: an amendment to the customer agreement may be needed."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # the value of a second button, never carried along: a name changed after the question is asked about again
    despite_likeness = forms.BooleanField(widget=forms.HiddenInput, required=False)
    because = forms.CharField(
        label=_("Why is it another company?"),
        max_length=300,
        required=False,
        help_text=_("For example: a subsidiary of its own, or a namesake in another city."),
    )

    def clean_name(self) -> str:
        """See `clean_name` of the cleaning."""
        return clean_name(self.cleaned_data["name"])

    def clean_domain(self) -> str:
        """See `clean_domain` of the cleaning."""
        return clean_domain(self.cleaned_data["domain"])

    def clean_registration_number(self) -> str:
        """Without stray spaces."""
        return " ".join(self.cleaned_data["registration_number"].split())

    def clean_segment(self) -> str:
        """Commercial unless it is said otherwise."""
        return self.cleaned_data["segment"] or Segment.COMMERCIAL.value

    def clean_tenant_id(self) -> UUID | None:
        """See `clean_tenant_id` of the cleaning."""
        return clean_tenant_id(self.cleaned_data["tenant_id"])

    def clean_tenant_prefix(self) -> str:
        """See `clean_tenant_prefix` of the cleaning."""
        return clean_tenant_prefix(self.cleaned_data["tenant_prefix"])

    def clean_duns(self) -> str:
        """See `clean_duns` of the cleaning."""
        return clean_duns(self.cleaned_data["duns"])

    def clean_state(self) -> str:
        """In upper case."""
        return str(self.cleaned_data["state"]).strip().upper()

    def clean_postal_code(self) -> str:
        """In upper case, without stray spaces."""
        return " ".join(str(self.cleaned_data["postal_code"]).upper().split())

    def clean(self) -> dict[str, Any]:
        """A tenant exists or is new; what the country asks for is there, and in its form."""
        found = self.cleaned_data
        if found.get("tenant_id") and found.get("tenant_prefix"):
            self.add_error("tenant_prefix", _("A tenant exists already, or it is new: please fill in one of the two."))
        if found.get("country"):
            for field, sentence in misfits(found, on=localdate()).items():
                if field not in self.errors:
                    self.add_error(field, ValidationError(sentence))
        return found

    @property
    def facts(self) -> dict[str, Any]:
        """The cleaned facts as the services take them."""
        return {name: self.cleaned_data[name] for name in FACTS}

    @cached_property
    def rule(self) -> CountryRule:
        """What the country that stands in the form asks for."""
        country = str(self["country"].value() or "")
        return CountryRule.objects.of(country if country in countries() else "", on=localdate())

    @property
    def tenant_fields(self) -> list[BoundField]:
        """Of a Microsoft tenant."""
        return [self[name] for name in TENANT]

    @property
    def address_fields(self) -> list[BoundField]:
        """Of the address."""
        return [self[name] for name in ADDRESS]

    @property
    def has_more(self) -> bool:
        """Whether there is something in the fields that are folded away, or something to mend."""
        folded = (*TENANT, *ADDRESS, "duns", "is_bound_to_secrecy")
        return any(name in self.errors or self[name].value() for name in folded)


def initial_of(customer: Customer) -> dict[str, Any]:
    """A customer's values for the form."""
    values: Mapping[str, Any] = {name: getattr(customer, name) for name in (*FACTS, "version")}
    return {**values, "tenant_id": str(customer.tenant_id or "")}
