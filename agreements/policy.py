"""May the customer order, and why; who is the same signatory. Pure: rows in, answer out, no clock, no database.

A banner, never a gate: guidance and referrals do not ask here (M14).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from agreements.states import SIGNED, State


class Why(StrEnum):
    """The reason of a verdict."""

    IN_ORDER = "in_order"
    DATE_UNKNOWN = "date_unknown"  # Microsoft says that it is signed, but not when (M5)
    NOT_MANDATORY = "not_mandatory"
    ACCEPTED_TOO_EARLY = "accepted_too_early"
    TO_FINALISE = "to_finalise"
    REVOKED = "revoked"
    NOT_SIGNED = "not_signed"


@dataclass(frozen=True)
class Rule:
    """A cut-off: from `effective_on` on an acceptance is needed, and one from before `accepted_before` is not enough.

    `is_information` marks what only third parties say (table 3.3): it is shown as such.
    """

    code: str
    effective_on: date
    accepted_before: date | None = None
    is_information: bool = False
    source: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether the customer may order, why, and the cut-off that says so."""

    may_order: bool
    why: Why
    rule: Rule | None = None


def can_order(state: str, accepted_on: date | None, rules: Sequence[Rule], *, on: date) -> Verdict:
    """Whether a customer may order on a day, by its agreement and the cut-offs in force (M6, M13, table 3.3)."""
    in_force = [rule for rule in rules if rule.effective_on <= on]
    too_early = too_early_for(accepted_on, in_force)
    if state in SIGNED and too_early is None:
        return Verdict(True, Why.IN_ORDER if accepted_on else Why.DATE_UNKNOWN)
    if state in SIGNED or state == State.REACCEPT:
        return Verdict(False, Why.ACCEPTED_TOO_EARLY, too_early)
    mandatory = next((rule for rule in in_force if rule.accepted_before is None and not rule.is_information), None)
    if mandatory is None:
        return Verdict(True, Why.NOT_MANDATORY)
    reasons = {State.TO_FINALISE.value: Why.TO_FINALISE, State.REVOKED.value: Why.REVOKED}
    return Verdict(False, reasons.get(str(state), Why.NOT_SIGNED), mandatory)


def too_early_for(accepted_on: date | None, in_force: Sequence[Rule]) -> Rule | None:
    """The cut-off that an acceptance does not meet; an unknown day meets all of them."""
    if accepted_on is None:
        return None
    return next((rule for rule in in_force if rule.accepted_before and accepted_on < rule.accepted_before), None)


def signatory_key(*, first_name: str, last_name: str, email: str, phone: str) -> str:
    """The same for the same person: a name, e-mail or phone that differs makes another (600061 of M6, M16)."""
    name = " ".join(f"{first_name} {last_name}".casefold().split())
    return f"{name}|{email.strip().casefold()}|{re.sub(r'[^0-9+]', '', phone)}"
