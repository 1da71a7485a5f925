"""Faults: what goes wrong on the wire, in the two shapes that its clients know (R15 to R17)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from common.rest.json import encoded
from common.rest.problems import Problem, problem_of
from common.wire.doors import is_of_referrals

SOURCE = "Wegweiser"
CONTENT_TYPE = "application/json; charset=utf-8"
_LONGEST = 1024
_WORDS = {
    400: "invalidRequest",
    401: "unauthenticated",
    403: "accessDenied",
    404: "itemNotFound",
    405: "invalidRequest",
    409: "resourceModified",
    412: "preconditionFailed",
    413: "invalidRequest",
    415: "invalidRequest",
    428: "preconditionFailed",
    429: "serviceNotAvailable",
    503: "serviceNotAvailable",
}


class Fault(Exception):
    """A fault by status and code: a documented number or a word. `data` names the fields; `more` are further members."""

    def __init__(
        self,
        status: int,
        code: str | int,
        description: Any,
        *,
        data: Iterable[str] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.description = status, code, description
        self.data, self.headers, self.more = list(data), dict(headers or {}), more


def unfit(field: str, sentence: Any) -> Fault:
    """A field that cannot be taken as it is; it is named."""
    return Fault(400, "InvalidField", f"{field}: {sentence}", data=[field])


def fault_of(error: Exception) -> Fault | None:
    """What an exception means to a client of the wire; None when it is a fault of ours."""
    if isinstance(error, Fault):
        return error
    problem = problem_of(error)
    return None if problem is None else of_problem(problem)


def of_problem(problem: Problem) -> Fault:
    """A problem of the house as a fault; the wire has no 422."""
    errors = problem.more.get("errors", [])
    told = problem.detail or "; ".join(f"{one['field']}: {one['detail']}" for one in errors) or problem.title
    return Fault(
        400 if problem.status in (422, 428) else problem.status,
        "".join(word.capitalize() for word in problem.code.split("_")),
        told,
        data=[one["field"] for one in errors],
        headers=problem.headers,
    )


def classic(fault: Fault) -> dict[str, Any]:
    """The shape below /v1; clients show the description."""
    return {
        "code": fault.code,
        "description": str(fault.description),
        "data": fault.data,
        "source": SOURCE,
        **fault.more,
    }


def nested(fault: Fault) -> dict[str, Any]:
    """The shape of referrals: a word that clients branch on, and what is meant inside of it."""
    message = str(fault.description)[:_LONGEST]
    return {
        "error": {
            "code": _WORDS.get(fault.status, "generalException"),
            "message": message,
            "target": fault.data[0] if fault.data else "",
            "innerError": {"code": str(fault.code), "message": message},
        }
    }


def answer(fault: Fault, request: HttpRequest) -> HttpResponse:
    """A fault as the address that was asked words it."""
    shape = nested if is_of_referrals(request.path_info) else classic
    return HttpResponse(encoded(shape(fault)), content_type=CONTENT_TYPE, status=fault.status, headers=fault.headers)
