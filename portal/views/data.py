"""Dated rows of all rooms on one kind of page: what holds, what will hold, who changed it, and taking it back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.forms import posted_number
from common.refusals import Refused, Stale
from partners import services
from partners.access import PersonRequest
from partners.forms.dated import DatedTable
from partners.models import Revision
from partners.roles import OFFICE
from portal.data import TABLES

MOST_CHANGES = 50


@require_GET
def data(request: PersonRequest) -> HttpResponse:
    """The first kind."""
    return redirect("data_kind", next(iter(TABLES)))


@require_GET
def rules_moved(request: PersonRequest, rest: str = "") -> HttpResponse:
    """Where the rules of rooms stood once."""
    return redirect(reverse("data") + rest, permanent=True)


def _table(code: str) -> DatedTable:
    if code not in TABLES:
        raise Http404
    return TABLES[code]


@require_GET
def data_kind(request: PersonRequest, kind: str) -> HttpResponse:
    """The rows of one kind and what was changed in them, the newest first."""
    table, today = _table(kind), localdate()
    names, labels = table.shown(), table.labels()
    rows = [{"row": row, "values": table.told(row, names), "state": table.state(row, today)} for row in table.rows()]
    columns = [labels[name] for name in names]
    shown = {"table": table, "tables": TABLES.values(), "columns": columns, "has_states": bool(table.days[1])}
    return render(request, "portal/data/kind.html", {**shown, "rows": rows, **_history(request, table)})


def _history(request: PersonRequest, table: DatedTable, row: Any = None) -> dict[str, Any]:
    """The changes of a table, or of one row, and whether the reader may take them back."""
    found = table.changes(request.user)
    found = found.filter(row_id=row.pk) if row else found
    may_go = services.is_removable(table.model)
    changes = [
        (one, table.differences(one), one.before is not None or may_go) for one in found.order_by("-pk")[:MOST_CHANGES]
    ]
    return {"changes": changes, "may_edit": request.user.role in OFFICE}


@require_http_methods(["GET", "POST"])
def data_add(request: PersonRequest, kind: str) -> HttpResponse:
    """A new row; what holds today may be taken as its beginning (`?like=`)."""
    table, like = _table(kind), request.GET.get("like", "")
    former = table.rows().filter(pk=like).first() if like.isdecimal() and len(like) < 19 else None
    initial = table.form(instance=former).initial if former else {}
    return _edit(request, table, table.model(**table.among), initial=initial)


@require_http_methods(["GET", "POST"])
def data_row(request: PersonRequest, kind: str, number: int) -> HttpResponse:
    """One row: what it says, and what it said before."""
    table = _table(kind)
    return _edit(request, table, get_object_or_404(table.rows(), pk=number))


def _edit(request: PersonRequest, table: DatedTable, row: Any, **more: Any) -> HttpResponse:
    is_new, key, title = row.pk is None, row.pk, "" if row.pk is None else str(row)
    context = {"table": table, "is_new": is_new, "key": key, "title": title}
    context["seen"] = 0 if is_new else Revision.objects.newest_of(row)
    context |= {} if is_new else _history(request, table, row)
    context["may_go"] = not is_new and services.is_removable(table.model)
    form = context["form"] = table.form(request.POST or None, instance=row, **more)
    if request.method == "POST" and form.is_valid():
        fresh, seen = table.model(pk=key, **table.among), posted_number(request, "seen")
        try:
            kept = services.keep(fresh, by=request.user, at=now(), facts=form.cleaned_data, seen=seen)
        except Refused as refusal:
            return _refused(request, context, refusal)
        messages.success(request, _("Saved. It counts from now on."))
        return redirect("data_row", table.code, kept.pk)
    return render(request, "portal/data/row.html", context, status=422 if form.errors else 200)


def _refused(request: PersonRequest, context: dict[str, Any], refusal: Refused) -> HttpResponse:
    form, table = context["form"], context["table"]
    if refusal.field in form.fields:
        form.add_error(refusal.field, str(refusal.sentence))
    else:
        context["refusal"] = refusal.sentence
    if isinstance(refusal, Stale):
        # a save that came too late goes through when it is sent again, after a look at what stands there now
        context["newest"] = table.told(get_object_or_404(table.rows(), pk=context["key"]))
    return render(request, "portal/data/row.html", context, status=refusal.status)


@require_POST
def data_drop(request: PersonRequest, kind: str, number: int) -> HttpResponse:
    """Remove a row that should not be there."""
    table = _table(kind)
    row = get_object_or_404(table.rows(), pk=number)
    services.drop(row, by=request.user, at=now(), seen=posted_number(request, "seen"))
    messages.success(request, _("The row is removed; its history keeps what it said."))
    return redirect("data_kind", table.code)


@require_POST
def data_undo(request: PersonRequest, kind: str, change: int) -> HttpResponse:
    """Take a change back."""
    table = _table(kind)
    revision = get_object_or_404(table.changes(request.user), pk=change)
    services.undo(revision, by=request.user, at=now())
    messages.success(request, _("Taken back. What stood there before stands there again."))
    return redirect("data_kind", table.code)
