"""From the feed to messages: once for each change and subscription, because the place in the feed moves with them."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from common.isolation import Side, acting
from partners.models import Change, Delivery, Subscription
from partners.policy import RELATED, event_of

MOST_CHANGES = 500
MOST_TURNS = 200
_COLUMNS = ("xact", "id", "public_id", "kind", "subject", "subject_id", "of_customer", "at")


def spread(*, clock: Callable[[], datetime]) -> int:
    """Make the messages of what has settled in the feed, each subscription in its own transaction; how many there are."""
    made = 0
    for _turn in range(MOST_TURNS):
        with acting(Side.WORKER):
            one = _behind()
            if one is None:
                break
            made += _spread(one, at=clock())
    return made


def is_coming() -> bool:
    """Whether changes are written that cannot be told yet, because an older transaction is still under way."""
    with acting(Side.WORKER):
        found: bool = Subscription.objects.alive().awaiting().exists()
    return found


def _behind() -> Subscription | None:
    """A subscription that has not been told of everything, and that no other worker has just now."""
    rows = Subscription.objects.alive().behind().select_for_update(of=("self",), skip_locked=True)
    found: Subscription | None = rows.order_by("xact", "pk").first()
    return found


def _spread(one: Subscription, *, at: datetime) -> int:
    """Messages of the next changes, and the new place in the feed; together or not at all."""
    changes = Change.objects.filter(partner_id=one.partner_id).after(one.xact, one.change)
    rows = list(changes.values_list(*_COLUMNS)[:MOST_CHANGES])
    joined = _joined(one, rows)
    messages = []
    for one.xact, one.change, *told in rows:
        event_id, kind, subject, subject_id, of_customer, happened = told
        for event in _events(kind, one.door, is_joined=subject_id in joined):
            if event not in one.events:
                continue
            one.number += 1
            messages.append(
                Delivery(
                    partner_id=one.partner_id, subscription=one, event_id=event_id, number=one.number, event=event,
                    kind=kind, subject=subject, subject_id=subject_id, of_customer=of_customer, at=happened,
                    made_at=at, next_at=at, since_at=at,
                )
            )  # fmt: skip
    Delivery.objects.bulk_create(messages)
    one.save(update_fields=["xact", "change", "number"])
    return len(messages)


def _joined(one: Subscription, rows: Sequence[tuple[Any, ...]]) -> Collection[UUID]:
    """Of the leads in the changes those that are related to an earlier one, if the subscription asked for them."""
    leads = {subject_id for _xact, _pk, _id, _kind, subject, subject_id, *_rest in rows if subject == "referrals"}
    if not leads or not set(RELATED.values()) & set(one.events):
        return ()
    found: Collection[UUID] = import_string(settings.JOINED_LEADS)(leads)
    return found


def _events(kind: str, door: str, *, is_joined: bool) -> list[str]:
    event = event_of(kind, door)
    return [event, RELATED[event]] if is_joined and event in RELATED else [event]
