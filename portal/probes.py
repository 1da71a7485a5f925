"""Probes for machines: alive, ready, metrics. They stand before sessions and people, and tell nothing of any partner."""

from collections.abc import Callable
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from common.isolation import Side, acting
from motions.bulk import MOST_FAILURES
from motions.models import SetAside
from motions.sql import marks
from portal import jobs

# without these guidance is not computed; a worker of webhooks that is away is no reason to take the portal from people
NEEDED = ("bulk", "interactive")
# asking the workers takes a second: who asks more often is given the last answer, and can keep nobody busy with it
KEPT_SECONDS = 2.0
_KEPT: dict[str, Any] = {}


def probes(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer the three probe paths; everything else goes on."""
    answers = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}

    def middleware(request: HttpRequest) -> HttpResponseBase:
        answer = answers.get(request.path)
        return answer(request) if answer else get_response(request)

    return middleware


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"alive": True})


def readyz(request: HttpRequest) -> HttpResponse:
    """Database, broker and the workers of guidance answer, and no stale mark has been waiting for long; else 503."""
    if monotonic() > _KEPT.get("until", 0.0):
        _KEPT["checks"] = {"database": _database_answers(), "marks": _marks_move(), **_workers_answer()}
        _KEPT["until"] = monotonic() + KEPT_SECONDS
    checks = _KEPT["checks"]
    return JsonResponse({"ready": all(checks.values()), **checks}, status=200 if all(checks.values()) else 503)


def _database_answers() -> bool:
    try:
        with acting(Side.WORKER):
            SetAside.objects.exists()
    except DatabaseError:
        return False
    return True


def _marks_move() -> bool:
    try:
        with acting(Side.WORKER):
            return marks.waiting()[1] < jobs.OLD_MARK
    except DatabaseError:
        return False


def _workers_answer() -> dict[str, bool]:
    """Ask every worker by the broadcast channel; a killed one does not answer."""
    answered = jobs.workers()
    return {"broker": answered is not None, **{node: node in (answered or ()) for node in NEEDED}}


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text: stale marks, the age of the oldest, customers set apart. For loopback or the bearer of a token."""
    if not _may_read_metrics(request):
        return HttpResponse(status=404)
    registry = CollectorRegistry()
    with acting(Side.WORKER):
        waiting, age = marks.waiting()
        apart = SetAside.objects.filter(failures__gte=MOST_FAILURES).count()
    Gauge("wegweiser_stale_marks", "Stale marks waiting", registry=registry).set(waiting)
    Gauge("wegweiser_oldest_mark_seconds", "Age of the oldest stale mark", registry=registry).set(age)
    Gauge("wegweiser_set_apart", "Customers whose recompute failed for good", registry=registry).set(apart)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        return request.headers.get("Authorization") == f"Bearer {settings.METRICS_TOKEN}"
    return not settings.SECURE_PROXY_SSL_HEADER and request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1", ""}
