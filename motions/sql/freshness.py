"""Freshness, derived when it is read: the versions an answer rests on against those in force. Never a stored flag."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from motions.models import PolicyVersion, RateSet

# over standing, dossier and customer; the policy of a customer is its own market's, else the one for all markets
POLICY_IN_FORCE = "coalesce((%(policies)s::jsonb ->> customer.country)::bigint, (%(policies)s::jsonb ->> '')::bigint)"
FRESH = f"""coalesce(
    standing.input_version = dossier.input_version
    AND standing.policy_id = {POLICY_IN_FORCE}
    AND (NOT standing.uses_rates OR standing.rate_set_id IS NOT DISTINCT FROM %(rate_set)s::bigint), false)
"""


@dataclass(frozen=True)
class InForce:
    """What answers must rest on today: version ids by market ('' for all others), and the rate set."""

    policies: dict[str, PolicyVersion]
    rates: RateSet | None

    def policy_of(self, country: str) -> PolicyVersion | None:
        """The version for customers of a country; None when no version is in force there."""
        return self.policies.get(country) or self.policies.get("")


def in_force(on: date) -> InForce:
    """Two small queries; ask once for each request or batch."""
    policies = {policy.market: policy for policy in PolicyVersion.objects.in_force(on)}
    return InForce(policies, RateSet.objects.in_force(on))


def freshness_parameters(on: date) -> dict[str, Any]:
    """The parameters of `FRESH` for a day."""
    current = in_force(on)
    return {
        "policies": json.dumps({market: policy.pk for market, policy in current.policies.items()}),
        "rate_set": current.rates.pk if current.rates else None,
    }


_STALE = f"""
SELECT count(*) FROM motions_standing AS standing
JOIN motions_dossier AS dossier USING (customer_id)
JOIN customers_customer AS customer ON customer.id = standing.customer_id
WHERE NOT ({FRESH})
"""


def count_stale(on: date) -> int:
    """How many customers' answers are not fresh, as far as the acting side sees customers."""
    with connection.cursor() as cursor:
        cursor.execute(_STALE, freshness_parameters(on))
        count: int = cursor.fetchone()[0]
    return count


def stale_among(customers: list[int], *, on: date) -> list[int]:
    """Those of `customers` whose answers are not fresh."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT standing.customer_id FROM motions_standing AS standing"
            f" JOIN motions_dossier AS dossier USING (customer_id)"
            f" JOIN customers_customer AS customer ON customer.id = standing.customer_id"
            f" WHERE standing.customer_id = ANY (%(customers)s) AND NOT ({FRESH}) ORDER BY 1",
            {**freshness_parameters(on), "customers": customers},
        )
        return [row[0] for row in cursor.fetchall()]
