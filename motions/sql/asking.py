"""What the form asks, asked of a whole file: the dated rules of countries (C4), and names that are like another one.

A number in the wrong form, and a missing one where the country asks for it, refuse a row as they refuse the form. A file has
no phone numbers, so that a country that asks for one (C4) is said beside the row. What is only like another company is taken
as new and says so: a file cannot be asked whether it is.
"""

from customers.sql.alike import NEIGHBOURS, SIMILAR

# the rule that is in force, of the countries of the file alone
RULED = """
CREATE TEMPORARY TABLE ruled ON COMMIT DROP AS
SELECT DISTINCT ON (country) country, asks_number, asks_phone, number_pattern,
       jsonb_build_object('country', country, 'form_en', number_form_en, 'form_de', number_form_de) AS params
FROM customers_countryrule
WHERE valid_from <= %(day)s AND country IN (SELECT country FROM staged WHERE outcome = '')
ORDER BY country, valid_from DESC
"""

MISFITS = """
UPDATE staged SET outcome = 'refused', code = 'number_form', params = ruled.params
FROM ruled
WHERE ruled.country = staged.country AND staged.outcome = '' AND ruled.number_pattern <> ''
  AND staged.registration_number <> '' AND staged.registration_number !~* ('^(' || ruled.number_pattern || ')$')
"""

# of a company that is known already a file need not say it again
LACKS = """
WITH lacking AS (
    SELECT wanted.company FROM wanted JOIN staged USING (line) JOIN ruled USING (country)
    WHERE wanted.known IS NULL AND ruled.asks_number
    GROUP BY wanted.company HAVING bool_and(staged.registration_number = '')
), gone AS (
    DELETE FROM wanted USING lacking WHERE lacking.company = wanted.company RETURNING wanted.line
)
UPDATE staged SET outcome = 'refused', code = 'number_asked', params = ruled.params
FROM ruled WHERE ruled.country = staged.country AND staged.line IN (SELECT line FROM gone)
"""

_FRESH = """
CREATE TEMPORARY TABLE fresh ON COMMIT DROP AS
SELECT gathered.line, named.country, named.name, coalesce(sited.site, '') AS site, coalesce(numbered.number, '') AS number,
       company_loose(named.name) AS words
FROM gathered JOIN staged AS named USING (line) LEFT JOIN keyed AS sited ON sited.line = gathered.domain_line
LEFT JOIN keyed AS numbered ON numbered.line = gathered.number_line WHERE gathered.known IS NULL
"""

# the new ones between the customers, in the order of names from either end; what differs in its digits is another one of
# a series and no neighbour
_SHELF = """
CREATE TEMPORARY TABLE shelf ON COMMIT DROP AS
SELECT *, row_number() OVER (ORDER BY country, digits, words COLLATE "C", line) AS forth,
       row_number() OVER (ORDER BY country, digits, reverse(words) COLLATE "C", line) AS back
FROM (
    SELECT *, CASE WHEN words ~ '[0-9]' THEN regexp_replace(words, '[^0-9]+', ' ', 'g') ELSE ' ' END AS digits
    FROM (
        SELECT line, NULL::bigint AS id, name, country, number, words FROM fresh
        UNION ALL
        SELECT NULL, id, name, country, number_key, loose_key FROM customers_customer
        WHERE partner_id = %(partner)s AND archived_at IS NULL AND country IN (SELECT country FROM fresh)
    ) AS named
) AS counted
"""

# most pairs are told apart by their length, before anything is compared
_NEAR = """
SELECT one.line, other.id, other.line AS other_line, other.name, 3 AS rank
FROM shelf AS one CROSS JOIN generate_series(-{reach}, {reach}) AS step
JOIN shelf AS other ON other.{order} = one.{order} + step
WHERE one.line IS NOT NULL AND step <> 0 AND (other.line IS NULL OR other.line < one.line)
  AND other.country = one.country AND other.digits = one.digits
  AND 5 * abs(length(other.words) - length(one.words)) <= 2 * greatest(length(other.words), length(one.words))
  AND (one.number = '' OR other.number = '' OR one.number = other.number)
  AND similarity(other.words, one.words) >= {similar}
"""
_SAYS = """
WITH found AS (
    SELECT fresh.line, c.id, NULL::int AS other_line, c.name, 1 AS rank FROM fresh JOIN customers_customer AS c
        ON c.partner_id = %(partner)s AND c.archived_at IS NULL AND c.site_key = fresh.site
    WHERE fresh.site <> '' AND c.site_key <> ''
    UNION ALL
    SELECT fresh.line, c.id, NULL, c.name, 2 FROM fresh JOIN customers_customer AS c
        ON c.partner_id = %(partner)s AND c.archived_at IS NULL AND c.country = fresh.country AND c.loose_key = fresh.words
    UNION ALL {forth} UNION ALL {back}
), nearest AS (SELECT DISTINCT ON (line) * FROM found ORDER BY line, rank, id, other_line)
UPDATE staged SET
    code = CASE WHEN other_line IS NULL THEN 'resembles_customer' ELSE 'resembles_line' END,
    params = jsonb_build_object('name', nearest.name, 'line', other_line::text)
FROM nearest WHERE nearest.line = staged.line
"""

_ASKS_PHONE = """
UPDATE staged SET code = 'phone_asked', params = ruled.params
FROM ruled, fresh WHERE fresh.line = staged.line AND ruled.country = staged.country AND ruled.asks_phone AND staged.code = ''
"""


def _near(order: str) -> str:
    return _NEAR.format(order=order, reach=NEIGHBOURS, similar=SIMILAR)


REMARKS = (
    _FRESH,
    "ANALYZE fresh",
    _SHELF,
    "ANALYZE shelf",
    _SAYS.format(forth=_near("forth"), back=_near("back")),
    _ASKS_PHONE,
)
TABLES = ("ruled", "fresh", "shelf")
