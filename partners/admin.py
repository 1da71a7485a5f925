"""Plain tables for administrators, to read: organisations and people; they are changed on the pages of the team."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client, Token
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from partners.models import ChannelScope, Partner, User

# roles are a field of a person, addresses belong to sign-in, and clients are made by a command that shows their secret
# once: none of them is a table to fill in
admin.site.unregister([Group, EmailAddress, Client, Token])


class NoDelete:
    """History points to these rows: they are deactivated, never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


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


class ScopeInline(ReadOnly, admin.TabularInline[ChannelScope, User]):
    """Countries and segments of a channel manager."""

    model = ChannelScope
    extra = 0


@admin.register(Partner)
class PartnerAdmin(ReadOnly, admin.ModelAdmin[Partner]):
    """Partner organisations."""

    list_display = ("name", "partner_number", "country", "csp_type", "is_active")
    search_fields = ("name", "partner_number")
    actions = None


@admin.register(User)
class UserAdmin(ReadOnly, admin.ModelAdmin[User]):
    """People and their roles."""

    exclude = ("password",)
    list_display = ("email", "name", "role", "partner", "is_active", "last_login")
    list_filter = ("role", "is_active")
    list_select_related = ("partner",)
    search_fields = ("email", "name")
    inlines = (ScopeInline,)
    actions = None
