"""The one statement that judges any number of customers under one policy version and writes only what is new."""

from typing import Any

from common import keeping
from motions.models import PolicyVersion
from motions.policy.kit import Comparator, Edition
from motions.sql.freshness import InForce
from motions.sql.rules import judged

# Every open deal as a line of facts, its amount converted at the day's rate. Rates are rounded to ten places and amounts
# to cents here and nowhere else; Python reads them from the ledger.
_LINES = """
    SELECT deal.id, subject.customer_id, deal.kind, deal.basis, deal.source, deal.size_date, deal.needs,
           deal.seats AS own_seats, deal.amount, deal.currency, converted.rate,
           deal.seats::numeric AS seats,
           deal.kind <> 'seats' OR deal.seats IS NOT NULL AS seats_complete,
           round(deal.amount * converted.rate, 2) AS azure,
           deal.kind <> 'azure' OR (deal.amount * converted.rate) IS NOT NULL AS azure_complete,
           cardinality(deal.needs) > 0 AS has_need,
           deal.prefers_self_service AS prefers,
           deal.amount IS NOT NULL AND deal.currency <> %(currency)s AS is_foreign
    FROM subject
    JOIN motions_deal AS deal ON deal.customer_id = subject.customer_id AND deal.stage = 'open'
    LEFT JOIN rate ON rate.currency = deal.currency
    CROSS JOIN LATERAL (SELECT CASE WHEN deal.currency = %(currency)s THEN 1 ELSE rate.rate END AS rate) AS converted
"""

# what one unit of each currency is worth in the policy's
RATE = """
    SELECT other.currency, round(home.per_euro / other.per_euro, 10) AS rate
    FROM motions_rate AS other JOIN motions_rate AS home USING (rate_set_id)
    WHERE rate_set_id = %(rate_set)s::bigint AND home.currency = %(currency)s"""

TOGETHER = """
    SELECT customer_id, sum(seats) AS seats, bool_and(seats_complete) AS seats_complete,
           sum(azure) AS azure, bool_and(azure_complete) AS azure_complete,
           CASE WHEN bool_or(has_need) THEN true WHEN bool_and(has_need IS NOT NULL) THEN false END AS has_need,
           CASE WHEN bool_or(NOT prefers) THEN false WHEN bool_and(prefers IS NOT NULL) THEN true END AS prefers
    FROM line GROUP BY customer_id
"""

# The largest open deal speaks for the customer. An unknown size counts as possibly the largest, unless another deal has
# already reached its limit. Shares are compared as exact products, never as quotients.
_LARGEST_FIRST = "reached DESC, (weight IS NULL) DESC, weight DESC, id"

_DOCUMENT = """jsonb_build_object(
    'edition', %(edition)s::int, 'policy', %(policy)s::bigint, 'currency', %(currency)s::text,
    'limits', jsonb_build_object('seats', %(seats_limit)s::int, 'azure', (%(azure_limit)s::numeric(15,2))::text,
                                 'comparator', %(comparator)s::text),
    'aggregation', %(aggregation)s::text,
    'rates', CASE WHEN told.is_foreign THEN (%(rate_date)s::date)::text END,
    'lines', coalesce(told.lines, '[]'::jsonb),
    'answer', jsonb_build_object('motion', told.motion, 'trace', told.trace, 'deal', told.ruling))"""

_LINE_DOCUMENT = """jsonb_build_object(
    'deal', id, 'kind', kind, 'seats', own_seats, 'amount', amount::text, 'currency', currency,
    'rate', rate::numeric(20,10)::text, 'azure', azure::text, 'basis', basis, 'source', source, 'as_of', size_date::text,
    'needs', to_jsonb(needs), 'prefers', prefers, 'motion', motion, 'trace', trace)"""


_SIZE = {"largest": "max", "combined": "sum"}

# '!': an amount without a rate, or several deals of which the larger one may be another one tomorrow and says otherwise
_CURRENCY = """CASE
    WHEN bool_or(amount IS NOT NULL AND azure IS NULL) OR count(azure) > 1 AND NOT (
        count(*) FILTER (WHERE azure IS NOT NULL AND has_need) IN (0, count(azure))
        AND count(*) FILTER (WHERE azure IS NOT NULL AND has_need IS NULL) IN (0, count(azure))
        AND count(*) FILTER (WHERE azure IS NOT NULL AND prefers) IN (0, count(azure))
        AND count(*) FILTER (WHERE azure IS NOT NULL AND prefers IS NULL) IN (0, count(azure))) THEN '!'
    WHEN min(currency) FILTER (WHERE azure IS NOT NULL) = max(currency) FILTER (WHERE azure IS NOT NULL)
        THEN min(currency) FILTER (WHERE azure IS NOT NULL)
    WHEN count(azure) > 0 THEN '*' END"""


def rolled(aggregation: str, edition: Edition) -> str:
    """Customer-level answers: (customer_id, motion, trace, is_provisional, weight, ruling deal)."""
    if aggregation == "combined":
        return f"""
            SELECT customer_id, motion, trace, is_provisional, weight, NULL::bigint AS ruling
            FROM ({judged(edition, "together")}) AS one"""
    return f"""
        SELECT DISTINCT ON (customer_id) customer_id, motion, trace, is_provisional, weight, id AS ruling
        FROM answer ORDER BY customer_id, {_LARGEST_FIRST}"""


FEW = 20
_NAMED = "dossier.customer_id = ANY (%(customers)s)"


def found(edition: Edition, aggregation: str, *, who: str = _NAMED) -> str:
    """The common tables of an edition that end in `told`: for each customer of the market the answer and its deals."""
    return f"""
WITH subject AS MATERIALIZED (
    SELECT dossier.customer_id, dossier.partner_id, dossier.input_version
    FROM motions_dossier AS dossier
    JOIN customers_customer AS customer ON customer.id = dossier.customer_id
    WHERE {who}
      AND (customer.country = %(market)s OR %(market)s = '' AND customer.country <> ALL (%(own_markets)s))
), rate AS ({RATE}
), line AS MATERIALIZED ({_LINES}
), together AS ({TOGETHER}
), answer AS MATERIALIZED ({judged(edition, "line")}
), rolled AS ({rolled(aggregation, edition)}
), gathered AS (
    SELECT customer_id, bool_or(is_foreign) AS is_foreign, jsonb_agg({_LINE_DOCUMENT} ORDER BY id) AS lines,
           {_SIZE[aggregation]}(seats) AS seats, {_SIZE[aggregation]}(azure) AS azure, {_CURRENCY} AS azure_currency
    FROM answer GROUP BY customer_id
), told AS (
    SELECT subject.*, coalesce(rolled.motion, 'unknown') AS motion, coalesce(rolled.trace, '') AS trace,
           coalesce(rolled.is_provisional, false) AS is_provisional, rolled.weight, rolled.ruling,
           coalesce(gathered.is_foreign, false) AS is_foreign, gathered.lines, gathered.seats, gathered.azure,
           coalesce(gathered.azure_currency, '') AS azure_currency
    FROM subject LEFT JOIN rolled USING (customer_id) LEFT JOIN gathered USING (customer_id)
)"""


def statement(edition: Edition, aggregation: str, held: str) -> str:
    """The judging statement of an edition; it locks nothing, its callers hold the standings already.

    `held` says of a `standing` when its answer still holds (`motions.sql.holding`).
    """
    return f"""{found(edition, aggregation)}, written AS MATERIALIZED (
    SELECT told.customer_id, told.partner_id, told.input_version, told.motion, told.is_provisional, told.weight,
           told.is_foreign, told.seats, told.azure, told.azure_currency,
           document.facts, sha256(convert_to(document.facts::text, 'UTF8')) AS hash
    FROM told CROSS JOIN LATERAL (SELECT {_DOCUMENT} AS facts) AS document
), due AS MATERIALIZED (
    SELECT written.*, standing.hash AS former_hash, standing.motion AS former_motion
    FROM written JOIN motions_standing AS standing USING (customer_id)
    WHERE written.input_version > standing.input_version
       OR written.input_version = standing.input_version
          AND coalesce(standing.judged_at, '-infinity') <= %(at)s::timestamptz
          -- nothing is written where the answer that stands is the one found, unless it stands there without its sizes
          AND NOT (standing.azure_currency IS NOT NULL AND {held}
                   AND (written.motion, written.is_provisional) = (standing.motion, standing.is_provisional))
), entry AS (
    INSERT INTO motions_assessment
        (partner_id, customer_id, policy_id, rate_set_id, input_version, motion, facts, hash, at)
    SELECT partner_id, customer_id, %(policy)s, CASE WHEN is_foreign THEN %(rate_set)s::bigint END, input_version, motion,
           facts, hash, %(at)s
    FROM due WHERE hash IS DISTINCT FROM former_hash ORDER BY customer_id
    RETURNING id, customer_id
), stood AS (
    UPDATE motions_standing AS standing SET
        assessment_id = coalesce(entry.id, standing.assessment_id), hash = due.hash, motion = due.motion,
        is_provisional = due.is_provisional, input_version = due.input_version, uses_rates = due.is_foreign,
        seats = due.seats, azure = due.azure, azure_currency = due.azure_currency,
        share = round(due.weight / (%(seats_limit)s * %(azure_limit)s), 4),
        policy_id = %(policy)s, policy_date = %(policy_date)s,
        rate_set_id = CASE WHEN due.is_foreign THEN %(rate_set)s::bigint END,
        rate_date = CASE WHEN due.is_foreign THEN %(rate_date)s::date END,
        motion_since = CASE WHEN standing.judged_at IS NULL OR due.motion <> standing.motion
                            THEN %(at)s ELSE standing.motion_since END,
        judged_at = %(at)s
    FROM due LEFT JOIN entry USING (customer_id)
    WHERE standing.customer_id = due.customer_id
    RETURNING due.motion <> due.former_motion AS moved
)
SELECT (SELECT count(*) FROM written), (SELECT count(*) FROM entry), (SELECT count(*) FROM stood WHERE moved)
"""


# A crash that takes an answer away takes the deletion of its mark along, so nobody waits for the disk (docs/adr/0004).
_MANNER = "SELECT set_config('plan_cache_mode', %s, true), set_config('synchronous_commit', 'off', true)"


def judge(customers: list[int], *, current: InForce, policy: PolicyVersion, at: Any) -> tuple[int, int, int]:
    """Judge customers under one of the versions in force: (computed, written to the ledger, moved to another motion).

    A version for all markets leaves countries alone that have a version of their own. `at` is a moment before `current` was
    read: of two answers to the same inputs the one asked for later stands.
    The days of versions cannot tell that, because a market goes back to an older version when its own one ends.
    """
    held = current.holds(policy)
    text = statement(policy.rules, policy.aggregation, held.sql)
    values = {**parameters(policy, current), **held.parameters, "customers": customers, "at": at}
    # Of a few customers more time goes into the plan than into the work, so the plan is kept. One for many is made anew.
    is_kept = len(customers) <= FEW
    manner = _MANNER, ["force_generic_plan" if is_kept else "auto"]
    [(computed, entered, moved)] = keeping.rows(text, values, is_kept=is_kept, before=manner)
    return computed, entered, moved


def parameters(policy: PolicyVersion, current: InForce) -> dict[str, Any]:
    """What the tables of `found` ask for, besides the customers."""
    limits, rates = policy.limits, current.rates
    return {
        "market": policy.market,
        "own_markets": [market for market in current.policies if market],
        "policy": policy.pk,
        "policy_date": policy.valid_from,
        "edition": policy.edition,
        "aggregation": policy.aggregation,
        "currency": policy.currency,
        "comparator": policy.comparator,
        "seats_limit": limits.seats,
        "azure_limit": limits.azure,
        "limit_is_reached": limits.comparator is Comparator.AT_LEAST,
        "rate_set": rates.pk if rates else None,
        "rate_date": rates.date if rates else None,
    }
