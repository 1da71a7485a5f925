"""Who is looked for, and the confirmation that somebody is to be erased."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _


class PersonSearch(forms.Form):
    """A person, by address or name."""

    q = forms.CharField(
        label=_("E-mail address or name"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class EraseForm(forms.Form):
    """The person's address typed once more, and the texts that lose the name; at first all of them."""

    typed = forms.CharField(label=_("Address of the person"), max_length=254)
    texts = forms.MultipleChoiceField(label=_("Take the name out of these texts as well"), required=False)

    def __init__(self, data: Any = None, *, email: str, texts: Sequence[str] = ()) -> None:
        super().__init__(data, initial={"texts": list(texts)})
        self.email = email
        cast(forms.MultipleChoiceField, self.fields["texts"]).choices = [(key, key) for key in texts]

    def clean_typed(self) -> str:
        """What is erased does not come back."""
        typed: str = self.cleaned_data["typed"]
        if typed.strip().lower() != self.email.lower():
            raise forms.ValidationError(_("This is not the address of this person."))
        return typed
