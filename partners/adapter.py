"""How people come in: by invitation; nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from partners.models import User


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Closed sign-up; a deactivated person, or a person of a deactivated partner, stays outside."""

    # allauth's own German is on first-name terms
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "enter_current_password": _("Please enter your present password."),
        "rate_limited": _("Too many attempts in a short time. Please wait a little and try again."),
        "too_many_login_attempts": _("Too many attempts in a short time. Please wait a little and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def set_password(self, user: User, password: str) -> None:
        """Write the password and nothing else: the database lets a person change no other column here."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def pre_login(self, request: HttpRequest, user: User, **kwargs: object) -> object:
        """Refuse people whose organisation is not active."""
        if user.partner and not user.partner.is_active:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)
