"""Which change is told as which event, and when a message is tried again. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta

from partners.states import Door, HookEvent

MOST_TRIES = 10  # R59
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
# after the first try, after the second, ...: ten tries are over within two days and a half
WAITS = (_MINUTE / 6, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR, 12 * _HOUR)
JITTER = 0.2
WAITS_AT_MOST = timedelta(days=3)
_REST = timedelta(seconds=5)
_LONGEST_REST = _MINUTE

TEST = "test"  # a native test message
WIRE_TEST = "test-created"
# R60; those about subscriptions and usage can be asked for, and never come
WIRE_EVENTS = (
    "referral-created",
    "referral-updated",
    "related-referral-created",
    "related-referral-updated",
    "reseller-relationship-accepted-by-customer",
    "subscription-updated",
    WIRE_TEST,
    "usagerecords-thresholdExceeded",
)
# as what a change of a lead is told beside it, when its engagement had another lead before
RELATED = {"referral-created": "related-referral-created", "referral-updated": "related-referral-updated"}
_DONE = frozenset({"committed", "undone", "failed"})


def next_try(tries: int, *, at: datetime, chance: Callable[[], float]) -> datetime | None:
    """When a message is tried again that failed `tries` times; None when it is parked. `chance` is within 0 and 1."""
    if tries >= MOST_TRIES:
        return None
    return at + WAITS[tries - 1] * (1 + JITTER * (2 * chance() - 1))


def rest_after(failures: int) -> timedelta:
    """How long a target is left alone that failed so many times in a row, whatever waits for it."""
    return min(_REST * (1 << min(failures - 1, 10)), _LONGEST_REST)


def event_of(kind: str, door: str) -> str:
    """The event as which a change of the feed is told at a door; '' for one that is not told there."""
    room, _dot, what = kind.partition(".")
    return _wire(room, what) if door == Door.WIRE else _native(room, what)


def _native(room: str, what: str) -> str:
    if room == "referral":
        return HookEvent.REFERRAL_CREATED if what == "begun" else HookEvent.REFERRAL_CHANGED
    if room == "import":
        return HookEvent.IMPORT_DONE if what in _DONE else ""
    return {
        "guidance": HookEvent.GUIDANCE_CHANGED,
        "agreement": HookEvent.AGREEMENT_CHANGED,
        "customer": HookEvent.CUSTOMER_CHANGED,
        "deal": HookEvent.DEAL_CHANGED,
    }.get(room, "")


def _wire(room: str, what: str) -> str:
    if room == "referral":
        return "referral-created" if what == "begun" else "referral-updated"
    return "reseller-relationship-accepted-by-customer" if (room, what) == ("customer", "relation_accepted") else ""
