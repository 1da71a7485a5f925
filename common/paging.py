"""Keyset paging: the next page starts where the last row stood, so it costs the same at row 0 and at row 70,000."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows with the marks of its neighbours ('' when there is none)."""

    rows: Sequence[Row]
    before: str
    after: str


def _salt(fields: Sequence[str]) -> str:
    """A mark is good for one order only: the values of another would not even fit the columns."""
    return f"keyset of {' and '.join(fields)}"


def _mark(row: Model, fields: Sequence[str]) -> str:
    return signing.dumps([str(getattr(row, name)) for name in fields], salt=_salt(fields), compress=True)


def _beyond(fields: Sequence[str], values: Sequence[str], *, rising: bool) -> Q:
    """Rows beyond a mark; the leading column is bounded as well, so that the index is entered there."""
    op = "gt" if rising else "lt"
    leading, last = fields
    bound = Q(**{f"{leading}__{op}e": values[0]})
    return bound & (Q(**{f"{leading}__{op}": values[0]}) | Q(**{leading: values[0], f"{last}__{op}": values[1]}))


def keyset(
    rows: QuerySet[Row, Row],
    *,
    by: tuple[str, str],
    after: str = "",
    before: str = "",
    size: int = 50,
    is_newest_first: bool = False,
) -> Page[Row]:
    """Cut one page of `size` rows ordered by two columns, the second unique; falling when `is_newest_first`.

    `after` and `before` are marks of an earlier page; `after` counts if both are given. A mark that was tampered with,
    or that belongs to another order, is ignored.
    """
    values = _read(after or before, by)
    forwards = bool(after) or not values
    if values:
        rows = rows.filter(_beyond(by, values, rising=forwards != is_newest_first))
    order = by if forwards != is_newest_first else tuple(f"-{name}" for name in by)
    found = list(rows.order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if not forwards:
        found.reverse()
    has_before, has_after = (bool(values), more) if forwards else (more, True)
    return Page(
        rows=found,
        before=_mark(found[0], by) if found and has_before else "",
        after=_mark(found[-1], by) if found and has_after else "",
    )


def _read(mark: str, fields: Sequence[str]) -> list[Any] | None:
    if not mark:
        return None
    try:
        values = signing.loads(mark, salt=_salt(fields))
    except signing.BadSignature:
        return None
    return list(values)
