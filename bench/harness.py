"""A scratch database, paired runs, and the line that a bench prints."""

import json
import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql


@contextmanager
def scratch_database(name: str = "wegweiser_bench") -> Iterator[None]:
    """Create an empty database, point the environment at it, migrate it, and drop it at the end."""
    urls = {key: os.environ[key] for key in ("DATABASE_URL", "OWNER_DATABASE_URL")}
    owner = urls["OWNER_DATABASE_URL"]
    with psycopg.connect(owner, autocommit=True) as connection:
        like = connection.execute("SELECT current_database()").fetchone()
        assert like is not None
        _drop(connection, name)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 {}").format(sql.Identifier(name), _locale(connection))
        )
    os.environ.update({key: _elsewhere(url, name) for key, url in urls.items()})
    try:
        yield
    finally:
        os.environ.update(urls)
        with psycopg.connect(owner, autocommit=True) as connection:
            _drop(connection, name)


def _drop(connection: psycopg.Connection[Any], name: str) -> None:
    """With whoever is still connected; autovacuum is the server's own to send away, and it does so without force."""
    try:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def _elsewhere(url: str, name: str) -> str:
    return re.sub(r"^([^:]+://[^/]*/)[^?]*", rf"\g<1>{name}", url)


def _locale(connection: psycopg.Connection[Any]) -> sql.SQL:
    if connection.info.server_version >= 170000:
        return sql.SQL("ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST' LOCALE 'C.UTF-8'")
    return sql.SQL("ENCODING 'UTF8' LOCALE 'C.UTF-8'")


@dataclass
class Result:
    """One bench: seconds of ours and of the reference, run by run."""

    bench: str
    scale: int
    reference: str
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def line(self) -> str:
        """The JSON line: the ratio is the median of the pairwise ratios."""
        ratios = [a / b for a, b in zip(self.ours, self.theirs, strict=True)]
        return json.dumps(
            {
                "bench": self.bench,
                "scale": self.scale,
                "ratio": round(statistics.median(ratios), 4),
                "ratio_min": round(min(ratios), 4),
                "ratio_max": round(max(ratios), 4),
                "reference": self.reference,
                "median_s": round(statistics.median(self.ours), 6),
                "min_s": round(min(self.ours), 6),
                "max_s": round(max(self.ours), 6),
                "reference_median_s": round(statistics.median(self.theirs), 6),
                "runs": len(self.ours),
                **self.more,
            }
        )


def in_pairs(
    result: Result,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    *,
    reset: Callable[[], object],
    runs: int = 5,
) -> Result:
    """Run both in turn, each from the same start, after one pair that does not count."""
    for number in range(runs + 1):
        pair = []
        for run in (ours, theirs) if number % 2 else (theirs, ours):
            reset()
            started = time.perf_counter()
            run()
            pair.append((run, time.perf_counter() - started))
        if number:
            seconds = dict(pair)
            result.ours.append(seconds[ours])
            result.theirs.append(seconds[theirs])
    return result


def percentile(values: list[float], share: float) -> float:
    """A percentile of measured values."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
