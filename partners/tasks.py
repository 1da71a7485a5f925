"""Doors for Celery: ids in, one call, keywords only, safe to run twice."""

import logging
from typing import Any

from celery import shared_task
from django.utils.timezone import now

from common.isolation import Side, acting
from partners import notices, services

log = logging.getLogger(__name__)


@shared_task(name="partners.forget")
def forget(**_: Any) -> None:
    """Drop first answers, changes and tokens whose time is over."""
    with acting(Side.WORKER):
        services.forget(at=now())


@shared_task(name="partners.seal_audit")
def seal_audit(**_: Any) -> None:
    """Seal what is finished; take away what is older than it is kept."""
    services.seal()
    services.cut(at=now())


@shared_task(name="partners.check_audit")
def check_audit(**_: Any) -> None:
    """Compute every hash again; findings are logged as errors and shown to the office."""
    verdict = services.check(clock=now)
    for finding in verdict.findings:
        log.error("the audit does not hold: %s", finding)


@shared_task(name="partners.mail_notices")
def mail_notices(**_: Any) -> None:
    """Send the mails that are due."""
    notices.mail_due(clock=now)
