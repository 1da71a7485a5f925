"""Problem details (RFC 9457): one shape for all that goes wrong, a stable code, a sentence in the caller's language."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError, connection, transaction
from django.http import Http404, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from common.refusals import Refused
from common.rest.json import TooLarge, encoded

CONTENT_TYPE = "application/problem+json"

# code -> (status, title); a code never changes its meaning
PROBLEMS: dict[str, tuple[int, Promise]] = {
    "malformed": (400, _("The request cannot be read")),
    "parameter": (400, _("A parameter of the address cannot be taken")),
    "key_missing": (400, _("The Idempotency-Key is missing")),
    "unauthenticated": (401, _("A valid access token is needed")),
    "scope_missing": (403, _("The client lacks a scope")),
    "not_allowed": (403, _("This is not the client's to do")),
    "not_found": (404, _("There is no such thing")),
    "method_not_allowed": (405, _("The method is not served here")),
    "conflict": (409, _("This does not fit the present state")),
    "looks_alike": (409, _("This may be there already")),
    "in_flight": (409, _("The same request is still under way")),
    "gone": (410, _("This is no longer kept")),
    "stale": (412, _("Somebody else was faster")),
    "too_large": (413, _("The request is too large")),
    "media_type": (415, _("The media type is not taken")),
    "invalid": (422, _("Some values cannot be taken")),
    "key_reused": (422, _("The Idempotency-Key was used for another request")),
    "match_missing": (428, _("The If-Match header is missing")),
    "too_many": (429, _("Too many requests")),
    "server_error": (500, _("Something went wrong here")),
    "busy": (503, _("Others are working on the same thing")),
}
_BY_STATUS = {409: "conflict", 403: "not_allowed", 412: "stale", 422: "invalid", 429: "too_many"}


class Problem(Exception):
    """A problem by its code; `more` are members of its document."""

    def __init__(self, code: str, detail: Any = "", *, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status, self.title = PROBLEMS[code]
        self.detail, self.headers, self.more = detail, dict(headers or {}), more

    def answer(self) -> HttpResponse:
        """The problem as it is sent."""
        document = {
            "type": f"urn:wegweiser:problem:{self.code}",
            "title": str(self.title),
            "status": self.status,
            "code": self.code,
            "detail": str(self.detail or self.title),
            **self.more,
        }
        return HttpResponse(encoded(document), content_type=CONTENT_TYPE, status=self.status, headers=self.headers)


def problem_of(error: Exception) -> Problem | None:
    """What an exception means to a caller; None when it is a fault of ours."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refused):
        more: dict[str, Any] = {}
        if error.field:
            more["errors"] = [{"field": error.field, "code": "unfit", "detail": str(error.sentence)}]
        return Problem(_BY_STATUS[error.status], error.sentence, **more)
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    if isinstance(error, Http404 | ObjectDoesNotExist):
        return Problem("not_found")
    if isinstance(error, RequestDataTooBig | TooLarge):
        return Problem("too_large")
    return _of_django(error)


def _of_django(error: Exception) -> Problem | None:
    if isinstance(error, SuspiciousOperation):
        return Problem("malformed")
    if isinstance(error, PermissionDenied):
        return Problem("not_allowed")
    if isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") == "55P03":
        # somebody holds the row for longer than lock_timeout
        return Problem("busy", headers={"Retry-After": "1"})
    return None


def _of_framework(error: exceptions.APIException) -> Problem:
    if isinstance(error, exceptions.ValidationError):
        return Problem("invalid", errors=list(flat(error.get_full_details())))
    if isinstance(error, exceptions.MethodNotAllowed):
        return Problem("method_not_allowed")
    if isinstance(error, exceptions.UnsupportedMediaType):
        return Problem("media_type", _("Please send application/json."))
    if isinstance(error, exceptions.Throttled):
        return Problem("too_many", headers={"Retry-After": str(max(1, round(error.wait or 1)))})
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return Problem("unauthenticated", headers={"WWW-Authenticate": "Bearer"})
    return Problem("not_found" if isinstance(error, exceptions.NotFound) else "malformed")


def flat(details: Any, path: str = "") -> Iterator[dict[str, str]]:
    """The leaves of a serializer's errors, each with the path of its field."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {"field": path, "code": str(details["code"]), "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            step = "" if name == "non_field_errors" else str(name)
            yield from flat(inner, ".".join(filter(None, (path, step))))
    else:
        for index, inner in enumerate(details):
            is_leaf = set(inner) == {"message", "code"} if isinstance(inner, dict) else False
            yield from flat(inner, path if is_leaf else f"{path}[{index}]")


def answered(error: Exception) -> HttpResponse:
    """The answer to a request that went wrong; nothing of what it wrote stays. Faults of ours go on."""
    problem = problem_of(error)
    if problem is None:
        raise error
    if connection.in_atomic_block:
        transaction.set_rollback(True)
    return problem.answer()
