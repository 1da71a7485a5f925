"""The bare Celery round trip that edits are measured against: a task that does nothing but answer."""

from celery import shared_task
from django.conf import settings
from redis import Redis


@shared_task(name="bench.echo")
def echo(*, key: str) -> None:
    """Answer on a list of the broker, because no results are kept anywhere."""
    Redis.from_url(settings.REDIS_URL).lpush(key, "1")
