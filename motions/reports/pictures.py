"""The picture of a portfolio as plain figures: seats across, Azure upwards, both in decades, two lines for the limits."""

from collections.abc import Callable
from decimal import Decimal
from math import ceil, floor, log10
from typing import Any

from babel.numbers import format_compact_currency, format_compact_decimal
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.money import locale
from common.templatetags.figures import number
from motions.forms.scenarios import ScenarioForm
from motions.policy.kit import Measure
from motions.reports.maps import counted
from motions.sql.scenario import STEPS, Cell, Scenario, summary
from motions.states import Motion
from partners.models import User

WIDTH = 1000  # places are in thousandths of the picture's width or height
MARGIN = 90  # the strip before each axis for those that have no such business, or none whose size is known


class _Axis:
    """One measure on a logarithmic axis that shows the limit and every cell."""

    def __init__(self, measure: Measure, steps: list[int], scenario: Scenario) -> None:
        self.limit = log10(scenario.limits.of(measure))
        # no size is smaller than one; a fraction of one begins where the axis does
        self.low = max(0, floor(self.limit + min(*steps, -STEPS, 0) / STEPS))
        self.high = max(self.low + 1, ceil(self.limit + max(*(step + 1 for step in steps), STEPS, 0) / STEPS))

    def at(self, size: float) -> int:
        """Where the logarithm of a size lies."""
        return MARGIN + max(0, round((size - self.low) / (self.high - self.low) * (WIDTH - MARGIN)))

    def place(self, step: int | None) -> int:
        """Where the middle of a cell lies."""
        return MARGIN // 2 if step is None else self.at(self.limit + (step + 0.5) / STEPS)

    def told(self, title: str, text: Callable[[Decimal], str]) -> dict[str, Any]:
        """The axis for whoever draws it."""
        ticks = [
            {"at": self.at(decade), "text": text(Decimal(10) ** decade)} for decade in range(self.low, self.high + 1)
        ]
        return {"title": title, "ticks": ticks, "limit": self.at(self.limit)}


def picture(form: ScenarioForm, *, by: User) -> dict[str, Any]:
    """Axes and points; as many points as there are cells at most, however many customers."""
    scenario = form.scenario
    cells = summary(counted(form, by=by), scenario).cells
    seats = _Axis("seats", [cell.seats_step for cell in cells if cell.seats_step is not None], scenario)
    azure = _Axis("azure", [cell.azure_step for cell in cells if cell.azure_step is not None], scenario)
    largest_first = sorted(cells, key=lambda cell: -cell.customers)

    def compact_money(size: Decimal) -> str:
        return format_compact_currency(size, scenario.currency, locale=locale())

    return {
        "x": seats.told(_("Seats"), lambda size: format_compact_decimal(size, locale=locale())),
        "y": azure.told(_("Azure a year"), compact_money),
        "nothing": MARGIN,
        "points": [
            {
                "x": seats.place(cell.seats_step),
                "y": azure.place(cell.azure_step),
                "customers": cell.customers,
                "motion": cell.motion,
                "moves": cell.moved > 0,
                "text": _told(cell),
            }
            for cell in largest_first
        ],
    }


def _told(cell: Cell) -> str:
    """What a point says when it is asked."""
    told = [
        f"{Motion(motion).label}: {number(count)}"
        for motion, count in sorted(cell.motions.items(), key=lambda pair: -pair[1])
    ]
    if cell.moved:
        moving = ngettext("%(number)s would move", "%(number)s would move", cell.moved)
        told.append(moving % {"number": number(cell.moved)})
    return ", ".join(told)
