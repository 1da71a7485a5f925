"""Which provider stands behind a reseller; every other dated row has its page with history (/data/)."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from agreements.models import ProviderLink
from partners.admin import NoDelete


@admin.register(ProviderLink)
class ProviderLinkAdmin(NoDelete, admin.ModelAdmin[ProviderLink]):
    """Which indirect provider stands behind a reseller (P4)."""

    list_display = ("partner", "provider", "valid_from", "valid_to")
    list_select_related = ("partner", "provider")
    actions = None

    def save_model(self, request: HttpRequest, obj: ProviderLink, form: Any, change: bool) -> None:
        """With the provider's name, which the reseller's side cannot look up."""
        obj.provider_name = obj.provider.name
        super().save_model(request, obj, form, change)
