"""What one method of a resource takes and gives."""

from dataclasses import dataclass

from rest_framework.serializers import BaseSerializer

from common.rest.inputs import Single


@dataclass(frozen=True)
class Operation:
    """A declaration: checked at run time, and written into the OpenAPI document."""

    summary: str
    scope: str
    answer: type[BaseSerializer] | None
    body: type[BaseSerializer] | None = None
    query: type[BaseSerializer] = Single
    status: int = 200
    is_list: bool = False
    must_match: bool = False  # a write on something that is there: If-Match names the version that was seen
    media: tuple[str, ...] = ()  # of a file that is answered instead of a document
    is_once: bool = False  # a retry with the same Idempotency-Key is answered with the first answer
