"""Doors for Celery: compare customers across partners, and answer the cases of withdrawn registrations."""

from datetime import datetime
from typing import Any

from celery import shared_task
from django.conf import settings
from django.utils.timezone import now

from customers import services
from customers.policy import grid_end


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
