"""A resource of the wire: whoever asks is a program, counted; a repeated write is answered once; faults in its shapes."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, cast

from django.conf import settings
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import get_supported_language_variant, override
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from common.rest.json import encoded
from common.rest.limits import must_be_moderate
from common.wire import faults
from common.wire.faults import CONTENT_TYPE, Fault
from common.wire.numbers import number_of
from partners.access.programs import Program
from partners.access.repeats import first_answer
from partners.models import User

_SAFE = frozenset({"GET", "HEAD"})


class WireRequest(HttpRequest):
    """A request of the wire behind the table of routes: a program asks, as its own person."""

    user: User
    program: Program


@method_decorator(csrf_exempt, name="dispatch")
class WireView(View):
    """A resource of the wire. `reads` and `writes` are the scopes that its methods need."""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    reads: ClassVar[str]
    writes: ClassVar[str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The answer, or a fault and nothing written; faults of ours go on."""
        with override(_language_of(request)):
            try:
                return self._answered(cast(WireRequest, request), **kwargs)
            except Exception as error:
                fault = faults.fault_of(error)
                if fault is None:
                    raise
                if connection.in_atomic_block:
                    transaction.set_rollback(True)
                return faults.answer(fault, request)

    def _answered(self, request: WireRequest, **kwargs: Any) -> HttpResponseBase:
        program = getattr(request, "program", None)
        if program is None:
            raise unauthenticated()
        must_be_moderate(program.name, most=settings.API_REQUESTS_A_MINUTE)
        _must_be_readable(request)
        method = self._method(request)
        must_have_scope(program, self.reads if request.method in _SAFE else self.writes)
        work = partial(method, request, **kwargs)
        number = number_of(request, "MS-RequestId")
        if request.method in _SAFE or not number:
            return work()
        return first_answer(request, program, number=number, work=work)

    def _method(self, request: WireRequest) -> Callable[..., HttpResponseBase]:
        """The method that serves the request; a HEAD is served as a GET whose body nobody gets."""
        name = (request.method or "").lower()
        found: Callable[..., HttpResponseBase] | None = getattr(self, name, None)
        if found is None or name not in self.http_method_names:
            allowed = ", ".join(one.upper() for one in self.http_method_names if hasattr(self, one))
            raise Fault(405, "MethodNotAllowed", _("This method is not served here."), headers={"Allow": allowed})
        return found


def _must_be_readable(request: HttpRequest) -> None:
    """Nothing is there under an address with a NUL in it, and no parameter holds one; the database has no text like that."""
    if "\0" in request.path_info:
        raise Http404
    for name, values in request.GET.lists():
        if "\0" in name or any("\0" in value for value in values):
            raise Fault(400, "Parameter", _("A parameter holds a NUL character."), data=[name.replace("\0", "")])


def must_have_scope(program: Program, scope: str) -> None:
    """A fault for a program whose token does not grant what is needed."""
    if scope not in program.scopes:
        raise Fault(403, "ScopeMissing", _("This needs the scope %(scope)s.") % {"scope": scope})


def unauthenticated() -> Fault:
    """Nobody, or a token that is unknown, over, or revoked."""
    sentence = _("A valid access token is needed. Get a new one with the client's secret.")
    return Fault(401, "Unauthenticated", sentence, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})


def sent(document: Any, *, status: int = 200, etag: str = "") -> HttpResponse:
    """A document as the wire sends it."""
    headers = {"ETag": f'"{etag}"'} if etag else {}
    return HttpResponse(encoded(document), content_type=CONTENT_TYPE, status=status, headers=headers)


def _language_of(request: HttpRequest) -> str:
    """The language that X-Locale names, else that of the request."""
    try:
        return get_supported_language_variant(request.headers.get("X-Locale", "").strip().lower())
    except (LookupError, ValueError):
        return request.LANGUAGE_CODE
