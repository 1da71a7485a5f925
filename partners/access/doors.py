"""A resource of the native API: whoever asks is a program, counted, and a repeated POST is answered once."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.http.response import HttpResponseBase
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from common.rest.endpoints import Answer, Endpoint, must_have_scope
from common.rest.limits import must_be_moderate
from common.rest.operations import Operation
from partners.access.programs import Program
from partners.access.repeats import answered_once, key_of
from partners.models import User


class ByToken(BaseAuthentication):  # type: ignore[misc]
    """What the middleware has found out."""

    def authenticate(self, request: Request) -> tuple[User, Program] | None:
        """The person that the program acts as, and the program."""
        program = getattr(request._request, "program", None)  # noqa: SLF001 -- the framework's own way to Django's
        return (request._request.user, program) if program else None  # noqa: SLF001

    def authenticate_header(self, request: Request) -> str:
        """For 401."""
        return "Bearer"


class ApiView(Endpoint):
    """A resource that programs of partners reach."""

    authentication_classes: ClassVar = [ByToken]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Nobody without a token, nobody too often."""
        super().initial(request, *args, **kwargs)
        if request.auth is None:
            raise NotAuthenticated
        must_be_moderate(request.auth.name, most=settings.API_REQUESTS_A_MINUTE)

    def performed(
        self,
        what: Operation,
        request: Request,
        method: Callable[..., Answer | HttpResponseBase],
        path: Mapping[str, Any],
    ) -> HttpResponseBase:
        """As any resource does; a POST that has an effect, once for each Idempotency-Key."""

        def work() -> HttpResponseBase:
            return super(ApiView, self).performed(what, request, method, path)

        if not what.is_once:
            return work()
        must_have_scope(what, request)
        return answered_once(request, key=key_of(request), work=work)
