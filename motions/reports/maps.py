"""The portfolio map: what stands beside what other limits would give, who moves, and the picture of sizes."""

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from common.paging import Page, keyset
from common.templatetags.figures import amount
from customers.models import Customer, CustomerQuerySet
from motions import wording
from motions.forms.scenarios import ScenarioForm
from motions.policy.kit import Comparator, Measure
from motions.scoping import with_freshness
from motions.sql.scenario import STEPS, Cell, Scenario, Summary, answers, moving, summary
from motions.states import Motion
from partners.models import User

PAGE_SIZE = 50


@dataclass
class MotionLine:
    """One motion before and after: customers, seats, Azure consumption a year."""

    kind: str
    label: str
    customers: int = 0
    customers_later: int = 0
    azure: Decimal = Decimal(0)
    azure_later: Decimal = Decimal(0)
    to: list[int] = field(default_factory=list)

    @property
    def difference(self) -> int:
        """Customers more or less."""
        return self.customers_later - self.customers


def counted(form: ScenarioForm, *, by: User) -> CustomerQuerySet:
    """The customers of the version's market that enter the person's figures."""
    own_markets = [market for market in form.current.policies if market]
    market = form.policy.market
    in_market = Q(country=market) if market else ~Q(country__in=own_markets)
    return Customer.objects.counted_for(by).current().filter(in_market)


def portfolio_map(form: ScenarioForm, *, by: User) -> dict[str, Any]:
    """Everything on the map but the list of those who move."""
    scenario, customers = form.scenario, counted(form, by=by)
    found = summary(customers, scenario)
    lines = _by_motion(found)
    return {
        "scenario": scenario,
        "is_moved": form.is_moved,
        "lines": lines,
        "motions": [(motion.value, motion.label) for motion in Motion],
        "total": sum(line.customers for line in lines),
        "moved": sum(move.customers for move in found.moves if move.now != move.later),
        "stale": with_freshness(customers, form.current).filter(Q(is_fresh=False)).count(),
        "azure_bands": _bands("azure", scenario),
        "bands": _banded(found.cells, scenario),
        "cells": found.cells,
    }


def _by_motion(found: Summary) -> list[MotionLine]:
    lines = {motion.value: MotionLine(motion.value, str(motion.label)) for motion in Motion}
    for move in found.moves:
        lines[move.now].customers += move.customers
        lines[move.now].azure += move.azure
        lines[move.later].customers_later += move.customers
        lines[move.later].azure_later += move.azure
    counts = {(move.now, move.later): move.customers for move in found.moves}
    for line in lines.values():
        line.to = [counts.get((line.kind, later), 0) for later in lines]
    return list(lines.values())


def movers(form: ScenarioForm, *, by: User, after: str, before: str) -> Page[Customer]:
    """A page of the customers that would move, each with `now` and `later`; nobody for whom names are not meant."""
    scenario = form.scenario
    seen = counted(form, by=by) & Customer.objects.visible_to(by)
    rows = moving(seen, scenario).select_related("partner")
    page = keyset(rows, by=("sort_name", "pk"), after=after, before=before, size=PAGE_SIZE)
    found = answers(seen.filter(pk__in=[row.pk for row in page.rows]), scenario)
    for row in page.rows:
        row.now, row.later = (Motion(motion) for motion in found[row.pk])  # type: ignore[attr-defined]
    return page


# the table beside the picture: where a band begins, in steps from the limit
_BEGINNINGS = (-2 * STEPS, -STEPS, 0, STEPS)


def _bands(measure: Measure, scenario: Scenario) -> list[str]:
    """The names of the bands of sizes, from no size at all upwards."""
    nothing = _("no seats, or number unknown") if measure == "seats" else _("no Azure, or size unknown")
    sizes = [_size_at(measure, low, scenario) for low in _BEGINNINGS]
    named = [_("below %(size)s") % {"size": sizes[0]}, *(_("from %(size)s") % {"size": size} for size in sizes)]
    if scenario.limits.comparator is Comparator.ABOVE:
        limit_place = 1 + _BEGINNINGS.index(0)
        named[limit_place] = _("above %(size)s") % {"size": sizes[limit_place - 1]}
    return [nothing, *named]


def _size_at(measure: Measure, step: int, scenario: Scenario) -> str:
    size = scenario.limits.of(measure) * Decimal(10) ** (step // STEPS)
    if measure == "seats":
        return wording.size_text("seats", size.to_integral_value(ROUND_CEILING), "")
    return amount(size.quantize(Decimal("0.01"), ROUND_CEILING), scenario.currency)


def _banded(cells: list[Cell], scenario: Scenario) -> list[dict[str, Any]]:
    """The picture as a table: seats downwards, Azure across; (column, customers, of these moving) in each place."""
    names, across = _bands("seats", scenario), _bands("azure", scenario)
    grid = [[[0, 0] for _column in across] for _row in names]
    for cell in cells:
        place = grid[_band_of(cell.seats_step)][_band_of(cell.azure_step)]
        place[0] += cell.customers
        place[1] += cell.moved
    return [
        {"name": name, "places": [(column, *counts) for column, counts in zip(across, row, strict=True)]}
        for name, row in zip(names, grid, strict=True)
    ]


def _band_of(step: int | None) -> int:
    return 0 if step is None else 1 + sum(step >= low for low in _BEGINNINGS)
