"""Doors for Celery: ids in, one call, keywords only, safe to run twice."""

import logging
import time
from typing import Any

from celery import shared_task
from django.utils.timezone import now

from common.isolation import Side, acting
from partners import notices, services
from partners.bulk.delivering import keep_telling
from partners.requests import tell_soon

TELLING_SECONDS = 20.0

log = logging.getLogger(__name__)


@shared_task(name="partners.forget")
def forget(**_: Any) -> None:
    """Drop first answers, changes, tokens and messages whose time is over."""
    with acting(Side.WORKER):
        services.forget(at=now())
        services.tidy_deliveries(at=now())


@shared_task(name="partners.seal_audit")
def seal_audit(**_: Any) -> None:
    """Seal what is finished; take away what is older than it is kept."""
    services.seal()
    services.cut(at=now())


@shared_task(name="partners.check_audit")
def check_audit(**_: Any) -> None:
    """Compute every hash again; findings are logged as errors and shown to the office. Forget old looks at customers."""
    verdict = services.check(clock=now)
    for finding in verdict.findings:
        log.error("the audit does not hold: %s", finding)
    services.forget_sightings(at=now())


@shared_task(name="partners.mail_notices")
def mail_notices(**_: Any) -> None:
    """Send the mails that are due."""
    notices.mail_due(clock=now)


@shared_task(name="partners.tell_programs")
def tell_programs(**_: Any) -> None:
    """Send programs what they asked to be told of; goes on in a new task when there is much."""
    end = time.monotonic() + TELLING_SECONDS
    keep_telling(clock=now, is_over=lambda: time.monotonic() > end)
    if time.monotonic() > end:
        tell_soon()


@shared_task(name="partners.warn_of_secrets")
def warn_of_secrets(**_: Any) -> None:
    """Tell of secrets of API clients that end soon."""
    with acting(Side.WORKER):
        services.warn_of_secrets(at=now())


@shared_task(name="partners.mail_news")
def mail_news(**_: Any) -> None:
    """Send the newsletter to those who want it."""
    notices.mail_news(clock=now)


@shared_task(name="partners.mail_invitations")
def mail_invitations(**_: Any) -> None:
    """Send the invitations that wait."""
    notices.mail_invitations(clock=now)
