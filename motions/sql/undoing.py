"""Put back what an import did: only what nobody touched since; the rest is named."""

from motions.sql import importing, recognising

# through temporary tables, because they can be analyzed: of a batch just written the planner would expect a single row
_ROWS = """
CREATE TEMPORARY TABLE written ON COMMIT DROP AS
SELECT row.id, row.customer_id, row.before, batch.committed_at
FROM motions_importrow AS row JOIN motions_importbatch AS batch ON batch.id = row.batch_id
WHERE row.batch_id = %(batch)s AND row.before IS NOT NULL
"""

_UNDO_TARGETS = """
CREATE TEMPORARY TABLE undoing ON COMMIT DROP AS
SELECT row.id AS row_id, row.customer_id, (deal.value ->> 'deal')::bigint AS deal_id,
       coalesce((deal.value ->> 'new')::boolean, false) AS is_new, deal.value AS former,
       coalesce(d.version = coalesce((deal.value ->> 'version')::int, 1), false) AS is_untouched
FROM written AS row CROSS JOIN LATERAL jsonb_array_elements(row.before -> 'deals') AS deal
LEFT JOIN motions_deal AS d ON d.id = (deal.value ->> 'deal')::bigint
WHERE row.before ? 'deals'
"""

# customers that the import restored are archived again only if nobody has worked with them since
_UNDO_FORMER = """
CREATE TEMPORARY TABLE formerly ON COMMIT DROP AS
SELECT row.customer_id, row.before -> 'customer' AS was
FROM written AS row JOIN customers_customer AS c ON c.id = row.customer_id
WHERE jsonb_typeof(row.before -> 'customer') = 'object'
  AND c.version = (row.before -> 'customer' ->> 'version')::int
  AND NOT (row.before -> 'customer' ->> 'archived_at' IS NOT NULL AND (
      EXISTS (SELECT 1 FROM motions_deal AS d WHERE d.customer_id = c.id AND d.updated_at > row.committed_at)
      OR EXISTS (SELECT 1 FROM motions_choice AS choice WHERE choice.customer_id = c.id AND choice.at > row.committed_at)))
"""

_UNDO_CHANGED = """
WITH back AS (
    UPDATE motions_deal AS d SET seats = (former ->> 'seats')::int, amount = (former ->> 'amount')::numeric,
        currency = former ->> 'currency', prefers_self_service = (former ->> 'prefers')::boolean,
        needs = CASE WHEN jsonb_typeof(former -> 'needs') = 'array'
                     THEN array(SELECT jsonb_array_elements_text(former -> 'needs'))::varchar[] END,
        name = former ->> 'name', size_date = (former ->> 'size_date')::date, source = former ->> 'source',
        version = d.version + 1, updated_at = %(at)s
    FROM undoing WHERE d.id = undoing.deal_id AND NOT undoing.is_new AND undoing.is_untouched
    RETURNING d.id, d.customer_id, d.name, d.source
)
INSERT INTO motions_dealevent (partner_id, customer_id, deal_id, deal_name, kind, at, by_id, by_name, source, changes)
SELECT %(partner)s, customer_id, id, name, 'changed', %(at)s, %(by)s, %(by_name)s, source, %(note)s FROM back
"""

_UNDO_NEW = """
WITH gone AS (
    DELETE FROM motions_deal AS d USING undoing
    WHERE d.id = undoing.deal_id AND undoing.is_new AND undoing.is_untouched RETURNING d.id, d.customer_id, d.name, d.source
)
INSERT INTO motions_dealevent (partner_id, customer_id, deal_id, deal_name, kind, at, by_id, by_name, source, changes)
SELECT %(partner)s, customer_id, id, name, 'removed', %(at)s, %(by)s, %(by_name)s, source, %(note)s FROM gone
"""

_ARRIVED = """
CREATE TEMPORARY TABLE arrived ON COMMIT DROP AS
SELECT DISTINCT customer_id FROM written WHERE before ->> 'customer' = 'new'
"""
_BUSY = """
CREATE TEMPORARY TABLE busy ON COMMIT DROP AS
SELECT customer_id FROM arrived JOIN motions_deal USING (customer_id)
UNION SELECT customer_id FROM arrived JOIN motions_choice USING (customer_id)
UNION SELECT customer_id FROM arrived JOIN motions_contract USING (customer_id)
UNION SELECT customer_id FROM arrived JOIN customers_customer AS c ON c.id = customer_id WHERE c.version > 1
"""

_UNDO_NEWCOMERS = """
WITH archived AS (
    UPDATE customers_customer AS c SET archived_at = %(at)s, version = version + 1, updated_at = %(at)s
    FROM arrived LEFT JOIN busy USING (customer_id)
    WHERE c.id = arrived.customer_id AND busy.customer_id IS NULL RETURNING c.id
)
INSERT INTO customers_customerevent (partner_id, customer_id, kind, at, by_id, by_name, changes)
SELECT %(partner)s, id, 'archived', %(at)s, %(by)s, %(by_name)s, %(note)s FROM archived
"""

_UNDO_MENDED = """
WITH back AS (
    UPDATE customers_customer AS c SET domain = was ->> 'domain', registration_number = was ->> 'registration_number',
        archived_at = (was ->> 'archived_at')::timestamptz, version = c.version + 1, updated_at = %(at)s
    FROM formerly WHERE c.id = formerly.customer_id RETURNING c.id, c.archived_at
)
INSERT INTO customers_customerevent (partner_id, customer_id, kind, at, by_id, by_name, changes)
SELECT %(partner)s, id, CASE WHEN archived_at IS NULL THEN 'corrected' ELSE 'archived' END, %(at)s, %(by)s, %(by_name)s,
       %(note)s
FROM back
"""

_KEPT = """
UPDATE motions_importrow AS row SET code = 'kept_since_changed'
FROM (
    SELECT row_id AS id FROM undoing WHERE NOT is_untouched
    UNION SELECT id FROM written JOIN busy USING (customer_id) WHERE before ->> 'customer' = 'new'
    UNION SELECT id FROM written LEFT JOIN formerly USING (customer_id)
          WHERE jsonb_typeof(before -> 'customer') = 'object' AND formerly.customer_id IS NULL
) AS kept WHERE kept.id = row.id
"""

UNDO = (
    importing.PATIENCE,
    "DROP TABLE IF EXISTS pg_temp.written, pg_temp.undoing, pg_temp.formerly, pg_temp.arrived, pg_temp.busy",
    "SELECT set_config('app.is_bulk', 'on', true)",
    _ROWS,
    "ANALYZE written",
    recognising.wide("written"),
    _UNDO_TARGETS,
    "ANALYZE undoing",
    _UNDO_FORMER,
    "ANALYZE formerly",
    _UNDO_CHANGED,
    _UNDO_NEW,
    _ARRIVED,
    "ANALYZE arrived",
    _BUSY,
    "ANALYZE busy",
    _UNDO_NEWCOMERS,
    _UNDO_MENDED,
    _KEPT,
    recognising.NARROW,
    "SELECT set_config('app.is_bulk', '', true)",
)
