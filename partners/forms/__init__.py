"""Forms of the partners room."""

from partners.forms.notices import NoticeFilter, PreferencesForm
from partners.forms.webhooks import DeliveryFilter, WebhookChange, WebhookForm

__all__ = ["DeliveryFilter", "NoticeFilter", "PreferencesForm", "WebhookChange", "WebhookForm"]
