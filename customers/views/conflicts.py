"""Conflicts between partners: the queue and the case for Microsoft's side, and a partner's own side of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from common.htmx import page_or_partial
from common.paging import keyset
from common.refusals import Refused, Stale
from customers import services
from customers.forms.conflicts import AppealForm, DecisionForm
from customers.models import ConflictCase, ConflictSide
from customers.policy import Claim, suggested
from customers.wording import compared, why
from partners.access import PersonRequest

PAGE_SIZE = 50


@require_GET
def conflicts(request: PersonRequest) -> HttpResponse:
    """The cases of a channel manager, the oldest first: those that wait, or those with an answer."""
    shown = "answered" if request.GET.get("show") == "answered" else "waiting"
    cases = ConflictCase.objects.visible_to(request.user)
    rows = cases.answered() if shown == "answered" else cases.waiting()
    page = keyset(
        rows.prefetch_related("sides__customer", "sides__partner"),
        by=("opened_at", "pk"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE_SIZE,
        is_newest_first=shown == "answered",
    )
    context = {"page": page, "shown": shown, "query": f"show={shown}"}
    return page_or_partial(request, "customers/conflicts.html", "customers/_conflicts.html", context)


@require_http_methods(["GET", "POST"])
def conflict(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """One case: both sides field by field, what the rule of precedence leads to, and the answer."""
    case = get_object_or_404(ConflictCase.objects.visible_to(request.user), public_id=public_id)
    if request.method == "GET":
        return render(request, "customers/conflict.html", _case(case))
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return render(request, "customers/conflict.html", _case(case, form=form), status=422)
    try:
        services.decide(
            case,
            by=request.user,
            at=now(),
            version=form.cleaned_data["version"],
            outcome=form.outcome_chosen,
            ground=form.ground_chosen,
            text=form.cleaned_data["text"],
        )
    except Refused as refusal:
        if refusal.field:
            form.add_error(refusal.field, refusal.sentence)
        # a save that came too late goes through when it is sent again, after a look at what stands there now
        case.refresh_from_db()
        again = DecisionForm({**request.POST.dict(), "version": case.version}) if isinstance(refusal, Stale) else form
        context = _case(case, form=again) | {"refusal": "" if refusal.field else refusal.sentence}
        return render(request, "customers/conflict.html", context, status=refusal.status)
    messages.success(request, _("The case is answered; both partners are told."))
    return redirect("customers:conflicts")


def _case(case: ConflictCase, *, form: DecisionForm | None = None) -> dict[str, Any]:
    claimants = services.in_order(case)
    sides = [claimant.side for claimant in claimants]
    work = services.last_work([side.customer_id for side in sides])
    first, second = (Claim(claimant.since, work.get(claimant.side.customer_id)) for claimant in claimants)
    outcome, ground = suggested(first, second, at=now())
    return {
        "case": case,
        "sides": sides,
        "became": [claimant for claimant in claimants if claimant.was_another],
        "rows": compared(*(side.customer for side in sides)),
        "why": why(case.reasons),
        "work": (first.active_at, second.active_at),
        "outcome": outcome,
        "ground": ground,
        "decisions": case.decisions.order_by("pk"),
        "appeals": [side for side in sides if side.appealed_at],
        "is_waiting": case.answered_at is None or any(side.is_waiting for side in sides),
        "form": form or DecisionForm(initial={"version": case.version, "outcome": outcome, "ground": ground}),
    }


@require_GET
def own_conflicts(request: PersonRequest) -> HttpResponse:
    """A partner's sides of cases, the newest first."""
    page = keyset(
        ConflictSide.objects.visible_to(request.user).select_related("customer"),
        by=("opened_at", "pk"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=PAGE_SIZE,
        is_newest_first=True,
    )
    return page_or_partial(request, "customers/own_conflicts.html", "customers/_own_conflicts.html", {"page": page})


@require_http_methods(["GET", "POST"])
def own_conflict(request: PersonRequest, public_id: UUID) -> HttpResponse:
    """A partner's side of one case, and its appeal."""
    sides = ConflictSide.objects.visible_to(request.user).select_related("customer")
    side = get_object_or_404(sides, public_id=public_id)
    form = AppealForm(request.POST or None)
    context: dict[str, Any] = {"side": side, "form": form, "events": side.events.order_by("pk")}
    if request.method == "POST" and form.is_valid():
        try:
            services.appeal(side, by=request.user, at=now(), text=form.cleaned_data["text"])
        except Refused as refusal:
            context |= {"refusal": refusal.sentence}
            return render(request, "customers/own_conflict.html", context, status=refusal.status)
        messages.success(request, _("Your appeal is handed in."))
        return redirect("customers:own_conflict", side.public_id)
    return render(request, "customers/own_conflict.html", context, status=422 if form.errors else 200)
