"""Small forms of the customer page: archiving, tags, vetting, the request for a reseller relationship."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.refusals import Unfit
from customers.forms.cleaning import clean_tenant_id
from customers.models import LONGEST_TAG, MOST_TAGS
from customers.services import clean_tags
from customers.states import Vetting


class ArchiveForm(forms.Form):
    """Why a customer is put aside."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example: company dissolved, registered by mistake. Everybody who reads the customer sees it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class TagsForm(forms.Form):
    """All tags of a customer, with commas between them."""

    tags = forms.CharField(
        label=_("Tags"),
        max_length=MOST_TAGS * (LONGEST_TAG + 2),
        required=False,
        help_text=_("With commas between them; up to 150, each of up to 50 characters."),
    )

    def clean_tags(self) -> list[str]:
        """The single tags."""
        try:
            return clean_tags(self.cleaned_data["tags"].split(","))
        except Unfit as refusal:
            raise ValidationError(str(refusal.sentence)) from refusal


class VettingForm(forms.Form):
    """What Microsoft says about the customer's account (C6)."""

    vetting = forms.ChoiceField(
        label=_("Vetting status"), choices=Vetting.choices, help_text=_("As Partner Center shows it.")
    )


class RelationForm(forms.Form):
    """The tenants that an invitation names (C9)."""

    own_tenant = forms.CharField(
        label=_("Your own tenant id"),
        max_length=40,
        help_text=_("Your company's Microsoft ID, for example 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0."),
    )
    provider_tenant = forms.CharField(
        label=_("Your provider's tenant id"),
        max_length=40,
        help_text=_("As an indirect reseller you invite together with your provider."),
    )

    def __init__(self, *args: Any, is_indirect: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_indirect:
            del self.fields["provider_tenant"]

    def clean_own_tenant(self) -> UUID | None:
        """See `clean_tenant_id`."""
        return clean_tenant_id(self.cleaned_data["own_tenant"])

    def clean_provider_tenant(self) -> UUID | None:
        """See `clean_tenant_id`."""
        return clean_tenant_id(self.cleaned_data["provider_tenant"])
