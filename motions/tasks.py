"""Doors for Celery: ids in, one call, keywords only, safe to run twice."""

from time import monotonic
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.utils.timezone import now

from common.isolation import Side, acting
from motions import bulk, notices, requests
from motions.alerts import runs
from motions.imports import jobs
from motions.services import exports, sources

ROLL_OUT_SECONDS = 60
BURST_SECONDS = 10


def _drain(*, is_bulk: bool) -> None:
    counts = bulk.drain(clock=now, is_bulk=is_bulk)
    if counts.set_apart:
        requests.tell_set_apart(count=counts.set_apart)


@worker_ready.connect
def take_up_what_was_left(**_: Any) -> None:
    """A worker that starts looks at once what others left, instead of waiting for the next sweep."""
    requests.recompute_soon()
    requests.recompute_many_soon()


@shared_task(name="motions.drain")
def drain(**_: Any) -> None:
    """Judge what single edits marked; a burst that does not end gives way now and then."""
    started = monotonic()
    counts = bulk.drain_edits(clock=now, until=lambda: monotonic() - started >= BURST_SECONDS)
    if counts.set_apart:
        requests.tell_set_apart(count=counts.set_apart)
    if monotonic() - started >= BURST_SECONDS:
        requests.recompute_soon()


@shared_task(name="motions.drain_bulk")
def drain_bulk(**_: Any) -> None:
    """Judge what imports, policies and rates marked."""
    _drain(is_bulk=True)


@shared_task(name="motions.sweep")
def sweep(**_: Any) -> None:
    """Find what a lost wake-up left, and wake the bulk worker for its part."""
    _drain(is_bulk=False)
    requests.recompute_many_soon()


@shared_task(name="motions.spread")
def spread(**_: Any) -> None:
    """Roll policies and rates out, a minute at a time, so that imports get their turn; others help when there is enough."""
    started = monotonic()
    bulk.roll_out(clock=now, go_on=lambda: monotonic() - started < ROLL_OUT_SECONDS, cut=requests.recompute_many_soon)
    if monotonic() - started >= ROLL_OUT_SECONDS:
        requests.recompute_many_soon()


@shared_task(name="motions.reconcile")
def reconcile(**_: Any) -> None:
    """Find stale answers that nobody marked, a new day among the reasons."""
    if bulk.reconcile(clock=now):
        _drain(is_bulk=True)


@shared_task(name="motions.take_import_step")
def take_import_step(*, batch_id: int, partner_id: int, **_: Any) -> None:
    """Check, commit or undo an import, as its state asks."""
    if jobs.work(batch_id=batch_id, partner_id=partner_id, clock=now):
        requests.recompute_many_soon()
        _wake_waiting_imports()  # another import of the partner may have had to wait for this one


@shared_task(name="motions.resume_imports")
def resume_imports(**_: Any) -> None:
    """Find imports that ask for a step which nobody takes, after a lost message or a killed worker."""
    _wake_waiting_imports()


def _wake_waiting_imports() -> None:
    with acting(Side.WORKER):
        waiting = jobs.waiting()
    for batch_id, partner_id in waiting:
        requests.import_soon(batch_id=batch_id, partner_id=partner_id)


@shared_task(name="motions.make_export")
def make_export(*, export_id: int, partner_id: int, **_: Any) -> None:
    """Make a file that a program has asked for."""
    exports.make(export_id=export_id, partner_id=partner_id, clock=now)


@shared_task(name="motions.resume_exports")
def resume_exports(**_: Any) -> None:
    """Find files that nobody makes, after a lost message or a killed worker, and forget those whose time is over."""
    with acting(Side.WORKER):
        exports.forget_exports(at=now())
        waiting = exports.waiting()
    for export_id, partner_id in waiting:
        requests.export_soon(export_id=export_id, partner_id=partner_id)


@shared_task(name="motions.tell_set_apart")
def tell_set_apart(*, count: int, **_: Any) -> None:
    """Tell the administrators that recomputes failed for good."""
    with acting(Side.OFFICE):
        notices.tell_set_apart(count=count)


@shared_task(name="motions.tell")
def tell(**_: Any) -> None:
    """Tell partners of policy versions."""
    notices.tell(clock=now)


@shared_task(name="motions.alert")
def alert(**_: Any) -> None:
    """Tell partners what the newest answers and the ends of agreements mean for them."""
    runs.follow(clock=now)


@shared_task(name="motions.foresee")
def foresee(**_: Any) -> None:
    """Tell partners whose customers are likely to cross a limit within months."""
    runs.foresee(clock=now)


@shared_task(name="motions.backtest")
def backtest(**_: Any) -> None:
    """Store how well the forecast would have done."""
    runs.backtest(clock=now)


@shared_task(name="motions.fetch_rates")
def fetch_rates(**_: Any) -> None:
    """Load what the source of exchange rates has that is new; without a source it only says so."""
    with acting(Side.OFFICE):
        if sources.fetch_rates(at=now()):
            requests.recompute_many_soon()
