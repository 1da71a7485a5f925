"""Programmes, news, banners, help and glossary: dated rows with their history, edited on one kind of page."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.refusals import Refused
from partners import services
from partners.access import PersonRequest
from partners.models import Revision
from portal.data import KINDS, Kind, history, span_of


@require_GET
def data(request: PersonRequest) -> HttpResponse:
    """The first kind."""
    return redirect("data_kind", next(iter(KINDS)))


def _kind(code: str) -> Kind:
    if code not in KINDS:
        raise Http404
    return KINDS[code]


@require_GET
def data_kind(request: PersonRequest, kind: str) -> HttpResponse:
    """The rows of one kind, those that count today marked."""
    found, today = _kind(kind), localdate()
    rows = []
    for row in found.rows():
        begin, end = found.span(row)
        state = "to come" if begin > today else "over" if end and end < today else "now"
        rows.append({"row": row, "span": span_of(begin, end), "state": state})
    return render(request, "portal/data/kind.html", {"kind": found, "kinds": KINDS.values(), "rows": rows})


@require_http_methods(["GET", "POST"])
def data_add(request: PersonRequest, kind: str) -> HttpResponse:
    """A new row."""
    found = _kind(kind)
    return _edit(request, found, found.new())


@require_http_methods(["GET", "POST"])
def data_row(request: PersonRequest, kind: str, number: int) -> HttpResponse:
    """One row: what it says, and what it said before."""
    found = _kind(kind)
    return _edit(request, found, get_object_or_404(found.rows(), pk=number))


def _edit(request: PersonRequest, kind: Kind, row: Any) -> HttpResponse:
    title, is_new = "" if row.pk is None else str(row), row.pk is None
    changes = [] if is_new else history(row, by=request.user)
    form = kind.form(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        fresh = kind.new() if is_new else kind.rows().get(pk=row.pk)
        try:
            kept = services.keep(fresh, by=request.user, at=now(), facts=form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
        else:
            messages.success(request, _("Saved. It counts from now on."))
            return redirect("data_row", kind.code, kept.pk)
    context = {"kind": kind, "form": form, "title": title, "row": row, "is_new": is_new, "changes": changes}
    return render(request, "portal/data/row.html", context, status=422 if form.errors else 200)


@require_POST
def data_undo(request: PersonRequest, kind: str, number: int, change: int) -> HttpResponse:
    """Take one change of a row back."""
    found = _kind(kind)
    row = get_object_or_404(found.rows(), pk=number)
    revision = get_object_or_404(Revision.objects.visible_to(request.user).of(row), pk=change)
    services.undo(revision, row, by=request.user, at=now())
    messages.success(request, _("Undone. What stood there before stands there again."))
    return redirect("data_row", found.code, row.pk)
