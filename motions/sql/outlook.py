"""Whom a draft would move, if it came into force today. Writes nothing."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from motions.models import PolicyVersion
from motions.sql.freshness import InForce
from motions.sql.judging import found, parameters

# who holds under the draft is moved by it in no case, and is not judged
_MAY_FLIP = """EXISTS (
    SELECT 1 FROM motions_standing AS standing WHERE standing.customer_id = dossier.customer_id AND NOT {held})
    AND customer.archived_at IS NULL"""

# a weight is a size times the other measure's limit, so that a share of both limits is a share of its own
_MOVED = """, moved AS (
    SELECT standing.motion AS before, told.motion AS after, told.customer_id, told.partner_id, customer.country,
           CASE WHEN told.weight IS NULL THEN 'unknown'
                WHEN told.weight * 2 < %(seats_limit)s * %(azure_limit)s THEN 'small'
                WHEN told.weight < %(seats_limit)s * %(azure_limit)s THEN 'below'
                WHEN told.weight < %(seats_limit)s * %(azure_limit)s * 2 THEN 'above'
                ELSE 'large' END AS band,
           coalesce(told.azure, 0) AS value
    FROM told JOIN motions_standing AS standing USING (customer_id)
    JOIN customers_customer AS customer ON customer.id = customer_id
    WHERE told.motion <> standing.motion
)
SELECT before, after, partner_id, country, band, count(*), sum(value),
       (array_agg(customer_id ORDER BY value DESC, customer_id))[:20],
       md5(string_agg(customer_id::text, ',' ORDER BY customer_id))
FROM moved GROUP BY 1, 2, 3, 4, 5 ORDER BY 6 DESC, 1, 2, 3, 4, 5
"""


@dataclass(frozen=True)
class Move:
    """Customers of one partner, country and size (`SizeBand`) that a draft takes from one motion to another.

    `value` is their annual Azure consumption as far as it is known, in the draft's currency; `customers` are the largest, and
    `who` is a fingerprint of all of them.
    """

    before: str
    after: str
    partner_id: int
    country: str
    band: str
    count: int
    value: Decimal
    customers: list[int]
    who: str


def moves(draft: PolicyVersion, current: InForce) -> list[Move]:
    """Everybody whom the draft would move, the largest groups first; KeyError for an edition that does not exist."""
    held = current.holds(draft)
    statement = found(draft.rules, draft.aggregation, who=_MAY_FLIP.format(held=held.sql)) + _MOVED
    own: dict[str, Any] = {**parameters(draft, current), **held.parameters}
    own["own_markets"] = [market for market in own["own_markets"] if market != draft.market]
    with connection.cursor() as cursor:
        cursor.execute(statement, own)
        return [Move(*row) for row in cursor.fetchall()]
