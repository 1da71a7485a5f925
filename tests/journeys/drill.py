"""`make drill`: people edit deals while processes, the broker and database connections are killed at random.

Prints one JSON line. `lost`: edits that are not in the answer at the end; `stale_as_fresh`: answers that counted as current
in a snapshot in which they were not; `doubled`: ledger entries that say the same as the one before. All three must be 0.
With --naive the answers are made the naive way, one task an edit and no mark, to show that the drill bites.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
import psycopg
from redis import Redis

from portal.local import valkey
from portal.local.trouble import Trouble
from tests.journeys.site import COMMANDS, Site, wait_until
from tests.journeys.writers import Writer

CONVERGE_SECONDS = 10.0
_NO_MARKS = """
CREATE FUNCTION drill_no_mark() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER drill_no_mark BEFORE INSERT ON motions_mark FOR EACH ROW EXECUTE FUNCTION drill_no_mark();
"""
_HANG_UP = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
ORDER BY random() LIMIT 2
"""
_SEEN = """
SELECT standing.customer_id, customer.country, standing.motion, entry.facts::text, {fresh},
       (SELECT jsonb_agg(deal.seats ORDER BY deal.id)::text FROM motions_deal AS deal
        WHERE deal.customer_id = standing.customer_id AND deal.stage = 'open')
FROM {everything} LEFT JOIN motions_assessment AS entry ON entry.id = standing.assessment_id
"""
_DOUBLED = """
SELECT count(*) FROM (
    SELECT hash, lag(hash) OVER (PARTITION BY customer_id ORDER BY id) AS former FROM motions_assessment
) AS entries WHERE hash = former
"""


class Faults:
    """One fault after the other, each a coin toss."""

    def __init__(self, site: Site, broker: Path, password: str, seed: int) -> None:
        self.site, self.broker, self.password = site, broker, password
        self.random = random.Random(seed)
        self.count: dict[str, int] = {}
        self.last_at = time.monotonic()

    def one(self) -> None:
        """Do the next fault and count it."""
        kinds: dict[str, Callable[[], None]] = {
            "worker killed": lambda: self._restart("worker"),
            "bulk worker killed": lambda: self._restart("bulk"),
            "beat killed": lambda: self._restart("beat"),
            "drainer killed": lambda: self._restart("drainer"),
            "broker flushed": self._flush,
            "broker killed": self._kill_broker,
            "connections cut": self._hang_up,
        }
        name = self.random.choice([kind for kind in kinds if self._is_there(kind)])
        kinds[name]()
        self.count[name] = self.count.get(name, 0) + 1
        self.last_at = time.monotonic()

    def _is_there(self, kind: str) -> bool:
        return {"beat killed": "beat", "drainer killed": "drainer"}.get(kind, "web") in self.site.processes

    def _restart(self, name: str) -> None:
        self.site.restart(name)

    def _flush(self) -> None:
        try:
            Redis.from_url(self.site.redis_url, socket_timeout=2).flushall()
        except (OSError, ConnectionError) as error:
            print(f"the broker is away: {error}", file=sys.stderr)

    def _kill_broker(self) -> None:
        client = Redis.from_url(self.site.redis_url, socket_timeout=2)
        os.kill(client.info("server")["process_id"], 9)
        time.sleep(self.random.uniform(0.2, 2.0))
        for _ in range(20):
            try:
                valkey.running(self.broker, self.password)
                return
            except Trouble:
                time.sleep(0.2)
        raise AssertionError("the broker did not come back")

    def _hang_up(self) -> None:
        # a login may cut what it opened itself
        with psycopg.connect(self.site.environment["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(_HANG_UP)


class Observer(threading.Thread):
    """Looks at everything in one snapshot after the other: whatever counts as fresh must be right in that snapshot."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.ended = threading.Event()
        self.snapshots = self.lies = 0
        self.examples: list[str] = []

    def run(self) -> None:
        """Until it is told to end; a cut connection is opened anew."""
        from django.db import DatabaseError, connection

        while not self.ended.wait(0.05):
            try:
                self.look()
            except DatabaseError:
                connection.close()
        connection.close()

    def look(self) -> int:
        """One snapshot; returns how many answers were not fresh in it."""
        from django.db import connection, transaction
        from django.utils.timezone import localdate

        from common.isolation import Side, acting
        from motions.sql.freshness import FROM, fresh, in_force

        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            with acting(Side.OFFICE), connection.cursor() as cursor:
                current = in_force(localdate())
                condition = fresh(current)
                cursor.execute(_SEEN.format(fresh=condition.sql, everything=FROM), condition.parameters)
                rows = cursor.fetchall()
                rates = self._rates(current)
        self.snapshots += 1
        for row in rows:
            if row[4] and not self._is_right(row, current, rates):
                self.lies += 1
                self.examples.append(f"{row[0]}: {row[2]} with {row[5]}")
        return sum(not row[4] for row in rows)

    @staticmethod
    def _rates(current: Any) -> dict[str, Any]:
        from motions.current import rates_into

        return rates_into("USD", current.rates)

    @staticmethod
    def _is_right(row: tuple[Any, ...], current: Any, rates: dict[str, Any]) -> bool:
        """The sizes are those of this snapshot, and today's version makes this motion of them."""
        from motions.current import under
        from motions.ledger import read

        _customer, country, motion, facts, _fresh, sizes = row
        if facts is None:
            return sizes is None
        document = json.loads(facts)
        if [line["seats"] for line in document["lines"]] != json.loads(sizes or "[]"):
            return False
        return bool(under(read(document), current.policy_of(country), rates, None).decision.motion == motion)


@contextmanager
def running(folder: Path, *, naive: bool) -> Iterator[tuple[Site, Path, str]]:
    """A site of its own with a broker of its own, which may be killed."""
    broker, password = folder / "broker", "drill"
    site = Site(folder, name=f"wegweiser_drill_{os.getpid()}", broker=valkey.running(broker, password))
    site.build()
    if naive:
        with psycopg.connect(site.owner_url, autocommit=True) as connection:
            connection.execute(_NO_MARKS)
        COMMANDS["worker"] += ["-I", "tests.journeys.naive"]
    site.start("web", "worker", "bulk", *(() if naive else ("beat", "drainer")))
    try:
        wait_until(lambda: _is_up(site), seconds=60, what="the web to answer")
        yield site, broker, password
    finally:
        site.stop()
        valkey.stopped(broker, password)


def _is_up(site: Site) -> bool:
    from tests.journeys.site import _answers

    return _answers(site.url + "/healthz")


def _publish(number: int) -> None:
    """Another version while everything goes on: the limit moves to and fro."""
    from django.utils.timezone import localdate, now

    from common.isolation import Side, acting
    from motions import requests, services
    from motions.models import PolicyVersion
    from motions.sql.freshness import in_force

    with acting(Side.OFFICE):
        if PolicyVersion.objects.filter(code=f"DRILL_{number}").exists():
            return
        former = in_force(localdate()).policies[""]
        draft = PolicyVersion.objects.create(
            code=f"DRILL_{number}", title_en="Drill", title_de="Übung", edition=former.edition, market="DE" if number else "",
            valid_from=localdate(), valid_to=None, seat_limit=1800, azure_limit=former.azure_limit,
            comparator=former.comparator, aggregation=former.aggregation,
        )  # fmt: skip
        services.publish(draft, at=now())
        requests.recompute_many_soon()


def _load_rates(folder: Path) -> None:
    """A day of rates that moves every foreign amount by a fifth, in the bank's format."""
    from django.utils.timezone import localdate, now

    from common.isolation import Side, acting
    from motions import requests, services
    from motions.models import Rate
    from motions.sql.freshness import in_force

    file = folder / "rates.csv"
    with acting(Side.OFFICE):
        rates = dict(
            Rate.objects.filter(rate_set=in_force(localdate()).rates)
            .exclude(currency="EUR")
            .values_list("currency", "per_euro")
        )
        moved = {currency: value * (4 if currency == "USD" else 5) / 5 for currency, value in rates.items()}
        file.write_text(f"Date,{','.join(moved)}\n{localdate()},{','.join(map(str, moved.values()))}\n")
        services.load_rates(file, at=now())
        requests.recompute_many_soon()


def _despite_faults(work: Callable[[], None]) -> None:
    """Again while the connection is cut on the way; what was written all the same is found there."""
    from django.db import InterfaceError, OperationalError, connection

    while True:
        try:
            work()
            return
        except (OperationalError, InterfaceError):
            connection.close()


def drill(*, seconds: float, seed: int, naive: bool, every: float, writers: int = 3) -> dict[str, Any]:
    """Run it all; the counts."""
    with tempfile.TemporaryDirectory() as name, running(Path(name), naive=naive) as (site, broker, password):
        os.environ.update({key: value for key, value in site.environment.items() if key != "OWNER_DATABASE_URL"})
        django.setup()
        observer, faults = Observer(), Faults(site, broker, password, seed)
        crew = [Writer(site, number, seed, naive=naive) for number in range(writers)]
        if not naive:
            observer.start()
        for writer in crew:
            writer.start()
        from django.db import connections

        wait_until(lambda: all(writer.changes for writer in crew), seconds=90, what="everybody to be at work")
        started = time.monotonic()
        causes = [] if naive else [(seconds / 3, lambda: _load_rates(Path(name))), (seconds / 2, lambda: _publish(1))]
        while time.monotonic() < started + seconds:
            time.sleep(faults.random.uniform(0.3 * every, 1.7 * every))
            faults.one()
            if causes and time.monotonic() > started + causes[0][0]:
                _despite_faults(causes.pop(0)[1])
        for writer in crew:
            writer.ended.set()
        for writer in crew:
            writer.join(60)
        took = _converged(observer, since=max(faults.last_at, *(writer.last_at for writer in crew)), naive=naive)
        observer.ended.set()
        if not naive:
            observer.join(30)
        connections.close_all()
        with psycopg.connect(site.owner_url) as connection:
            lost = sum(writer.lost(connection) for writer in crew)
            doubled = connection.execute(_DOUBLED).fetchone()
        return {
            "drill": "naive" if naive else "faults",
            "seconds": seconds,
            "changes": sum(writer.changes for writer in crew),
            "faults": sum(faults.count.values()),
            "lost": lost,
            "doubled": doubled[0] if doubled else None,
            "stale_as_fresh": observer.lies,
            "snapshots": observer.snapshots,
            "converged_s": took,
            "unanswered": sum(writer.unanswered for writer in crew),
            "kinds": faults.count,
            "examples": observer.examples[:3],
        }


def _converged(observer: Observer, *, since: float, naive: bool) -> float | None:
    """Seconds from the last fault or edit until nothing is stale; None when that took too long."""
    if naive:
        time.sleep(CONVERGE_SECONDS)
        return None
    from django.db import connections

    looker = Observer()
    connections.close_all()  # what was opened on the way may have been cut since
    while time.monotonic() - since < 3 * CONVERGE_SECONDS:
        if looker.look() == 0:
            return round(time.monotonic() - since, 2)
        time.sleep(0.1)
    return None


def main() -> int:
    """Print the line; 1 when anything was lost, doubled or shown wrongly, or the end was not fresh in time."""
    words = argparse.ArgumentParser()
    words.add_argument("--seconds", type=float, default=60)
    words.add_argument("--seed", type=int, default=int(time.time()))
    words.add_argument(
        "--within", type=float, default=CONVERGE_SECONDS, help="seconds after the last fault to be fresh in"
    )
    words.add_argument("--every", type=float, default=0.3, help="seconds between two faults on average")
    words.add_argument("--naive", action="store_true")
    options = words.parse_args()
    told = drill(seconds=options.seconds, seed=options.seed, naive=options.naive, every=options.every)
    print(json.dumps({**told, "seed": options.seed}), flush=True)
    is_late = told["converged_s"] is None or told["converged_s"] > options.within
    return int(not options.naive and bool(told["lost"] or told["doubled"] or told["stale_as_fresh"] or is_late))


if __name__ == "__main__":
    sys.exit(main())
