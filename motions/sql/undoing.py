"""Put back what an import did: only what nobody touched since; the rest is named."""

from motions.sql import importing

_UNDO_TARGETS = """
CREATE TEMPORARY TABLE undoing ON COMMIT DROP AS
SELECT row.id AS row_id, row.customer_id, (deal.value ->> 'deal')::bigint AS deal_id,
       coalesce((deal.value ->> 'new')::boolean, false) AS is_new, deal.value AS former,
       coalesce(d.version = coalesce((deal.value ->> 'version')::int, 1), false) AS is_untouched
FROM motions_importrow AS row CROSS JOIN LATERAL jsonb_array_elements(row.before -> 'deals') AS deal
LEFT JOIN motions_deal AS d ON d.id = (deal.value ->> 'deal')::bigint
WHERE row.batch_id = %(batch)s AND row.before ? 'deals'
"""

# customers that the import restored are archived again only if nobody has worked with them since
_UNDO_FORMER = """
CREATE TEMPORARY TABLE formerly ON COMMIT DROP AS
SELECT row.customer_id, row.before -> 'customer' AS was
FROM motions_importrow AS row JOIN motions_importbatch AS batch ON batch.id = row.batch_id
JOIN customers_customer AS c ON c.id = row.customer_id
WHERE row.batch_id = %(batch)s AND jsonb_typeof(row.before -> 'customer') = 'object'
  AND c.version = (row.before -> 'customer' ->> 'version')::int
  AND NOT (row.before -> 'customer' ->> 'archived_at' IS NOT NULL AND (
      EXISTS (SELECT 1 FROM motions_deal AS d WHERE d.customer_id = c.id AND d.updated_at > batch.committed_at)
      OR EXISTS (SELECT 1 FROM motions_choice AS choice WHERE choice.customer_id = c.id AND choice.at > batch.committed_at)))
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

_UNDO_NEWCOMERS = """
WITH alone AS (
    SELECT DISTINCT c.id FROM motions_importrow AS row JOIN customers_customer AS c ON c.id = row.customer_id
    WHERE row.batch_id = %(batch)s AND row.before ->> 'customer' = 'new' AND c.version = 1 AND c.archived_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM motions_deal AS d WHERE d.customer_id = c.id)
      AND NOT EXISTS (SELECT 1 FROM motions_choice AS choice WHERE choice.customer_id = c.id)
), archived AS (
    UPDATE customers_customer AS c SET archived_at = %(at)s, version = version + 1, updated_at = %(at)s
    FROM alone WHERE c.id = alone.id RETURNING c.id
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

_UNDO_REPORT = """
UPDATE motions_importrow AS row SET code = 'kept_since_changed'
WHERE row.batch_id = %(batch)s AND (
    EXISTS (SELECT 1 FROM undoing WHERE undoing.row_id = row.id AND NOT undoing.is_untouched)
    OR row.before ->> 'customer' = 'new' AND EXISTS (
        SELECT 1 FROM customers_customer AS c WHERE c.id = row.customer_id AND c.archived_at IS NULL)
    OR jsonb_typeof(row.before -> 'customer') = 'object'
       AND NOT EXISTS (SELECT 1 FROM formerly WHERE formerly.customer_id = row.customer_id))
"""

UNDO = (
    importing.PATIENCE,
    "DROP TABLE IF EXISTS pg_temp.undoing, pg_temp.formerly",
    "SELECT set_config('app.is_bulk', 'on', true)",
    _UNDO_TARGETS,
    _UNDO_FORMER,
    _UNDO_CHANGED,
    _UNDO_NEW,
    _UNDO_NEWCOMERS,
    _UNDO_MENDED,
    _UNDO_REPORT,
    "SELECT set_config('app.is_bulk', '', true)",
)
