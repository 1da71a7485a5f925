"""The naive way, for comparison: one task for each edit, and no mark that would outlive a lost message."""

from celery import shared_task
from django.utils.timezone import now

from common.isolation import Side, acting
from motions import bulk
from motions.sql import marks


@shared_task(name="drill.naive")
def recompute(*, customer_id: int) -> None:
    """Judge one customer."""
    with acting(Side.WORKER):
        marks.hold([customer_id])
        bulk.judge_all([customer_id], bulk.Counts(), at=now())
