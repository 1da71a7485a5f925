"""Stale marks: claim them in batches, spread them over many customers, find what nobody marked."""

from datetime import date, datetime

from django.db import connection

from motions.sql.freshness import FRESH, POLICY_IN_FORCE, freshness_parameters

# A worker locks marks and then the standings behind them, and skips whatever another worker holds: nobody waits, and no
# customer is judged by two at once. Marks that it did not get stay for the next claim.
# ARRAY(...) is evaluated once, whatever the planner thinks of a table that filled up a moment ago; IN (... FOR UPDATE)
# may be run again for every row.
_CLAIM = """
WITH held AS MATERIALIZED (
    SELECT customer_id FROM motions_standing WHERE customer_id = ANY (ARRAY(
        SELECT customer_id FROM motions_mark WHERE is_bulk = %(is_bulk)s AND made_at <= %(before)s
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
    FOR UPDATE SKIP LOCKED
), spent AS (
    DELETE FROM motions_mark WHERE id = ANY (ARRAY(
        SELECT id FROM motions_mark WHERE customer_id = ANY (ARRAY(SELECT customer_id FROM held)) FOR UPDATE SKIP LOCKED))
)
SELECT customer_id FROM held ORDER BY customer_id
"""


def claim(*, limit: int, is_bulk: bool, before: datetime | str = "infinity") -> list[int]:
    """Take up to `limit` marks with their customers' standings locked; a rollback gives everything back."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"limit": limit, "is_bulk": is_bulk, "before": before})
        return [row[0] for row in cursor.fetchall()]


def hold(customers: list[int]) -> list[int]:
    """Lock the standings of customers, in order, waiting for whoever has them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id FROM motions_standing WHERE customer_id = ANY (%s) ORDER BY customer_id FOR UPDATE",
            [customers],
        )
        return [row[0] for row in cursor.fetchall()]


_SPREAD = """
WITH chunk AS (
    SELECT standing.customer_id, standing.partner_id FROM motions_standing AS standing
    WHERE standing.customer_id > %(cursor)s ORDER BY standing.customer_id LIMIT %(size)s
), marked AS (
    INSERT INTO motions_mark (customer_id, partner_id, is_bulk, made_at)
    SELECT chunk.customer_id, chunk.partner_id, true, clock_timestamp()
    FROM chunk JOIN motions_standing AS standing USING (customer_id)
    WHERE NOT %(foreign_only)s OR standing.uses_rates
       -- one that waits or is being judged this moment, perhaps under the former rates, may use rates from now on
       OR EXISTS (SELECT 1 FROM motions_mark AS mark WHERE mark.customer_id = standing.customer_id)
    RETURNING 1
)
SELECT (SELECT max(customer_id) FROM chunk), (SELECT count(*) FROM marked)
"""


def spread(*, cursor_at: int, size: int, foreign_only: bool) -> tuple[int | None, int]:
    """Mark the next `size` customers after a cursor: (new cursor or None at the end, marks made)."""
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD, {"cursor": cursor_at, "size": size, "foreign_only": foreign_only})
        reached, marked = cursor.fetchone()
        return reached, marked


# a customer that a mark already waits for, or that is set apart, is not marked again
_RECONCILE = f"""
INSERT INTO motions_mark (customer_id, partner_id, is_bulk, made_at)
SELECT standing.customer_id, standing.partner_id, true, clock_timestamp()
FROM motions_standing AS standing
JOIN motions_dossier AS dossier USING (customer_id)
JOIN customers_customer AS customer ON customer.id = standing.customer_id
WHERE NOT ({FRESH}) AND {POLICY_IN_FORCE} IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM motions_mark AS mark WHERE mark.customer_id = standing.customer_id)
  AND NOT EXISTS (SELECT 1 FROM motions_setaside AS aside
                  WHERE aside.customer_id = standing.customer_id AND aside.failures >= 3)
ORDER BY standing.customer_id LIMIT %(limit)s
"""


def reconcile(*, on: date, limit: int) -> int:
    """Mark customers whose answer is stale and that no mark waits for; returns how many there were (0 is normal)."""
    with connection.cursor() as cursor:
        cursor.execute(_RECONCILE, {**freshness_parameters(on), "limit": limit})
        found: int = cursor.rowcount
    return found


def forget(customers: list[int]) -> None:
    """Delete the marks of customers, except those that another worker holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM motions_mark WHERE id = ANY (ARRAY("
            "SELECT id FROM motions_mark WHERE customer_id = ANY (%s) FOR UPDATE SKIP LOCKED))",
            [customers],
        )


def waiting() -> tuple[int, float]:
    """How many marks wait, and the age of the oldest in seconds (0 when none waits)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(made_at)), 0)::float FROM motions_mark"
        )
        count, age = cursor.fetchone()
    return count, age
