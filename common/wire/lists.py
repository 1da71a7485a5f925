"""Lists below /v1: a collection with its total, and pages that are asked for with a header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from common.rest.cursors import opened, sealed
from common.rest.problems import Problem
from common.wire.faults import unfit

USUAL = 100
MOST = 500
_HEADER = "MS-ContinuationToken"


@dataclass(frozen=True)
class Seek:
    """Which page is asked for: how many rows after which one, and the filter that the first page was asked with."""

    size: int
    filter: str = ""
    after: int = 0


def seek_of(request: HttpRequest, kind: str) -> Seek:
    """The page that a request asks for. The token knows filter and size, so that neither need be sent again."""
    query = request.GET
    word = (request.headers.get(_HEADER) or query.get("continuationToken") or "").strip()
    operation = query.get("seekOperation", "").casefold()
    if operation not in ("", "first", "next"):
        raise unfit("seekOperation", _("Only First and Next are served."))
    if operation == "next" and not word:
        raise unfit(_HEADER, _("The next page is asked for with the token of the one before."))
    if not word or operation == "first":
        return Seek(_size(query) or USUAL, query.get("filter", ""))
    try:
        after, size, filtered = opened(kind, word)
    except Problem as problem:
        raise unfit(_HEADER, _("This token is not of this list.")) from problem
    return Seek(_size(query) or size, filtered, after)


def _size(query: QueryDict) -> int:
    given = query.get("size", "").strip()
    if not given:
        return 0
    if not given.isascii() or not given.isdecimal() or len(given) > 9:
        raise unfit("size", _("This is no whole number."))
    return min(int(given), MOST)


def collection(items: Sequence[Any], *, total: int, **more: Any) -> dict[str, Any]:
    """A list as every client needs it; a bare one they cannot read."""
    return {"totalCount": total, "items": items, **more, "attributes": {"objectType": "Collection"}}


def page(request: HttpRequest, kind: str, seek: Seek, items: Sequence[Any], *, total: int, last: int) -> dict[str, Any]:
    """A page of a list; `last` is the key of its last row, 0 when none comes after it."""
    name = request.path_info.rpartition("/")[2]
    query = request.GET.urlencode()
    links: dict[str, Any] = {"self": link(f"/{name}?{query}" if query else f"/{name}")}
    if not last:
        return collection(items, total=total, links=links)
    token = sealed(kind, last, seek.size, seek.filter)
    # relative, without a leading slash: so do clients resolve it
    uri = f"{name}?size={seek.size}&seekOperation=Next"
    links["next"] = link(uri, {_HEADER: token})
    return collection(items, total=total, links=links, continuationToken=token)


def link(uri: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A link as resources carry it."""
    pairs = [{"key": name, "value": value} for name, value in (headers or {}).items()]
    return {"uri": uri, "method": "GET", "headers": pairs}
