"""Asking workers for work, by name and after commit. A broker that is down costs a moment, never a fact."""

import logging
from functools import lru_cache, partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def _broker() -> Redis:
    """A connection that says at once whether the broker is there; Celery's own would try for seconds."""
    url = str(settings.CELERY_BROKER_URL).replace("redis+socket://", "unix://")
    return Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=0.5, retry=Retry(NoBackoff(), 0))


def _send(name: str, arguments: dict[str, Any], expires: int | None) -> None:
    try:
        _broker().ping()
        current_app.send_task(name, kwargs=arguments, expires=expires)
    except (OperationalError, RedisError, OSError) as error:
        # the marks and jobs are in the database; beat and the drainer find them
        log.warning("could not wake %s: %s", name, error)


WAKE_UP_SECONDS = 60  # a wake-up that nobody heard by then is worth nothing: beat has sent newer ones


def _ask(name: str, *, expires: int | None = None, **arguments: Any) -> None:
    transaction.on_commit(partial(_send, name, arguments, expires))


def recompute_soon() -> None:
    """Wake a worker for the marks of this transaction."""
    _ask("motions.drain", expires=WAKE_UP_SECONDS)


def recompute_many_soon() -> None:
    """Wake the bulk worker: a policy, rates or an import touched many customers."""
    _ask("motions.spread", expires=WAKE_UP_SECONDS)
    _ask("motions.drain_bulk", expires=WAKE_UP_SECONDS)


def import_soon(*, batch_id: int, partner_id: int) -> None:
    """Have an import checked, committed or undone in the background, as its state asks."""
    _ask("motions.take_import_step", batch_id=batch_id, partner_id=partner_id)


def tell_set_apart(*, count: int) -> None:
    """Have the administrators told that recomputes failed for good."""
    _ask("motions.tell_set_apart", count=count)
