"""Which rule says whose a new lead is: market by solution, the most exact one first (R55). Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

EVERYWHERE = ""
ANYTHING = ""


class Routes(Protocol):
    """What a rule says: leads from a market (all: '') with a solution (all: '') go to a manager."""

    country: str
    solution: str


Found = TypeVar("Found", bound=Routes)


@dataclass(frozen=True)
class Route:
    """A rule as plain values."""

    country: str
    solution: str
    manager: int


def chosen(rules: Iterable[Found], *, country: str, solutions: Sequence[str]) -> Found | None:
    """The rule that wins: exact pair, then solution in all markets, then all solutions in the market, then default (R55).

    Of several solutions the one named first in the lead counts first.
    """
    by_pair = {(rule.country, rule.solution): rule for rule in rules}
    pairs = [
        *((country, one) for one in solutions),
        *((EVERYWHERE, one) for one in solutions),
        (country, ANYTHING),
        (EVERYWHERE, ANYTHING),
    ]
    return next((by_pair[pair] for pair in pairs if pair in by_pair), None)
