"""recompute_full: judge every customer anew, with ledger, against one statement written by hand for exactly this table."""

from django.utils.timezone import now

from bench import portfolio
from bench.harness import Result, in_pairs
from common.isolation import Side, acting
from motions import bulk, services

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
    SELECT customer_id, bool_or(is_foreign) AS is_foreign, jsonb_agg(jsonb_build_object(
        'deal', id, 'kind', kind, 'seats', seats, 'amount', amount::text, 'currency', currency,
        'rate', rate::numeric(20,10)::text, 'azure', azure::text, 'basis', basis, 'source', source,
        'as_of', size_date::text, 'needs', to_jsonb(needs), 'prefers', prefers, 'motion', motion, 'trace', trace)
        ORDER BY id) AS lines
    FROM judged GROUP BY customer_id
), document AS (
    SELECT d.customer_id, d.partner_id, d.input_version, r.motion, r.is_provisional, r.weight, g.is_foreign,
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
    input_version = h.input_version, uses_rates = h.is_foreign, share = round(h.weight / (2400 * 1000000.00), 4),
    policy_id = %(policy)s, policy_date = %(policy_date)s, rate_set_id = CASE WHEN h.is_foreign THEN %(rates)s END,
    rate_date = CASE WHEN h.is_foreign THEN %(rate_date)s::date END, motion_since = %(at)s, judged_at = %(at)s
FROM hashed AS h JOIN entry USING (customer_id) WHERE s.customer_id = h.customer_id
"""

_FORGET = """
UPDATE motions_standing SET assessment_id = NULL, hash = NULL, motion = 'unknown', input_version = 0, policy_id = NULL,
    policy_date = NULL, rate_set_id = NULL, rate_date = NULL, share = NULL, motion_since = NULL, judged_at = NULL
"""


def forget_everything() -> None:
    """Back to the start: no ledger, no answers; the tables as after their first load."""
    portfolio.execute("ALTER TABLE motions_assessment DISABLE TRIGGER USER")
    portfolio.execute(_FORGET)
    portfolio.execute("DELETE FROM motions_assessment")
    portfolio.execute("ALTER TABLE motions_assessment ENABLE TRIGGER USER")
    portfolio.execute("VACUUM ANALYZE motions_assessment, motions_standing")


def run(scale: int) -> Result:
    """Both from the same start; the results of both are compared before anything is printed."""
    portfolio.make(scale)
    with acting(Side.OFFICE):
        services.load_rates(portfolio.RATES, at=now(), newest=1)
    portfolio.execute("UPDATE motions_fanout SET ended_at = now()")
    parameters = portfolio.reference_parameters()

    def ours() -> None:
        bulk.recompute_all(clock=now)

    def theirs() -> None:
        portfolio.execute(REFERENCE, parameters)

    forget_everything()
    ours()
    answers = portfolio.fingerprint()
    forget_everything()
    theirs()
    if portfolio.fingerprint() != answers:
        raise AssertionError("the reference does not do the same work")
    result = Result("recompute_full", scale, "one hand-written SQL statement over all customers, with ledger")
    return in_pairs(result, ours, theirs, reset=forget_everything)
