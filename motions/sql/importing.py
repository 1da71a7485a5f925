"""The statements of an import: stage, recognise, classify, apply, undo. Set-based over one temporary table.

Rows are copied into a temporary table because PostgreSQL copies into no table under row-level security. Everything else
runs as the partner, so that its policies and composite keys hold here as everywhere.
"""

# a row ends with one outcome; `anchor` is the first line of the file that names the same company
# a request's statement timeout is too short for a hundred thousand rows at once
PATIENCE = "SET LOCAL statement_timeout = '10min'"

STAGE = f"""
{PATIENCE};
DROP TABLE IF EXISTS pg_temp.staged, pg_temp.keyed, pg_temp.anchored, pg_temp.seat_firsts, pg_temp.azure_firsts,
    pg_temp.recognised, pg_temp.wanted, pg_temp.newcomers, pg_temp.dealt;
CREATE TEMPORARY TABLE staged (
    line integer PRIMARY KEY, name text, country text, domain text, registration_number text, seats integer,
    azure_annual numeric(15,2), currency text, needs varchar[], prefers_self_service boolean, deal_name text,
    deal_key text, outcome text NOT NULL DEFAULT '', "column" text NOT NULL DEFAULT '', code text NOT NULL DEFAULT '',
    params jsonb NOT NULL DEFAULT '{{}}', customer_id bigint, before jsonb
) ON COMMIT DROP
"""

COPY = """
COPY staged (line, name, country, domain, registration_number, seats, azure_annual, currency, needs, prefers_self_service,
             deal_name, deal_key, outcome, "column", code, params) FROM STDIN
"""

STAGE_AGAIN = """
INSERT INTO staged (line, name, country, domain, registration_number, seats, azure_annual, currency, needs,
                    prefers_self_service, deal_name, deal_key, outcome, "column", code, params)
SELECT line, name, country, domain, registration_number, seats, azure_annual, currency, needs, prefers_self_service,
       deal_name, deal_key, CASE outcome WHEN 'refused' THEN outcome ELSE '' END, "column",
       CASE outcome WHEN 'refused' THEN code ELSE '' END, CASE outcome WHEN 'refused' THEN params ELSE '{}' END
FROM motions_importrow WHERE batch_id = %(batch)s
"""

_KEYED = """
CREATE TEMPORARY TABLE keyed ON COMMIT DROP AS
SELECT line, country, domain, registration_number, company_key(name) AS name_key,
       coalesce(nullif(deal_key, ''), lower(deal_name)) AS deal, seats IS NOT NULL AS has_seats,
       azure_annual IS NOT NULL AS has_azure
FROM staged WHERE outcome = ''
"""

# the earliest line with the same registration number, domain or name; only groups of more than one row are joined
_ANCHORED = """
CREATE TEMPORARY TABLE anchored ON COMMIT DROP AS
WITH by_name AS (
    SELECT country, name_key, min(line) AS first FROM keyed GROUP BY 1, 2 HAVING count(*) > 1
), by_domain AS (
    SELECT domain, min(line) AS first FROM keyed WHERE domain <> '' GROUP BY 1 HAVING count(*) > 1
), by_number AS (
    SELECT country, registration_number, min(line) AS first FROM keyed WHERE registration_number <> ''
    GROUP BY 1, 2 HAVING count(*) > 1
), direct AS (
    SELECT keyed.line, least(keyed.line, by_name.first, by_domain.first, by_number.first) AS anchor,
           by_domain.first IS NOT NULL OR by_number.first IS NOT NULL AS is_strong
    FROM keyed LEFT JOIN by_name USING (country, name_key) LEFT JOIN by_domain USING (domain)
    LEFT JOIN by_number USING (country, registration_number)
)
SELECT direct.line, least(direct.anchor, further.anchor) AS anchor, direct.is_strong
FROM direct LEFT JOIN direct AS further ON further.line = direct.anchor AND direct.anchor < direct.line
"""

# by which of the partner's customers a row is recognised; a shared name with contradicting facts is another company
_RECOGNISED = """
CREATE TEMPORARY TABLE recognised ON COMMIT DROP AS
WITH found AS (
    SELECT keyed.line, c.id, true AS is_strong FROM keyed JOIN customers_customer AS c
        ON c.partner_id = %(partner)s AND c.domain = keyed.domain WHERE keyed.domain <> '' AND c.domain <> ''
    UNION ALL
    SELECT keyed.line, c.id, true FROM keyed JOIN customers_customer AS c
        ON c.partner_id = %(partner)s AND c.registration_number = keyed.registration_number
       AND c.country = keyed.country WHERE keyed.registration_number <> '' AND c.registration_number <> ''
    UNION ALL
    SELECT keyed.line, c.id, CASE
        WHEN c.domain <> '' AND keyed.domain <> '' AND c.domain <> keyed.domain
          OR c.registration_number <> '' AND keyed.registration_number <> ''
             AND c.registration_number <> keyed.registration_number THEN NULL ELSE false END
    FROM keyed JOIN customers_customer AS c
        ON c.partner_id = %(partner)s AND c.name_key = keyed.name_key AND c.country = keyed.country
)
SELECT line, min(id) FILTER (WHERE is_strong) AS strong, count(DISTINCT id) FILTER (WHERE is_strong) AS strong_count,
       min(id) FILTER (WHERE NOT is_strong) AS weak, count(DISTINCT id) FILTER (WHERE NOT is_strong) AS weak_count,
       bool_or(is_strong IS NULL) AS contradicts
FROM found GROUP BY line
"""

_DUPLICATES = """
UPDATE staged SET outcome = 'duplicate', code = judged.code, params = judged.params
FROM (
    SELECT keyed.line, CASE
        WHEN r.strong_count > 1 OR r.strong IS NULL AND r.weak_count > 1 THEN 'several_customers'
        WHEN r.contradicts AND r.strong IS NULL AND r.weak IS NULL THEN 'differs_from_customer'
        WHEN a.anchor < keyed.line AND NOT a.is_strong AND (
                first.domain <> '' AND keyed.domain <> '' AND first.domain <> keyed.domain
             OR first.registration_number <> '' AND keyed.registration_number <> ''
                AND first.registration_number <> keyed.registration_number) THEN 'differs_from_line'
        WHEN repeated.first < keyed.line THEN 'repeats_line' END AS code,
        jsonb_build_object('line', coalesce(repeated.first, a.anchor)::text) AS params
    FROM keyed
    JOIN anchored AS a USING (line)
    LEFT JOIN recognised AS r USING (line)
    LEFT JOIN keyed AS first ON first.line = a.anchor AND a.anchor < keyed.line
    LEFT JOIN LATERAL (
        SELECT CASE WHEN NOT keyed.has_seats AND NOT keyed.has_azure THEN a.anchor
                    ELSE least(CASE WHEN keyed.has_seats THEN s.first END, CASE WHEN keyed.has_azure THEN z.first END)
               END AS first
        FROM (SELECT 1) AS one
        LEFT JOIN seat_firsts AS s ON keyed.has_seats AND s.anchor = a.anchor AND s.deal = keyed.deal
        LEFT JOIN azure_firsts AS z ON keyed.has_azure AND z.anchor = a.anchor AND z.deal = keyed.deal
    ) AS repeated ON true
    WHERE a.anchor < keyed.line OR r.line IS NOT NULL
) AS judged
WHERE staged.line = judged.line AND judged.code IS NOT NULL
"""

_FIRSTS = """
CREATE TEMPORARY TABLE seat_firsts ON COMMIT DROP AS
    SELECT anchor, deal, min(line) AS first FROM keyed JOIN anchored USING (line) WHERE has_seats GROUP BY 1, 2
    HAVING count(*) > 1;
CREATE TEMPORARY TABLE azure_firsts ON COMMIT DROP AS
    SELECT anchor, deal, min(line) AS first FROM keyed JOIN anchored USING (line) WHERE has_azure GROUP BY 1, 2
    HAVING count(*) > 1;
"""

# one row for each deal that a row of the file speaks of
_WANTED = """
CREATE TEMPORARY TABLE wanted ON COMMIT DROP AS
WITH taken AS (
    SELECT s.*, a.anchor, coalesce(r.strong, r.weak, f.strong, f.weak) AS known
    FROM staged AS s JOIN anchored AS a USING (line)
    LEFT JOIN recognised AS r USING (line) LEFT JOIN recognised AS f ON f.line = a.anchor
    WHERE s.outcome = ''
)
SELECT taken.line, taken.anchor, taken.known, kind.kind, taken.deal_name, taken.deal_key,
       CASE kind.kind WHEN 'seats' THEN taken.seats END AS seats,
       CASE kind.kind WHEN 'azure' THEN taken.azure_annual END AS amount,
       CASE kind.kind WHEN 'azure' THEN taken.currency ELSE '' END AS currency,
       taken.needs, taken.prefers_self_service, NULL::bigint AS deal_id, 'new'::text AS step
FROM taken CROSS JOIN LATERAL (
    SELECT 'seats' AS kind WHERE taken.seats IS NOT NULL
    UNION ALL SELECT 'azure' WHERE taken.azure_annual IS NOT NULL
    UNION ALL SELECT NULL WHERE taken.seats IS NULL AND taken.azure_annual IS NULL
) AS kind
"""

# by its key; else by its name; else the only open deal of its kind, or the first one that an import named by itself
_MEANT = """
UPDATE wanted SET deal_id = meant.id, step = CASE WHEN meant.differs THEN 'changed' ELSE 'unchanged' END
FROM (
    SELECT DISTINCT ON (w.line, w.kind) w.line, w.kind, d.id,
           (coalesce(w.seats, -1), coalesce(w.amount, -1), w.currency, coalesce(w.needs, d.needs),
            coalesce(w.prefers_self_service, d.prefers_self_service), coalesce(nullif(w.deal_name, ''), d.name))
           IS DISTINCT FROM
           (coalesce(d.seats, -1), coalesce(d.amount, -1), d.currency, d.needs, d.prefers_self_service, d.name) AS differs
    FROM wanted AS w JOIN motions_deal AS d ON d.partner_id = %(partner)s AND d.customer_id = w.known AND d.kind = w.kind
    WHERE CASE WHEN w.deal_key <> '' THEN d.key = w.deal_key
               WHEN w.deal_name <> '' THEN lower(d.name) = lower(w.deal_name) AND d.key = ''
               ELSE d.stage = 'open' AND d.key = '' END
    ORDER BY w.line, w.kind, d.name <> %(seats_name)s AND d.name <> %(azure_name)s, d.id
) AS meant
WHERE wanted.line = meant.line AND wanted.kind = meant.kind
"""

_OUTCOMES = """
UPDATE staged SET customer_id = told.known, outcome = told.outcome
FROM (
    SELECT w.line, min(w.known) AS known, CASE
        WHEN min(w.known) IS NULL OR bool_or(c.archived_at IS NOT NULL) OR bool_or(w.step = 'new' AND w.kind IS NOT NULL)
            THEN 'new'
        WHEN bool_or(w.step = 'changed') OR bool_or(c.domain = '' AND s.domain <> '')
          OR bool_or(c.registration_number = '' AND s.registration_number <> '') THEN 'changed'
        ELSE 'unchanged' END AS outcome
    FROM wanted AS w JOIN staged AS s USING (line)
    LEFT JOIN customers_customer AS c ON c.partner_id = %(partner)s AND c.id = w.known
    GROUP BY w.line
) AS told
WHERE staged.line = told.line
"""

CLASSIFY = (
    _KEYED,
    "ANALYZE keyed",
    _ANCHORED,
    "ANALYZE anchored",
    _FIRSTS,
    _RECOGNISED,
    "ANALYZE recognised",
    _DUPLICATES,
    _WANTED,
    "ANALYZE wanted",
    _MEANT,
    _OUTCOMES,
)

_NEW_CUSTOMERS = """
CREATE TEMPORARY TABLE newcomers ON COMMIT DROP AS
WITH first AS (
    SELECT DISTINCT ON (w.anchor) w.anchor, s.* FROM wanted AS w JOIN staged AS s USING (line)
    WHERE w.known IS NULL ORDER BY w.anchor, w.line
)
SELECT anchor, gen_random_uuid() AS public_id, name, country, domain, registration_number, NULL::bigint AS id FROM first
"""

_INSERT_CUSTOMERS = """
WITH added AS (
    INSERT INTO customers_customer
        (public_id, partner_id, name, country, domain, registration_number, segment, version, created_at, updated_at)
    SELECT public_id, %(partner)s, name, country, domain, registration_number, 'commercial', 1, %(at)s, %(at)s
    FROM newcomers ORDER BY anchor
    RETURNING id, public_id
), logged AS (
    INSERT INTO customers_customerevent (partner_id, customer_id, kind, at, by_id, by_name, changes)
    SELECT %(partner)s, id, 'registered', %(at)s, %(by)s, %(by_name)s, %(note)s FROM added
)
UPDATE newcomers SET id = added.id FROM added WHERE added.public_id = newcomers.public_id
"""

_KNOW_NEWCOMERS = """
WITH known AS (
    UPDATE wanted SET known = newcomers.id FROM newcomers
    WHERE newcomers.anchor = wanted.anchor AND wanted.known IS NULL RETURNING wanted.line, newcomers.id,
        wanted.line = wanted.anchor AS is_first
)
UPDATE staged SET customer_id = known.id, before = jsonb_build_object('customer', 'new')
FROM known WHERE known.line = staged.line
"""

# an import fills in what was empty and restores what was archived; it never renames a customer
_MEND_CUSTOMERS = """
WITH mended AS (
    SELECT DISTINCT ON (c.id) c.id, s.line, c.domain AS old_domain, c.registration_number AS old_number, c.archived_at,
           coalesce(nullif(c.domain, ''), s.domain) AS domain,
           coalesce(nullif(c.registration_number, ''), s.registration_number) AS registration_number
    FROM staged AS s JOIN customers_customer AS c ON c.partner_id = %(partner)s AND c.id = s.customer_id
    WHERE s.outcome IN ('new', 'changed') AND s.before IS NULL
      AND (c.archived_at IS NOT NULL OR c.domain = '' AND s.domain <> ''
           OR c.registration_number = '' AND s.registration_number <> '')
    ORDER BY c.id, s.line
), changed AS (
    UPDATE customers_customer AS c SET domain = mended.domain, registration_number = mended.registration_number,
        archived_at = NULL, version = c.version + 1, updated_at = %(at)s
    FROM mended WHERE c.id = mended.id RETURNING c.id, c.version
), logged AS (
    INSERT INTO customers_customerevent (partner_id, customer_id, kind, at, by_id, by_name, changes)
    SELECT %(partner)s, id, CASE WHEN archived_at IS NULL THEN 'corrected' ELSE 'restored' END, %(at)s, %(by)s, %(by_name)s,
           %(note)s || jsonb_build_object('domain', jsonb_build_array(old_domain, domain), 'registration_number',
                                          jsonb_build_array(old_number, registration_number))
    FROM mended
)
UPDATE staged SET before = jsonb_build_object('customer', jsonb_build_object(
    'domain', mended.old_domain, 'registration_number', mended.old_number, 'archived_at', mended.archived_at,
    'version', changed.version))
FROM mended JOIN changed USING (id) WHERE staged.line = mended.line
"""

_INSERT_DEALS = """
CREATE TEMPORARY TABLE dealt ON COMMIT DROP AS
WITH fresh AS (
    SELECT wanted.*, gen_random_uuid() AS public_id,
           coalesce(nullif(deal_name, ''), CASE kind WHEN 'seats' THEN %(seats_name)s ELSE %(azure_name)s END) AS name
    FROM wanted WHERE kind IS NOT NULL AND step = 'new'
), added AS (
    INSERT INTO motions_deal (public_id, partner_id, customer_id, name, key, kind, seats, amount, currency, basis, needs,
                              prefers_self_service, stage, size_date, source, version, created_at, updated_at)
    SELECT public_id, %(partner)s, known, name, deal_key, kind, seats, amount, currency,
           CASE kind WHEN 'azure' THEN 'forecast' ELSE '' END, needs, prefers_self_service, 'open', %(day)s, %(source)s, 1,
           %(at)s, %(at)s
    FROM fresh ORDER BY known, line
    RETURNING id, public_id, customer_id, name, seats, amount, currency
), logged AS (
    INSERT INTO motions_dealevent (partner_id, customer_id, deal_id, deal_name, kind, at, by_id, by_name, source, changes)
    SELECT %(partner)s, customer_id, id, name, 'added', %(at)s, %(by)s, %(by_name)s, %(source)s,
           jsonb_build_object('seats', jsonb_build_array(NULL, seats), 'amount', jsonb_build_array(NULL, amount::text),
                              'currency', jsonb_build_array(NULL, currency))
    FROM added
)
SELECT fresh.line, jsonb_build_object('deal', added.id, 'new', true) AS before FROM fresh JOIN added USING (public_id)
"""

_CHANGE_DEALS = """
WITH former AS (
    SELECT w.line, w.kind, w.known, w.seats AS new_seats, w.amount AS new_amount, w.currency AS new_currency,
           coalesce(w.needs, d.needs) AS new_needs,
           coalesce(w.prefers_self_service, d.prefers_self_service) AS new_prefers,
           coalesce(nullif(w.deal_name, ''), d.name) AS new_name, d.*
    FROM wanted AS w JOIN motions_deal AS d ON d.id = w.deal_id WHERE w.step = 'changed' FOR UPDATE OF d
), changed AS (
    UPDATE motions_deal AS d SET seats = former.new_seats, amount = former.new_amount, currency = former.new_currency,
        needs = former.new_needs, prefers_self_service = former.new_prefers, name = former.new_name,
        size_date = %(day)s, source = %(source)s, version = d.version + 1, updated_at = %(at)s
    FROM former WHERE d.id = former.id RETURNING d.id, d.version
), logged AS (
    INSERT INTO motions_dealevent (partner_id, customer_id, deal_id, deal_name, kind, at, by_id, by_name, source, changes)
    SELECT %(partner)s, customer_id, id, new_name, 'changed', %(at)s, %(by)s, %(by_name)s, %(source)s,
           jsonb_build_object('seats', jsonb_build_array(seats, new_seats),
                              'amount', jsonb_build_array(amount::text, new_amount::text),
                              'currency', jsonb_build_array(currency, new_currency))
    FROM former
)
INSERT INTO dealt
SELECT former.line, jsonb_build_object('deal', former.id, 'version', changed.version, 'seats', seats, 'amount', amount::text,
    'currency', currency, 'needs', to_jsonb(needs), 'prefers', prefers_self_service, 'name', name, 'size_date', size_date,
    'source', source)
FROM former JOIN changed USING (id)
"""

_REMEMBER = """
UPDATE staged SET before = coalesce(staged.before, '{}') || jsonb_build_object('deals', done.deals)
FROM (SELECT line, jsonb_agg(before) AS deals FROM dealt GROUP BY line) AS done WHERE staged.line = done.line
"""

APPLY = (
    "SELECT set_config('app.is_bulk', 'on', true)",
    _NEW_CUSTOMERS,
    _INSERT_CUSTOMERS,
    _KNOW_NEWCOMERS,
    _MEND_CUSTOMERS,
    _INSERT_DEALS,
    _CHANGE_DEALS,
    _REMEMBER,
    "SELECT set_config('app.is_bulk', '', true)",
)

PERSIST = """
INSERT INTO motions_importrow (partner_id, batch_id, line, name, country, domain, registration_number, seats, azure_annual,
    currency, needs, prefers_self_service, deal_name, deal_key, outcome, "column", code, params, customer_id, before)
SELECT %(partner)s, %(batch)s, line, coalesce(name, ''), coalesce(country, ''), coalesce(domain, ''),
       coalesce(registration_number, ''), seats, azure_annual, coalesce(currency, ''), needs, prefers_self_service,
       coalesce(deal_name, ''), coalesce(deal_key, ''), outcome, "column", code, params, customer_id, before
FROM staged ORDER BY line
"""

# --- undo: only what nobody touched since ---------------------------------------------------------------------------

_UNDO_TARGETS = """
CREATE TEMPORARY TABLE undoing ON COMMIT DROP AS
SELECT row.id AS row_id, row.customer_id, (deal.value ->> 'deal')::bigint AS deal_id,
       coalesce((deal.value ->> 'new')::boolean, false) AS is_new, deal.value AS former,
       coalesce(d.version = coalesce((deal.value ->> 'version')::int, 1), false) AS is_untouched
FROM motions_importrow AS row CROSS JOIN LATERAL jsonb_array_elements(row.before -> 'deals') AS deal
LEFT JOIN motions_deal AS d ON d.id = (deal.value ->> 'deal')::bigint
WHERE row.batch_id = %(batch)s AND row.before ? 'deals'
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
WITH former AS (
    SELECT row.customer_id, row.before -> 'customer' AS was FROM motions_importrow AS row
    WHERE row.batch_id = %(batch)s AND jsonb_typeof(row.before -> 'customer') = 'object'
), back AS (
    UPDATE customers_customer AS c SET domain = was ->> 'domain', registration_number = was ->> 'registration_number',
        archived_at = (was ->> 'archived_at')::timestamptz, version = c.version + 1, updated_at = %(at)s
    FROM former WHERE c.id = former.customer_id AND c.version = (was ->> 'version')::int RETURNING c.id
)
INSERT INTO customers_customerevent (partner_id, customer_id, kind, at, by_id, by_name, changes)
SELECT %(partner)s, id, 'corrected', %(at)s, %(by)s, %(by_name)s, %(note)s FROM back
"""

_UNDO_REPORT = """
UPDATE motions_importrow AS row SET code = 'kept_since_changed'
WHERE row.batch_id = %(batch)s AND (
    EXISTS (SELECT 1 FROM undoing WHERE undoing.row_id = row.id AND NOT undoing.is_untouched)
    OR row.before ->> 'customer' = 'new' AND EXISTS (
        SELECT 1 FROM customers_customer AS c WHERE c.id = row.customer_id AND c.archived_at IS NULL)
    OR jsonb_typeof(row.before -> 'customer') = 'object' AND NOT EXISTS (
        SELECT 1 FROM customers_customer AS c WHERE c.id = row.customer_id
        AND c.version = (row.before -> 'customer' ->> 'version')::int + 1))
"""

UNDO = (
    PATIENCE,
    "DROP TABLE IF EXISTS pg_temp.undoing",
    "SELECT set_config('app.is_bulk', 'on', true)",
    _UNDO_TARGETS,
    _UNDO_CHANGED,
    _UNDO_NEW,
    _UNDO_NEWCOMERS,
    _UNDO_MENDED,
    _UNDO_REPORT,
    "SELECT set_config('app.is_bulk', '', true)",
)
