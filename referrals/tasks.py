"""Doors for Celery: one call each, safe to run twice."""

from typing import Any

from celery import shared_task
from django.utils.timezone import now

from referrals import notices, services


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
