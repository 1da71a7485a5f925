"""What-if over a portfolio: what stands, and what the same facts would give under other limits. It writes nothing.

The facts are those of the answers that stand, at the rates in force, as every page shows them; so only the limits differ
between "now" and "later". The rules and the roll-up are the very ones of the judging statement.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models.expressions import RawSQL

from customers.models import CustomerQuerySet
from motions.policy.kit import Comparator, Edition, Limits
from motions.sql.judging import RATE, TOGETHER, rolled
from motions.sql.rules import judged

# the picture: steps of a fifth of a decade, counted from the limit, so that no cell lies on both sides of it
STEPS = 5
LOWEST, HIGHEST = -20, 14
MOST_CELLS = (HIGHEST - LOWEST + 2) ** 2  # with one row and one column for "none or unknown"


@dataclass(frozen=True)
class Scenario:
    """Limits to try out; `rate_set` converts amounts that are not in `currency`."""

    edition: Edition
    limits: Limits
    aggregation: str
    currency: str
    rate_set: int | None

    @property
    def parameters(self) -> dict[str, Any]:
        """What the statements bind."""
        return {
            "seats_limit": self.limits.seats,
            "azure_limit": self.limits.azure,
            "limit_is_reached": self.limits.comparator is Comparator.AT_LEAST,
            "currency": self.currency,
            "rate_set": self.rate_set,
        }


@dataclass(frozen=True)
class Move:
    """Customers that stand under one motion now and under one later; `azure` is their consumption a year."""

    now: str
    later: str
    customers: int
    azure: Decimal


@dataclass
class Cell:
    """Customers of about one size; a step is None where there is no such business or its size is not known."""

    seats_step: int | None
    azure_step: int | None
    moved: int = 0
    motions: dict[str, int] = field(default_factory=dict)

    @property
    def customers(self) -> int:
        """How many there are."""
        return sum(self.motions.values())

    @property
    def motion(self) -> str:
        """The motion of most of them, under the limits tried out."""
        return max(sorted(self.motions), key=lambda motion: self.motions[motion])


@dataclass(frozen=True)
class Summary:
    """A portfolio under a scenario: who moves from where to where, and the picture in at most `MOST_CELLS` cells."""

    moves: list[Move]
    cells: list[Cell]


_LINES = """
    SELECT known.customer_id, part.deal AS id, part.seats,
           part.kind <> 'seats' OR part.seats IS NOT NULL AS seats_complete,
           sized.azure, part.kind <> 'azure' OR sized.azure IS NOT NULL AS azure_complete,
           jsonb_array_length(part.needs) > 0 AS has_need, part.prefers
    FROM known JOIN motions_assessment AS assessment ON assessment.id = known.assessment_id
    CROSS JOIN LATERAL jsonb_to_recordset(assessment.facts -> 'lines') AS part(
        deal bigint, kind text, seats numeric, amount numeric, currency text, needs jsonb, prefers boolean)
    LEFT JOIN rate ON rate.currency = part.currency
    CROSS JOIN LATERAL (
        SELECT CASE WHEN part.currency = %(currency)s THEN part.amount ELSE round(part.amount * rate.rate, 2) END AS azure
    ) AS sized
"""


def _told(seen: str, scenario: Scenario) -> str:
    """The statement up to the relation `told`: each customer's motion now and later."""
    return f"""
WITH seen AS ({seen}
), known AS MATERIALIZED (
    SELECT standing.customer_id, standing.motion AS now, standing.assessment_id
    FROM seen JOIN motions_standing AS standing ON standing.customer_id = seen.id
), rate AS ({RATE}
), line AS MATERIALIZED ({_LINES}
), together AS ({TOGETHER}
), answer AS ({judged(scenario.edition, "line")}
), rolled AS ({rolled(scenario.aggregation, scenario.edition)}
), told AS (
    SELECT known.customer_id, known.now, coalesce(rolled.motion, 'unknown') AS later
    FROM known LEFT JOIN rolled USING (customer_id)
)"""


def _step(measure: str) -> str:
    """A size as steps from its limit; exactly on the limit is on the side where the convention puts it."""
    limit = f"%({measure}_limit)s"
    steps = f"floor({STEPS} * log({measure}::float8 / {limit}::float8))::int"
    return (
        f"CASE WHEN {measure} = {limit} AND NOT %(limit_is_reached)s THEN -1"
        f" WHEN {measure} > 0 THEN greatest({LOWEST}, least({HIGHEST}, {steps})) END"
    )


def _summary(scenario: Scenario) -> str:
    """What is made of `told`: the moves, then the cells. A customer's place is where what decides of it stands."""
    size = "sum" if scenario.aggregation == "combined" else "max"
    return f"""
, sizes AS (
    SELECT customer_id, {size}(seats) AS seats, {size}(azure) AS azure, sum(azure) AS all_azure
    FROM line GROUP BY customer_id
), sized AS MATERIALIZED (
    SELECT now, later, {_step("seats")} AS seats_step, {_step("azure")} AS azure_step, all_azure
    FROM told LEFT JOIN sizes USING (customer_id)
)
SELECT now, later, NULL::int, NULL::int, count(*), 0, coalesce(sum(all_azure), 0) FROM sized GROUP BY now, later
UNION ALL
SELECT NULL, later, seats_step, azure_step, count(*), count(*) FILTER (WHERE now <> later), 0
FROM sized GROUP BY later, seats_step, azure_step
ORDER BY 1, 2, 3, 4
"""


def summary(customers: CustomerQuerySet, scenario: Scenario) -> Summary:
    """Counts, sizes and the picture of `customers`, in one statement whatever their number."""
    seen, bound = _named(customers)
    with connection.cursor() as cursor:
        cursor.execute(_told(seen, scenario) + _summary(scenario), scenario.parameters | bound)
        rows = cursor.fetchall()
    moves: list[Move] = []
    cells: dict[tuple[int | None, int | None], Cell] = {}
    for now, later, seats_step, azure_step, count, moved, azure in rows:
        if now is not None:
            moves.append(Move(now, later, count, azure))
            continue
        cell = cells.setdefault((seats_step, azure_step), Cell(seats_step, azure_step))
        cell.motions[later] = count
        cell.moved += moved
    return Summary(moves, list(cells.values()))


def answers(customers: CustomerQuerySet, scenario: Scenario) -> dict[int, tuple[str, str]]:
    """(motion now, motion later) of each customer by its id."""
    seen, bound = _named(customers)
    with connection.cursor() as cursor:
        cursor.execute(_told(seen, scenario) + "SELECT customer_id, now, later FROM told", scenario.parameters | bound)
        return {customer: (now, later) for customer, now, later in cursor.fetchall()}


def moving(customers: CustomerQuerySet, scenario: Scenario) -> CustomerQuerySet:
    """Those of `customers` that another motion would fit under the scenario."""
    seen, bound = _named(customers)
    statement = _told(seen, scenario) + "SELECT customer_id FROM told WHERE now <> later"
    return customers.filter(pk__in=RawSQL(*_positional(statement, scenario.parameters | bound)))


def _named(customers: CustomerQuerySet) -> tuple[str, dict[str, Any]]:
    """A queryset as a statement with named parameters, so that it can stand inside one of ours."""
    try:
        statement, values = customers.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::bigint AS id WHERE false", {}
    names = [f"seen_{place}" for place in range(len(values))]
    return statement % tuple(f"%({name})s" for name in names), dict(zip(names, values, strict=True))


_NAME = re.compile(r"%\((\w+)\)s")


def _positional(statement: str, bound: dict[str, Any]) -> tuple[str, tuple[Any, ...]]:
    """The same with parameters by place, as querysets take them."""
    names: Iterator[str] = (found.group(1) for found in _NAME.finditer(statement))
    return _NAME.sub("%s", statement), tuple(bound[name] for name in names)
