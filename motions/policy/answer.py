"""The first reader of a policy: decide, explain, and say what would change the answer. Pure, no clock, no database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from motions.policy.kit import (
    MEASURES,
    Comparator,
    Edition,
    Facts,
    Limits,
    Measure,
    Motion,
    Outcome,
    Reaches,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """The motion, and the outcome of every rule in the edition's order."""

    motion: Motion
    outcomes: tuple[Outcome, ...]

    @property
    def is_provisional(self) -> bool:
        """Whether a rule that stands above the deciding one could still hold once more is known."""
        before = self.outcomes[: self.outcomes.index(True)] if True in self.outcomes else self.outcomes
        return None in before

    @property
    def trace(self) -> str:
        """The outcomes as stored in the ledger: 1 true, 0 false, ? unknown, one letter for each rule."""
        return "".join("?" if outcome is None else str(int(outcome)) for outcome in self.outcomes)


def outcomes_of(trace: str) -> tuple[Outcome, ...]:
    """Read a stored trace."""
    return tuple(None if letter == "?" else letter == "1" for letter in trace)


def decide(edition: Edition, facts: Facts, limits: Limits) -> Decision:
    """Apply an edition's table to facts: the first rule that holds gives the motion; unknown never counts as true."""
    outcomes = tuple(rule.test.outcome(facts, limits) for rule in edition.rules)
    for rule, outcome in zip(edition.rules, outcomes, strict=True):
        if outcome:
            return Decision(rule.motion, outcomes)
    return Decision(Motion.UNKNOWN, outcomes)


class Leaning(StrEnum):
    """Where the partner's economics stand; they shift with size and never force a switch (S2)."""

    BREADTH_OPTIMISED = "breadth_optimised"
    TOWARDS_ENTERPRISE = "towards_enterprise"
    UNKNOWN = "unknown"


def leaning(facts: Facts, limits: Limits) -> Leaning:
    """The economics follow size alone, whatever the motion is (S2)."""
    reached = [Reaches(measure).outcome(facts, limits) for measure in MEASURES]
    if True in reached:
        return Leaning.TOWARDS_ENTERPRISE
    if None in reached or (facts.seats is None and facts.azure is None):
        return Leaning.UNKNOWN
    return Leaning.BREADTH_OPTIMISED


class Vehicle(StrEnum):
    """What a customer signs or uses; a field of its own beside the motion (I28)."""

    CSP = "csp"
    EA = "ea"
    MCA_E = "mca_e"
    WEB_DIRECT = "web_direct"


# the first is the usual one; CSP stays possible above the limits (S2), and partners assist self-service (S1)
VEHICLES: dict[Motion, tuple[Vehicle, ...]] = {
    Motion.BREADTH: (Vehicle.CSP,),
    Motion.ENTERPRISE: (Vehicle.EA, Vehicle.MCA_E, Vehicle.CSP),
    Motion.SELF_SERVICE: (Vehicle.WEB_DIRECT, Vehicle.CSP),
    Motion.UNKNOWN: (),
}


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a measure stands from its limit: `missing` to the first size that reaches it, or `above` it."""

    measure: Measure
    size: Decimal
    limit: Decimal
    missing: Decimal  # 0 when reached
    is_on_boundary: bool

    @property
    def share(self) -> Decimal:
        """Size by limit; 1 is exactly on it."""
        return self.size / self.limit


_STEP: dict[Measure, Decimal] = {"seats": Decimal(1), "azure": Decimal("0.01")}


def first_reached(measure: Measure, limits: Limits) -> Decimal:
    """The smallest size that counts as reached under the convention of the limits."""
    limit = limits.of(measure)
    return limit if limits.comparator is Comparator.AT_LEAST else limit + _STEP[measure]


def distances(facts: Facts, limits: Limits) -> list[Distance]:
    """The distance of each measure whose size is known."""
    found = []
    for measure in MEASURES:
        size = facts.size(measure)
        if size is not None:
            missing = max(first_reached(measure, limits) - size, Decimal(0))
            limit = limits.of(measure)
            found.append(Distance(measure, size, limit, missing, size == limit))
    return found


FlipKind = Literal["seats", "azure", "need", "no_needs", "self_service", "not_self_service"]


@dataclass(frozen=True, slots=True)
class Flip:
    """One change of one fact that would change the motion; `by` is the difference in size, `to` the new size."""

    kind: FlipKind
    motion: Motion
    by: Decimal | None = None
    to: Decimal | None = None


def flips(edition: Edition, facts: Facts, limits: Limits) -> list[Flip]:
    """The smallest single changes that would change the answer, found by asking `decide` itself."""
    now = decide(edition, facts, limits).motion
    found = []
    for kind, changed, by, to in _neighbours(facts, limits):
        motion = decide(edition, changed, limits).motion
        if motion != now:
            found.append(Flip(kind, motion, by, to))
    return found


_Neighbour = tuple[FlipKind, Facts, Decimal | None, Decimal | None]


def _neighbours(facts: Facts, limits: Limits) -> Iterator[_Neighbour]:
    for measure in MEASURES:
        yield from _resized(measure, facts, limits)
    if not facts.needs:
        yield "need", replace(facts, needs=frozenset({"any"})), None, None
    else:
        yield "no_needs", replace(facts, needs=frozenset()), None, None
    if not facts.prefers_self_service:
        yield "self_service", replace(facts, prefers_self_service=True), None, None
    else:
        yield "not_self_service", replace(facts, prefers_self_service=False), None, None


def _resized(measure: Measure, facts: Facts, limits: Limits) -> Iterator[_Neighbour]:
    size = facts.size(measure)
    if size is None:
        return
    reached = first_reached(measure, limits)
    target = reached if size < reached else reached - _STEP[measure]
    changed = replace(facts, seats=int(target)) if measure == "seats" else replace(facts, azure=target)
    yield measure, changed, target - size, target


def combined(parts: Sequence[Facts]) -> Facts:
    """All open deals added up; the self-service preference holds only when every deal has it."""
    seats = [part.seats for part in parts if part.seats is not None]
    azure = [part.azure for part in parts if part.azure is not None]
    return Facts(
        seats=sum(seats) if seats else None,
        seats_complete=all(part.seats_complete for part in parts),
        azure=sum(azure, Decimal(0)) if azure else None,
        azure_complete=all(part.azure_complete for part in parts),
        needs=_needs_together(parts),
        prefers_self_service=_all_known([part.prefers_self_service for part in parts]),
    )


def _needs_together(parts: Sequence[Facts]) -> frozenset[str] | None:
    known = [part.needs for part in parts if part.needs is not None]
    together = frozenset().union(*known)
    # one need is enough to settle it; none so far settles nothing while somebody has not been asked
    return together if together or (known and len(known) == len(parts)) else None


def _all_known(values: Sequence[Outcome]) -> Outcome:
    if not values:
        return None
    if False in values:
        return False
    return None if None in values else True


def ruling_part(parts: Sequence[Facts], limits: Limits) -> int | None:
    """Which of several deals speaks for the customer: the largest by its share of its limit.

    A deal of unknown size counts as possibly the largest, unless another has already reached its limit.
    """
    if not parts:
        return None

    def rank(index: int) -> tuple[bool, bool, Decimal, int]:
        weight = weight_of(parts[index], limits)
        reached = any(Reaches(measure).outcome(parts[index], limits) for measure in MEASURES)
        return reached, weight is None, weight or Decimal(0), -index

    return max(range(len(parts)), key=rank)


def weight_of(facts: Facts, limits: Limits) -> Decimal | None:
    """The larger share of its limit, times both limits, so that comparing stays exact; None when a size is unknown."""
    if not (facts.seats_complete and facts.azure_complete):
        return None
    seats = None if facts.seats is None else facts.seats * limits.azure
    azure = None if facts.azure is None else facts.azure * limits.seats
    return max((weight for weight in (seats, azure) if weight is not None), default=None)
