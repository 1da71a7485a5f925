"""Why an answer is what it is, for programs: rules by code, distances as numbers, flips as steps."""

from typing import Any

from motions.policy.answer import VEHICLES, Decision, Distance, Flip, decide, distances, flips, leaning
from motions.policy.kit import Edition, Facts, Limits


def decided(decision: Decision, edition: Edition) -> dict[str, Any]:
    """A decision and every rule's outcome; null is "cannot be known"."""
    deciding = decision.outcomes.index(True) if True in decision.outcomes else None
    return {
        "motion": decision.motion.value,
        "is_provisional": decision.is_provisional,
        "rules": [
            {"rule": rule.code, "outcome": outcome, "decides": index == deciding}
            for index, (rule, outcome) in enumerate(zip(edition.rules, decision.outcomes, strict=True))
        ],
    }


def reasons_of(edition: Edition, facts: Facts, limits: Limits, currency: str) -> dict[str, Any]:
    """Everything that follows from facts under an edition and limits. Amounts in `currency`."""
    decision = decide(edition, facts, limits)
    return {
        **decided(decision, edition),
        "leaning": leaning(facts, limits).value,
        "vehicles": [vehicle.value for vehicle in VEHICLES[decision.motion]],
        "currency": currency,
        "distances": [_distance(found) for found in distances(facts, limits)],
        "flips": [_flip(found) for found in flips(edition, facts, limits)],
    }


def _distance(found: Distance) -> dict[str, Any]:
    return {
        "measure": found.measure,
        "size": f"{found.size:f}",
        "limit": f"{found.limit:f}",
        "missing": f"{found.missing:f}",
        "is_on_boundary": found.is_on_boundary,
    }


def _flip(found: Flip) -> dict[str, Any]:
    return {
        "change": found.kind,
        "motion": found.motion.value,
        "by": None if found.by is None else f"{found.by:f}",
        "to": None if found.to is None else f"{found.to:f}",
    }
