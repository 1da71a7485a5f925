"""recompute_full and its smaller sisters, against one statement written by hand for exactly this table.

recompute_full judges every customer anew, with ledger; recompute_policy_change follows a limit that one customer in twenty
passes, recompute_rates a new day's rates, drain_stale a thousand edits. All four are ratios to the same full statement.
"""

import os
import time
from multiprocessing.connection import Connection
from typing import Any

from django.db import connections
from django.utils.timezone import localdate, now

from bench import portfolio
from bench.harness import Result
from bench.workers import workers
from common.isolation import Side, acting
from motions import bulk, services
from motions.models import PolicyVersion
from motions.sql.freshness import count_stale, in_force

RUNS = int(os.environ.get("RUNS") or 5)  # a million customers take minutes a run

# written by hand for one edition, one policy and one way of rolling up; no table of rules, no guard, no chunks
REFERENCE = """
WITH fx AS (
    SELECT other.currency, round(home.per_euro / other.per_euro, 10) AS rate
    FROM motions_rate AS other JOIN motions_rate AS home USING (rate_set_id)
    WHERE rate_set_id = %(rates)s AND home.currency = 'USD'
), line AS (
    SELECT d.id, d.customer_id, d.kind, d.basis, d.source, d.size_date, d.needs, d.seats, d.amount, d.currency,
           CASE WHEN d.currency = 'USD' THEN 1 ELSE fx.rate END AS rate,
           round(d.amount * CASE WHEN d.currency = 'USD' THEN 1 ELSE fx.rate END, 2) AS azure,
           cardinality(d.needs) > 0 AS need, d.prefers_self_service AS prefers,
           d.amount IS NOT NULL AND d.currency <> 'USD' AS is_foreign
    FROM motions_deal AS d LEFT JOIN fx ON fx.currency = d.currency WHERE d.stage = 'open'
), judged AS (
    SELECT line.*,
           CASE WHEN need THEN 'enterprise' WHEN prefers THEN 'self_service'
                WHEN seats >= 2400 OR azure >= 1000000 THEN 'enterprise'
                WHEN kind = 'seats' AND seats IS NULL OR kind = 'azure' AND azure IS NULL THEN 'unknown'
                ELSE 'breadth' END AS motion,
           CASE WHEN need THEN '1' WHEN NOT need THEN '0' ELSE '?' END
           || CASE WHEN prefers THEN '1' WHEN NOT prefers THEN '0' ELSE '?' END
           || CASE WHEN seats >= 2400 THEN '1' WHEN kind <> 'seats' OR seats IS NOT NULL THEN '0' ELSE '?' END
           || CASE WHEN azure >= 1000000 THEN '1' WHEN kind <> 'azure' OR azure IS NOT NULL THEN '0' ELSE '?' END
           || CASE WHEN seats >= 2400 OR azure >= 1000000 THEN '0'
                   WHEN seats IS NOT NULL OR azure IS NOT NULL THEN '1' ELSE '?' END AS trace,
           need IS NULL OR NOT need AND prefers IS NULL
           OR NOT need AND NOT prefers AND seats IS NULL AND azure IS NULL AS is_provisional,
           coalesce(seats >= 2400 OR azure >= 1000000, false) AS reached,
           coalesce(seats * 1000000.00, azure * 2400) AS weight
    FROM line
), ruling AS (
    SELECT DISTINCT ON (customer_id) * FROM judged
    ORDER BY customer_id, reached DESC, (weight IS NULL) DESC, weight DESC, id
), gathered AS (
    SELECT customer_id, bool_or(is_foreign) AS is_foreign, max(seats) AS seats, max(azure) AS azure,
           CASE WHEN count(azure) = 0 THEN '' ELSE min(currency) FILTER (WHERE azure IS NOT NULL) END AS azure_currency,
           jsonb_agg(jsonb_build_object(
        'deal', id, 'kind', kind, 'seats', seats, 'amount', amount::text, 'currency', currency,
        'rate', rate::numeric(20,10)::text, 'azure', azure::text, 'basis', basis, 'source', source,
        'as_of', size_date::text, 'needs', to_jsonb(needs), 'prefers', prefers, 'motion', motion, 'trace', trace)
        ORDER BY id) AS lines
    FROM judged GROUP BY customer_id
), document AS (
    SELECT d.customer_id, d.partner_id, d.input_version, r.motion, r.is_provisional, r.weight, g.is_foreign, g.seats,
           g.azure, g.azure_currency,
           jsonb_build_object('edition', 1, 'policy', %(policy)s::bigint, 'currency', 'USD',
               'limits', jsonb_build_object('seats', 2400, 'azure', '1000000.00', 'comparator', 'at_least'),
               'aggregation', 'largest', 'rates', CASE WHEN g.is_foreign THEN %(rate_date)s::text END,
               'lines', g.lines,
               'answer', jsonb_build_object('motion', r.motion, 'trace', r.trace, 'deal', r.id)) AS facts
    FROM motions_dossier AS d JOIN ruling AS r USING (customer_id) JOIN gathered AS g USING (customer_id)
), hashed AS MATERIALIZED (
    SELECT document.*, sha256(convert_to(facts::text, 'UTF8')) AS hash FROM document
), entry AS (
    INSERT INTO motions_assessment
        (partner_id, customer_id, policy_id, rate_set_id, input_version, motion, facts, hash, at)
    SELECT partner_id, customer_id, %(policy)s, CASE WHEN is_foreign THEN %(rates)s END, input_version, motion, facts,
           hash, %(at)s
    FROM hashed RETURNING id, customer_id
)
UPDATE motions_standing AS s SET
    assessment_id = entry.id, hash = h.hash, motion = h.motion, is_provisional = h.is_provisional,
    seats = h.seats, azure = h.azure, azure_currency = h.azure_currency,
    input_version = h.input_version, uses_rates = h.is_foreign, share = round(h.weight / (2400 * 1000000.00), 4),
    policy_id = %(policy)s, policy_date = %(policy_date)s, rate_set_id = CASE WHEN h.is_foreign THEN %(rates)s END,
    rate_date = CASE WHEN h.is_foreign THEN %(rate_date)s::date END, motion_since = %(at)s, judged_at = %(at)s
FROM hashed AS h JOIN entry USING (customer_id) WHERE s.customer_id = h.customer_id
"""

_FORGET = """
UPDATE motions_standing SET assessment_id = NULL, hash = NULL, motion = 'unknown', input_version = 0, policy_id = NULL,
    policy_date = NULL, rate_set_id = NULL, rate_date = NULL, share = NULL, motion_since = NULL, judged_at = NULL,
    seats = NULL, azure = NULL, azure_currency = NULL
WHERE policy_id IS NOT NULL
"""


def forget_everything() -> None:
    """Back to the start: no ledger, no answers; the tables as after their first load."""
    portfolio.execute("ALTER TABLE motions_assessment DISABLE TRIGGER USER")
    portfolio.execute(_FORGET)
    portfolio.execute("DELETE FROM motions_assessment")
    portfolio.execute("DELETE FROM motions_mark")
    portfolio.execute("ALTER TABLE motions_assessment ENABLE TRIGGER USER")
    portfolio.execute("VACUUM ANALYZE motions_assessment, motions_standing, motions_mark, motions_dossier")


class Bench:
    """The same portfolio for all: judged in full by both sides, then moved by a policy, by rates, and by edits."""

    def __init__(self, scale: int, ends: list[Connection]) -> None:
        self.scale, self.ends = scale, ends
        self.peak_mib = 0
        self.parameters: dict[str, Any] = {}
        self.results = {
            name: Result(name, scale, "one hand-written SQL statement over all customers, with ledger")
            for name in NAMES
        }
        self.told: dict[str, dict[str, Any]] = {name: {} for name in NAMES}

    def together(self, order: str) -> tuple[int, int]:
        """All workers at once; (judged, moved)."""
        for end in self.ends:
            end.send(order)
        answers = [end.recv() for end in self.ends]
        self.peak_mib = max(self.peak_mib, *(answer[2] for answer in answers))
        return sum(answer[0] for answer in answers), sum(answer[1] for answer in answers)

    def full(self) -> float:
        """Everybody for the first time, by the workers."""
        forget_everything()
        started = time.perf_counter()
        bulk.start_all(at=now())
        self.together("roll out")
        return time.perf_counter() - started

    def reference(self) -> float:
        """Everybody for the first time, by the statement."""
        forget_everything()
        started = time.perf_counter()
        portfolio.execute(REFERENCE, self.parameters)
        return time.perf_counter() - started

    def policy_change(self) -> float:
        """A new limit that about one customer in twenty passes."""
        limit = _limit_that_moves(0.05)
        tidy()
        with acting(Side.OFFICE):
            draft = _successor(limit)
        started = time.perf_counter()
        with acting(Side.OFFICE):
            services.publish(draft, at=now())
        self._note("recompute_policy_change", *self.together("roll out"))
        seconds = time.perf_counter() - started
        assert_fresh()
        return seconds

    def new_rates(self) -> float:
        """The next day's rates, as the European Central Bank had them."""
        tidy()
        started = time.perf_counter()
        with acting(Side.OFFICE):
            _next_day()
        self._note("recompute_rates", *self.together("roll out"))
        seconds = time.perf_counter() - started
        assert_fresh()
        return seconds

    def stale_ones(self) -> float:
        """A thousand edited customers among all."""
        portfolio.execute(
            "UPDATE motions_deal SET seats = seats + 1 WHERE seats IS NOT NULL AND name = 'seats 1' AND customer_id IN"
            " (SELECT customer_id FROM motions_standing WHERE customer_id %% %(every)s = 0 ORDER BY 1 LIMIT 1000)",
            {"every": max(1, self.scale // 1000)},
        )
        started = time.perf_counter()
        self._note("drain_stale", *self.together("drain"))
        seconds = time.perf_counter() - started
        assert_fresh()
        return seconds

    def _note(self, name: str, judged: int, moved: int) -> None:
        self.told[name] = {"judged": judged, "moved": moved}

    def pair(self) -> None:
        """One run of everything."""
        ours = {"recompute_full": self.full()}
        theirs = self.reference()
        ours |= {
            "drain_stale": self.stale_ones(),
            "recompute_rates": self.new_rates(),
            "recompute_policy_change": self.policy_change(),
        }
        start_again()
        for name, result in self.results.items():
            result.ours.append(ours[name])
            result.theirs.append(theirs)


NAMES = ("recompute_full", "recompute_policy_change", "recompute_rates", "drain_stale")


def _limit_that_moves(share: float) -> int:
    """The seat limit that the given share of customers has reached by the former limit and not by the new one."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT seats FROM motions_standing WHERE seats >= 2400 AND azure < 1000000 AND motion = 'enterprise'"
            " ORDER BY seats OFFSET (SELECT (count(*) * %s)::bigint FROM motions_standing) LIMIT 1",
            [share],
        )
        row = cursor.fetchone()
    assert row is not None, "the portfolio has too few customers above the limit"
    return int(row[0])


def _successor(seat_limit: int) -> PolicyVersion:
    current = in_force(localdate()).policies[""]
    return PolicyVersion.objects.create(
        code=f"BENCH_{seat_limit}",
        title_en="Bench",
        title_de="Bench",
        edition=current.edition,
        valid_from=localdate(),
        seat_limit=seat_limit,
        azure_limit=current.azure_limit,
        currency=current.currency,
        comparator=current.comparator,
        aggregation=current.aggregation,
    )


def _next_day() -> None:
    """The newest day of the file; the portfolio started from the one before."""
    services.load_rates(portfolio.RATES, at=now(), newest=1)


def tidy() -> None:
    """Tables as autovacuum would leave them."""
    portfolio.execute("VACUUM ANALYZE motions_standing, motions_mark, motions_dossier")


def assert_fresh() -> None:
    """Nobody may be stale at the end of a run; else the run did not do its work."""
    with acting(Side.WORKER):
        stale = count_stale(localdate())
    if stale:
        raise AssertionError(f"{stale} customers are still stale")


def start_again() -> None:
    """Take back what the runs published."""
    forget_everything()
    portfolio.execute("ALTER TABLE motions_policyversion DISABLE TRIGGER USER")
    portfolio.execute("DELETE FROM motions_policyversion WHERE code LIKE 'BENCH%'")
    portfolio.execute("UPDATE motions_policyversion SET valid_to = NULL WHERE code = 'GUIDANCE_2023_10'")
    portfolio.execute("ALTER TABLE motions_policyversion ENABLE TRIGGER USER")
    forget_newest_rates()


def forget_newest_rates() -> None:
    """Back to the day before."""
    for table, key in (("motions_rate", "rate_set_id"), ("motions_rateset", "id")):
        portfolio.execute(
            f"DELETE FROM {table} WHERE {key} = (SELECT id FROM motions_rateset ORDER BY date DESC LIMIT 1)"
        )


def run(scale: int) -> list[Result]:
    """All four from the same portfolio; the answers of both sides are compared before anything is timed."""
    portfolio.make(scale)
    with acting(Side.OFFICE):
        services.load_rates(portfolio.RATES, at=now(), newest=2)
    forget_newest_rates()
    portfolio.execute("UPDATE motions_fanout SET ended_at = now(), \"end\" = 'done'")
    with workers() as ends:
        bench = Bench(scale, ends)
        bench.parameters = portfolio.reference_parameters()
        bench.full()
        answers = portfolio.fingerprint()
        bench.reference()
        if portfolio.fingerprint() != answers:
            raise AssertionError("the reference does not do the same work")
        for _ in range(RUNS):
            bench.pair()
    for name, result in bench.results.items():
        result.more = {**bench.told[name], "workers": len(ends), "peak_mib": bench.peak_mib}
    full = bench.results["recompute_full"]
    full.more["us_per_customer"] = round(sorted(full.ours)[len(full.ours) // 2] / scale * 1e6, 2)
    return list(bench.results.values())
