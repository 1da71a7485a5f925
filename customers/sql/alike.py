"""The duplicate check in SQL: exact keys first, then the neighbours in the order of names, and similarity only among these.

Every part reads a few rows of one index, whatever the size of the table, so that a check costs about as much as some pages
of a list. A partner's check and the comparison across partners (`comparing`) take the same keys for the same reasons.
"""

NEIGHBOURS = 20  # in the order of names, before and behind, from either end of the name
MOST_ALIKE = 20  # of one reason: a name that a thousand customers share says nothing
SIMILAR = 0.68  # share of common trigrams; measured in tests/customers/test_pairs.py

# what was typed, as the keys of the table
KEYS = """
SELECT company_key(%(name)s) AS name, company_loose(%(name)s) AS loose, reverse(company_loose(%(name)s)) AS back,
       site_key(%(domain)s) AS site, number_key(%(number)s) AS number
"""

_EXACT = """
(SELECT id, '{reason}' AS reason, {rank} AS rank, 1 AS score FROM customers_customer
 WHERE partner_id = %(partner)s AND archived_at IS NULL AND {rule} LIMIT {most})
"""
# (what must be known, reason, rule): the surest reason first
_REASONS = (
    ("tenant", "tenant_id", "tenant_id = %(tenant)s"),
    ("number", "registration_number", "number_key = %(number)s AND number_key <> '' AND country = %(country)s"),
    ("duns", "duns", "duns = %(duns)s AND duns <> ''"),
    ("site", "domain", "site_key = %(site)s AND site_key <> ''"),
    ("name", "name", "name_key = %(name)s AND country = %(country)s"),
)

# read from the index alone
_NEIGHBOUR = """
(SELECT id, {words} AS words FROM customers_customer
 WHERE partner_id = %(partner)s AND country = %(country)s AND archived_at IS NULL AND {column} {beyond} %(typed_{column})s
 ORDER BY {column} {order} LIMIT {neighbours})
"""
# what differs in its digits is another one of a series, and what has another number is another company, however much of
# the words is the same
_SIMILAR = """
SELECT c.id, 'similar_name' AS reason, 9 AS rank, near.score
FROM (
    SELECT id, similarity(words, %(typed_loose_key)s) AS score FROM ({neighbours}) AS neighbours
    WHERE similarity(words, %(typed_loose_key)s) >= {similar}
      AND regexp_replace(words, '[^0-9]+', ' ', 'g') = regexp_replace(%(typed_loose_key)s, '[^0-9]+', ' ', 'g')
) AS near JOIN customers_customer AS c ON c.partner_id = %(partner)s AND c.id = near.id
WHERE (c.number_key = '' OR %(number)s = '' OR c.number_key = %(number)s)
  AND (c.duns = '' OR %(duns)s = '' OR c.duns = %(duns)s)
"""

_ALIKE = """
SELECT id, array_agg(reason ORDER BY rank) AS reasons FROM (
    SELECT DISTINCT id, reason, rank, score FROM ({parts}) AS every
) AS alike GROUP BY id ORDER BY min(rank), max(score) DESC, id LIMIT {most}
"""


def alike(known: frozenset[str]) -> str:
    """The statement for what is known of a company: of tenant, number, duns, site, name; without any it is ''."""
    parts = [
        _EXACT.format(reason=reason, rank=rank, rule=rule, most=MOST_ALIKE)
        for rank, (needed, reason, rule) in enumerate(_REASONS)
        if needed in known
    ]
    if "name" in known:
        parts.append(_SIMILAR.format(neighbours=_neighbours(), similar=SIMILAR))
    return _ALIKE.format(parts=" UNION ALL ".join(parts), most=MOST_ALIKE) if parts else ""


def _neighbours() -> str:
    ends = (("loose_key", "loose_key"), ("reverse(loose_back)", "loose_back"))
    ways = ((*end, *way) for end in ends for way in ((">=", ""), ("<", "DESC")))
    return " UNION ALL ".join(
        _NEIGHBOUR.format(words=words, column=column, beyond=beyond, order=order, neighbours=NEIGHBOURS)
        for words, column, beyond, order in ways
    )
