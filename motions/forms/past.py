"""Forms that ask the ledger: two days to compare, and a hash to look for. They live in the URL."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from common.forms import day_field
from motions.scoping import MOST_ANSWERS


class CompareForm(forms.Form):
    """From one day to another; the later one is today where nothing is typed."""

    to = day_field(_("Compared with"), required=False, help_text=_("Empty: today."))

    # one of several answers of the earlier day; the history's links carry it, and a day that is typed forgets it
    answer = forms.IntegerField(required=False, min_value=1, max_value=MOST_ANSWERS, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        # a word of Python's own cannot be declared above
        self.fields = {"from": day_field(_("What stood on")), **self.fields}
        for name in ("from", "to"):
            self.fields[name].widget.attrs["max"] = today.isoformat()

    def clean(self) -> dict[str, Any]:
        """Neither day lies ahead, and they stand in their order."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("from", "to"):
            if (cleaned.get(name) or self.today) > self.today:
                self.add_error(name, _("This day is still to come."))
        since, until = cleaned.get("from"), cleaned.get("to") or self.today
        if since and since > until:
            self.add_error("from", _("This day comes after the other."))
        return cleaned


class HashForm(forms.Form):
    """A SHA-256 as it stands on a receipt; capital letters and spaces do no harm."""

    hash = forms.CharField(
        label=_("SHA-256 of the receipt"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    _is_hash = RegexValidator(
        r"\A[0-9a-f]{64}\Z", _("A SHA-256 is 64 characters long: the digits and the letters a to f.")
    )

    def clean_hash(self) -> bytes:
        """The hash as bytes."""
        text = "".join(self.cleaned_data["hash"].split()).lower()
        self._is_hash(text)
        return bytes.fromhex(text)
