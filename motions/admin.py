"""Plain tables for administrators, to read: policy versions and days of exchange rates."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import URLField
from django.http import HttpRequest

from motions.models import PolicyVersion, RateSet


class ReadOnly:
    """Whatever has rules is changed through the services, not here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnly, admin.ModelAdmin[PolicyVersion]):
    """Policy versions."""

    # an address without a scheme is taken for https, as in the next Django
    formfield_overrides: ClassVar = {URLField: {"assume_scheme": "https"}}

    list_display = ("code", "market", "valid_from", "valid_to", "seat_limit", "azure_limit", "currency", "comparator")


@admin.register(RateSet)
class RateSetAdmin(ReadOnly, admin.ModelAdmin[RateSet]):
    """Days of exchange rates."""

    list_display = ("date", "source", "loaded_at")
