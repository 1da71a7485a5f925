"""What becomes of a conflict: outcomes, grounds, days, and the rule of precedence. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

ANSWER_DAYS = 5  # working days until a case or an appeal is answered
APPEAL_DAYS = 10  # working days in which an answer can be appealed
ACTIVE_DAYS = 180  # a registration at which nothing happened for longer gives way to one with work on it


class Outcome(TextChoices):
    """Which registration stands; the sides are in the order of their registration."""

    FIRST = "first", _("The earlier registration stands")
    SECOND = "second", _("The later registration stands")
    BOTH = "both", _("Both registrations stand")


class Ground(TextChoices):
    """Why a case is answered as it is (docs/conflicts.md)."""

    DIFFERENT = "different", _("Two different companies")
    FIRST_ACTIVE = "first_active", _("Registered first, with work on it")
    ONLY_ACTIVE = "only_active", _("The only one with work on it")
    FIRST_REGISTERED = "first_registered", _("Registered first; neither has work on it")
    CUSTOMER_SAID = "customer_said", _("The customer has said so")
    WITHDRAWN = "withdrawn", _("A registration was withdrawn")
    OTHER = "other", _("Another reason")


# which grounds may lead to which outcome: a table, so that form, service and tests read the same
OUTCOMES: dict[Ground, frozenset[Outcome]] = {
    Ground.DIFFERENT: frozenset({Outcome.BOTH}),
    Ground.FIRST_ACTIVE: frozenset({Outcome.FIRST}),
    Ground.ONLY_ACTIVE: frozenset({Outcome.FIRST, Outcome.SECOND}),
    Ground.FIRST_REGISTERED: frozenset({Outcome.FIRST}),
    Ground.CUSTOMER_SAID: frozenset(Outcome),
    Ground.WITHDRAWN: frozenset({Outcome.BOTH}),
    Ground.OTHER: frozenset(Outcome),
}
# the machine's own: nobody chooses it
CHOSEN_GROUNDS = tuple(ground for ground in Ground if ground is not Ground.WITHDRAWN)


class CaseEventKind(TextChoices):
    """What a side of a case is told, and what it says."""

    OPENED = "opened", _("Conflict case opened")
    ANSWERED = "answered", _("Conflict case answered")
    APPEALED = "appealed", _("Appeal")
    APPEAL_ANSWERED = "appeal_answered", _("Appeal answered")


@dataclass(frozen=True, slots=True)
class Claim:
    """What the rule of precedence asks of one side: since when it has been that company, and when it was last worked with."""

    since: datetime
    active_at: datetime | None


def suggested(first: Claim, second: Claim, *, at: datetime) -> tuple[Outcome, Ground]:
    """The outcome that the rule of precedence leads to, for two registrations of one company, the earlier one first."""
    first_works, second_works = (_is_active(claim, at) for claim in (first, second))
    if first_works:
        return Outcome.FIRST, Ground.FIRST_ACTIVE
    if second_works:
        return Outcome.SECOND, Ground.ONLY_ACTIVE
    return Outcome.FIRST, Ground.FIRST_REGISTERED


def _is_active(claim: Claim, at: datetime) -> bool:
    return claim.active_at is not None and at - claim.active_at <= timedelta(days=ACTIVE_DAYS)


def grid_end(at: datetime, *, minutes: int = 60) -> datetime:
    """The next full hour (or part of one): as of then a case is shown, to both sides alike (docs/adr/0012).

    Without minutes, for trying, it is now.
    """
    if not minutes:
        return at
    begun = at.replace(minute=at.minute - at.minute % minutes if minutes < 60 else 0, second=0, microsecond=0)
    return begun + timedelta(minutes=minutes)


def keeps(outcome: Outcome, *, is_first: bool) -> bool:
    """Whether the registration of a side stands."""
    return outcome is Outcome.BOTH or (outcome is Outcome.FIRST) == is_first
