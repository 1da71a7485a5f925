"""Why an intake is stopped."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PauseForm(forms.Form):
    """The reason, which is shown to whoever wants to import."""

    reason = forms.CharField(
        label=_("Why imports are paused"), max_length=200, help_text=_("Shown to everybody who wants to import a file.")
    )
