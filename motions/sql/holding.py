"""Whether an answer given under another policy version or other rates is still the answer, read off its sizes alone.

While nobody edits a customer's deals, only the line on which their sizes stand can change the motion. So an answer holds
as long as its deciding sizes are on the same side of every bound, and the deciding deal stays the deciding one. Whoever
holds is fresh without being judged again; whoever may flip is stale in the moment in which a version comes into force.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any

from motions.models import PolicyVersion, RateSet
from motions.policy.answer import first_reached
from motions.policy.kit import Measure
from motions.states import Aggregation

RATE_DAYS = 60  # an answer that rests on rates of more rate days ago is judged again in any case


@dataclass(frozen=True)
class Condition:
    """A boolean expression over `standing`, and its parameters by name."""

    sql: str
    parameters: dict[str, Any]

    def positional(self) -> tuple[str, list[Any]]:
        """The same with parameters in their order, for Django's expressions."""
        names = re.findall(r"%\((\w+)\)s", self.sql)
        return re.sub(r"%\(\w+\)s", "%s", self.sql), [self.parameters[name] for name in names]


class _Bound:
    """Collects parameters under names of their own."""

    def __init__(self, prefix: str) -> None:
        self.parameters: dict[str, Any] = {}
        self._names = (f"{prefix}_{number}" for number in count())

    def __call__(self, value: Any, cast: str = "numeric") -> str:
        name = next(self._names)
        self.parameters[name] = value
        return f"%({name})s::{cast}"


def _bounds(former: PolicyVersion, ruling: PolicyVersion, measure: Measure) -> list[tuple[Decimal, Decimal]]:
    """Sizes at which something changes, by the former version and by the ruling one.

    Whether a limit is reached was told by the former; whether a size is near one is read by the ruling one alone.
    """
    reached = first_reached(measure, former.limits), first_reached(measure, ruling.limits)
    near = first_near(measure, ruling)
    return [reached, (near, near)]


def first_near(measure: Measure, policy: PolicyVersion) -> Decimal:
    """The smallest size that counts as near its limit."""
    return policy.near_share * policy.limits.of(measure)


# How much each currency has moved since a former rate set: {rate set: {currency: [least, most]}}, '*' for all of them.
# It depends on no row, so the database works it out once for a whole statement, and not at all where nobody asks.
_MOVED = f"""(
    SELECT jsonb_object_agg(rate_set_id, moved) FROM (
        SELECT former.rate_set_id, jsonb_object_agg(former.currency, jsonb_build_array(factor, factor)) || jsonb_build_object(
            '*', CASE WHEN bool_and(factor IS NOT NULL) THEN jsonb_build_array(min(factor), max(factor)) END) AS moved
        FROM motions_rate AS former
        JOIN motions_rate AS home ON home.rate_set_id = former.rate_set_id AND home.currency = {{currency}}
        LEFT JOIN motions_rate AS today ON today.rate_set_id = {{rates}} AND today.currency = former.currency
        LEFT JOIN motions_rate AS home_today ON home_today.rate_set_id = {{rates}} AND home_today.currency = {{currency}}
        CROSS JOIN LATERAL (SELECT round(home_today.per_euro / today.per_euro, 10)
                                 / nullif(round(home.per_euro / former.per_euro, 10), 0) AS factor) AS change
        WHERE former.rate_set_id = ANY (ARRAY(
            SELECT id FROM motions_rateset WHERE date <= {{on}} ORDER BY date DESC LIMIT {RATE_DAYS}))
        GROUP BY former.rate_set_id
    ) AS sets
)"""

# where the deciding consumption stands now: [low, high], with one unit of the currency to either side for roundings
_SPAN = """(
    SELECT CASE WHEN {same_rates} THEN standing.azure ELSE standing.azure * (found.moved ->> 0)::numeric - 1 END AS low,
           CASE WHEN {same_rates} THEN standing.azure ELSE standing.azure * (found.moved ->> 1)::numeric + 1 END AS high
    FROM (SELECT CASE WHEN NOT {same_rates}
                 THEN {moved} -> standing.rate_set_id::text -> standing.azure_currency END AS moved OFFSET 0) AS found
    OFFSET 0
) AS span"""


def _passage(former: PolicyVersion, ruling: PolicyVersion, bound: _Bound, same_rates: str, moved: str) -> str:
    """The condition on which an answer under `former` is the one that `ruling` would give."""
    seats = [
        f"(standing.seats >= {bound(old)}) = (standing.seats >= {bound(new)})"
        for old, new in _bounds(former, ruling, "seats")
        if old != new
    ]
    azure = [
        f"(standing.azure >= {bound(old)}) = (span.{edge} >= {bound(new)})"
        for old, new in _bounds(former, ruling, "azure")
        for edge in ("low", "high")
    ]
    if ruling.aggregation == Aggregation.LARGEST:
        azure += list(_same_order(former, ruling, bound))
    few = f"standing.seats IS NULL OR ({' AND '.join(seats)})" if seats else "true"
    span = _SPAN.format(same_rates=same_rates, moved=moved)
    return (
        f"({few}) AND CASE WHEN standing.azure IS NULL AND {same_rates} THEN true"
        f" ELSE (SELECT {' AND '.join(azure)} FROM {span}) END"
    )


def _same_order(former: PolicyVersion, ruling: PolicyVersion, bound: _Bound) -> Iterator[str]:
    """The larger one of seats and consumption by its share, as exact products, is the same one as before."""
    old, new = former.limits, ruling.limits
    for edge in ("low", "high"):
        yield (
            f"(standing.seats IS NULL OR sign(standing.seats * {bound(old.azure)} - standing.azure * {bound(old.seats)})"
            f" = sign(standing.seats * {bound(new.azure)} - span.{edge} * {bound(new.seats)}))"
        )


def _comparable(former: PolicyVersion, ruling: PolicyVersion) -> bool:
    return (former.edition, former.currency, former.aggregation) == (
        ruling.edition,
        ruling.currency,
        ruling.aggregation,
    )


def holds(
    ruling: PolicyVersion, rates: RateSet | None, published: Sequence[PolicyVersion], *, prefix: str = "held"
) -> Condition:
    """When a standing answer, under whichever of the `published` versions it was given, is right under `ruling` today.

    NULL counts as no. It says nothing about edits; those are the business of the input version.
    """
    bound = _Bound(prefix)
    today = bound(rates.pk if rates else None, "bigint")
    same_rates = f"(NOT standing.uses_rates OR standing.rate_set_id IS NOT DISTINCT FROM {today})"
    moved = _MOVED.format(
        currency=bound(ruling.currency, "text"), rates=today, on=bound(rates.date if rates else None, "date")
    )
    arms = [
        f"WHEN {bound(former.pk, 'bigint')} THEN {_passage(former, ruling, bound, same_rates, moved)}"
        for former in published
        if _comparable(former, ruling)
    ]
    others = f"CASE standing.policy_id {' '.join(arms)} ELSE false END" if arms else "false"
    sql = f"(standing.policy_id = {bound(ruling.pk, 'bigint')} AND {same_rates} OR coalesce({others}, false))"
    return Condition(sql, bound.parameters)
