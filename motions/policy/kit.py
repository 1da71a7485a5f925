"""The kit from which editions are made: facts, limits, and tests that answer true, false or unknown. Standard library."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal, TypeAlias

Outcome: TypeAlias = bool | None  # None: cannot be known from the facts at hand
Measure: TypeAlias = Literal["seats", "azure"]
MEASURES: tuple[Measure, Measure] = ("seats", "azure")


class Motion(StrEnum):
    """The three purchasing motions (S1), and the honest fourth answer."""

    BREADTH = "breadth"
    ENTERPRISE = "enterprise"
    SELF_SERVICE = "self_service"
    UNKNOWN = "unknown"


class Need(StrEnum):
    """Contract needs that only the Enterprise motion serves (S1, S3)."""

    DUAL_USE_RIGHTS = "dual_use_rights"
    LEAD_STATUS_SKUS = "lead_status_skus"
    MULTI_TENANT = "multi_tenant"
    MULTI_AFFILIATE = "multi_affiliate"
    SPECIAL_APPROVAL = "special_approval"
    CONTRACT_AMENDMENT = "contract_amendment"


class Comparator(StrEnum):
    """What happens exactly on a limit: a convention, because the source does not say (I2)."""

    AT_LEAST = "at_least"  # 2,400 counts as reached
    ABOVE = "above"  # 2,400 still counts as below


@dataclass(frozen=True, slots=True)
class Limits:
    """What a policy version sets: seats, annual Azure consumption in the policy's currency, the convention on the line."""

    seats: int
    azure: Decimal
    comparator: Comparator = Comparator.AT_LEAST

    def of(self, measure: Measure) -> Decimal:
        """The limit of one measure."""
        return Decimal(self.seats) if measure == "seats" else self.azure


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one deal, or of a customer's deals together.

    `seats` and `azure` (annual consumption in the policy's currency) are None when no size is known; `*_complete` is
    False when something of that kind exists whose size is not known. No deal of a kind at all: None and complete.
    `needs` is None when nobody has asked yet, and empty when there are none.
    """

    seats: int | None = None
    seats_complete: bool = True
    azure: Decimal | None = None
    azure_complete: bool = True
    needs: frozenset[str] | None = None
    prefers_self_service: bool | None = None

    def size(self, measure: Measure) -> Decimal | None:
        """The known size of one measure."""
        value = self.seats if measure == "seats" else self.azure
        return None if value is None else Decimal(value)

    def is_complete(self, measure: Measure) -> bool:
        """Whether nothing of this measure is unknown."""
        return self.seats_complete if measure == "seats" else self.azure_complete


@dataclass(frozen=True, slots=True)
class HasNeed:
    """At least one contract need."""

    def outcome(self, facts: Facts, limits: Limits) -> Outcome:
        """Unknown until somebody asked."""
        return None if facts.needs is None else bool(facts.needs)


@dataclass(frozen=True, slots=True)
class PrefersSelfService:
    """The buyer wants to buy online and manage alone."""

    def outcome(self, facts: Facts, limits: Limits) -> Outcome:
        """As stated by the buyer."""
        return facts.prefers_self_service


@dataclass(frozen=True, slots=True)
class Reaches:
    """The measure has reached its limit; what is known may already be enough."""

    measure: Measure

    def outcome(self, facts: Facts, limits: Limits) -> Outcome:
        """Compare by the policy's convention."""
        size, limit = facts.size(self.measure), limits.of(self.measure)
        if size is not None and (size > limit or (size == limit and limits.comparator is Comparator.AT_LEAST)):
            return True
        return False if facts.is_complete(self.measure) else None


@dataclass(frozen=True, slots=True)
class Exists:
    """There is business of this measure at all."""

    measure: Measure

    def outcome(self, facts: Facts, limits: Limits) -> Outcome:
        """Business whose size is unknown is business all the same."""
        return facts.size(self.measure) is not None or not facts.is_complete(self.measure)


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    test: "Test"

    def outcome(self, facts: Facts, limits: Limits) -> Outcome:
        """Three-valued negation."""
        found = self.test.outcome(facts, limits)
        return None if found is None else not found


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every test holds; one that fails settles it."""

    tests: tuple["Test", ...]

    def outcome(self, facts: Facts, limits: Limits) -> Outcome:
        """Three-valued conjunction (Kleene), as SQL's AND."""
        found = [test.outcome(facts, limits) for test in self.tests]
        if False in found:
            return False
        return None if None in found else True


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one test holds; one that holds settles it."""

    tests: tuple["Test", ...]

    def outcome(self, facts: Facts, limits: Limits) -> Outcome:
        """Three-valued disjunction (Kleene), as SQL's OR."""
        found = [test.outcome(facts, limits) for test in self.tests]
        if True in found:
            return True
        return None if None in found else False


Test: TypeAlias = HasNeed | PrefersSelfService | Reaches | Exists | Not | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of an edition: if the test holds, the motion fits. `source` names the facts it follows."""

    code: str
    motion: Motion
    test: Test
    source: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A frozen, ordered table of rules: the first that holds gives the motion, all that hold are reasons."""

    number: int
    rules: tuple[Rule, ...]
