"""Forms around webhooks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import LONGEST_URL, ApiClient, Subscription, User
from partners.policy import WIRE_EVENTS
from partners.states import DeliveryState, Door, HookEvent


class WebhookChange(forms.Form):
    """Where messages go, and about what."""

    url = forms.CharField(
        label=_("Address"),
        max_length=LONGEST_URL,
        help_text=_("An https address on the public Internet that answers within five seconds."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    events = forms.MultipleChoiceField(
        label=_("Events"), choices=HookEvent.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, one: Subscription | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if one is None:
            return
        self.initial = {"url": one.url, "events": one.events, "version": one.version}
        if one.door == Door.WIRE:
            self.fields["events"] = forms.MultipleChoiceField(
                label=_("Events"), choices=[(name, name) for name in WIRE_EVENTS], widget=forms.CheckboxSelectMultiple
            )


class WebhookForm(WebhookChange):
    """A new subscription of one of the partner's programs."""

    client = forms.ModelChoiceField(label=_("Program"), queryset=ApiClient.objects.none(), empty_label=None)
    field_order = ("client", "url", "events")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clients = ApiClient.objects.visible_to(by).filter(revoked_at__isnull=True).select_related("user")
        field: Any = self.fields["client"]
        field.queryset = clients.order_by("pk")
        field.label_from_instance = lambda client: client.user.name


class DeliveryFilter(forms.Form):
    """Which messages; it lives in the URL, and a value that does not exist filters nothing."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *DeliveryState.choices])

    @property
    def chosen(self) -> str:
        """The valid choice, or ''."""
        self.is_valid()
        return self.cleaned_data.get("state") or ""
