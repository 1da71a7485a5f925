"""Plain tables for administrators, to read: policy versions and days of exchange rates."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import URLField

from motions.models import PolicyVersion, RateSet
from partners.admin import ReadOnly


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
