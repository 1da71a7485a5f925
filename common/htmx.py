"""One view, one template: the whole page, or the partial that htmx asked for."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page_or_partial(
    request: HttpRequest,
    page: str,
    partial: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Render `partial` for an htmx request and `page` for every other."""
    htmx = getattr(request, "htmx", None)
    asks_partial = htmx is not None and bool(htmx) and not (htmx.boosted or htmx.history_restore_request)
    response = render(request, partial if asks_partial else page, dict(context), status=status)
    response["Vary"] = "HX-Request, Cookie, Accept-Language"
    return response
