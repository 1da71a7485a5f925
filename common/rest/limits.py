"""How much one caller may ask in a minute; counted by the broker, and by this process alone while the broker is away.

A process takes a few requests at once from the broker's count, so that most requests ask it nothing.
"""

import logging
import time
from collections import Counter
from dataclasses import dataclass
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
MOST_KNOWN = 10_000
_own: Counter[str] = Counter()


@dataclass
class _Taken:
    """Requests of one minute that the broker has counted already: the next is `used` + 1, the last `until`."""

    minute: int
    used: int
    until: int


_taken: dict[str, _Taken] = {}
_away_until = [0.0]


@lru_cache(maxsize=2)
def _counting(url: str) -> Redis:
    address = url.replace("redis+socket://", "unix://")
    return Redis.from_url(address, socket_connect_timeout=0.2, socket_timeout=0.2, retry=Retry(NoBackoff(), 0))


def count(who: str, *, at: float, most: int) -> int:
    """How many requests of this minute there are with this one; a hundredth of `most` is counted at once."""
    minute = int(at // MINUTE)
    taken = _taken.get(who)
    if taken is None or taken.minute != minute or taken.used >= taken.until:
        size = max(1, most // 100)
        until = _counted(f"limit:{who}:{minute}", size, at=at)
        taken = _Taken(minute, until - size, until)
        if len(_taken) > MOST_KNOWN:
            _taken.clear()
        _taken[who] = taken
    taken.used += 1
    return taken.used


def _counted(key: str, size: int, *, at: float) -> int:
    if at >= _away_until[0]:
        try:
            pipe = _counting(settings.REDIS_URL).pipeline(transaction=False)
            pipe.incrby(key, size)
            pipe.expire(key, 2 * MINUTE)
            return int(pipe.execute()[0])
        except (RedisError, OSError) as error:
            log.warning("requests are counted here alone: %s", error)
            _away_until[0] = at + _PAUSE
    if len(_own) > MOST_KNOWN:
        _own.clear()
    _own[key] += size
    return _own[key]


def must_be_moderate(who: str, *, most: int, clock: Any = time.time) -> None:
    """A problem with Retry-After for whoever has asked more than `most` times in this minute."""
    at = clock()
    if count(who, at=at, most=most) > most:
        raise Problem("too_many", headers={"Retry-After": str(MINUTE - int(at % MINUTE))})
