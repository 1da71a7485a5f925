"""Forms of the partners room."""

from partners.forms.notices import NoticeFilter, PreferencesForm
from partners.forms.organisations import LocationForm, OrganisationForm, OrganisationSearch, ReasonForm
from partners.forms.people import ChannelScopeForm, HandOverForm, InviteForm, JoinForm, PersonForm
from partners.forms.webhooks import DeliveryFilter, WebhookChange, WebhookForm

__all__ = [
    "ChannelScopeForm",
    "DeliveryFilter",
    "HandOverForm",
    "InviteForm",
    "JoinForm",
    "LocationForm",
    "NoticeFilter",
    "OrganisationForm",
    "OrganisationSearch",
    "PersonForm",
    "PreferencesForm",
    "ReasonForm",
    "WebhookChange",
    "WebhookForm",
]
