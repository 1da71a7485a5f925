"""The comparison across partners: the marked customers with everybody else's, by exact keys alone.

A shared name counts only where no other key contradicts it; a likeness of names never counts here: half of all bakeries
would be in conflict.
"""

TAKE = """
DELETE FROM customers_conflictmark
WHERE id = ANY (ARRAY(SELECT id FROM customers_conflictmark ORDER BY id LIMIT %(size)s FOR UPDATE SKIP LOCKED))
RETURNING customer_id
"""

_JOIN = """
SELECT probe.id AS one, other.id AS other, '{reason}' AS reason
FROM probe JOIN customers_customer AS other ON {rule} AND other.partner_id <> probe.partner_id AND other.archived_at IS NULL
"""
_AGREES = "NOT (probe.{key} <> '' AND other.{key} <> '' AND probe.{key} <> other.{key})"
_RULES = {
    "tenant_id": "other.tenant_id = probe.tenant_id",
    "registration_number": (
        "other.number_key = probe.number_key AND other.number_key <> '' AND other.country = probe.country"
    ),
    "duns": "other.duns = probe.duns AND other.duns <> ''",
    "domain": "other.site_key = probe.site_key AND other.site_key <> ''",
    "name": " AND ".join(
        [
            "other.name_key = probe.name_key AND other.country = probe.country",
            *(_AGREES.format(key=key) for key in ("site_key", "number_key", "duns")),
            "(probe.tenant_id = other.tenant_id) IS NOT FALSE",
        ]
    ),
}

# both sides get the same moment; a pair that had its case does not get another
OPEN = f"""
WITH probe AS (
    SELECT * FROM customers_customer WHERE id = ANY (%(customers)s) AND archived_at IS NULL
), pairs AS ({" UNION ALL ".join(_JOIN.format(reason=reason, rule=rule) for reason, rule in _RULES.items())}),
found AS (
    SELECT least(one, other) AS low, greatest(one, other) AS high, array_agg(DISTINCT reason) AS reasons
    FROM pairs GROUP BY 1, 2
), opened AS (
    INSERT INTO customers_conflictcase (public_id, low_id, high_id, reasons, opened_at, outcome, version)
    SELECT gen_random_uuid(), low, high, reasons, %(opens)s, '', 1 FROM found ORDER BY low, high
    ON CONFLICT (low_id, high_id) DO NOTHING RETURNING id, low_id, high_id
), sides AS (
    INSERT INTO customers_conflictside (public_id, partner_id, customer_id, case_id, opened_at, appeal_text, appeal_by_name)
    SELECT gen_random_uuid(), c.partner_id, c.id, opened.id, %(opens)s, '', ''
    FROM opened JOIN customers_customer AS c ON c.id IN (low_id, high_id) ORDER BY c.id
    RETURNING id, partner_id
), told AS (
    INSERT INTO customers_conflictevent (partner_id, side_id, kind, at, by_name, changes)
    SELECT partner_id, id, 'opened', %(opens)s, '', '{{}}' FROM sides
)
SELECT count(*) FROM opened
"""
