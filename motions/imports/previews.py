"""What would become of the guidance: staged rows are applied and judged for real, in a savepoint that is rolled back."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from common.isolation import Side, acting
from motions import bulk
from motions.imports import staging
from motions.imports.staging import Who
from motions.states import Motion


class _TriedOut(Exception):
    """Ends the savepoint of a preview."""


def preview(who: Who, *, at: datetime) -> dict[str, Any]:
    """Customers of the file by motion, before and after, and each kind of move; staged rows learn their own.

    `motions_before` counts customers that the partner has already, `motions_after` all of the file. Nothing stays written.
    """
    staging.note_standings(who)
    rows: list[tuple[int, int, str, str]] = []
    try:
        with transaction.atomic():
            staging.apply(who, at=at, day=localdate(at), note={})
            customers = staging.staged_customers()
            with acting(Side.WORKER):
                bulk.judge_all(customers, bulk.Counts(), at=at)
            rows = staging.foreseen()
            raise _TriedOut
    except _TriedOut:
        staging.foresee(rows)
    return _told({customer: (before, after) for _line, customer, before, after in rows})


def _told(moves: dict[int, tuple[str, str]]) -> dict[str, Any]:
    moved = Counter(pair for pair in moves.values() if pair[0] and pair[0] != pair[1])
    return {
        "motions_before": count_motions(before for before, _after in moves.values() if before),
        "motions_after": count_motions(after for _before, after in moves.values()),
        "moved": moved.total(),
        "moves": [[before, after, count] for (before, after), count in sorted(moved.items())],
    }


def count_motions(motions: Iterable[str]) -> dict[str, int]:
    """How many customers there are of each motion."""
    found = Counter(motions)
    return {motion.value: found[motion.value] for motion in Motion}
