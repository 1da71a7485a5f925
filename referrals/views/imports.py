"""Pages of a file of leads: upload, dry run, writing, undo, result file."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.htmx import page_or_partial
from common.paging import keyset
from common.refusals import Unfit
from common.sheets import sheet
from partners.access import PersonRequest
from referrals import requests
from referrals.forms import LeadFileForm
from referrals.imports import columns, report, steps
from referrals.imports.jobs import ASKING
from referrals.imports.jobs import MOST_ATTEMPTS as MOST
from referrals.models import LeadImport, LeadImportRow
from referrals.states import LeadRowOutcome

NEWEST = 30
ROWS = 50


def _batch(request: PersonRequest, public_id: UUID) -> LeadImport:
    return get_object_or_404(LeadImport.objects.visible_to(request.user), public_id=public_id)


@require_http_methods(["GET", "POST"])
def imports(request: PersonRequest) -> HttpResponse:
    """Former files, and the upload of a new one."""
    form = LeadFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        at, submits = now(), form.cleaned_data["then"] == "submit"
        try:
            batch = steps.upload(form.cleaned_data["file"], by=request.user, at=at, submits=submits)
        except Unfit as refusal:
            form.add_error(refusal.field, str(refusal.sentence))
        else:
            if batch.at != at:
                messages.info(request, _("This file is here already; this is what became of it."))
            return _under_way(request, batch)
    batches = LeadImport.objects.visible_to(request.user).order_by("-pk")[:NEWEST]
    context = {"form": form, "batches": batches}
    return render(request, "referrals/imports/list.html", context, status=422 if form.errors else 200)


def _under_way(request: PersonRequest, batch: LeadImport) -> HttpResponse:
    if batch.state in ASKING and batch.by_id:
        requests.import_soon(batch_id=batch.pk, partner_id=batch.partner_id, user_id=batch.by_id)
    return redirect("referrals:import_batch", batch.public_id)


@require_GET
def template(request: PersonRequest) -> StreamingHttpResponse:
    """An empty file with the columns by name."""
    lines = sheet([columns.template(get_language() or "en")])
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="leads.csv"'
    return response


@require_GET
def import_batch(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One file as it stands: work under way, what would happen, what happened."""
    batch = _batch(request, public_id)
    outcome = request.GET.get("outcome", "")
    counted = steps.counts(batch)
    rows = LeadImportRow.objects.filter(batch=batch).select_related("referral")
    rows = rows.filter(outcome=outcome) if outcome in LeadRowOutcome.values else rows
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = keyset(rows, by=("line", "pk"), after=after, before=before, size=ROWS)
    context: dict[str, Any] = {
        "batch": batch,
        "is_under_way": batch.state in ASKING,
        "is_given_up": batch.attempts > MOST,
        "all_rows": sum(counted.values()),
        "done": sum(counted.values()) - counted[""],
        "counts": [(value, label, counted[value]) for value, label in LeadRowOutcome.choices if counted[value]],
        "new": counted[LeadRowOutcome.NEW],
        "outcome": outcome,
        "page": page,
        "lines": [report.told(row, batch) for row in page.rows],
        "unread": [name for number, name in enumerate(batch.header) if number not in batch.mapping.values()],
    }
    return page_or_partial(request, "referrals/imports/batch.html", "referrals/imports/_batch.html", context)


@require_POST
def import_commit(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Have the rows written that the check found good."""
    batch = _batch(request, public_id)
    steps.ask_commit(batch, by=request.user)
    return _under_way(request, batch)


@require_POST
def import_undo(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """Have the leads of a file taken back."""
    batch = _batch(request, public_id)
    steps.ask_undo(batch, by=request.user)
    return _under_way(request, batch)


@require_GET
def import_result(request: PersonRequest, public_id: UUID) -> StreamingHttpResponse:
    """The file again, with what became of each row."""
    batch = _batch(request, public_id)
    response = StreamingHttpResponse(report.lines(batch), content_type="text/csv; charset=utf-8")
    name = batch.file_name.rpartition(".")[0] or "leads"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}-result.csv"
    return response
