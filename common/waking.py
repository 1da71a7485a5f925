"""Asking workers for work, by name and after commit. A broker that is down costs a moment, never a fact."""

import logging
from functools import lru_cache, partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from kombu.exceptions import OperationalError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

WAKE_UP_SECONDS = 60  # a wake-up that nobody heard by then is worth nothing: beat has sent newer ones


@lru_cache(maxsize=1)
def broker() -> Redis:
    """A connection that says at once whether the broker is there; Celery's own would try for seconds."""
    url = str(settings.CELERY_BROKER_URL).replace("redis+socket://", "unix://")
    return Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=0.5, retry=Retry(NoBackoff(), 0))


def _send(name: str, arguments: dict[str, Any], expires: int | None) -> None:
    try:
        broker().ping()
        current_app.send_task(name, kwargs=arguments, expires=expires)
    except (OperationalError, RedisError, OSError) as error:
        # what is to be done stands in the database; beat and the drainer find it
        log.warning("could not wake %s: %s", name, error)


def ask(name: str, *, expires: int | None = None, **arguments: Any) -> None:
    """Send a task once the transaction is committed; nothing at all when it is rolled back."""
    transaction.on_commit(partial(_send, name, arguments, expires))


# what a trigger says -> the task that is woken by it
_HEARD: dict[str, str] = {}


def hear(word: str, name: str) -> None:
    """Have a task sent whenever a trigger says `word` (RAISE NOTICE), once its transaction is committed."""
    _HEARD[word] = name


def listen(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Hear what triggers say on a new connection; it comes with the answer to the statement, so it costs no question."""
    connection.connection.add_notice_handler(lambda said: _take_up(connection, said.message_primary or ""))


def _take_up(connection: BaseDatabaseWrapper, word: str) -> None:
    if name := _HEARD.get(word):
        connection.on_commit(partial(_send, name, {}, WAKE_UP_SECONDS))
