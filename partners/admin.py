"""Plain tables for administrators: organisations, people, what channel managers are responsible for."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.idp.oidc.models import Client, Token
from django import forms
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


class PersonForm(forms.ModelForm[User]):
    """A person without a password: the invitation is the link for setting one."""

    class Meta:
        model = User
        fields = ("email", "name", "role", "partner", "language", "is_active")

    def clean_email(self) -> str:
        """E-mail addresses are compared in lower case."""
        email: str = self.cleaned_data["email"]
        return email.lower()

    def save(self, commit: bool = True) -> User:
        """A new person cannot sign in until a password is set through the reset link."""
        if not self.instance.pk:
            self.instance.set_unusable_password()
        return super().save(commit)


class ScopeInline(admin.TabularInline[ChannelScope, User]):
    """Countries and segments of a channel manager."""

    model = ChannelScope
    extra = 0


@admin.register(Partner)
class PartnerAdmin(NoDelete, admin.ModelAdmin[Partner]):
    """Partner organisations."""

    list_display = ("name", "partner_number", "country", "csp_type", "is_active")
    search_fields = ("name", "partner_number")
    actions = None


@admin.register(User)
class UserAdmin(NoDelete, admin.ModelAdmin[User]):
    """People and their roles."""

    form = PersonForm
    list_display = ("email", "name", "role", "partner", "is_active", "last_login")
    list_filter = ("role", "is_active")
    list_select_related = ("partner",)
    search_fields = ("email", "name")
    inlines = (ScopeInline,)
    actions = None
