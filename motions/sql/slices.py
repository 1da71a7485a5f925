"""Slices of a roll-out: cut the customers by key, take one slice at a time, and find whom it concerns."""

from datetime import date
from typing import Any

from django.db import connection

from motions.models import Fanout, FanoutSlice
from motions.sql.freshness import FROM, fresh, in_force

# the last slice is open, so that nobody who is registered meanwhile falls behind the end
_CUT = """
INSERT INTO motions_fanoutslice (fanout_id, low, high)
SELECT %(fanout)s, low, lead(low) OVER (ORDER BY low) FROM (
    SELECT customer_id AS low, row_number() OVER (ORDER BY customer_id) AS place FROM motions_standing
) AS placed WHERE place %% %(size)s = 1 OR %(size)s = 1
"""


def cut(fanout: Fanout, *, size: int) -> int:
    """Cut a roll-out into slices of `size` customers; returns how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(_CUT, {"fanout": fanout.pk, "size": size})
        slices: int = cursor.rowcount
    return slices


def take() -> FanoutSlice | None:
    """The next slice that no other worker holds, of a roll-out that is neither paused nor ended; locked until the commit."""
    return (
        FanoutSlice.objects.select_related("fanout")
        .filter(fanout__paused_at__isnull=True, fanout__ended_at__isnull=True)
        .order_by("pk")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )


def give_up(fanout: Fanout) -> None:
    """Delete the slices that nobody holds; whoever holds one takes it off when it is judged.

    To wait for them here would be a deadlock: they hold a slice and want the roll-out, we hold the roll-out.
    """
    free = FanoutSlice.objects.filter(fanout=fanout).select_for_update(skip_locked=True)
    FanoutSlice.objects.filter(pk__in=list(free.values_list("pk", flat=True))).delete()


def hold(part: FanoutSlice, *, stale_only: bool, on: date) -> list[int]:
    """Lock the standings of a slice in order of the key, those that are stale alone or all; their customers."""
    condition, parameters = "true", dict[str, Any]()
    if stale_only:
        one = fresh(in_force(on))
        condition, parameters = f"NOT {one.sql}", one.parameters
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT customer_id FROM {FROM} WHERE customer_id >= %(low)s AND (customer_id < %(high)s OR %(high)s IS NULL)"
            f" AND {condition} ORDER BY customer_id FOR UPDATE OF standing",
            {**parameters, "low": part.low, "high": part.high},
        )
        return [row[0] for row in cursor.fetchall()]
