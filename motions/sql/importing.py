"""The statements of an import: stage, apply, keep. Set-based over one temporary table.

Rows are copied into a temporary table because PostgreSQL copies into no table under row-level security. Everything else
runs as the partner, so that its policies and composite keys hold here as everywhere.
"""

from motions.sql import recognising

# a request's statement timeout is too short for a hundred thousand rows at once
PATIENCE = "SET LOCAL statement_timeout = '10min'"

_TABLES = ("staged", "newcomers", "mended", "dealt", "stood", "foreseen", *recognising.TABLES)

STAGE = f"""
{PATIENCE};
DROP TABLE IF EXISTS {", ".join(f"pg_temp.{name}" for name in _TABLES)};
CREATE TEMPORARY TABLE staged (
    line integer PRIMARY KEY, name text, country text, domain text, registration_number text, seats integer,
    azure_annual numeric(15,2), currency text, needs varchar[], prefers_self_service boolean, deal_name text,
    deal_key text, outcome text NOT NULL DEFAULT '', "column" text NOT NULL DEFAULT '', code text NOT NULL DEFAULT '',
    params jsonb NOT NULL DEFAULT '{{}}'
) ON COMMIT DROP;
CREATE TEMPORARY TABLE newcomers (company bigint, id bigint) ON COMMIT DROP;
CREATE TEMPORARY TABLE mended (line integer, customer jsonb) ON COMMIT DROP;
CREATE TEMPORARY TABLE dealt (line integer, deal jsonb) ON COMMIT DROP;
CREATE TEMPORARY TABLE foreseen (line integer, motion_before text, motion_after text) ON COMMIT DROP
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

# what the check foresaw stays beside the rows, as what the partner saw when it decided
FORESEE_AGAIN = """
INSERT INTO foreseen SELECT line, motion_before, motion_after FROM motions_importrow
WHERE batch_id = %(batch)s AND motion_after <> ''
"""

# what was done is noted beside the rows: wide rows are written once, when they are kept
_ADD_CUSTOMERS = """
WITH fresh AS (
    SELECT company, gen_random_uuid() AS public_id, s.line, s.name, s.country, coalesce(d.domain, '') AS domain,
           coalesce(n.registration_number, '') AS registration_number
    FROM gathered JOIN staged AS s ON s.line = gathered.line
    LEFT JOIN staged AS d ON d.line = domain_line LEFT JOIN staged AS n ON n.line = number_line
    WHERE known IS NULL
), added AS (
    INSERT INTO customers_customer
        (public_id, partner_id, name, country, domain, registration_number, segment, version, created_at, updated_at)
    SELECT public_id, %(partner)s, name, country, domain, registration_number, 'commercial', 1, %(at)s, %(at)s
    FROM fresh ORDER BY line
    RETURNING id, public_id
), logged AS (
    INSERT INTO customers_customerevent (partner_id, customer_id, kind, at, by_id, by_name, changes)
    SELECT %(partner)s, id, 'registered', %(at)s, %(by)s, %(by_name)s, %(note)s FROM added
)
INSERT INTO newcomers SELECT company, added.id FROM added JOIN fresh USING (public_id)
"""

_MEND_CUSTOMERS = """
WITH former AS (
    SELECT c.id, mends.line, c.domain AS old_domain, c.registration_number AS old_number, c.archived_at,
           coalesce(nullif(c.domain, ''), mends.domain) AS domain,
           coalesce(nullif(c.registration_number, ''), mends.number) AS registration_number
    FROM mends JOIN customers_customer AS c ON c.partner_id = %(partner)s AND c.id = mends.id FOR UPDATE OF c
), changed AS (
    UPDATE customers_customer AS c SET domain = former.domain, registration_number = former.registration_number,
        archived_at = NULL, version = c.version + 1, updated_at = %(at)s
    FROM former WHERE c.id = former.id RETURNING c.id, c.version
), logged AS (
    INSERT INTO customers_customerevent (partner_id, customer_id, kind, at, by_id, by_name, changes)
    SELECT %(partner)s, id, CASE WHEN archived_at IS NULL THEN 'corrected' ELSE 'restored' END, %(at)s, %(by)s, %(by_name)s,
           %(note)s || jsonb_build_object('domain', jsonb_build_array(old_domain, domain), 'registration_number',
                                          jsonb_build_array(old_number, registration_number))
    FROM former
)
INSERT INTO mended
SELECT line, jsonb_build_object('domain', old_domain, 'registration_number', old_number, 'archived_at', archived_at,
                                'version', changed.version)
FROM former JOIN changed USING (id)
"""

_ADD_DEALS = """
WITH fresh AS (
    SELECT wanted.*, coalesce(known, newcomers.id) AS customer_id, gen_random_uuid() AS public_id,
           coalesce(nullif(deal_name, ''), CASE kind WHEN 'seats' THEN %(seats_name)s ELSE %(azure_name)s END) AS name
    FROM wanted LEFT JOIN newcomers USING (company) WHERE kind IS NOT NULL AND step = 'new'
), added AS (
    INSERT INTO motions_deal (public_id, partner_id, customer_id, name, key, kind, seats, amount, currency, basis, needs,
                              prefers_self_service, stage, size_date, source, version, created_at, updated_at)
    SELECT public_id, %(partner)s, customer_id, name, deal_key, kind, seats, amount, currency,
           CASE kind WHEN 'azure' THEN 'forecast' ELSE '' END, needs, prefers_self_service, 'open', %(day)s, %(source)s, 1,
           %(at)s, %(at)s
    FROM fresh ORDER BY customer_id, line
    RETURNING id, public_id, customer_id, name, seats, amount, currency
), logged AS (
    INSERT INTO motions_dealevent (partner_id, customer_id, deal_id, deal_name, kind, at, by_id, by_name, source, changes)
    SELECT %(partner)s, customer_id, id, name, 'added', %(at)s, %(by)s, %(by_name)s, %(source)s,
           jsonb_build_object('seats', jsonb_build_array(NULL, seats), 'amount', jsonb_build_array(NULL, amount::text),
                              'currency', jsonb_build_array(NULL, currency))
    FROM added
)
INSERT INTO dealt SELECT line, jsonb_build_object('deal', added.id, 'new', true) FROM fresh JOIN added USING (public_id)
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
           || CASE WHEN needs IS DISTINCT FROM new_needs
                   THEN jsonb_build_object('needs', jsonb_build_array(needs, new_needs)) ELSE '{}' END
           || CASE WHEN prefers_self_service IS DISTINCT FROM new_prefers
                   THEN jsonb_build_object('prefers_self_service', jsonb_build_array(prefers_self_service, new_prefers))
                   ELSE '{}' END
           || CASE WHEN name <> new_name THEN jsonb_build_object('name', jsonb_build_array(name, new_name)) ELSE '{}' END
    FROM former
)
INSERT INTO dealt
SELECT former.line, jsonb_build_object('deal', former.id, 'version', changed.version, 'seats', seats, 'amount', amount::text,
    'currency', currency, 'needs', to_jsonb(needs), 'prefers', prefers_self_service, 'name', name, 'size_date', size_date,
    'source', source)
FROM former JOIN changed USING (id)
"""

# Right after a preview was rolled back the tables may be counted as empty, while they are about to be filled. What is looked
# up for each row, the keys first of all, waits until they are counted again (motions/migrations/0051): at the commit.
MANY = 200
_LATER = "SET CONSTRAINTS ALL DEFERRED"
_COUNT = f"SELECT motions_count_again(count(*)) FROM wanted HAVING count(*) > {MANY}"

APPLY = (
    "SELECT set_config('app.is_bulk', 'on', true)",
    _LATER,
    recognising.wide("staged"),
    _ADD_CUSTOMERS,
    "ANALYZE newcomers",
    _MEND_CUSTOMERS,
    _ADD_DEALS,
    _CHANGE_DEALS,
    _COUNT,
    recognising.NARROW,
    "SELECT set_config('app.is_bulk', '', true)",
)

CUSTOMERS = "SELECT company FROM told WHERE company > 0 UNION SELECT id FROM newcomers ORDER BY 1"

# the guidance of the partner's customers before a preview, and of the file's after it
STOOD = """
CREATE TEMPORARY TABLE stood ON COMMIT DROP AS
SELECT DISTINCT standing.customer_id, motion
FROM told JOIN motions_standing AS standing ON standing.customer_id = told.company
JOIN customers_customer AS c ON c.partner_id = %(partner)s AND c.id = told.company WHERE c.archived_at IS NULL
"""
FORESEEN = """
SELECT line, standing.customer_id, coalesce(stood.motion, ''), standing.motion
FROM told LEFT JOIN newcomers USING (company)
JOIN motions_standing AS standing ON standing.customer_id = coalesce(newcomers.id, company)
LEFT JOIN stood ON stood.customer_id = standing.customer_id
"""
FORESEE = "COPY foreseen (line, motion_before, motion_after) FROM STDIN"

PERSIST = """
INSERT INTO motions_importrow (partner_id, batch_id, line, name, country, domain, registration_number, seats, azure_annual,
    currency, needs, prefers_self_service, deal_name, deal_key, outcome, "column", code, params, customer_id, before,
    motion_before, motion_after)
SELECT %(partner)s, %(batch)s, line, coalesce(name, ''), coalesce(country, ''), coalesce(domain, ''),
       coalesce(registration_number, ''), seats, azure_annual, coalesce(currency, ''), needs, prefers_self_service,
       coalesce(deal_name, ''), coalesce(deal_key, ''), coalesce(told.outcome, staged.outcome), "column", code, params,
       coalesce(newcomers.id, CASE WHEN company > 0 THEN company END),
       nullif(CASE WHEN newcomers.id IS NOT NULL THEN '{"customer": "new"}'
                   WHEN customer IS NOT NULL THEN jsonb_build_object('customer', customer) ELSE '{}' END
              || CASE WHEN deals IS NOT NULL THEN jsonb_build_object('deals', deals) ELSE '{}' END, '{}'),
       coalesce(motion_before, ''), coalesce(motion_after, '')
FROM staged LEFT JOIN told USING (line) LEFT JOIN newcomers USING (company) LEFT JOIN mended USING (line)
LEFT JOIN (SELECT line, jsonb_agg(deal) AS deals FROM dealt GROUP BY line) AS done USING (line)
LEFT JOIN foreseen USING (line)
ORDER BY line
"""
