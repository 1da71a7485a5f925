"""Doors for Celery: ids in, one call, keywords only, safe to run twice."""

from typing import Any

from celery import shared_task
from django.utils.timezone import now

from agreements import notices, requests
from agreements.bulk import carrying, mailing, tending
from common.isolation import Side, acting


@shared_task(name="agreements.tend")
def tend(**_: Any) -> None:
    """Expire links, make reminders, apply cut-offs and transitions, learn of direct acceptances; then send what waits."""
    if any(tending.tend(clock=now).values()):
        requests.post_soon()


@shared_task(name="agreements.post")
def post(**_: Any) -> None:
    """Carry requests to providers and answers back, tell people what happened, and send the mails that wait."""
    carrying.carry(clock=now)
    notices.tell(clock=now)
    mailing.send_mails(clock=now)


@shared_task(name="agreements.ask_microsoft")
def ask_microsoft(*, customer_id: int, **_: Any) -> None:
    """Ask Microsoft about one customer's direct acceptance."""
    with acting(Side.WORKER):
        tending.ask_microsoft(now(), customers=[customer_id])
    notices.tell(clock=now)
