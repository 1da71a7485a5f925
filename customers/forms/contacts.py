"""The form for a person at a customer."""

import re
from typing import Any
from unicodedata import normalize

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.forms import day_field
from customers.models import Consent, Contact, ContactRole
from customers.services import email_misfit
from partners.models import User

PHONE = re.compile(r"\+?[\d\s()/.-]{5,40}")


def clean_person(value: str) -> str:
    """A first or last name without stray spaces; refused when there is no letter in it (C1)."""
    name = " ".join(normalize("NFC", value).split())
    if not any(letter.isalpha() for letter in name):
        raise ValidationError(_("A name has at least one letter."))
    return name


def clean_phone(value: str) -> str:
    """A phone number as it is written, without stray spaces; '' when there is none."""
    phone = " ".join(value.split())
    if phone and (not PHONE.fullmatch(phone) or sum(map(str.isdigit, phone)) < 5):
        raise ValidationError(_("This is no phone number. It looks like +49 30 1234567."))
    return phone


class ContactForm(forms.Form):
    """A person at a customer; what the person has agreed to is said together with who gave the consent and when."""

    first_name = forms.CharField(label=_("First name"), max_length=50)
    last_name = forms.CharField(label=_("Last name"), max_length=50)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, help_text=_("For example +49 30 1234567."))
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Letters of the portal go out in this language.")
    )
    role = forms.ChoiceField(label=_("Role"), choices=ContactRole.choices, initial=ContactRole.GENERAL)
    is_primary = forms.BooleanField(label=_("Primary contact of this customer"), required=False)
    consents = forms.MultipleChoiceField(
        label=_("Has agreed to"), choices=Consent.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    consent_by = forms.CharField(
        label=_("Who gave the consent"),
        max_length=150,
        required=False,
        help_text=_("The person, or who may speak for it."),
    )
    consent_date = day_field(_("Consent given on"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_first_name(self) -> str:
        """See `clean_person`."""
        return clean_person(self.cleaned_data["first_name"])

    def clean_last_name(self) -> str:
        """See `clean_person`."""
        return clean_person(self.cleaned_data["last_name"])

    def clean_phone(self) -> str:
        """See `clean_phone`."""
        return clean_phone(self.cleaned_data["phone"])

    def clean_email(self) -> str:
        """An address of the customer, not of Microsoft and not of the partner (C7)."""
        email: str = self.cleaned_data["email"]
        if sentence := email_misfit(email, by=self.by):
            raise ValidationError(sentence)
        return email

    def clean(self) -> dict[str, Any]:
        """A consent has a giver and a day; without a consent there is neither."""
        found = self.cleaned_data
        if not found.get("consents"):
            for name in ("consent_by", "consent_date"):
                if found.get(name):
                    self.add_error("consents", _("Please say to what the consent was given."))
                    break
        else:
            for name in ("consent_by", "consent_date"):
                if not found.get(name) and name not in self.errors:
                    self.add_error(name, _("A consent says who gave it and when."))
        return found

    @property
    def facts(self) -> dict[str, Any]:
        """The cleaned facts as the services take them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def initial_of(contact: Contact) -> dict[str, Any]:
    """A contact's values for its form."""
    return {name: getattr(contact, name) for name in ContactForm.base_fields}
