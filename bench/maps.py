"""page_map: the portfolio map after a limit was moved, against one statement written by hand for exactly these limits.

The statement reads the deals themselves and counts who moves; ours reads what the ledger stored, and draws the picture
as well.
"""

from collections import Counter
from datetime import date

from django.db import connection
from django.utils.timezone import localdate, now

from bench import portfolio
from bench.harness import Result, in_pairs
from common.isolation import Side, acting
from motions import bulk, services
from motions.forms.scenarios import ScenarioForm
from motions.reports.maps import counted, portfolio_map
from motions.sql.freshness import in_force
from motions.sql.scenario import summary
from partners.models import User

LIMITS = {"seats": "1200", "azure": "800000"}
_REFERENCE = """
WITH fx AS (
    SELECT other.currency, round(home.per_euro / other.per_euro, 10) AS rate
    FROM motions_rate AS other JOIN motions_rate AS home USING (rate_set_id)
    WHERE rate_set_id = %(rates)s AND home.currency = 'USD'
), line AS (
    SELECT d.id, d.customer_id, d.seats, d.kind, cardinality(d.needs) > 0 AS need, d.prefers_self_service AS prefers,
           CASE WHEN d.currency = 'USD' THEN d.amount ELSE round(d.amount * fx.rate, 2) END AS azure
    FROM motions_deal AS d LEFT JOIN fx ON fx.currency = d.currency WHERE d.stage = 'open'
), judged AS (
    SELECT line.*, coalesce(seats >= 1200 OR azure >= 800000, false) AS reached,
           coalesce(seats * 800000.00, azure * 1200) AS weight,
           CASE WHEN need THEN 'enterprise' WHEN prefers THEN 'self_service'
                WHEN seats >= 1200 OR azure >= 800000 THEN 'enterprise'
                WHEN seats IS NULL AND azure IS NULL THEN 'unknown' ELSE 'breadth' END AS motion
    FROM line
), ruling AS (
    SELECT DISTINCT ON (customer_id) customer_id, motion FROM judged
    ORDER BY customer_id, reached DESC, (weight IS NULL) DESC, weight DESC, id
)
SELECT standing.motion, ruling.motion, count(*)
FROM motions_standing AS standing JOIN ruling USING (customer_id) GROUP BY 1, 2
"""


def by_hand(day: date) -> Counter[tuple[str, str]]:
    """How many stand under one motion now and under another then."""
    rates = in_force(day).rates
    with connection.cursor() as cursor:
        cursor.execute(_REFERENCE, {"rates": rates and rates.pk})
        return Counter({(before, after): count for before, after, count in cursor.fetchall()})


def run(scale: int) -> list[Result]:
    """Everything judged; then both count as the partner, and their counts are compared before anything is timed."""
    _partner, user = portfolio.make(scale)
    with acting(Side.OFFICE):
        services.load_rates(portfolio.RATES, at=now(), newest=1)
    bulk.recompute_all(clock=now)
    portfolio.execute("VACUUM ANALYZE")
    result = Result(
        "page_map", scale, "one hand-written SQL statement that counts the moves from the deals, no picture"
    )
    with acting(Side.PARTNER, partner_id=user.partner_id, user_id=user.pk):
        form = ScenarioForm(LIMITS, current=in_force(localdate()))
        if not form.is_valid():
            raise AssertionError(form.errors)
        _compare(form, user)
        in_pairs(result, lambda: portfolio_map(form, by=user), lambda: by_hand(localdate()), reset=lambda: None)
    return [result]


def _compare(form: ScenarioForm, user: User) -> None:
    ours = Counter({(m.now, m.later): m.customers for m in summary(counted(form, by=user), form.scenario).moves})
    if ours != by_hand(localdate()):
        raise AssertionError(f"the reference counts otherwise: {ours} {by_hand(localdate())}")
