"""Numbers of requests: what a client sent comes back, so that it finds its call again; HEAD has no body."""

import re
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from structlog.contextvars import get_contextvars

from common.wire.doors import is_wire

_ECHOED = ("MS-RequestId", "MS-CorrelationId", "client-request-id")
_NUMBER = re.compile(r"[!-~]{1,100}")


def number(request: HttpRequest, response: HttpResponseBase) -> None:
    """Say in an answer of the wire under which numbers it was asked for."""
    if not is_wire(request.path_info):
        return
    for name in _ECHOED:
        response.headers[name] = number_of(request, name) or str(uuid4())
    response.headers["request-id"] = get_contextvars().get("request_id", "")
    if request.method == "HEAD" and isinstance(response, HttpResponse):
        response.content = b""


def number_of(request: HttpRequest, name: str) -> str:
    """A number as the client sent it; '' when it sent none that can be one."""
    given: str = request.headers.get(name, "").strip()
    return given if _NUMBER.fullmatch(given) else ""
