"""Who may sign in and stay signed in, and what a signed-in request looks like."""

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from partners.models import User


class PersonRequest(HttpRequest):
    """A request behind the route table: somebody is signed in."""

    user: User
    htmx: HtmxDetails


class SignIn(AuthenticationBackend):  # type: ignore[misc]
    """E-mail and password; a person or an organisation that is no longer active is out at the next request."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, with the organisation."""
        user = User.objects.select_related("partner").filter(pk=user_id, is_active=True).first()
        return None if user is None or (user.partner and not user.partner.is_active) else user
