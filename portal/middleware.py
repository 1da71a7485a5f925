"""Every request acts for somebody in the database, in one transaction; routes are closed unless the table opens them."""

import logging
from collections.abc import Callable, Iterator
from typing import cast
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ObjectDoesNotExist
from django.db import OperationalError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views import defaults
from psycopg.errors import LockNotAvailable, ReadOnlySqlTransaction
from structlog.contextvars import get_contextvars

from common.isolation import Context, Side, acting, assume, current_context, nobody_yet, numbered
from common.refusals import Refused
from common.wire import numbers
from partners.access import looked_on
from partners.access.programs import is_for_programs
from partners.models import User, Viewing
from portal.api import unauthenticated
from portal.routes import roles_of

log = logging.getLogger(__name__)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Answer = Callable[[HttpRequest], HttpResponseBase]


def private_answers(get_response: Answer) -> Answer:
    """No shared cache and no browser history keeps what a signed-in person saw."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response

    return middleware


def _context_of(user: User | AnonymousUser) -> Context:
    # request.user is lazy: asking it is what reads the session and the person, still as a visitor
    return user.context if user.is_authenticated else Context(Side.VISITOR)


def request_transaction(get_response: Answer) -> Answer:
    """Open the request's transaction as a visitor; sessions and everything after it live inside.

    At the doors of programs the token says who acts, in its own statement (`known_client`).
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        begun = nobody_yet() if is_for_programs(request.path_info) else acting(Side.VISITOR)
        with numbered(_number_of(request)), begun:
            response = get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    return middleware


def _number_of(request: HttpRequest) -> str:
    """The number that logs, answer and audit share; whatever number the caller sent is not ours."""
    number = request.META["HTTP_X_REQUEST_ID"] = str(uuid4())
    return number


def acting_person(get_response: Answer) -> Answer:
    """Find out who asks, and act as that person's side of the house until the answer is made."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        context = _context_of(request.user)
        # a program's token has taken the context already
        if context != current_context():
            assume(connection, context)
        if request.user.is_authenticated and (viewing := looked_on(request, request.user)):
            context = _as_seen_by(request, viewing)
        response = get_response(request)
        if isinstance(response, StreamingHttpResponse):
            body = cast(Iterator[bytes], response.streaming_content)
            response.streaming_content = _streamed(body, context, request.LANGUAGE_CODE)
        return response

    return middleware


def _as_seen_by(request: HttpRequest, viewing: Viewing) -> Context:
    """From now on the request is the other person's, and the database writes nothing for it."""
    request.viewing = viewing  # type: ignore[attr-defined]
    request.user = viewing.whom
    context = viewing.whom.context
    assume(connection, context)
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    return context


def _streamed(body: Iterator[bytes], context: Context, language: str) -> Iterator[bytes]:
    """A body that is made after the view has returned acts in a transaction of its own, in the person's language."""
    with (
        acting(context.side, partner_id=context.partner_id, user_id=context.user_id),
        translation.override(language),
    ):
        yield from body


def preferred_language(get_response: Answer) -> Answer:
    """The language chosen in this browser, else the person's own, else the browser's."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        own = getattr(request.user, "language", "") if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES else ""
        language = own or translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return middleware


def numbered_answers(get_response: Answer) -> Answer:
    """Say the number under which a request stands in the logs."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers["X-Request-ID"] = get_contextvars().get("request_id", "")
        numbers.number(request, response)
        return response

    return middleware


class OpenRoutes:
    """The first net: a route that the table does not open for a role does not exist for it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing to do before the route is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponseBase | None:
        """Let the role in, send strangers to the login, and show everybody else nothing."""
        match = request.resolver_match
        roles = roles_of(match.view_name if match else "")
        if roles is None:
            return None
        if not request.user.is_authenticated:
            return unauthenticated(request) if is_for_programs(request.path_info) else _to_login(request)
        if request.user.role not in roles:
            raise Http404
        if getattr(request, "viewing", None) and request.method not in SAFE:
            return _only_looking(request)
        return None


def _only_looking(request: HttpRequest) -> HttpResponse:
    sentence = _("You look on as somebody else: nothing can be changed. End that first.")
    return render(request, "409.html", {"sentence": sentence}, status=403)


def _to_login(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("account_login")})
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")


class Refusals:
    """A refusal that no view has answered becomes a page with its sentence; what was written goes back."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Refusals are raised by views."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """409, 403, 412 or 422 with the sentence of the refusal; also what others did meanwhile has its page."""
        if isinstance(exception.__cause__, ReadOnlySqlTransaction) and getattr(request, "viewing", None):
            transaction.set_rollback(True)
            return _only_looking(request)
        if isinstance(exception, Refused):
            transaction.set_rollback(True)
            return render(request, "409.html", {"sentence": exception.sentence}, status=exception.status)
        return _meanwhile(request, exception)


def _meanwhile(request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
    """404 for what was removed while the request waited for it, 503 where somebody holds it for too long."""
    if isinstance(exception, ObjectDoesNotExist):
        log.warning("gone while it was asked for", exc_info=exception)
        transaction.set_rollback(True)
        return defaults.page_not_found(request, exception)
    if isinstance(exception, OperationalError) and isinstance(exception.__cause__, LockNotAvailable):
        transaction.set_rollback(True)
        sentence = _("Somebody else is working on the same thing. Please try again in a moment.")
        response = render(request, "409.html", {"sentence": sentence}, status=503)
        response["Retry-After"] = "1"
        return response
    return None
