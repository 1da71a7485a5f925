"""Programmes for administrators, to read; they are changed among the dated rows, with their history."""

from django.contrib import admin

from partners.admin import ReadOnly
from referrals.models import Programme


@admin.register(Programme)
class ProgrammeAdmin(ReadOnly, admin.ModelAdmin[Programme]):
    """Their dates, what they ask for, how soon they answer."""

    list_display = ("code", "name_en", "direction", "valid_from", "valid_to", "successor")
    actions = None
