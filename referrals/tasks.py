"""Doors for Celery: one call each, safe to run twice."""

from typing import Any

from celery import shared_task
from django.utils.timezone import now

from common.isolation import Side, acting
from referrals import notices, requests, services
from referrals.imports import jobs


@shared_task(name="referrals.tell")
def tell(**_: Any) -> None:
    """Tell people what happened to their leads."""
    notices.tell(clock=now)


@shared_task(name="referrals.sweep")
def sweep(**_: Any) -> None:
    """Let leads expire, give idle claims back, remind whoever holds the ball."""
    services.expire_due(clock=now)
    services.release_idle(clock=now)
    services.remind_due(clock=now)


@shared_task(name="referrals.anonymise")
def anonymise(**_: Any) -> None:
    """Take people out of leads that were closed longer ago than they are kept."""
    services.anonymise_old(clock=now)


@shared_task(name="referrals.take_import_step")
def take_import_step(*, batch_id: int, partner_id: int, user_id: int, **_: Any) -> None:
    """Check, write or undo a file of leads, as its state asks."""
    jobs.work(batch_id=batch_id, partner_id=partner_id, user_id=user_id, clock=now)
    _wake_waiting_imports()  # another file of the partner may have had to wait for this one


@shared_task(name="referrals.resume_imports")
def resume_imports(**_: Any) -> None:
    """Find files of leads that ask for work which nobody does, after a lost message or a killed worker."""
    _wake_waiting_imports()


def _wake_waiting_imports() -> None:
    with acting(Side.WORKER):
        waiting = jobs.waiting()
    for batch_id, partner_id, user_id in waiting:
        requests.import_soon(batch_id=batch_id, partner_id=partner_id, user_id=user_id)
