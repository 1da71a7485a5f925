"""Which rows of a file are one company, which customer of the partner it is, and what each row would do. Writes nothing.

Rows that share a registration number in one country or a domain are surely one company: a core. Cores that share a
folded name in one country are one company too, unless both have a domain or both have a number: then these differ, or
they would be one core, and the later core is in doubt with all its rows. Which rows belong together and which are in
doubt depends on the file alone, so that the same file, sent again, is cut in the same way; what is in doubt speaks for
no other row. The keys are those of the duplicate check (`customers.sql.alike`): a domain that everybody shares says nothing,
and what is only like a customer (another host of its domain, its words in another order, a mistake in typing) is new, and
says whom it is like (`asking`).
"""

from motions.sql import asking

# Right after a large import the planner still believes that the partner has a handful of rows, and would go through all of
# them for each row of the next file. Small files keep their nested loops, which are lookups by key.
_WIDE = "SELECT set_config('enable_nestloop', CASE WHEN count(*) > 1000 THEN 'off' ELSE 'on' END, true) FROM {table}"
NARROW = "SELECT set_config('enable_nestloop', 'on', true)"


def wide(table: str) -> str:
    """Forbid nested loops when `table`, a temporary one of ours, has many rows."""
    return _WIDE.format(table=table)


_KEYED = """
CREATE TEMPORARY TABLE keyed ON COMMIT DROP AS
SELECT line, country, site, CASE WHEN site <> '' THEN fold_text(domain) ELSE '' END AS domain,
       number_key(registration_number) AS number, company_key(name) AS name_key
FROM (SELECT *, site_key(domain) AS site FROM staged WHERE outcome = '') AS typed
"""

# `ties` hang nodes on knots; nodes of one knot belong together. A knot is called after its first line and its kind.
_SURE_TIES = """
CREATE TEMPORARY TABLE ties ON COMMIT DROP AS
WITH by_domain AS (
    SELECT domain, 2 * min(line)::bigint AS knot FROM keyed WHERE domain <> '' GROUP BY 1 HAVING count(*) > 1
), by_number AS (
    SELECT country, number, 2 * min(line)::bigint + 1 AS knot FROM keyed WHERE number <> '' GROUP BY 1, 2 HAVING count(*) > 1
)
SELECT line AS node, knot FROM keyed JOIN by_domain USING (domain)
UNION ALL SELECT line, knot FROM keyed JOIN by_number USING (country, number)
"""

HEADS = "CREATE TEMPORARY TABLE heads ON COMMIT DROP AS SELECT DISTINCT node, node AS head FROM ties"

# each node takes the lowest head among its neighbours, then its head's head: long chains close in a few rounds
SETTLE = """
UPDATE heads SET head = lower.head
FROM (
    SELECT ties.node, min(knots.head) AS head
    FROM ties JOIN (SELECT knot, min(head) AS head FROM ties JOIN heads USING (node) GROUP BY knot) AS knots USING (knot)
    GROUP BY ties.node
) AS lower WHERE lower.node = heads.node AND lower.head < heads.head
"""
JUMP = """
UPDATE heads SET head = further.head FROM heads AS further WHERE further.node = heads.head AND further.head < heads.head
"""

_CORES = """
CREATE TEMPORARY TABLE cores ON COMMIT DROP AS
WITH alike AS (
    SELECT country, name_key, min(line) AS namesake FROM keyed GROUP BY 1, 2 HAVING count(*) > 1
)
SELECT keyed.line, coalesce(heads.head, keyed.line) AS core, alike.namesake,
       domain <> '' AS has_domain, number <> '' AS has_number
FROM keyed LEFT JOIN heads ON heads.node = keyed.line LEFT JOIN alike USING (country, name_key)
"""

# of the cores of one name, the first with a domain and the first with a number stand for it
_NAMESAKES = """
CREATE TEMPORARY TABLE namesakes ON COMMIT DROP AS
WITH named AS (SELECT namesake, core, min(line) AS line FROM cores WHERE namesake IS NOT NULL GROUP BY 1, 2),
facts AS (
    SELECT core, bool_or(has_domain) AS has_domain, bool_or(has_number) AS has_number
    FROM cores WHERE core IN (SELECT core FROM named) GROUP BY core
), ranked AS (
    SELECT *, min(line) FILTER (WHERE has_domain) OVER same AS with_domain,
           min(line) FILTER (WHERE has_number) OVER same AS with_number
    FROM named JOIN facts USING (core) WINDOW same AS (PARTITION BY namesake)
)
SELECT namesake, core, CASE WHEN has_domain AND line > with_domain THEN with_domain
                            WHEN has_number AND line > with_number THEN with_number END AS differs_from
FROM ranked
"""

_NAME_TIES = """
CREATE TEMPORARY TABLE ties ON COMMIT DROP AS
SELECT core AS node, namesake::bigint AS knot FROM namesakes
WHERE core NOT IN (SELECT core FROM namesakes WHERE differs_from IS NOT NULL)
"""

_ANCHORED = """
CREATE TEMPORARY TABLE anchored ON COMMIT DROP AS
SELECT line, core, coalesce(heads.head, core) AS anchor, doubted.differs_from, has_domain, has_number
FROM cores LEFT JOIN heads ON heads.node = core
LEFT JOIN (SELECT core, min(differs_from) AS differs_from FROM namesakes GROUP BY core) AS doubted USING (core)
"""

# two cores with facts of their own that only a third one's names bring together differ as well
_STRANGERS = """
WITH facts AS (
    SELECT anchor, core, min(line) AS line, bool_or(has_domain) AS has_domain, bool_or(has_number) AS has_number
    FROM anchored WHERE core IN (SELECT node FROM heads) GROUP BY 1, 2
), ranked AS (
    SELECT *, min(line) FILTER (WHERE has_domain) OVER whole AS with_domain,
           min(line) FILTER (WHERE has_number) OVER whole AS with_number
    FROM facts WINDOW whole AS (PARTITION BY anchor)
)
UPDATE anchored SET differs_from = coalesce(differs_from, CASE WHEN ranked.has_domain AND ranked.line > with_domain
                                                               THEN with_domain ELSE with_number END)
FROM ranked WHERE ranked.core = anchored.core
  AND (ranked.has_domain AND ranked.line > with_domain OR ranked.has_number AND ranked.line > with_number)
"""

# customers that a row may be: surely by domain or number; else by name (false), or by name against other facts (NULL)
_FOUND = """
CREATE TEMPORARY TABLE found ON COMMIT DROP AS
SELECT keyed.line, c.id, true AS is_sure, c.archived_at IS NULL AS is_current FROM keyed JOIN customers_customer AS c
    ON c.partner_id = %(partner)s AND c.site_key = keyed.site AND fold_text(c.domain) = keyed.domain
    WHERE keyed.domain <> '' AND c.site_key <> ''
UNION ALL
SELECT keyed.line, c.id, true, c.archived_at IS NULL FROM keyed JOIN customers_customer AS c
    ON c.partner_id = %(partner)s AND c.number_key = keyed.number AND c.country = keyed.country
    WHERE keyed.number <> '' AND c.number_key <> ''
UNION ALL
SELECT keyed.line, c.id, CASE WHEN c.site_key <> '' AND facts.has_domain OR c.number_key <> '' AND facts.has_number
                              THEN NULL ELSE false END, c.archived_at IS NULL
FROM keyed JOIN anchored USING (line)
JOIN (
    SELECT anchor, bool_or(has_domain) AS has_domain, bool_or(has_number) AS has_number
    FROM anchored WHERE differs_from IS NULL GROUP BY anchor
) AS facts USING (anchor)
JOIN customers_customer AS c ON c.partner_id = %(partner)s AND c.name_key = keyed.name_key AND c.country = keyed.country
"""

# what a row itself says goes before what its core says, that before its namesakes, and all before the name; an archived
# customer counts only where there is no current one. `low` and `high` are one id, or there are several customers.
_RECOGNISED = """
CREATE TEMPORARY TABLE recognised ON COMMIT DROP AS
WITH placed AS (
    SELECT found.*, core, CASE WHEN differs_from IS NULL THEN anchor END AS anchor FROM found JOIN anchored USING (line)
),
own AS ({line}), cores AS ({core}), wholes AS ({anchor}),
names AS (
    SELECT anchor, coalesce(min(id) FILTER (WHERE is_current AND NOT is_sure), min(id) FILTER (WHERE NOT is_sure)) AS low,
           coalesce(max(id) FILTER (WHERE is_current AND NOT is_sure), max(id) FILTER (WHERE NOT is_sure)) AS high,
           bool_or(is_sure IS NULL AND is_current) AS contradicts
    FROM placed WHERE is_sure IS NOT TRUE GROUP BY anchor
)
SELECT line, coalesce(own.low, cores.low, wholes.low, names.low) AS low,
       coalesce(own.high, cores.high, wholes.high, names.high) AS high,
       coalesce(own.low, cores.low) IS NOT NULL AS is_sure, coalesce(names.contradicts, false) AS contradicts
FROM anchored LEFT JOIN own USING (line) LEFT JOIN cores USING (core) LEFT JOIN wholes USING (anchor)
LEFT JOIN names USING (anchor)
WHERE coalesce(own.low, cores.low, wholes.low, names.low) IS NOT NULL OR names.contradicts
"""
_SURE = """
    SELECT {by}, coalesce(min(id) FILTER (WHERE is_current), min(id)) AS low,
           coalesce(max(id) FILTER (WHERE is_current), max(id)) AS high
    FROM placed WHERE is_sure GROUP BY {by}
"""

_DOUBTS = """
UPDATE staged SET outcome = 'duplicate', code = judged.code, params = jsonb_build_object('line', judged.line::text)
FROM (
    SELECT anchored.line AS row_line, coalesce(differs_from, anchor) AS line, CASE
        WHEN low <> high THEN 'several_customers'
        WHEN low IS NULL AND contradicts THEN 'differs_from_customer'
        WHEN differs_from IS NOT NULL AND is_sure IS NOT TRUE THEN 'differs_from_line' END AS code
    FROM anchored LEFT JOIN recognised USING (line) WHERE differs_from IS NOT NULL OR recognised.line IS NOT NULL
) AS judged
WHERE staged.line = judged.row_line AND judged.code IS NOT NULL
"""

# one row for each deal that a row of the file speaks of; a company that is not known yet is called after its first line
_WANTED = """
CREATE TEMPORARY TABLE wanted ON COMMIT DROP AS
SELECT s.line, r.low AS known, coalesce(r.low, -a.anchor::bigint) AS company, kind.kind, s.deal_name, s.deal_key,
       CASE kind.kind WHEN 'seats' THEN s.seats END AS seats,
       CASE kind.kind WHEN 'azure' THEN s.azure_annual END AS amount,
       CASE kind.kind WHEN 'azure' THEN s.currency ELSE '' END AS currency,
       s.needs, s.prefers_self_service, NULL::bigint AS deal_id, 'new'::text AS step,
       CASE WHEN s.deal_key <> '' THEN 'key ' || s.deal_key
            ELSE 'name ' || lower(coalesce(nullif(s.deal_name, ''), kind.own_name)) END AS identity
FROM staged AS s JOIN anchored AS a USING (line) LEFT JOIN recognised AS r USING (line)
CROSS JOIN LATERAL (
    SELECT 'seats' AS kind, %(seats_name)s::text AS own_name WHERE s.seats IS NOT NULL
    UNION ALL SELECT 'azure', %(azure_name)s WHERE s.azure_annual IS NOT NULL
    UNION ALL SELECT NULL, '' WHERE s.seats IS NULL AND s.azure_annual IS NULL
) AS kind
WHERE s.outcome = ''
"""

# by its key; else by its name, best one without a key; else the one that an import named by itself, or the only open one
_MEANT = """
UPDATE wanted SET deal_id = meant.id, identity = 'deal ' || meant.id,
                  step = CASE WHEN meant.differs THEN 'changed' ELSE 'unchanged' END
FROM (
    SELECT DISTINCT ON (line, kind) line, kind, id, differs FROM (
        SELECT w.line, w.kind, d.id, d.key <> '' AS is_keyed, d.stage <> 'open' AS is_closed,
               lower(d.name) <> lower(CASE w.kind WHEN 'seats' THEN %(seats_name)s ELSE %(azure_name)s END) AS is_named,
               w.deal_key <> '' OR w.deal_name <> '' OR count(*) OVER (PARTITION BY w.line, w.kind) = 1 AS is_told,
               (coalesce(w.seats, -1), coalesce(w.amount, -1), w.currency, coalesce(w.needs, d.needs),
                coalesce(w.prefers_self_service, d.prefers_self_service), coalesce(nullif(w.deal_name, ''), d.name))
               IS DISTINCT FROM
               (coalesce(d.seats, -1), coalesce(d.amount, -1), d.currency, d.needs, d.prefers_self_service, d.name) AS differs
        FROM wanted AS w JOIN motions_deal AS d
            ON d.partner_id = %(partner)s AND d.customer_id = w.known AND d.kind = w.kind
        WHERE CASE WHEN w.deal_key <> '' THEN d.key = w.deal_key
                   WHEN w.deal_name <> '' THEN lower(d.name) = lower(w.deal_name)
                   ELSE d.stage = 'open' AND d.key = '' END
    ) AS fitting WHERE is_told OR NOT is_named
    ORDER BY line, kind, is_named, is_keyed, is_closed, id
) AS meant
WHERE wanted.line = meant.line AND wanted.kind = meant.kind
"""

_CONTESTED = """
CREATE TEMPORARY TABLE contested ON COMMIT DROP AS
SELECT line, company, kind, identity FROM wanted JOIN (
    SELECT company, kind, identity FROM wanted WHERE kind IS NOT NULL GROUP BY 1, 2, 3 HAVING count(*) > 1
) AS claimed USING (company, kind, identity)
"""

# rows that repeat a row which stands; what only repeated such a repeat is looked at again in the next round
REPEAT = """
WITH firsts AS (SELECT company, kind, identity, min(line) AS first FROM contested GROUP BY 1, 2, 3),
later AS (SELECT line, first FROM contested JOIN firsts USING (company, kind, identity) WHERE line > first),
settled AS (SELECT line, min(first) AS first FROM later WHERE first NOT IN (SELECT line FROM later) GROUP BY line),
told AS (
    UPDATE staged SET outcome = 'duplicate', code = 'repeats_line', params = jsonb_build_object('line', first::text)
    FROM settled WHERE settled.line = staged.line
), gone AS (DELETE FROM wanted USING settled WHERE settled.line = wanted.line)
DELETE FROM contested USING settled WHERE settled.line = contested.line
"""

_IDLE_REPEATS = """
WITH settled AS (
    SELECT wanted.line, firsts.first
    FROM wanted JOIN (SELECT company, min(line) AS first FROM wanted GROUP BY company) AS firsts USING (company)
    WHERE wanted.kind IS NULL AND wanted.line > firsts.first
), told AS (
    UPDATE staged SET outcome = 'duplicate', code = 'repeats_line', params = jsonb_build_object('line', first::text)
    FROM settled WHERE settled.line = staged.line
)
DELETE FROM wanted USING settled WHERE settled.line = wanted.line
"""

# what the rows of one company say about it together: the first domain and the first number
_GATHERED = """
CREATE TEMPORARY TABLE gathered ON COMMIT DROP AS
SELECT company, min(known) AS known, min(line) AS line, min(line) FILTER (WHERE domain <> '') AS domain_line,
       min(line) FILTER (WHERE registration_number <> '') AS number_line
FROM wanted JOIN staged USING (line) GROUP BY company
"""

# an import fills in what was empty and restores what was archived; it never renames a customer
_MENDS = """
CREATE TEMPORARY TABLE mends ON COMMIT DROP AS
SELECT c.id, g.line, c.archived_at IS NOT NULL AS is_archived, d.line AS domain_line, coalesce(d.domain, '') AS domain,
       n.line AS number_line, coalesce(n.registration_number, '') AS number
FROM gathered AS g JOIN customers_customer AS c ON c.partner_id = %(partner)s AND c.id = g.known
LEFT JOIN staged AS d ON d.line = g.domain_line AND c.domain = ''
LEFT JOIN staged AS n ON n.line = g.number_line AND c.registration_number = ''
WHERE c.archived_at IS NOT NULL OR d.line IS NOT NULL OR n.line IS NOT NULL
"""

_OUTCOMES = """
CREATE TEMPORARY TABLE told ON COMMIT DROP AS
SELECT wanted.line, company, CASE
    WHEN min(known) IS NULL OR bool_or(mends.is_archived) OR bool_or(step = 'new' AND kind IS NOT NULL) THEN 'new'
    WHEN bool_or(step = 'changed') OR bool_or(wanted.line IN (mends.domain_line, mends.number_line)) THEN 'changed'
    ELSE 'unchanged' END AS outcome
FROM wanted LEFT JOIN mends ON mends.id = wanted.known GROUP BY wanted.line, company
"""

COUNTS = """
SELECT outcome, count(*) FROM (
    SELECT outcome FROM told UNION ALL SELECT outcome FROM staged WHERE outcome <> ''
) AS rows GROUP BY outcome
"""

TIE_SURELY = (wide("staged"), asking.RULED, asking.MISFITS, _KEYED, "ANALYZE keyed", _SURE_TIES, "ANALYZE ties", HEADS)
TIE_BY_NAME = (
    _CORES,
    "ANALYZE cores",
    _NAMESAKES,
    "ANALYZE namesakes",
    "DROP TABLE ties, heads",
    _NAME_TIES,
    "ANALYZE ties",
    HEADS,
)
RECOGNISE = (
    _ANCHORED,
    "ANALYZE anchored",
    _STRANGERS,
    _FOUND,
    "ANALYZE found",
    _RECOGNISED.format(**{by: _SURE.format(by=by) for by in ("line", "core", "anchor")}),
    "ANALYZE recognised",
    _DOUBTS,
    _WANTED,
    "ANALYZE wanted",
    asking.LACKS,
    _MEANT,
    _CONTESTED,
    "ANALYZE contested",
)
CLASSIFY = (
    _IDLE_REPEATS,
    "ANALYZE wanted",
    _GATHERED,
    "ANALYZE gathered",
    _MENDS,
    _OUTCOMES,
    "ANALYZE told",
    *asking.REMARKS,
    NARROW,
)

TABLES = (
    "keyed", "ties", "heads", "cores", "namesakes", "anchored", "found", "recognised", "wanted", "contested", "gathered",
    "mends", "told", *asking.TABLES,
)  # fmt: skip
