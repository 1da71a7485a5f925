"""Keep guidance fresh: drain marks, roll causes out, find what was forgotten. Safe to run many times over."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.models import Exists, F
from django.utils.timezone import localdate

from common.isolation import Side, acting
from motions.models import Fanout, FanoutCause, FanoutEnd, FanoutSlice
from motions.sql import marks, slices
from motions.sql.freshness import in_force_again, stale_among
from motions.sql.judging import judge

log = logging.getLogger(__name__)

BATCH = 500  # customers in one claim: large enough to be set-based, small enough not to keep an edit waiting
SLICE = 5_000  # customers in one step of a roll-out; an edit in it waits for that step, and so does a cancellation
MOST_FAILURES = 3
REST = timedelta(milliseconds=50)
BREATH = 0.005  # seconds; others' edits are looked for meanwhile

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
    current = in_force_again(localdate(at))
    for policy in current.policies.values():
        counts.add(*judge(customers, current=current, policy=policy, at=at))


def judge_stale(customers: list[int], *, clock: Clock) -> Counts:
    """Judge those of `customers` that are not fresh, waiting for other workers that hold them."""
    counts = Counts()
    with acting(Side.WORKER):
        marks.hold(customers)
        stale = stale_among(customers, on=localdate(clock()))
        marks.forget(stale)
        marks.readmit(stale)
        judge_all(stale, counts, at=clock())
    return counts


def drain_edits(*, clock: Clock, until: Callable[[], bool]) -> Counts:
    """Judge what single edits marked, a customer at most once in `REST`: of a burst the first and the last state count.

    Comes back when nothing waits, not even for its rest, or when `until` says so.
    """
    counts = Counts()
    while True:
        rested = clock() - REST  # before the claim: whoever is passed over by it is seen to rest
        counts.join(drain(clock=clock, is_bulk=False, rest=REST))
        if until() or not _are_resting(rested):
            return counts
        time.sleep(BREATH)


def _are_resting(rested: datetime) -> bool:
    with acting(Side.WORKER):
        return marks.are_resting(is_bulk=False, rested=rested)


def drain(
    *,
    clock: Clock,
    is_bulk: bool,
    batch: int = BATCH,
    before: datetime | None = None,
    most: int | None = None,
    rest: timedelta | None = None,
) -> Counts:
    """Claim and judge until no mark is left (or `most` batches are done).

    `before` leaves younger marks to others, `rest` leaves customers that were judged so short a time ago.
    """
    counts, done = Counts(), 0
    while most is None or done < most:
        done += 1
        customers: list[int] = []
        try:
            judged = Counts()
            with acting(Side.WORKER):
                rested = clock() - rest if rest else "infinity"
                customers = marks.claim(limit=batch, is_bulk=is_bulk, before=before or "infinity", rested=rested)
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
                marks.readmit([customer_id])
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


def start_all(*, at: datetime, by_name: str = "") -> None:
    """Have every customer judged by the workers."""
    with acting(Side.WORKER):
        Fanout.objects.create(cause=FanoutCause.ALL, made_at=at, by_name=by_name)


def roll_out(
    *, clock: Clock, size: int = SLICE, go_on: Callable[[], bool] = lambda: True, cut: Callable[[], None] = lambda: None
) -> Counts:
    """Work on open roll-outs, a committed slice at a time, until no slice is left to take or `go_on` says no.

    Any number of workers may be at it. `cut` is called when slices have been cut, so that others can be woken.
    """
    counts = Counts()
    if _cut(at=clock(), size=size):
        cut()
    while go_on() and _take_slice(counts, clock=clock):
        pass
    return counts


def _cut(*, at: datetime, size: int) -> bool:
    """Cut what is new into slices and end what is superseded; whether anything was cut."""
    with acting(Side.WORKER):
        open_ones = list(Fanout.objects.filter(ended_at__isnull=True).order_by("-id").select_for_update())
        kept = [fanout for fanout in open_ones if not _is_superseded(fanout, open_ones)]
        for fanout in open_ones:
            if fanout not in kept:
                _end(fanout, FanoutEnd.SUPERSEDED, at=at)
        new = [fanout for fanout in kept if fanout.slices is None]
        for fanout in new:
            fanout.slices = slices.cut(fanout, size=size)
            fanout.save(update_fields=["slices"])
            if not fanout.slices:
                _end(fanout, FanoutEnd.DONE, at=at)
    return bool(new)


def _is_superseded(fanout: Fanout, open_ones: list[Fanout]) -> bool:
    """Who asks for everybody reaches whom an older one reaches; who asks for the stale ones, whom older such ones reach."""
    return any(
        newer.pk > fanout.pk and (newer.cause == FanoutCause.ALL or fanout.cause != FanoutCause.ALL)
        for newer in open_ones
    )


def _end(fanout: Fanout, end: FanoutEnd, *, at: datetime) -> None:
    slices.give_up(fanout)
    fanout.ended_at, fanout.end = at, end
    fanout.save(update_fields=["ended_at", "end"])


def _take_slice(counts: Counts, *, clock: Clock) -> bool:
    """Judge one slice in one transaction, so that a killed worker leaves it as it was; whether there was one."""
    part: FanoutSlice | None = None
    try:
        judged = Counts()
        with acting(Side.WORKER):
            part = slices.take()
            if part is None:
                return False
            at = clock()
            customers = _concerned(part, at=at)
            marks.readmit(customers)
            judge_all(customers, judged, at=at)
            _tell(part, judged, at=at)
        counts.join(judged)
    except (OperationalError, InterfaceError):
        raise
    except (DatabaseError, LookupError):
        log.exception("a slice of a roll-out failed; its customers are marked, to be tried one by one")
        _mark_instead(part, at=clock())
    return True


def _concerned(part: FanoutSlice, *, at: datetime) -> list[int]:
    is_for_all = part.fanout.cause == FanoutCause.ALL
    customers = slices.hold(part, stale_only=not is_for_all, on=localdate(at))
    if is_for_all:
        marks.forget(customers)
    return customers


def _tell(part: FanoutSlice, judged: Counts, *, at: datetime) -> None:
    """Take a slice off its roll-out; whoever takes off the last one ends it."""
    part.delete()
    told = Fanout.objects.filter(pk=part.fanout_id)
    told.update(
        computed=F("computed") + judged.computed, changed=F("changed") + judged.changed, moved=F("moved") + judged.moved
    )
    # the row is locked now, so that of two last ones the later one sees the other's slice gone
    left = FanoutSlice.objects.filter(fanout=part.fanout_id)
    told.filter(~Exists(left), ended_at__isnull=True).update(ended_at=at, end=FanoutEnd.DONE)


def _mark_instead(part: FanoutSlice | None, *, at: datetime) -> None:
    if part is None:
        raise LookupError("no slice to mark")
    with acting(Side.WORKER):
        again = FanoutSlice.objects.filter(pk=part.pk).select_related("fanout").select_for_update(of=("self",)).first()
        if again:
            marks.make(_concerned(again, at=at))
            _tell(again, Counts(), at=at)


def reconcile(*, clock: Clock, limit: int = 2 * SLICE) -> int:
    """Mark what is stale without a mark; a lost mark is a defect, so it is logged.

    What an open roll-out will come to is left to it. More than `limit` at once is a new day, and a roll-out of its own.
    """
    at = clock()
    with acting(Side.WORKER):
        if Fanout.objects.filter(ended_at__isnull=True).exists():
            return 0
        found = marks.reconcile(on=localdate(at), limit=limit)
        if found == limit:
            Fanout.objects.create(cause=FanoutCause.POLICY, made_at=at)
    if found:
        log.warning("%s stale answers had no mark; they are marked now", found)
    return found


def recompute_all(*, clock: Clock, size: int = SLICE) -> Counts:
    """Judge every customer, whether marked or not, together with whatever workers there are."""
    start_all(at=clock())
    return roll_out(clock=clock, size=size)
