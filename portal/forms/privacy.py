"""Who is looked for, and the confirmation that somebody is to be erased."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Contact


class PersonSearch(forms.Form):
    """A person at a customer, by address or name."""

    q = forms.CharField(
        label=_("E-mail address or name"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class EraseForm(forms.Form):
    """The person's address typed once more."""

    typed = forms.CharField(label=_("Address of the person"), max_length=254)

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact = contact

    def clean_typed(self) -> str:
        """What is erased does not come back."""
        typed: str = self.cleaned_data["typed"]
        if typed.strip().lower() != self.contact.email.lower():
            raise forms.ValidationError(_("This is not the address of this person."))
        return typed
