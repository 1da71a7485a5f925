"""Made-up customers and deals in bulk, as a database administrator would make them."""

from pathlib import Path
from typing import Any

from django.db import connections
from django.utils.timezone import localdate, now

from common.isolation import Side, acting
from motions.sql.freshness import in_force
from partners.models import Partner, User

RATES = Path(__file__).resolve().parent.parent / "motions" / "data" / "ecb_rates.csv"

_CUSTOMERS = """
INSERT INTO customers_customer (public_id, partner_id, name, country, domain, registration_number, segment, version,
                                created_at, updated_at)
SELECT gen_random_uuid(), %(partner)s, 'Kunde ' || n || ' GmbH', (ARRAY['DE', 'AT', 'CH'])[1 + n %% 3],
       'kunde' || n || '.example', '', 'commercial', 1, now(), now()
FROM generate_series(1, %(count)s) AS n
"""

# five deals a customer: three of seats, two of Azure in the customer's currency, sizes unknown now and then
_DEALS = """
INSERT INTO motions_deal (public_id, partner_id, customer_id, name, key, kind, seats, amount, currency, basis, needs,
                          prefers_self_service, stage, size_date, source, version, created_at, updated_at)
SELECT gen_random_uuid(), c.partner_id, c.id, kind || ' ' || n, '', kind,
       CASE WHEN kind = 'seats' AND (c.id + n) %% 97 <> 0 THEN (c.id * 7919 + n * 104729) %% 2700 END,
       CASE WHEN kind = 'azure' THEN ((c.id * 104729 + n * 7919) %% 110000000)::numeric / 100 END,
       CASE WHEN kind = 'azure' THEN (ARRAY['EUR', 'USD', 'CHF'])[1 + c.id %% 3] ELSE '' END,
       CASE WHEN kind = 'azure' THEN 'forecast' ELSE '' END,
       CASE c.id %% 11 WHEN 0 THEN ARRAY['multi_tenant'] WHEN 1 THEN ARRAY[]::varchar[] END,
       CASE c.id %% 13 WHEN 0 THEN true WHEN 1 THEN false END,
       'open', current_date, 'import', 1, now(), now()
FROM customers_customer AS c CROSS JOIN (VALUES
    ('seats', 1), ('seats', 2), ('seats', 3), ('azure', 4), ('azure', 5)) AS deal(kind, n)
WHERE c.partner_id = %(partner)s
"""


def make(count: int, *, number: str = "9999999") -> tuple[Partner, User]:
    """`count` customers of a new partner with five deals each; as the owner of the database."""
    partner = Partner.objects.using("owner").create(
        name="Bench", partner_number=number, country="DE", csp_type="direct_bill"
    )
    user = User.objects.db_manager("owner").create_user(
        f"bench{number}@bench.example", name="Bench", role="partner_staff", partner=partner
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SELECT set_config('app.is_bulk', 'on', false)")
        cursor.execute(_CUSTOMERS, {"partner": partner.pk, "count": count})
        cursor.execute(_DEALS, {"partner": partner.pk})
        cursor.execute("SELECT set_config('app.is_bulk', '', false)")
        cursor.execute("DELETE FROM motions_mark")
    execute("VACUUM ANALYZE")
    return partner, user


def execute(statement: str, parameters: Any = None) -> None:
    """One statement as the owner, outside a transaction."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(statement, parameters)


def fingerprint() -> tuple[int, str]:
    """How many answers stand, and a digest over all their hashes and figures."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*), md5(string_agg(encode(hash, 'hex') || motion || is_provisional || coalesce(share, -1)"
            " || coalesce(seats, -1) || coalesce(azure, -1) || azure_currency,"
            " ',' ORDER BY customer_id)) FROM motions_standing WHERE hash IS NOT NULL"
        )
        count, digest = cursor.fetchone()
    return count, digest


def reference_parameters() -> dict[str, Any]:
    """Policy and rates in force, for statements written by hand."""
    with acting(Side.WORKER):
        current = in_force(localdate())
    policy, rates = current.policies[""], current.rates
    assert rates is not None
    return {
        "policy": policy.pk,
        "policy_date": policy.valid_from,
        "rates": rates.pk,
        "rate_date": rates.date,
        "at": now(),
    }
