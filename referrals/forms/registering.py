"""Forms of a deal's registration: what the contract says, and what goes with an act."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from common.forms import day_field
from common.money import currency_choices
from referrals.models.leads import MOST_VALUE
from referrals.models.registrations import MOST_EXCEPTION
from referrals.services import Contract
from referrals.states import ACTS, Act

MOST_TEXT = 4000


class RegisterForm(forms.Form):
    """What the contract says (R41)."""

    annual_value = forms.DecimalField(
        label=_("Annual value of the contract"),
        min_value=0,
        max_value=MOST_VALUE,
        max_digits=15,
        decimal_places=2,
        localize=True,
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=lazy(currency_choices, list)())
    sign_date = day_field(_("Signed on"))
    start_date = day_field(_("Starts on"))
    end_date = day_field(_("Ends on"), required=False, help_text=_("Empty: the contract has no end."))
    is_pay_as_you_go = forms.BooleanField(label=_("The customer pays as it goes"), required=False)
    has_other_partners = forms.BooleanField(label=_("Several partners take part in the deal"), required=False)
    exception = forms.CharField(
        label=_("Request for an exception"),
        required=False,
        max_length=MOST_EXCEPTION,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only where a condition is not met. There is one request for a deal, and its answer is final."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_registration_%s", **kwargs})

    @property
    def said(self) -> dict[str, Any]:
        """The arguments of the service."""
        facts = dict(self.cleaned_data)
        exception = facts.pop("exception")
        return {"contract": Contract(**facts), "exception": exception}


class ActForm(forms.Form):
    """What goes with an act; words always, because they help the other side."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(label=_("Explanation"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, act: Act, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"id_{act.value}_act_%s", **kwargs})
        self.act, self.fields["text"].required = act, ACTS[act].asks
