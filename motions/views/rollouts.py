"""Roll-outs: how far they are, and how they are steered."""

from django.contrib import messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.htmx import page_or_partial
from motions import requests, services
from motions.models import Fanout, FanoutCause, FanoutSlice
from motions.sql.freshness import count_stale
from partners.access import PersonRequest

NEWEST = 20


def _roll_outs() -> QuerySet[Fanout]:
    """The newest ones, each with the slices that are left of it."""
    left = FanoutSlice.objects.filter(fanout=OuterRef("pk")).order_by().values("fanout")
    counted = Subquery(left.annotate(count=Count("pk")).values("count"))
    return Fanout.objects.annotate(left=Coalesce(counted, 0)).order_by("-pk")[:NEWEST]


@require_GET
def roll_outs(request: PersonRequest) -> HttpResponse:
    """The newest roll-outs; while one is under way the list asks for itself again."""
    return _show(request)


def _show(request: PersonRequest) -> HttpResponse:
    rows = [
        {"fanout": one, "done": (one.slices or 0) - one.left, "may_cancel": one.cause == FanoutCause.ALL}  # type: ignore[attr-defined]
        for one in _roll_outs()
    ]
    running = any(row["fanout"].ended_at is None and row["fanout"].paused_at is None for row in rows)
    context = {"rows": rows, "is_running": running, "stale": count_stale(localdate())}
    return page_or_partial(request, "motions/policy/roll_outs.html", "motions/policy/_roll_outs.html", context)


@require_POST
def roll_out_steer(request: PersonRequest, number: int, verb: str) -> HttpResponse:
    """Pause, resume or cancel a roll-out."""
    fanout = get_object_or_404(Fanout, pk=number)
    if verb == "pause":
        services.pause(fanout, by=request.user, at=now())
    elif verb == "resume":
        services.resume(fanout, by=request.user)
    else:
        services.cancel(fanout, by=request.user, at=now())
    return _steered(request)


@require_POST
def roll_out_start(request: PersonRequest) -> HttpResponse:
    """Have everybody judged once more."""
    services.start_again(by=request.user, at=now())
    if not request.htmx:
        messages.success(request, _("The pass over everybody has begun."))
    return _steered(request)


def _steered(request: PersonRequest) -> HttpResponse:
    requests.recompute_many_soon()
    return _show(request) if request.htmx else redirect("motions:roll_outs")
