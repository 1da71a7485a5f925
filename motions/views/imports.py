"""Pages of the portfolio import: upload, columns, dry run, commit, undo, result file."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.htmx import page_or_partial
from common.paging import keyset
from motions import requests
from motions.forms.imports import MappingForm, UploadForm, initial_of
from motions.imports import report, steps
from motions.imports.findings import FileRefused
from motions.imports.jobs import ASKING
from motions.imports.wording import sentence
from motions.models import ImportBatch, ImportRow
from motions.states import ImportState, Motion, RowOutcome
from partners.access import PersonRequest
from partners.models import Intake
from partners.services import paused

ROWS = 50
NEWEST = 30


def _batch(request: PersonRequest, public_id: UUID) -> ImportBatch:
    batch: ImportBatch = get_object_or_404(ImportBatch.objects.visible_to(request.user), public_id=public_id)
    return batch


def _told(refused: FileRefused) -> str:
    return sentence(refused.code, refused.params)


@require_http_methods(["GET", "POST"])
def imports(request: PersonRequest) -> HttpResponse:
    """Former imports, and the upload of a new one."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and request.user.partner:
        try:
            with transaction.atomic():
                batch = steps.upload(form.cleaned_data["file"], by=request.user, partner=request.user.partner, at=now())
        except FileRefused as refused:
            form.add_error("file", _told(refused))
        else:
            return redirect("motions:import_batch", batch.public_id)
    batches = ImportBatch.objects.visible_to(request.user).order_by("-id")[:NEWEST]
    context = {"form": form, "batches": batches, "pause": paused(Intake.IMPORTS)}
    return render(request, "motions/imports/list.html", context, status=422 if form.errors else 200)


@require_GET
def import_batch(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One import as it stands: columns to choose, work under way, what would happen, what happened."""
    return _show(request, _batch(request, public_id))


def _show(
    request: PersonRequest, batch: ImportBatch, *, form: MappingForm | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "batch": batch,
        "is_under_way": batch.state in ASKING,
        "may_undo": steps.may_undo(batch, request.user),
        "problem": sentence(batch.problem["code"], batch.problem["params"]) if batch.problem else "",
        "form": form,
    }
    if batch.state in (ImportState.UPLOADED, ImportState.FAILED) or form is not None:
        context |= _columns(batch, form)
    if batch.state in (ImportState.CHECKED, ImportState.COMMITTED, ImportState.UNDONE):
        context |= _report(request, batch)
    return page_or_partial(request, "motions/imports/batch.html", "motions/imports/_batch.html", context, status=status)


def _columns(batch: ImportBatch, form: MappingForm | None) -> dict[str, Any]:
    try:
        table = steps.open_batch(batch)
    except FileRefused as refused:
        return {"problem": _told(refused)}
    form = form or MappingForm(table=table, initial=initial_of(batch.mapping, steps.Options.of(batch), table))
    return {"form": form, "table": table, "sample": [row[:12] for row in table.sample[:5]], "header": table.header[:12]}


def _report(request: PersonRequest, batch: ImportBatch) -> dict[str, Any]:
    chosen = request.GET.get("outcome", "")
    rows = ImportRow.objects.visible_to(request.user).filter(batch=batch)
    if chosen in RowOutcome.values:
        rows = rows.filter(outcome=chosen)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = keyset(rows, by=("line", "id"), after=after, before=before, size=ROWS)
    counts = [(outcome.value, outcome.label, batch.counts.get(outcome.value, 0)) for outcome in RowOutcome]
    return {
        "outcome": chosen,
        "page": page,
        "lines": [_line(row) for row in page.rows],
        "counts": counts,
        "total": sum(count for _value, _label, count in counts),
        **_foreseen(batch),
    }


def _line(row: ImportRow) -> dict[str, Any]:
    """A row with its reason, and where the check foresaw its guidance to go; '' before for a new customer."""
    return {
        "row": row,
        "reason": sentence(row.code, row.params) if row.code else "",
        "before": Motion(row.motion_before) if row.motion_before not in ("", row.motion_after) else None,
        "after": Motion(row.motion_after) if row.motion_after else None,
    }


def _foreseen(batch: ImportBatch) -> dict[str, Any]:
    """Customers of the file by motion, now and after it, and how many move from where to where; nothing without a check."""
    after, before = batch.counts.get("motions_after"), batch.counts.get("motions_before", {})
    if after is None:
        return {"motions": [], "moves": []}
    moves = batch.counts.get("moves", [])
    return {
        "motions": [(motion.value, motion.label, before.get(motion, 0), after.get(motion, 0)) for motion in Motion],
        "moves": [(Motion(former).label, Motion(new).label, count) for former, new, count in moves],
    }


@require_POST
def import_map(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Take the columns and have the file checked."""
    batch = _batch(request, public_id)
    try:
        form = MappingForm(request.POST, table=steps.open_batch(batch))
        if form.is_valid():
            steps.ask_check(batch, chosen=form.chosen, options=form.options)
    except FileRefused as refused:
        batch.problem = {"code": refused.code, "params": refused.params}
        return _show(request, batch, status=422)
    if form.errors:
        return _show(request, batch, form=form, status=422)
    return _under_way(request, batch)


def _under_way(request: PersonRequest, batch: ImportBatch) -> HttpResponse:
    requests.import_soon(batch_id=batch.pk, partner_id=batch.partner_id)
    if request.htmx:
        batch.refresh_from_db()
        return _show(request, batch)
    return redirect("motions:import_batch", batch.public_id)


@require_POST
def import_commit(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Have a checked import written."""
    batch = _batch(request, public_id)
    steps.ask_commit(batch, by=request.user)
    return _under_way(request, batch)


@require_POST
def import_undo(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Have a written import undone."""
    batch = _batch(request, public_id)
    steps.ask_undo(batch, by=request.user)
    return _under_way(request, batch)


@require_GET
def import_again(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Choose the columns of a checked import once more."""
    batch = _batch(request, public_id)
    if batch.state != ImportState.CHECKED:
        return redirect("motions:import_batch", batch.public_id)
    context = {"batch": batch, **_columns(batch, None)}
    return page_or_partial(request, "motions/imports/batch.html", "motions/imports/_batch.html", context)


@require_GET
def import_result(request: PersonRequest, public_id: UUID) -> StreamingHttpResponse:
    """The file again, with what happened to each row."""
    batch = _batch(request, public_id)
    response = StreamingHttpResponse(report.lines(batch), content_type="text/csv; charset=utf-8")
    name = batch.file_name.rpartition(".")[0] or "import"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}-result.csv"
    return response
