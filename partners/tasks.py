"""Doors for Celery: one call, safe to run twice."""

from typing import Any

from celery import shared_task
from django.utils.timezone import now

from partners import notices


@shared_task(name="partners.mail_notices")
def mail_notices(**_: Any) -> None:
    """Send the mails that are due."""
    notices.mail_due(clock=now)
