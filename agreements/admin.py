"""The dated rows for administrators: nothing here is code, everything is a date and its source."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from agreements.models import (
    CutOff,
    PathRule,
    ProviderLink,
    SigningProgramme,
    TemplateLanguage,
    TemplateVersion,
)
from partners.admin import NoDelete


@admin.register(CutOff)
class CutOffAdmin(NoDelete, admin.ModelAdmin[CutOff]):
    """Cut-offs (table 3.3)."""

    list_display = ("code", "effective_on", "accepted_before", "is_information")
    actions = None


@admin.register(PathRule)
class PathRuleAdmin(NoDelete, admin.ModelAdmin[PathRule]):
    """Ways to accept, and who may take them (table 3.2)."""

    list_display = ("path", "valid_from", "valid_to")
    actions = None


@admin.register(TemplateVersion)
class TemplateVersionAdmin(NoDelete, admin.ModelAdmin[TemplateVersion]):
    """Texts of the agreement (M2)."""

    list_display = ("template_id", "version_rank", "valid_from", "valid_to")
    actions = None


@admin.register(TemplateLanguage)
class TemplateLanguageAdmin(NoDelete, admin.ModelAdmin[TemplateLanguage]):
    """Languages by country (M4)."""

    list_display = ("country", "language", "valid_from", "valid_to")
    actions = None


@admin.register(SigningProgramme)
class SigningProgrammeAdmin(NoDelete, admin.ModelAdmin[SigningProgramme]):
    """How long links live, and when signatories are reminded."""

    list_display = ("code", "link_minutes", "valid_from", "valid_to")
    actions = None


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
