"""One resource of a JSON door: what its methods take and give is said once, and both checked and documented from there."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial, wraps
from typing import Any, ClassVar

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date, parse_etags
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from common.refusals import Stale
from common.rest.documents import documented
from common.rest.inputs import read, read_nothing
from common.rest.json import JsonBody, encoded
from common.rest.operations import Operation
from common.rest.problems import Problem, answered, flat


@dataclass(frozen=True)
class Asked:
    """What was asked, read and checked."""

    query: Mapping[str, Any]
    body: Any = None
    match: tuple[str, ...] = ()

    def must_match(self, etag: str, current: Callable[[], Mapping[str, Any]]) -> None:
        """A problem with the current state for a write that rests on another version."""
        if etag not in self.match:
            raise stale(current)

    @contextmanager
    def resting_on(self, etag: str, current: Callable[[], Mapping[str, Any]]) -> Iterator[None]:
        """Do what rests on the version that was seen; who loses the race inside is answered as who came too late."""
        self.must_match(etag, current)
        try:
            yield
        except Stale as refusal:
            raise stale(current) from refusal


def stale(current: Callable[[], Mapping[str, Any]]) -> Problem:
    """Somebody else was faster; the present state comes along."""
    return Problem("stale", _("Please look at the present state first; it is in `current`."), current=current())


@dataclass(frozen=True)
class Answer:
    """What is answered; without a version the ETag is of the content."""

    data: Any = None
    version: int | None = None
    status: int | None = None
    is_wider: bool = False  # it shows more than what the version counts
    headers: Mapping[str, str] = field(default_factory=dict)


def operation(summary: str, **declared: Any) -> Callable[[Callable[..., Any]], Callable[..., HttpResponseBase]]:
    """Declare a method of an `Endpoint`: see `Operation`."""
    what = Operation(summary, **declared)

    def decorate(method: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
        @wraps(method)
        def perform(self: "Endpoint", request: Request, **path: Any) -> HttpResponseBase:
            return self.performed(what, request, partial(method, self, request), path)

        return documented(what)(perform)

    return decorate


class JsonAlways(BaseContentNegotiation):  # type: ignore[misc]
    """There is one representation; what a client would rather have changes nothing."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The one for the media type of the body; none for another."""
        sent = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == sent), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The first one."""
        return renderers[0], renderers[0].media_type


class Endpoint(APIView):  # type: ignore[misc]
    """A resource. Errors become problems, bodies are strict JSON, every answer to a GET has an ETag."""

    parser_classes: ClassVar = [JsonBody]
    renderer_classes: ClassVar = [JSONRenderer]  # named in the document; answers are written by `_sent`
    permission_classes: ClassVar[list[Any]] = []
    throttle_classes: ClassVar[list[Any]] = []
    content_negotiation_class = JsonAlways
    http_method_names: ClassVar = ["get", "post", "put", "patch", "delete", "head"]
    deprecated_at: datetime | None = None
    sunset_at: datetime | None = None

    def handle_exception(self, exc: Exception) -> HttpResponse:
        """Problem details."""
        return answered(exc)

    def performed(
        self,
        what: Operation,
        request: Request,
        method: Callable[..., Answer | HttpResponseBase],
        path: Mapping[str, Any],
    ) -> HttpResponseBase:
        """Check what is asked against what was declared, do it, and send the answer."""
        must_have_scope(what, request)
        query = _query(what, request)
        match = _match(request) if what.must_match else ()
        asked = Asked(query, _body(what, request), match)
        return _sent(what, request, asked, method(asked, **path))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Say when a resource goes out of use, once that is decided (RFC 9745, RFC 8594)."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.deprecated_at:
            response.headers["Deprecation"] = f"@{int(self.deprecated_at.timestamp())}"
        if self.sunset_at:
            response.headers["Sunset"] = http_date(self.sunset_at.timestamp())
        return response


def must_have_scope(what: Operation, request: Request) -> None:
    """A problem for a caller whose token does not grant what the operation needs."""
    if what.scope not in request.auth.scopes:
        detail = _("This needs the scope %(scope)s.") % {"scope": what.scope}
        raise Problem("scope_missing", detail, scope=what.scope)


def _query(what: Operation, request: Request) -> dict[str, Any]:
    said = request.query_params.dict()
    try:
        found = read(what.query, said) if said else read_nothing(what.query)
    except ValidationError as error:
        raise Problem("parameter", errors=list(flat(error.get_full_details()))) from error
    if wanted := found.pop("fields", ""):
        found["members"] = _members(what, wanted)
    return found


def _members(what: Operation, wanted: str) -> frozenset[str]:
    names = frozenset(name.strip() for name in wanted.split(","))
    known = set(what.answer().fields) if what.answer else set()
    if unknown := sorted(names - known):
        detail = _("There is no member “%(name)s” here.") % {"name": unknown[0][:100]}
        raise Problem("parameter", errors=[{"field": "fields", "code": "unknown", "detail": detail}])
    return names


def _match(request: Request) -> tuple[str, ...]:
    named = tuple(parse_etags(request.headers.get("If-Match", "")))
    if not named or named == ("*",):
        raise Problem(
            "match_missing", _("Send the ETag that you have seen as If-Match, so that nobody's change is lost.")
        )
    # of `"7-3f2a"` the version is before the hyphen
    return (*named, *(f'{one.partition("-")[0]}"' for one in named if "-" in one))


def _body(what: Operation, request: Request) -> Any:
    return None if what.body is None else read(what.body, request.data)


def _sent(what: Operation, request: Request, asked: Asked, answer: Answer | HttpResponseBase) -> HttpResponseBase:
    if isinstance(answer, HttpResponseBase):
        return answer
    status = answer.status or what.status
    if what.answer is None:
        return HttpResponse(status=status, headers=answer.headers)
    text = encoded(answer.data)
    etag = _etag_of(text) if answer.version is None else f'"{answer.version}"'
    if answer.is_wider:
        etag = f'"{answer.version}-{_etag_of(text)[1:9]}"'
    if request.method in ("GET", "HEAD") and etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers={"ETag": etag})
    if members := asked.query.get("members"):
        text = encoded(_only(answer.data, members, is_list=what.is_list))
    headers = {**answer.headers, "ETag": etag}
    return HttpResponse(text, content_type="application/json", status=status, headers=headers)


def _etag_of(text: bytes) -> str:
    return f'"{hashlib.blake2b(text, digest_size=12).hexdigest()}"'


def etag_of(data: Any) -> str:
    """The ETag of something without a version."""
    return _etag_of(encoded(data))


def _only(data: Mapping[str, Any], members: Iterable[str], *, is_list: bool) -> dict[str, Any]:
    if is_list:
        return {**data, "items": [_only(item, members, is_list=False) for item in data["items"]]}
    return {name: data[name] for name in data if name in members}
