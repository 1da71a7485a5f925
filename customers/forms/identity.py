"""The form for a customer's identity."""

import re
from typing import Any
from unicodedata import normalize

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from common.money import country_choices
from customers.models import Customer
from partners.roles import Segment

LEGAL_FORM_ONLY = re.compile(
    r"(gmbh|mbh|ag|kg|ohg|ug|se|gbr|ltd|llc|inc|plc|sa|bv|nv|e\.?\s?v\.?|&|co\.?|\s|\.)+", re.IGNORECASE
)
HOST = re.compile(r"(?=.{4,253}$)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}")


def clean_name(value: str) -> str:
    """A company name without stray spaces; refused when it cannot be one (C7)."""
    name = " ".join(normalize("NFC", value).split())
    if len(name) < 2 or not any(letter.isalnum() for letter in name):
        raise ValidationError(_("A company name has at least two characters, letters or digits among them."))
    if LEGAL_FORM_ONLY.fullmatch(name):
        raise ValidationError(_("This is only a legal form. Please enter the whole company name."))
    return name


def clean_domain(value: str) -> str:
    """The bare host of whatever was pasted: 'https://www.Contoso.de/x' becomes 'contoso.de'."""
    host = normalize("NFC", value).strip().lower()
    host = host.split("://")[-1].split("@")[-1].split("/")[0].split(":")[0].removeprefix("www.").rstrip(".")
    if host and not HOST.fullmatch(host):
        raise ValidationError(_("This is no domain. It looks like contoso.de, without http:// and without a path."))
    return host


class CustomerForm(forms.Form):
    """Five fields; only name and country are asked for from the start."""

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
    segment = forms.ChoiceField(label=_("Segment"), choices=Segment.choices, initial=Segment.COMMERCIAL)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # the value of a second button, never carried along: a name changed after the question is asked about again
    despite_likeness = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def clean_name(self) -> str:
        """See `clean_name` of this module."""
        return clean_name(self.cleaned_data["name"])

    def clean_domain(self) -> str:
        """See `clean_domain` of this module."""
        return clean_domain(self.cleaned_data["domain"])

    def clean_registration_number(self) -> str:
        """Without stray spaces."""
        return " ".join(self.cleaned_data["registration_number"].split())

    @property
    def facts(self) -> dict[str, str]:
        """The cleaned facts as the services take them."""
        return {
            name: self.cleaned_data[name] for name in ("name", "country", "domain", "registration_number", "segment")
        }


def initial_of(customer: Customer) -> dict[str, Any]:
    """A customer's values for the form."""
    names = ("name", "country", "domain", "registration_number", "segment", "version")
    return {name: getattr(customer, name) for name in names}
