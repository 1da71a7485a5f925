"""From the feed to messages: once for each change and subscription, because the place in the feed moves with them."""

from collections.abc import Callable
from datetime import datetime

from common.isolation import Side, acting
from partners.models import Change, Delivery, Subscription
from partners.policy import event_of

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


def _behind() -> Subscription | None:
    """A subscription that has not been told of everything, and that no other worker has just now."""
    rows = Subscription.objects.alive().behind().select_for_update(of=("self",), skip_locked=True)
    found: Subscription | None = rows.order_by("xact", "pk").first()
    return found


def _spread(one: Subscription, *, at: datetime) -> int:
    """Messages of the next changes, and the new place in the feed; together or not at all."""
    rows = Change.objects.filter(partner_id=one.partner_id).after(one.xact, one.change)
    messages = []
    for one.xact, one.change, *told in rows.values_list(*_COLUMNS)[:MOST_CHANGES]:
        event_id, kind, subject, subject_id, of_customer, happened = told
        event = event_of(kind, one.door)
        if event not in one.events:
            continue
        one.number += 1
        messages.append(
            Delivery(
                partner_id=one.partner_id, subscription=one, event_id=event_id, number=one.number, event=event,
                kind=kind, subject=subject, subject_id=subject_id, of_customer=of_customer, at=happened, made_at=at,
                next_at=at, since_at=at,
            )
        )  # fmt: skip
    Delivery.objects.bulk_create(messages)
    one.save(update_fields=["xact", "change", "number"])
    return len(messages)
