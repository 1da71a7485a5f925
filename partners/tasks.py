"""Doors for Celery: ids in, one call, keywords only, safe to run twice."""

from typing import Any

from celery import shared_task
from django.utils.timezone import now

from common.isolation import Side, acting
from partners import notices, services


@shared_task(name="partners.forget")
def forget(**_: Any) -> None:
    """Drop first answers, changes and tokens whose time is over."""
    with acting(Side.WORKER):
        services.forget(at=now())


@shared_task(name="partners.mail_notices")
def mail_notices(**_: Any) -> None:
    """Send the mails that are due."""
    notices.mail_due(clock=now)


@shared_task(name="partners.mail_news")
def mail_news(**_: Any) -> None:
    """Send the newsletter to those who want it."""
    notices.mail_news(clock=now)


@shared_task(name="partners.mail_invitations")
def mail_invitations(**_: Any) -> None:
    """Send the invitations that wait."""
    notices.mail_invitations(clock=now)
