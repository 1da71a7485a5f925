"""The dated rules of all rooms on one page: what holds, what will hold, who changed it, and taking it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreements.forms.rules import TABLES as OF_AGREEMENTS
from common.refusals import Refused, Stale
from customers import services
from customers.forms.rules import TABLES as OF_CUSTOMERS
from customers.forms.rules import DatedTable
from customers.models import RuleChange
from partners.access import PersonRequest

TABLES = {table.code: table for table in (*OF_CUSTOMERS, *OF_AGREEMENTS)}
MOST_CHANGES = 50


@require_GET
def rules(request: PersonRequest, code: str = OF_CUSTOMERS[0].code) -> HttpResponse:
    """The rows of a table and what was changed in them, the newest first."""
    table = TABLES[code]
    labels, shown = table.labels(), table.shown()
    rows = [
        (row, [(labels[name], table.text(name, getattr(row, name))) for name in shown])
        for row in table.model._default_manager.order_by(*_order(table))
    ]
    changes = RuleChange.objects.visible_to(request.user).of(table.model).select_related("undone_by")
    context = {
        "table": table,
        "tables": TABLES.values(),
        "columns": [labels[name] for name in shown],
        "rows": rows,
        "changes": [
            (change, table.differences(change.before, change.after))
            for change in changes.order_by("-pk")[:MOST_CHANGES]
        ],
    }
    return render(request, "portal/rules.html", context)


def _order(table: DatedTable) -> tuple[str, ...]:
    first = table.columns[0]
    day = "effective_on" if "effective_on" in table.columns else "valid_from"
    return first, day, "pk"


@require_http_methods(["GET", "POST"])
def rule_add(request: PersonRequest, code: str) -> HttpResponse:
    """A new row; what holds today may be taken as its beginning (`?like=`)."""
    table = TABLES[code]
    like = request.GET.get("like", "")
    model = table.form(instance=table.model._default_manager.filter(pk=like).first() if like.isdecimal() else None)
    return _edit(request, table, table.model(), initial=model.initial)


@require_http_methods(["GET", "POST"])
def rule_change(request: PersonRequest, code: str, number: int) -> HttpResponse:
    """Correct a row that was wrong."""
    table = TABLES[code]
    return _edit(request, table, get_object_or_404(table.model._default_manager.all(), pk=number))


def _edit(request: PersonRequest, table: DatedTable, row: Any, **more: Any) -> HttpResponse:
    seen = RuleChange.objects.newest_of(row) if row.pk else 0
    key, is_new = row.pk, row.pk is None
    form = table.form(request.POST or None, instance=row, **more)
    context = {"table": table, "form": form, "key": key, "seen": seen, "is_new": is_new}
    if request.method == "POST" and form.is_valid():
        try:
            services.keep_rule(
                table.model(pk=key), by=request.user, at=now(), values=form.cleaned_data, seen=_number(request, "seen")
            )
        except Refused as refusal:
            if refusal.field in form.fields:
                form.add_error(refusal.field, str(refusal.sentence))
            else:
                context["refusal"] = refusal.sentence
            # a save that came too late goes through when it is sent again, after a look at what stands there now
            context["newest"] = _newest(table, key) if isinstance(refusal, Stale) else []
            return render(request, "portal/rule.html", context, status=refusal.status)
        messages.success(request, _("The rule is kept."))
        return redirect("rules", table.code)
    return render(request, "portal/rule.html", context, status=422 if form.errors else 200)


def _newest(table: DatedTable, key: int) -> list[tuple[str, str]]:
    row = get_object_or_404(table.model._default_manager.all(), pk=key)
    return [(label, table.text(name, getattr(row, name))) for name, label in table.labels().items()]


def _number(request: PersonRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@require_POST
def rule_drop(request: PersonRequest, code: str, number: int) -> HttpResponse:
    """Remove a row that should not be there."""
    table = TABLES[code]
    row = get_object_or_404(table.model._default_manager.all(), pk=number)
    services.drop_rule(row, by=request.user, at=now(), seen=_number(request, "seen"))
    messages.success(request, _("The rule is removed; its history keeps what it said."))
    return redirect("rules", table.code)


@require_POST
def rule_undo(request: PersonRequest, number: int) -> HttpResponse:
    """Take a change back."""
    change = get_object_or_404(RuleChange.objects.visible_to(request.user), pk=number)
    services.undo_rule(change, by=request.user, at=now())
    messages.success(request, _("The change is taken back."))
    table = next(one for one in TABLES.values() if one.model._meta.label_lower == change.table)
    return redirect("rules", table.code)
