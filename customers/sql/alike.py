"""The duplicate check in SQL: exact keys first, then the neighbours in the order of names, and similarity only among these.

Every part reads a few rows of one index, whatever the size of the table, so that a check costs about as much as some pages
of a list. It is one statement whose text never changes, so that the database keeps its plan (`common.keeping`): to make one
would take longer than to run it. A partner's check and the comparison across partners (`comparing`) take the same keys for
the same reasons.
"""

NEIGHBOURS = 20  # in the order of names, before and behind, from either end of the name
MOST_ALIKE = 20  # of one reason: a name that a thousand customers share says nothing
SIMILAR = 0.68  # share of common trigrams; measured in tests/customers/test_pairs.py
# what is shown of a candidate; the rest is read when somebody asks for it
SHOWN = ("public_id", "name", "country", "domain")

# what was typed, as the keys of the table
_TYPED = """
SELECT loose, reverse(loose) AS back, regexp_replace(loose, '[^0-9]+', ' ', 'g') AS digits, name, site, number, tenant, duns,
       partner, country
FROM (
    SELECT company_key(%(name)s) AS name, company_loose(%(name)s) AS loose, site_key(%(domain)s) AS site,
           number_key(%(number)s) AS number, %(tenant)s::uuid AS tenant, %(duns)s::text AS duns,
           %(partner)s::bigint AS partner, %(country)s::text AS country OFFSET 0
) AS told
"""
_EXACT = """
(SELECT c.id, '{reason}' AS reason, {rank} AS rank, 1 AS score FROM customers_customer AS c
 WHERE c.partner_id = typed.partner AND c.archived_at IS NULL AND {rule} LIMIT {most})
"""
# (reason, rule): the surest reason first
_REASONS = (
    ("tenant_id", "c.tenant_id = typed.tenant"),
    ("registration_number", "c.number_key = typed.number AND c.number_key <> '' AND c.country = typed.country"),
    ("duns", "c.duns = typed.duns AND c.duns <> ''"),
    ("domain", "c.site_key = typed.site AND c.site_key <> ''"),
    ("name", "c.name_key = typed.name AND typed.name <> '' AND c.country = typed.country"),
)

# read from the index alone
_NEIGHBOUR = """
(SELECT id, {words} AS words FROM customers_customer AS c
 WHERE c.partner_id = typed.partner AND c.country = typed.country AND c.archived_at IS NULL AND typed.name <> ''
   AND c.{column} {beyond} typed.{typed}
 ORDER BY c.{column} {order} LIMIT {neighbours})
"""
# what differs in its digits is another one of a series, and what has another number is another company, however much of
# the words is the same
_SIMILAR = """
(SELECT c.id, 'similar_name', 9, near.score
 FROM (
     SELECT id, similarity(words, typed.loose) AS score FROM ({neighbours}) AS neighbours
     WHERE similarity(words, typed.loose) >= {similar} AND regexp_replace(words, '[^0-9]+', ' ', 'g') = typed.digits
 ) AS near JOIN customers_customer AS c ON c.partner_id = typed.partner AND c.id = near.id
 WHERE (c.number_key = '' OR typed.number = '' OR c.number_key = typed.number)
   AND (c.duns = '' OR typed.duns = '' OR c.duns = typed.duns))
"""


def _alike() -> str:
    exact = [
        _EXACT.format(reason=reason, rank=rank, rule=rule, most=MOST_ALIKE)
        for rank, (reason, rule) in enumerate(_REASONS)
    ]
    parts = [*exact, _SIMILAR.format(neighbours=_neighbours(), similar=SIMILAR)]
    return f"""
WITH typed AS MATERIALIZED ({_TYPED}), alike AS MATERIALIZED (
    SELECT found.id, array_agg(reason ORDER BY rank) AS reasons, min(rank) AS rank, max(score) AS score
    FROM typed
    CROSS JOIN LATERAL (SELECT DISTINCT id, reason, rank, score FROM ({" UNION ALL ".join(parts)}) AS every) AS found
    GROUP BY found.id ORDER BY min(rank), max(score) DESC, found.id LIMIT {MOST_ALIKE}
)
SELECT alike.reasons, c.id, {", ".join(f"c.{column}" for column in SHOWN)}
FROM alike JOIN customers_customer AS c ON c.partner_id = %(partner)s AND c.id = alike.id
ORDER BY alike.rank, alike.score DESC, alike.id
"""


def _neighbours() -> str:
    ends = (("c.loose_key", "loose_key", "loose"), ("reverse(c.loose_back)", "loose_back", "back"))
    ways = ((*end, *way) for end in ends for way in ((">=", ""), ("<", "DESC")))
    return " UNION ALL ".join(
        _NEIGHBOUR.format(words=words, column=column, typed=typed, beyond=beyond, order=order, neighbours=NEIGHBOURS)
        for words, column, typed, beyond, order in ways
    )


# (reasons, id, *SHOWN) of the customers that a company may be, the surest first; what is not known is '', of a tenant NULL
ALIKE = _alike()
