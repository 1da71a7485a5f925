"""How much one caller may ask in a minute; counted by the broker, and by this process alone while the broker is away."""

import logging
import time
from collections import Counter
from functools import lru_cache
from typing import Any

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from common.rest.problems import Problem

log = logging.getLogger(__name__)
MINUTE = 60
_PAUSE = 30.0  # seconds for which a broker that did not answer is not asked again
_own: Counter[str] = Counter()
_away_until = [0.0]


@lru_cache(maxsize=2)
def _counting(url: str) -> Redis:
    address = url.replace("redis+socket://", "unix://")
    return Redis.from_url(address, socket_connect_timeout=0.2, socket_timeout=0.2, retry=Retry(NoBackoff(), 0))


def count(who: str, *, at: float) -> int:
    """How many requests of this minute there are with this one."""
    key = f"limit:{who}:{int(at // MINUTE)}"
    if at >= _away_until[0]:
        try:
            pipe = _counting(settings.REDIS_URL).pipeline(transaction=False)
            pipe.incr(key)
            pipe.expire(key, 2 * MINUTE)
            return int(pipe.execute()[0])
        except (RedisError, OSError) as error:
            log.warning("requests are counted here alone: %s", error)
            _away_until[0] = at + _PAUSE
    if len(_own) > 10_000:
        _own.clear()
    _own[key] += 1
    return _own[key]


def must_be_moderate(who: str, *, most: int, clock: Any = time.time) -> None:
    """A problem with Retry-After for whoever has asked more than `most` times in this minute."""
    at = clock()
    if count(who, at=at) > most:
        raise Problem("too_many", headers={"Retry-After": str(MINUTE - int(at % MINUTE))})
