"""The audit: searched, taken away as a file, verified."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.htmx import page_or_partial
from common.paging import keyset
from common.sheets import sheet
from common.waking import ask
from partners.access import PersonRequest
from partners.models import AuditCheck, AuditEntry, AuditSeal, User
from portal import audit as words
from portal.forms.audit import AuditFilter

PAGE_SIZE = 50
CHUNK = 1000
MOST_ROWS = 100_000
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
HEAD = (
    *("at", "id", "subject", "row", "action", "actor", "name", "side", "request", "partner", "customer"),
    *("field", "before", "after"),
)


@require_GET
def audit(request: PersonRequest) -> HttpResponse:
    """Who changed what, the newest first."""
    form = AuditFilter(request.GET)
    page = keyset(
        form.entries(by=request.user),
        by=("at", "pk"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE_SIZE,
        is_newest_first=True,
    )
    context = {
        "form": form,
        "page": page,
        "rows": words.told(page.rows),
        "query": form.query,
        "sightings": words.told_sightings(form.sightings(by=request.user)),
        "check": AuditCheck.objects.visible_to(request.user).order_by("-pk").first(),
        "seal": AuditSeal.objects.visible_to(request.user).order_by("-pk").first(),
        "keep_days": settings.AUDIT_KEEP_DAYS,
    }
    status = 422 if form.errors else 200
    return page_or_partial(request, "portal/audit.html", "portal/_audit.html", context, status=status)


@require_GET
def audit_file(request: PersonRequest, kind: str) -> StreamingHttpResponse:
    """The entries that the filter lets through, at most 100,000: as CSV a line a field, as JSON an object an entry."""
    rows = AuditFilter(request.GET).entries(by=request.user).order_by("-at", "-pk")[:MOST_ROWS]
    body = sheet(_lines(rows)) if kind == "csv" else _document(rows)
    response = StreamingHttpResponse(body, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="audit.{kind}"'
    return response


@require_POST
def audit_verify(request: PersonRequest) -> HttpResponse:
    """Have every hash computed again by a worker."""
    ask("partners.check_audit")
    messages.success(request, _("A worker verifies the audit; reload this page in a moment."))
    return redirect("audit")


def _chunks(rows: Any) -> Iterator[tuple[list[AuditEntry], dict[int, User]]]:
    found = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        yield chunk, User.objects.in_bulk({entry.actor for entry in chunk if entry.actor})


def _facts(entry: AuditEntry, people: dict[int, User]) -> dict[str, Any]:
    told = (
        *(entry.at.isoformat(), entry.pk, entry.subject, entry.row_id, entry.action, entry.actor),
        *(words.who(entry, people), entry.side, entry.request_id, entry.of_partner, entry.of_customer),
    )
    return dict(zip(HEAD, told, strict=False))


def _lines(rows: Any) -> Iterator[list[str]]:
    yield list(HEAD)
    for chunk, people in _chunks(rows):
        for entry in chunk:
            facts = ["" if value is None else str(value) for value in _facts(entry, people).values()]
            changes = {**(entry.changes or {}), **(entry.personal or {})} or {"": ["", ""]}
            for field, values in sorted(changes.items()):
                yield [*facts, field, *("" if value is None else str(value) for value in values)]


def _document(rows: Any) -> Iterator[bytes]:
    """A JSON list, one entry a line."""
    comma = "[\n"
    for chunk, people in _chunks(rows):
        for entry in chunk:
            more = {
                "changes": {**(entry.changes or {}), **(entry.personal or {})},
                "erased": entry.is_erased,
                "hash": bytes(entry.hash).hex(),
            }
            yield (comma + json.dumps(_facts(entry, people) | more, ensure_ascii=False)).encode()
            comma = ",\n"
    yield b"\n]\n" if comma == ",\n" else b"[]\n"
