"""How an operation is written into the OpenAPI document."""

from collections.abc import Callable
from functools import cache
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from common.rest.operations import Operation
from common.rest.problems import CONTENT_TYPE, PROBLEMS


class ErrorDocument(serializers.Serializer):  # type: ignore[misc]
    """One value that cannot be taken."""

    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ProblemDocument(serializers.Serializer):  # type: ignore[misc]
    """Problem details (RFC 9457)."""

    type = serializers.CharField(help_text="urn:wegweiser:problem: and the code")
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.ChoiceField(choices=sorted(PROBLEMS))
    detail = serializers.CharField()
    errors = ErrorDocument(many=True, required=False)
    current = serializers.DictField(required=False, help_text="412: the present state")


IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag that was seen."
)
IF_NONE_MATCH = OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="304 when it still holds.")
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    required=True,
    description="A word of the caller's own for this one request; a retry with it gets the first answer again.",
)


@cache
def page_of(item: type[serializers.Serializer]) -> type[serializers.Serializer]:
    """A page of items, and the address of the next one."""
    members = {
        "items": item(many=True),
        "next": serializers.CharField(allow_null=True, help_text="The address of the next page; null at the end."),
    }
    return type(f"{item.__name__}Page", (serializers.Serializer,), members)


def documented(what: Operation) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator that writes an operation down."""
    answers: dict[Any, Any] = {(status, CONTENT_TYPE): _problem(status) for status in _problems(what)}
    files: dict[Any, Any] = {(what.status, media): OpenApiTypes.BINARY for media in what.media}
    answers |= files or {what.status: _answer(what)}
    if _is_read(what):
        answers[304] = OpenApiResponse(description="Nothing has changed.")
    # the library's own annotation knows of one scheme without scopes only
    auth: Any = [{"client": [what.scope]}]
    found: Callable[[Callable[..., Any]], Callable[..., Any]] = extend_schema(
        operation_id=what.summary.lower().replace(" ", "_").replace("-", "_"),
        auth=auth,
        summary=what.summary,
        parameters=[what.query, *_headers(what)],
        request=what.body,
        responses=answers,
        description=f"Scope: `{what.scope}`.",
    )
    return found


def _is_read(what: Operation) -> bool:
    return what.answer is not None and what.status == 200 and not what.must_match and what.body is None


def _headers(what: Operation) -> list[OpenApiParameter]:
    return (
        ([IF_MATCH] if what.must_match else [])
        + ([KEY] if what.is_once else [])
        + ([IF_NONE_MATCH] if _is_read(what) else [])
    )


def _answer(what: Operation) -> Any:
    if what.answer is None:
        return OpenApiResponse(description="Done.")
    item: Any = what.answer
    return page_of(item) if what.is_list else item


def _problems(what: Operation) -> list[int]:
    also = ([413, 415, 422] if what.body else []) + ([412, 428] if what.must_match else [])
    also += [409, 422] if what.is_once or what.must_match else []
    also += [409] if what.media else []
    return sorted({400, 401, 403, 404, 429, 503, *also})


def _problem(status: int) -> Any:
    codes = [code for code, (of, _title) in PROBLEMS.items() if of == status]
    return OpenApiResponse(ProblemDocument, description=", ".join(codes))
