"""The registration: a customer, its first contact and the size one expects, in five questions to start with."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.money import country_name
from customers.forms import CustomerForm
from customers.forms.contacts import clean_person, clean_phone
from customers.services import email_misfit, phone_misfit
from motions.models.deals import MOST_SEATS
from partners.models import User

CONTACT = ("contact_first_name", "contact_last_name", "contact_email")
# what is kept of a form that is not finished
NOT_KEPT = ("version", "despite_likeness")


class RegistrationForm(CustomerForm):
    """Name, country, domain, contact and expected size; the rest is folded away until a rule asks for it."""

    has_no_domain = forms.BooleanField(label=_("There is no domain yet"), required=False)
    contact_first_name = forms.CharField(label=_("First name"), max_length=50, required=False)
    contact_last_name = forms.CharField(label=_("Last name"), max_length=50, required=False)
    contact_email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    contact_phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, help_text=_("For example +49 30 1234567.")
    )
    seats = forms.IntegerField(
        label=_("Expected size in seats"),
        min_value=0,
        max_value=MOST_SEATS,
        required=False,
        localize=True,
        help_text=_("Becomes the first open deal, and guidance begins. Empty while the number is not known."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["domain"].help_text = _("For example contoso.de.")

    def clean_contact_first_name(self) -> str:
        """See `clean_person`; '' while there is no contact."""
        typed = self.cleaned_data["contact_first_name"]
        return clean_person(typed) if typed else ""

    def clean_contact_last_name(self) -> str:
        """See `clean_person`; '' while there is no contact."""
        typed = self.cleaned_data["contact_last_name"]
        return clean_person(typed) if typed else ""

    def clean_contact_phone(self) -> str:
        """See `clean_phone`."""
        return clean_phone(self.cleaned_data["contact_phone"])

    def clean_contact_email(self) -> str:
        """An address of the customer (C7); '' while there is no contact."""
        email: str = self.cleaned_data["contact_email"]
        if email and (sentence := email_misfit(email, by=self.by)):
            raise ValidationError(sentence)
        return email

    def clean(self) -> dict[str, Any]:
        """A domain or none yet; a whole contact or none; the phone where the country asks for it (C4)."""
        found = super().clean()
        if not found.get("domain") and not found.get("has_no_domain") and "domain" not in self.errors:
            self.add_error("domain", _("Please enter the domain, or say that there is none yet."))
        sentence = phone_misfit(found, found.get("contact_phone", ""), on=localdate()) if found.get("country") else ""
        if sentence and "contact_phone" not in self.errors:
            self.add_error("contact_phone", sentence)
        if any(found.get(name) for name in (*CONTACT, "contact_phone")) or sentence:
            for name in CONTACT:
                if not found.get(name) and name not in self.errors:
                    self.add_error(name, _("A contact has a first name, a last name and an e-mail address."))
        return found

    @property
    def contact(self) -> dict[str, Any] | None:
        """The first contact as the services take it; None when nobody is named."""
        found = {name.removeprefix("contact_"): self.cleaned_data[name] for name in (*CONTACT, "contact_phone")}
        return {**found, "language": self.by.language} if found["email"] else None

    @property
    def asked(self) -> list[BoundField]:
        """The fields that the country's rule asks for; each says why, until its error does."""
        rule = self.rule
        values = {"country": country_name(rule.country)}
        found = {}
        if rule.asks_number:
            reason = gettext("Microsoft registers no company in this country without it (%(country)s).") % values
            expected = gettext("Expected: %(form)s.") % {"form": rule.number_form} if rule.number_form else ""
            found["registration_number"] = f"{reason} {expected}".strip()
        if rule.asks_phone:
            found["contact_phone"] = (
                gettext("Microsoft asks for the contact's phone in this country (%(country)s).") % values
            )
        for name, reason in found.items():
            self[name].help_text = "" if self[name].errors else reason
        return [self[name] for name in found]

    @property
    def has_more(self) -> bool:
        """Whether there is something in the fields that are folded away, or something to mend."""
        asked = {field.name for field in self.asked}
        folded = {"registration_number", "contact_phone"} - asked
        return super().has_more or any(name in self.errors or self[name].value() for name in folded)


def typed_in(data: Mapping[str, str]) -> dict[str, str]:
    """What was typed into the registration, word for word, to be kept as a draft."""
    names = set(RegistrationForm.base_fields) - set(NOT_KEPT)
    return {name: value for name, value in data.items() if name in names}
