"""Stale marks: claim them in batches, make them for many customers, find what nobody marked."""

from datetime import date, datetime

from django.db import connection

from common import keeping
from motions.sql.freshness import FROM, fresh, has_policy, in_force

# A worker locks marks and then the standings behind them, and skips whatever another worker holds: nobody waits, and no
# customer is judged by two at once. Marks that it did not get stay for the next claim.
# ARRAY(...) is evaluated once, whatever the planner thinks of a table that filled up a moment ago; IN (... FOR UPDATE)
# may be run again for every row. Whoever is judged is no longer set apart: a failure rolls that back with the rest.
_CLAIM = """
WITH held AS MATERIALIZED (
    SELECT customer_id FROM motions_standing WHERE customer_id = ANY (ARRAY(
        SELECT customer_id FROM motions_mark WHERE is_bulk = %(is_bulk)s AND made_at <= %(before)s
        ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
      AND (judged_at IS NULL OR judged_at <= %(rested)s)
    FOR UPDATE SKIP LOCKED
), spent AS (
    DELETE FROM motions_mark WHERE id = ANY (ARRAY(
        SELECT id FROM motions_mark WHERE customer_id = ANY (ARRAY(SELECT customer_id FROM held)) FOR UPDATE SKIP LOCKED))
), readmitted AS (
    DELETE FROM motions_setaside WHERE customer_id = ANY (ARRAY(SELECT customer_id FROM held))
)
SELECT customer_id FROM held ORDER BY customer_id
"""


def claim(
    *, limit: int, is_bulk: bool, before: datetime | str = "infinity", rested: datetime | str = "infinity"
) -> list[int]:
    """Take up to `limit` marks with their customers' standings locked; a rollback gives everything back.

    Whoever was judged after `rested` is left for later.
    """
    values = {"limit": limit, "is_bulk": is_bulk, "before": before, "rested": rested}
    return [row[0] for row in keeping.rows(_CLAIM, values, is_kept=not is_bulk)]


def are_resting(*, is_bulk: bool, rested: datetime) -> bool:
    """Whether a mark waits for a customer that was judged after `rested`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM motions_mark AS mark JOIN motions_standing AS standing USING (customer_id)"
            " WHERE mark.is_bulk = %s AND standing.judged_at > %s)",
            [is_bulk, rested],
        )
        found: bool = cursor.fetchone()[0]
    return found


def hold(customers: list[int]) -> list[int]:
    """Lock the standings of customers, in order, waiting for whoever has them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id FROM motions_standing WHERE customer_id = ANY (%s) ORDER BY customer_id FOR UPDATE",
            [customers],
        )
        return [row[0] for row in cursor.fetchall()]


def reconcile(*, on: date, limit: int) -> int:
    """Mark customers whose answer is stale and that no mark waits for; returns how many there were (0 is normal).

    Not those that are set apart, and none where no version is in force.
    """
    current = in_force(on)
    condition, ruled = fresh(current), has_policy(current)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO motions_mark (customer_id, partner_id, is_bulk, made_at)"
            f" SELECT customer_id, standing.partner_id, true, clock_timestamp() FROM {FROM}"
            f" WHERE NOT {condition.sql} AND {ruled.sql}"
            f" AND NOT EXISTS (SELECT 1 FROM motions_mark AS mark WHERE mark.customer_id = standing.customer_id)"
            f" AND NOT EXISTS (SELECT 1 FROM motions_setaside AS aside"
            f" WHERE aside.customer_id = standing.customer_id AND aside.failures >= 3)"
            f" ORDER BY customer_id LIMIT %(limit)s",
            {**condition.parameters, **ruled.parameters, "limit": limit},
        )
        found: int = cursor.rowcount
    return found


def make(customers: list[int]) -> None:
    """Mark customers for the bulk workers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO motions_mark (customer_id, partner_id, is_bulk, made_at)"
            " SELECT customer_id, partner_id, true, clock_timestamp() FROM motions_standing"
            " WHERE customer_id = ANY (%s) ORDER BY customer_id",
            [customers],
        )


def forget(customers: list[int]) -> None:
    """Delete the marks of customers, except those that another worker holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM motions_mark WHERE id = ANY (ARRAY("
            "SELECT id FROM motions_mark WHERE customer_id = ANY (%s) FOR UPDATE SKIP LOCKED))",
            [customers],
        )


def readmit(customers: list[int]) -> None:
    """Customers that were judged are no longer set apart."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM motions_setaside WHERE customer_id = ANY (%s)", [customers])


def waiting() -> tuple[int, float]:
    """How many marks wait, and the age of the oldest in seconds (0 when none waits)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(made_at)), 0)::float FROM motions_mark"
        )
        count, age = cursor.fetchone()
    return count, age
