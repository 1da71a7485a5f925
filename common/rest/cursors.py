"""Cursors: where a reader stands, in a word that tells nothing else. Keyset, so row 70,000 costs the same."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.rest.problems import Problem


@lru_cache(maxsize=2)
def _box(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"cursor of " + secret.encode()).digest()))


def sealed(kind: str, *values: Any) -> str:
    """Values as a cursor of one kind of list; ids in it stay unread, so that nobody counts the rows of others."""
    return _box(settings.SECRET_KEY).encrypt(msgspec.json.encode([kind, *values])).decode().rstrip("=")


def opened(kind: str, cursor: str) -> list[Any]:
    """The values of a cursor; a problem for one that is not of this list."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found = msgspec.json.decode(_box(settings.SECRET_KEY).decrypt(padded.encode()))
    except (InvalidToken, ValueError) as error:
        raise _unknown() from error
    if not isinstance(found, list) or found[:1] != [kind]:
        raise _unknown()
    return found[1:]


def _unknown() -> Problem:
    errors = [{"field": "after", "code": "unknown", "detail": str(_("This cursor is not of this list."))}]
    return Problem("parameter", errors=errors)


@dataclass(frozen=True)
class Cut:
    """One page of rows, and the cursor after it ('' at the end)."""

    rows: Sequence[tuple[Any, ...]]
    after: str


def cut(
    kind: str,
    rows: QuerySet[Any, Any],
    columns: Sequence[str] | None,
    *,
    asked: Mapping[str, Any],
    by: str = "pk",
    is_falling: bool = False,
) -> Cut:
    """The rows after the cursor in the order of a unique column, as tuples of `columns` with that column in front.

    Without `columns` the rows are such tuples already.
    """
    last, limit = place(kind, asked), asked["limit"]
    if last is not None:
        rows = rows.filter(**{f"{by}__{'lt' if is_falling else 'gt'}": last})
    if columns is not None:
        rows = rows.values_list(by, *columns)
    return cut_off(kind, list(rows.order_by(f"-{by}" if is_falling else by)[: limit + 1]), limit)


def place(kind: str, asked: Mapping[str, Any]) -> Any:
    """The column's value in the last row that the reader has; None at the beginning."""
    if not (after := asked.get("after")):
        return None
    [last] = opened(kind, after)
    return last


def cut_off(kind: str, found: Sequence[tuple[Any, ...]], limit: int) -> Cut:
    """A page of rows of which there was one more, if there are more."""
    rows = found[:limit]
    return Cut(rows, sealed(kind, rows[-1][0]) if len(found) > limit else "")


def next_address(request: HttpRequest, after: str) -> str | None:
    """The address of the next page, with the filters of this one."""
    if not after:
        return None
    query = request.GET.copy()
    query["after"] = after
    return f"{request.path}?{query.urlencode()}"
