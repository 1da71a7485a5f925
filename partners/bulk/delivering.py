"""Sending messages: many targets at once, one message at a time for each, so that a slow one holds up nobody else.

Nothing is locked while a target is spoken to: a long transaction would hold back the feed. A worker holds a subscription
for a while instead; when it is killed, the hold ends by itself and the message is tried again under the same id.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from common import outgoing
from common.isolation import Side, acting
from partners import services
from partners.bulk.messages import Message, message_of
from partners.bulk.spreading import is_coming, spread
from partners.models import Delivery, Subscription
from partners.policy import MOST_TRIES, next_try, rest_after
from partners.services import reach
from partners.states import DeliveryState, Trouble

SECONDS = 5.0
MOST_BYTES = 4096
SLOTS = 16
MOST_OF_A_PARTNER = 4
HELD_FOR = timedelta(seconds=60)
LOOK_EVERY = 0.5
MOST_ATTEMPTS_KEPT = 20
# how often it is looked again for changes that wait for an older transaction: for two seconds; beat comes after them
MOST_LOOKS = 8
LOOK_AGAIN = 0.25
LEFT_TO_WORKERS = timedelta(seconds=10)  # for so long the drainer leaves a message to those who can be woken
CARRYING_SECONDS = 3.0
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Held:
    """A message that this worker sends."""

    partner_id: int
    subscription_id: int
    delivery_id: int
    tries: int
    message: Message


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt; no trouble when it was taken."""

    trouble: str
    status: int | None
    ms: int


def keep_telling(
    *, clock: Clock, is_over: Callable[[], bool], pause: Callable[[float], None] = time.sleep
) -> Counter[str]:
    """`tell`, and again for a moment while there are changes that have not settled; counts by state."""
    told = tell(clock=clock, is_over=is_over)
    for _look in range(MOST_LOOKS):
        if is_over() or not is_coming():
            break
        pause(LOOK_AGAIN)
        told += tell(clock=clock, is_over=is_over)
    return told


def carry(*, clock: Clock) -> int:
    """Send what no worker has taken up, for the drainer, which has other work too; returns how many were tried."""
    end = time.monotonic() + CARRYING_SECONDS
    return tell(clock=clock, is_over=lambda: time.monotonic() > end, left=LEFT_TO_WORKERS).total()


def tell(
    *,
    clock: Clock,
    is_over: Callable[[], bool],
    chance: Callable[[], float] = random.random,
    left: timedelta = timedelta(0),
) -> Counter[str]:
    """Make messages of the feed and send what is due, until nothing is, or time is over; counts by state.

    What has been due for less than `left` is left to others.
    """
    told: Counter[str] = Counter()
    under_way: dict[Future[Outcome], Held] = {}
    looked = 0.0
    with ThreadPoolExecutor(SLOTS) as pool:
        while True:
            if not is_over():
                if not looked or time.monotonic() - looked > LOOK_EVERY:
                    looked = time.monotonic()
                    spread(clock=clock)
                under_way |= {pool.submit(_sent, held.message): held for held in _held(under_way.values(), clock, left)}
            if not under_way:
                return told
            done, _others = wait(under_way, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)
            for future in done:
                told[_noted(under_way.pop(future), future.result(), at=clock(), chance=chance)] += 1


def _held(busy: Collection[Held], clock: Clock, left: timedelta = timedelta(0)) -> list[Held]:
    """As many messages as there are slots, of a partner no more than its part of them."""
    found: list[Held] = []
    is_all = False
    while not is_all and (room := SLOTS - len(busy) - len(found)):
        shares = Counter(held.partner_id for held in [*busy, *found])
        with acting(Side.WORKER):
            more, is_all = _claimed(room, shares, at=clock(), left=left)
        if not more:
            break
        found += more
    return found


def _claimed(room: int, shares: Counter[int], *, at: datetime, left: timedelta) -> tuple[list[Held], bool]:
    """Take subscriptions with something due, those first that have waited longest for their turn.

    The second is whether there are no others, but for partners that have their part already.
    """
    crowded = [partner for partner, count in shares.items() if count >= MOST_OF_A_PARTNER]
    found = []
    ready = list(_ready(at, until=at - left).exclude(partner_id__in=crowded)[:room])
    for one in ready:
        if shares[one.partner_id] < MOST_OF_A_PARTNER and (held := _taken(one, at, until=at - left)):
            shares[one.partner_id] += 1
            found.append(held)
    return found, len(ready) < room


def _ready(at: datetime, *, until: datetime) -> Any:
    due = Delivery.objects.waiting().filter(subscription=OuterRef("pk"), next_at__lte=until)
    free = Q(held_until__isnull=True) | Q(held_until__lte=at)
    rested = Q(rests_until__isnull=True) | Q(rests_until__lte=at)
    rows = Subscription.objects.alive().filter(free & rested & Exists(due))
    return rows.select_for_update(of=("self",), skip_locked=True).order_by(F("tried_at").asc(nulls_first=True), "pk")


def _taken(one: Subscription, at: datetime, *, until: datetime) -> Held | None:
    """Its oldest message that is due; the attempt counts from here on, so that none can kill workers without end."""
    delivery = one.deliveries.filter(state=DeliveryState.WAITING, next_at__lte=until).order_by("next_at", "pk").first()
    if delivery is None:
        return None
    if delivery.tries >= MOST_TRIES:
        _end(delivery, Outcome(Trouble.LOST, None, 0), at=at, next_at=None)
        return None
    delivery.tries += 1
    delivery.save(update_fields=["tries"])
    one.held_until, one.tried_at = at + HELD_FOR, at
    one.save(update_fields=["held_until", "tried_at"])
    return Held(one.partner_id, one.pk, delivery.pk, delivery.tries, message_of(one, delivery, at=at))


def _sent(message: Message) -> Outcome:
    """Send one message; in a thread, without the database."""
    began, status, trouble = time.monotonic(), None, ""
    try:
        place = outgoing.checked(message.url, reach())
        status = outgoing.ask(
            place, method="POST", body=message.body, headers=message.headers, seconds=SECONDS, most=MOST_BYTES
        ).status
        trouble = "" if 200 <= status < 300 else Trouble.STATUS
    except outgoing.NotFetched as error:
        trouble = error.code
    return Outcome(trouble, status, round((time.monotonic() - began) * 1000))


def _noted(held: Held, outcome: Outcome, *, at: datetime, chance: Callable[[], float]) -> str:
    """Write down what came of it and let the subscription go; the state of the message."""
    with acting(Side.WORKER):
        one = Subscription.objects.select_for_update(of=("self",)).filter(pk=held.subscription_id).first()
        delivery = Delivery.objects.waiting().filter(pk=held.delivery_id, tries=held.tries).first()
        if one is None:
            return "removed"
        one.held_until = None
        one.failures = one.failures + 1 if outcome.trouble else 0
        one.rests_until = at + rest_after(one.failures) if outcome.trouble else None
        one.save(update_fields=["held_until", "failures", "rests_until"])
        if delivery is None:
            return "overtaken"
        _end(delivery, outcome, at=at, next_at=next_try(held.tries, at=at, chance=chance))
        if delivery.state == DeliveryState.PARKED:
            services.tell_of_parked(one, at=at)
        return str(delivery.state)


def _end(delivery: Delivery, outcome: Outcome, *, at: datetime, next_at: datetime | None) -> None:
    """The end of an attempt: taken, to be tried again, or parked."""
    again = bool(outcome.trouble) and next_at is not None
    if not again:
        delivery.state = DeliveryState.PARKED if outcome.trouble else DeliveryState.DELIVERED
        delivery.ended_at = at
    delivery.next_at = next_at or at
    delivery.trouble, delivery.status, delivery.duration_ms = outcome.trouble, outcome.status, outcome.ms
    entry = {"at": at.isoformat(), "trouble": outcome.trouble, "status": outcome.status, "ms": outcome.ms}
    delivery.attempts = [*delivery.attempts, entry][-MOST_ATTEMPTS_KEPT:]
    delivery.save()
