"""A view of a list, kept under a name."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SaveViewForm(forms.Form):
    """A name for the list as it stands."""

    name = forms.CharField(label=_("Name of the view"), max_length=60)
    is_shared = forms.BooleanField(label=_("For the whole company"), required=False)
    query = forms.CharField(widget=forms.HiddenInput, required=False)
