"""Programmes for administrators: their dates, what they ask for, how soon they answer."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from referrals.models import Programme


@admin.register(Programme)
class ProgrammeAdmin(admin.ModelAdmin[Programme]):
    """Programmes are ended by a date, never deleted: leads point to them."""

    list_display = ("code", "name_en", "direction", "valid_from", "valid_to", "successor")
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False
