"""Keep guidance fresh: drain marks, spread them, find the forgotten ones, judge everybody. Safe to run many times over."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils.timezone import localdate

from common.isolation import Side, acting
from motions.models import Fanout, FanoutCause, SetAside
from motions.sql import marks
from motions.sql.freshness import in_force, stale_among
from motions.sql.judging import judge

log = logging.getLogger(__name__)

BATCH = 500  # customers in one claim: large enough to be set-based, small enough not to keep an edit waiting
CHUNK = 20_000
MOST_FAILURES = 3

Clock = Callable[[], datetime]


@dataclass
class Counts:
    """What a run did: customers judged, ledger entries written, motions moved, customers set apart."""

    computed: int = 0
    changed: int = 0
    moved: int = 0
    set_apart: int = 0

    def add(self, computed: int, changed: int, moved: int) -> None:
        """Add one statement's result."""
        self.computed += computed
        self.changed += changed
        self.moved += moved

    def join(self, other: "Counts") -> None:
        """Add another run."""
        self.add(other.computed, other.changed, other.moved)
        self.set_apart += other.set_apart


def judge_all(customers: list[int], counts: Counts, *, at: datetime) -> None:
    """Judge customers whose standings the caller holds, each under its market's version in force."""
    current = in_force(localdate(at))
    own_markets = [market for market in current.policies if market]
    for policy in current.policies.values():
        counts.add(*judge(customers, policy=policy, rates=current.rates, own_markets=own_markets, at=at))
    SetAside.objects.filter(customer_id__in=customers).delete()


def judge_stale(customers: list[int], *, clock: Clock) -> Counts:
    """Judge those of `customers` that are not fresh, waiting for other workers that hold them."""
    counts = Counts()
    with acting(Side.WORKER):
        marks.hold(customers)
        stale = stale_among(customers, on=localdate(clock()))
        marks.forget(stale)
        judge_all(stale, counts, at=clock())
    return counts


def drain(
    *, clock: Clock, is_bulk: bool, batch: int = BATCH, before: datetime | None = None, most: int | None = None
) -> Counts:
    """Claim and judge until no mark is left (or `most` batches are done); `before` leaves younger marks to others."""
    counts, done = Counts(), 0
    while most is None or done < most:
        done += 1
        customers: list[int] = []
        try:
            judged = Counts()
            with acting(Side.WORKER):
                customers = marks.claim(limit=batch, is_bulk=is_bulk, before=before or "infinity")
                if not customers:
                    break
                judge_all(customers, judged, at=clock())
            counts.join(judged)
        except (OperationalError, InterfaceError):
            raise  # the database itself is away: everything was rolled back, the marks are still there
        except (DatabaseError, LookupError):
            log.exception("a batch of %s recomputes failed; trying them one by one", len(customers))
            _one_by_one(customers, counts, clock=clock)
    return counts


def _one_by_one(customers: list[int], counts: Counts, *, clock: Clock) -> None:
    """Judge each customer in a transaction of its own, so that one that cannot be judged does not hold up the others."""
    for customer_id in customers:
        try:
            judged = Counts()
            with acting(Side.WORKER):
                marks.hold([customer_id])
                marks.forget([customer_id])
                judge_all([customer_id], judged, at=clock())
            counts.join(judged)
        except (OperationalError, InterfaceError):
            raise
        except (DatabaseError, LookupError) as error:
            _note_failure(customer_id, counts, error=str(error), at=clock())


def _note_failure(customer_id: int, counts: Counts, *, error: str, at: datetime) -> None:
    with acting(Side.WORKER), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO motions_setaside AS aside (customer_id, partner_id, failures, error, last_at)"
            " SELECT customer_id, partner_id, 1, %(error)s, %(at)s FROM motions_dossier WHERE customer_id = %(customer)s"
            " ON CONFLICT (customer_id) DO UPDATE SET failures = aside.failures + 1, error = excluded.error,"
            " last_at = excluded.last_at RETURNING failures",
            {"customer": customer_id, "error": error[:500], "at": at},
        )
        failures = cursor.fetchone()[0]
        if failures >= MOST_FAILURES:
            marks.forget([customer_id])
            counts.set_apart += failures == MOST_FAILURES
            log.error("customer %s is set apart after %s failures: %s", customer_id, failures, error)


def spread(*, clock: Clock, size: int = CHUNK) -> int:
    """Spread the marks of open fan-outs, a committed chunk at a time; returns how many marks were made."""
    total = 0
    while (made := _spread_chunk(at=clock(), size=size)) is not None:
        total += made
    return total


def _spread_chunk(*, at: datetime, size: int) -> int | None:
    """One chunk of the oldest fan-out that still matters; None when there is none, or others are at it."""
    with acting(Side.WORKER):
        open_ones = list(
            Fanout.objects.filter(ended_at__isnull=True).order_by("-id").select_for_update(skip_locked=True)
        )
        if not open_ones:
            return None
        fanout = _supersede(open_ones, at=at)
        foreign_only = fanout.cause == FanoutCause.RATES
        reached, marked = marks.spread(cursor_at=fanout.cursor, size=size, foreign_only=foreign_only)
        fanout.marked += marked
        if reached is None:
            fanout.ended_at = at
        else:
            fanout.cursor = reached
        fanout.save(update_fields=["cursor", "marked", "ended_at"])
        return marked


def _supersede(newest_first: list[Fanout], *, at: datetime) -> Fanout:
    """The newest fan-out that reaches everybody ends all older ones; a newer one of rates ends older ones of rates."""
    kept: list[Fanout] = []
    for fanout in newest_first:
        covered = any(one.cause != FanoutCause.RATES or fanout.cause == FanoutCause.RATES for one in kept)
        if covered:
            fanout.ended_at = at
            fanout.save(update_fields=["ended_at"])
        else:
            kept.append(fanout)
    return kept[-1]


def start_all(*, at: datetime) -> None:
    """Have every customer judged by the workers."""
    with acting(Side.WORKER):
        Fanout.objects.create(cause=FanoutCause.ALL, made_at=at)


def reconcile(*, clock: Clock, limit: int = CHUNK) -> int:
    """Mark what is stale without a mark; a lost mark is a defect, so it is logged."""
    with acting(Side.WORKER):
        found = marks.reconcile(on=localdate(clock()), limit=limit)
    if found:
        log.warning("%s stale answers had no mark; they are marked now", found)
    return found


def recompute_all(*, clock: Clock, chunk: int = CHUNK) -> Counts:
    """Judge every customer in chunks of the key, whether marked or not."""
    counts, last = Counts(), 0
    while True:
        with acting(Side.WORKER):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT customer_id FROM motions_standing WHERE customer_id > %s"
                    " ORDER BY customer_id LIMIT %s FOR UPDATE",
                    [last, chunk],
                )
                customers = [row[0] for row in cursor.fetchall()]
            if not customers:
                return counts
            marks.forget(customers)
            judge_all(customers, counts, at=clock())
            last = customers[-1]
