"""Alerts, made set-based: from a window of the ledger, and from agreements that end soon."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection

from motions.sql.freshness import fresh, in_force

LEDGER = "ledger"


def take_cursor(name: str) -> tuple[int, int, list[str]] | None:
    """A cursor's (reached, bound, writers), locked for this transaction; None when another worker has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO motions_alertcursor (name, reached, bound, writers) VALUES (%s, 0, 0, '{}') ON CONFLICT DO NOTHING",
            [name],
        )
        cursor.execute(
            "SELECT reached, bound, writers FROM motions_alertcursor WHERE name = %s FOR UPDATE SKIP LOCKED", [name]
        )
        row = cursor.fetchone()
    return (row[0], row[1], row[2]) if row else None


def keep_cursor(name: str, *, reached: int, bound: int = 0, writers: Iterable[str] = ()) -> None:
    """Move a cursor that this transaction has taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE motions_alertcursor SET reached = %s, bound = %s, writers = %s WHERE name = %s",
            [reached, bound, list(writers), name],
        )


def newest_entry() -> int:
    """The highest number in the ledger that is visible now, 0 when there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM motions_assessment")
        newest: int = cursor.fetchone()[0]
    return newest


# The locks that writers of a table hold until their entries are visible to others, or gone. Transactions by the numbers of a
# snapshot would be those of every database of the server, and of writers that have nothing to do with the ledger.
_WRITERS = """
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted AND pid <> pg_backend_pid()
  AND relation = 'motions_assessment'::regclass
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def writers_now() -> set[str]:
    """Other transactions that have begun to write to the ledger and are not over.

    Asked after `newest_entry`, these are all that may hold a lower number which is not visible yet: a writer has the
    table's lock before it takes a number.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS)
        return {row[0] for row in cursor.fetchall()}


# The size that decides for one measure: the largest deal's or all together, as the policy says. An unknown one leaves
# "not reached" unknown, as everywhere; no deal of the kind at all is a size of nothing.
_SIZED = """
    SELECT sized.size, sized.bar,
           CASE WHEN sized.comparator = 'at_least' AND sized.size >= sized.bar
                  OR sized.comparator <> 'at_least' AND sized.size > sized.bar THEN true
                WHEN sized.is_complete THEN false END AS reached
    FROM (
        SELECT (doc #>> ARRAY['limits', measure.name])::numeric AS bar, doc #>> '{limits,comparator}' AS comparator,
               coalesce(CASE WHEN doc ->> 'aggregation' = 'combined' THEN sum(value) ELSE max(value) END, 0) AS size,
               coalesce(bool_and(value IS NOT NULL), true) AS is_complete
        FROM (SELECT (line ->> measure.name)::numeric AS value
              FROM jsonb_array_elements(doc -> 'lines') AS line WHERE line ->> 'kind' = measure.name) AS of_kind
    ) AS sized
"""


def _sized(document: str) -> str:
    return _SIZED.replace("doc ", f"{document} ")


# a first entry is no news: what stands at the start is counted on the first page
_FROM_LEDGER = f"""
WITH fresh AS MATERIALIZED (
    SELECT entry.id, entry.partner_id, entry.customer_id, entry.policy_id, entry.input_version,
           entry.motion, entry.facts
    FROM motions_assessment AS entry
    JOIN customers_customer AS customer ON customer.id = entry.customer_id AND customer.archived_at IS NULL
    WHERE entry.id > %(after)s AND entry.id <= %(upto)s
), pair AS MATERIALIZED (
    SELECT fresh.*, former.policy_id AS former_policy, former.motion AS former_motion, former.facts AS former_facts,
           -- whom a version does not move keeps its former one: only without an edit in between was it the version
           former.policy_id <> fresh.policy_id AND former.input_version = fresh.input_version AS is_by_policy
    FROM fresh CROSS JOIN LATERAL (
        SELECT older.policy_id, older.input_version, older.motion, older.facts FROM motions_assessment AS older
        WHERE older.customer_id = fresh.customer_id AND older.id < fresh.id ORDER BY older.id DESC LIMIT 1) AS former
), measured AS (
    SELECT pair.*, measure.name AS measure, present.size, present.bar, present.reached,
           past.size AS former_size, past.reached AS former_reached,
           present.reached IS FALSE AND present.size >= policy.near_share * present.bar AS is_near,
           past.reached IS FALSE AND past.size >= former.near_share * past.bar AS was_near
    FROM pair
    JOIN motions_policyversion AS policy ON policy.id = pair.policy_id
    JOIN motions_policyversion AS former ON former.id = pair.former_policy
    CROSS JOIN (VALUES ('seats'), ('azure')) AS measure (name)
    CROSS JOIN LATERAL ({_sized("pair.facts")}) AS present
    CROSS JOIN LATERAL ({_sized("pair.former_facts")}) AS past
), told AS (
    SELECT measured.*, CASE
        WHEN is_near AND NOT was_near AND former_reached IS NOT TRUE THEN 'near'
        WHEN is_by_policy OR motion = 'unknown' OR former_motion = 'unknown' THEN NULL
        WHEN reached AND former_reached IS FALSE THEN 'above'
        WHEN reached IS FALSE AND former_reached THEN 'below' END AS kind
    FROM measured
), made AS (
    SELECT partner_id, customer_id, kind, id || ':' || measure AS key,
           jsonb_build_object('measure', measure, 'size', size::text, 'before', former_size::text, 'limit', bar::text,
                              'currency', facts ->> 'currency') AS params, id
    FROM told WHERE kind IS NOT NULL
    UNION ALL
    SELECT partner_id, customer_id, 'policy', id::text,
           jsonb_build_object('motion', motion, 'before', former_motion, 'policy', policy_id), id
    FROM pair WHERE is_by_policy AND motion <> former_motion AND 'unknown' NOT IN (motion, former_motion)
)
INSERT INTO motions_alert (public_id, partner_id, customer_id, kind, key, params, made_at, seen_by_name)
SELECT gen_random_uuid(), partner_id, customer_id, kind, key, params, %(at)s, '' FROM made ORDER BY id
ON CONFLICT (partner_id, customer_id, kind, key) DO NOTHING
"""


def from_ledger(*, after: int, upto: int, size: int, at: datetime) -> tuple[int, int]:
    """Alerts from up to `size` entries of the ledger: (the last entry read, how many alerts were made)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(id), %(upto)s) FROM (SELECT id FROM motions_assessment"
            " WHERE id > %(after)s AND id <= %(upto)s ORDER BY id LIMIT %(size)s) AS next",
            {"after": after, "upto": upto, "size": size},
        )
        last: int = cursor.fetchone()[0]
        cursor.execute(_FROM_LEDGER, {"after": after, "upto": last, "at": at})
        return last, cursor.rowcount


# only what is fresh may speak: an agreement's end is told together with guidance that holds today (S4)
_ENDING = """
INSERT INTO motions_alert (public_id, partner_id, customer_id, kind, key, params, made_at, seen_by_name)
SELECT gen_random_uuid(), contract.partner_id, contract.customer_id, 'ea_end', contract.ea_end_date::text,
       jsonb_build_object('end', contract.ea_end_date::text), %(at)s, ''
FROM motions_contract AS contract
JOIN motions_standing AS standing USING (customer_id)
JOIN motions_dossier AS dossier USING (customer_id)
JOIN customers_customer AS customer ON customer.id = contract.customer_id AND customer.archived_at IS NULL
WHERE contract.ea_end_date BETWEEN %(first)s AND %(last)s
  AND NOT EXISTS (SELECT 1 FROM motions_contract AS newer
                  WHERE newer.customer_id = contract.customer_id AND newer.id > contract.id)
  AND standing.motion = 'breadth' AND standing.share < 1 AND {fresh}
ORDER BY contract.id
ON CONFLICT (partner_id, customer_id, kind, key) DO NOTHING
"""


def from_endings(*, first: date, last: date, at: datetime) -> int:
    """Alerts for agreements that end between two days where the guidance lies below the limits; how many were made."""
    condition = fresh(in_force(first))
    with connection.cursor() as cursor:
        cursor.execute(
            _ENDING.format(fresh=condition.sql), {**condition.parameters, "first": first, "last": last, "at": at}
        )
        made: int = cursor.rowcount
    return made


def with_histories(*, after: int, least: int, size: int) -> list[int]:
    """The next customers after a key of whose deals at least so much was told."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id FROM motions_dealevent WHERE customer_id > %(after)s"
            " GROUP BY customer_id HAVING count(*) >= %(least)s ORDER BY customer_id LIMIT %(size)s",
            {"after": after, "least": least, "size": size},
        )
        return [row[0] for row in cursor.fetchall()]
