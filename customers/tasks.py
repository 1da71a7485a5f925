"""Doors for Celery: one call, safe to run twice."""

import logging
from datetime import datetime
from smtplib import SMTPException
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils.timezone import now

from common.isolation import Side, acting
from customers import notices, services
from customers.policy import grid_end

log = logging.getLogger(__name__)

MOST_REMINDERS = 500  # in one run


@shared_task(name="customers.follow_up_relations")
def follow_up_relations(**_: Any) -> None:
    """Let requests for a relationship expire, and send the reminders that are due, each counted and committed by itself."""
    with acting(Side.WORKER):
        services.expire_relations(at=now())
    for _turn in range(MOST_REMINDERS):
        with acting(Side.WORKER):
            reminder = services.next_reminder(at=now())
        if reminder is None:
            break
        try:
            notices.remind_of_relation(reminder)
        except (SMTPException, OSError):
            # the next letter is not held up, and this one is on the page as sent: the log is where it is found
            log.exception("a reminder of a reseller relationship could not be sent")


def _grid(at: datetime) -> datetime:
    return grid_end(at, minutes=settings.CONFLICT_GRID_MINUTES)


@shared_task(name="customers.compare")
def compare(**_: Any) -> None:
    """Compare what was registered and corrected. Nobody wakes this: to answer at once would tell something."""
    services.compare(clock=now, grid=_grid)


@shared_task(name="customers.settle")
def settle(**_: Any) -> None:
    """Answer the cases of which a registration was withdrawn."""
    services.settle(clock=now)


@shared_task(name="customers.tell")
def tell(**_: Any) -> None:
    """Tell people what happened to conflicts. Nobody wakes this either: both sides are told in one go."""
    notices.tell(clock=now)
