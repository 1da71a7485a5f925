"""How people come in: by invitation; nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from partners.models import User


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Closed sign-up; a deactivated person, or a person of a deactivated partner, stays outside."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: object) -> object:
        """Refuse people whose organisation is not active."""
        if user.partner and not user.partner.is_active:
            return self.respond_user_inactive(request, user)
        return super().pre_login(request, user, **kwargs)
