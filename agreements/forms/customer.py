"""Forms about one customer's agreement: link, attestation, invitation, request to the provider, file, answer."""

from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import gettext_lazy as _

from agreements.models import Link
from agreements.services.steps import SIGNATORY
from agreements.states import Answer, FileKind, Language
from common.forms import day_field
from common.money import locale
from customers.models import Contact


def language_name(code: str) -> str:
    """'de-DE' in the reader's language: German (Germany)."""
    return str(Locale.parse(code, sep="-").get_display_name(locale()) or code)


class SignatoryForm(forms.Form):
    """Who signs for the customer."""

    first_name = forms.CharField(label=_("First name"), max_length=50)
    last_name = forms.CharField(label=_("Last name"), max_length=50)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, help_text=_("May stay empty."))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "template_language" in self.fields:
            field = self.fields["template_language"]
            field.choices = [(code, language_name(code)) for code in languages]  # type: ignore[attr-defined]

    @property
    def signatory(self) -> dict[str, str]:
        """The cleaned facts as the services take them."""
        return {name: self.cleaned_data[name].strip() for name in SIGNATORY}


class LinkForm(SignatoryForm):
    """To whom the link goes, and in which languages."""

    template_language = forms.ChoiceField(label=_("Language of the agreement"))
    language = forms.ChoiceField(label=_("Language of page and mails"), choices=Language.choices)


class AttestForm(SignatoryForm):
    """Who accepted, and when."""

    accepted_on = day_field(_("Accepted on"))


class InviteForm(SignatoryForm):
    """Whom to ask."""

    language = forms.ChoiceField(label=_("Language of the mail"), choices=Language.choices)


class AskProviderForm(SignatoryForm):
    """What the provider needs to know."""

    language = forms.ChoiceField(label=_("Language of page and mails"), choices=Language.choices)
    accepted_on = day_field(
        _("Accepted on"),
        required=False,
        help_text=_("Only if the customer accepted while partners could still attest. Else the provider sends a link."),
    )
    note = forms.CharField(
        label=_("Note to the provider"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class FileForm(forms.Form):
    """A file about an agreement."""

    kind = forms.ChoiceField(label=_("Kind"), choices=FileKind.choices)
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, PNG or JPEG, at most 10 MB."),
        allow_empty_file=True,  # the service says it in its own words
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


class AnswerForm(forms.Form):
    """A provider's answer to a request."""

    answer = forms.ChoiceField(label=_("Answer"), choices=Answer.choices)
    accepted_on = day_field(_("Accepted on"), required=False)
    note = forms.CharField(
        label=_("Note to the reseller"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class AcceptForm(forms.Form):
    """The customer's acceptance: read, and signed with the name."""

    has_read = forms.BooleanField(label=_("I have read the agreement and accept it for the company."))
    name = forms.CharField(
        label=_("Your name"),
        max_length=101,
        help_text=_("First and last name as they stand above."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


def initial_signatory(person: Contact | Link | None) -> dict[str, Any]:
    """The facts of a contact, or of a link's signatory, for a form about whoever signs."""
    names = (*SIGNATORY, "language")
    return {name: getattr(person, name) for name in names} if person else {}
