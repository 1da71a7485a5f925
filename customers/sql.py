"""The duplicate check in SQL: the same reasoning for one typed name and for a hundred thousand rows of a file."""

# Two rows are taken for one company when they share a registration number in one country, or a domain, or a folded
# name in one country. A shared name counts for less when numbers or domains contradict each other; the callers
# decide what that means for them.
SAME_COMPANY = """
SELECT id, min(reason) FROM (
    SELECT id, 'name' AS reason FROM customers_customer
     WHERE partner_id = %(partner)s AND archived_at IS NULL
       AND name_key = company_key(%(name)s) AND country = %(country)s
    UNION ALL
    SELECT id, 'domain' FROM customers_customer
     WHERE partner_id = %(partner)s AND archived_at IS NULL AND domain = %(domain)s AND domain <> ''
    UNION ALL
    SELECT id, 'registration_number' FROM customers_customer
     WHERE partner_id = %(partner)s AND archived_at IS NULL
       AND registration_number = %(number)s AND registration_number <> '' AND country = %(country)s
) AS alike GROUP BY id ORDER BY id LIMIT 20
"""
