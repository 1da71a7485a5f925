"""Freshness, derived when it is read: the versions an answer rests on against those in force. Never a stored flag."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from common import keeping
from motions.models import PolicyVersion, RateSet
from motions.sql.holding import Condition, holds


@dataclass(frozen=True)
class InForce:
    """What answers must rest on today: versions by market ('' for all others), the rate set, all versions ever published."""

    policies: dict[str, PolicyVersion]
    rates: RateSet | None
    published: tuple[PolicyVersion, ...] = ()

    def policy_of(self, country: str) -> PolicyVersion | None:
        """The version for customers of a country; None when no version is in force there."""
        return self.policies.get(country) or self.policies.get("")

    _conditions: dict[int, Condition] = field(default_factory=dict, repr=False, compare=False)

    def holds(self, policy: PolicyVersion) -> Condition:
        """When a standing answer is right under one of these versions, or under a draft."""
        if policy.published_at is None:
            return holds(policy, self.rates, self.published)
        if policy.pk not in self._conditions:
            self._conditions[policy.pk] = holds(policy, self.rates, self.published, prefix=f"held{policy.pk}")
        return self._conditions[policy.pk]


def in_force(on: date) -> InForce:
    """Two small queries; ask once for each request or batch."""
    published = tuple(PolicyVersion.objects.filter(published_at__isnull=False).order_by("pk"))
    policies = {policy.market: policy for policy in published if policy.is_in_force(on)}
    return InForce(policies, RateSet.objects.in_force(on), published)


# whatever `in_force` reads of versions, and which rates it would take; the rates of a set never change
_STAMP = """
SELECT (SELECT string_agg(concat_ws(' ', id, published_at, valid_to), ',' ORDER BY id)
        FROM motions_policyversion WHERE published_at IS NOT NULL),
       (SELECT id FROM motions_rateset WHERE date <= %s ORDER BY date DESC LIMIT 1)
"""


def in_force_again(on: date) -> InForce:
    """The same as `in_force`, remembered for as long as nothing has been published: one query, for workers."""
    [found] = keeping.rows(_STAMP, [on], is_kept=True)
    stamp = (on, *found)
    if stamp not in _remembered:
        _remembered.clear()
        _remembered[stamp] = in_force(on)
    return _remembered[stamp]


_remembered: dict[tuple[Any, ...], InForce] = {}


def fresh(current: InForce) -> Condition:
    """When the answer that stands is current, over `standing`, `dossier` and `customer`.

    The policy of a customer is its own market's, else the one for all markets. Never a stored flag.
    """
    conditions = {market: current.holds(policy) for market, policy in current.policies.items()}
    parameters: dict[str, Any] = {}
    arms = []
    for market, condition in conditions.items():
        parameters |= condition.parameters
        if market:
            parameters[f"market_{market}"] = market
            arms.append(f"WHEN customer.country = %(market_{market})s THEN {condition.sql}")
    everywhere = conditions[""].sql if "" in conditions else "false"
    ruled = f"CASE {' '.join(arms)} ELSE {everywhere} END" if arms else everywhere
    return Condition(f"coalesce(standing.input_version = dossier.input_version AND {ruled}, false)", parameters)


def has_policy(current: InForce) -> Condition:
    """Whether any version is in force where a customer is."""
    if "" in current.policies:
        return Condition("true", {})
    return Condition("customer.country = ANY (%(ruled_markets)s)", {"ruled_markets": sorted(current.policies)})


FROM = """motions_standing AS standing
JOIN motions_dossier AS dossier USING (customer_id)
JOIN customers_customer AS customer ON customer.id = standing.customer_id"""


def count_stale(on: date) -> int:
    """How many customers' answers are not fresh, as far as the acting side sees customers."""
    condition = fresh(in_force(on))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {FROM} WHERE NOT {condition.sql}", condition.parameters)
        count: int = cursor.fetchone()[0]
    return count


def stale_among(customers: list[int], *, on: date) -> list[int]:
    """Those of `customers` whose answers are not fresh."""
    condition = fresh(in_force(on))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT customer_id FROM {FROM}"
            f" WHERE standing.customer_id = ANY (%(customers)s) AND NOT {condition.sql} ORDER BY 1",
            {**condition.parameters, "customers": customers},
        )
        return [row[0] for row in cursor.fetchall()]
