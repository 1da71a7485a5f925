"""Reading the ledger: an entry as facts and decisions, whether it still gives its own answer, and what changed."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from motions.models import Assessment
from motions.policy.answer import Decision, combined, decide, outcomes_of, ruling_part
from motions.policy.editions import EDITIONS
from motions.policy.kit import Comparator, Edition, Facts, Limits, Motion


class EditionGone(KeyError):
    """An entry was given under an edition of the rules that this release no longer has; `number` says which."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Verdict(StrEnum):
    """What reading an entry again comes to."""

    HOLDS = "holds"  # the hash fits, and the same answer is found again
    ALTERED = "altered"  # the hash does not fit, or what it was made to fit does not give this answer
    EDITION_GONE = "edition_gone"  # the hash fits, but this release has no such rules to find the answer with


@dataclass(frozen=True)
class Line:
    """One open deal as it was judged. `azure` is `amount` in the policy's currency at `rate`."""

    deal_id: int
    kind: str
    seats: int | None
    amount: Decimal | None
    currency: str
    rate: Decimal | None
    azure: Decimal | None
    basis: str
    source: str
    as_of: date
    facts: Facts
    decision: Decision


@dataclass(frozen=True)
class Answer:
    """A whole entry: under what it was judged, each deal, and the answer for the customer."""

    policy_id: int
    edition: Edition
    limits: Limits
    currency: str
    aggregation: str
    rate_date: date | None
    lines: tuple[Line, ...]
    ruling: Line | None
    facts: Facts
    together: Facts
    decision: Decision

    @property
    def shown(self) -> Facts:
        """The sizes beside the limits: the largest deal of each kind, or all together where these decide."""
        if self.aggregation == "combined":
            return self.together
        seats = [line.seats for line in self.lines if line.seats is not None]
        azure = [line.azure for line in self.lines if line.azure is not None]
        return replace(self.together, seats=max(seats, default=None), azure=max(azure, default=None))


def _amount(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _line(document: dict[str, Any]) -> Line:
    seats, azure = document["seats"], _amount(document["azure"])
    needs = document["needs"]
    return Line(
        deal_id=document["deal"],
        kind=document["kind"],
        seats=seats,
        amount=_amount(document["amount"]),
        currency=document["currency"],
        rate=_amount(document["rate"]),
        azure=azure,
        basis=document["basis"],
        source=document["source"],
        as_of=date.fromisoformat(document["as_of"]),
        facts=Facts(
            seats=seats,
            seats_complete=document["kind"] != "seats" or seats is not None,
            azure=azure,
            azure_complete=document["kind"] != "azure" or azure is not None,
            needs=None if needs is None else frozenset(needs),
            prefers_self_service=document["prefers"],
        ),
        decision=Decision(Motion(document["motion"]), outcomes_of(document["trace"])),
    )


def _edition(number: int) -> Edition:
    if number not in EDITIONS:
        raise EditionGone(number)
    return EDITIONS[number]


def read(document: dict[str, Any]) -> Answer:
    """An entry's document as an `Answer`. EditionGone, or KeyError or ValueError when it is no such document."""
    return _read(document, _edition(document["edition"]))


def _read(document: dict[str, Any], edition: Edition) -> Answer:
    limits, answer = document["limits"], document["answer"]
    lines = tuple(_line(line) for line in document["lines"])
    ruling = next((line for line in lines if line.deal_id == answer["deal"]), None)
    together = combined([line.facts for line in lines]) if lines else Facts()
    return Answer(
        policy_id=document["policy"],
        edition=edition,
        limits=Limits(limits["seats"], Decimal(limits["azure"]), Comparator(limits["comparator"])),
        currency=document["currency"],
        aggregation=document["aggregation"],
        rate_date=date.fromisoformat(document["rates"]) if document["rates"] else None,
        lines=lines,
        ruling=ruling,
        facts=ruling.facts if ruling else together,
        together=together,
        decision=Decision(Motion(answer["motion"]), outcomes_of(answer["trace"])),
    )


def canonical(value: Any) -> str:
    """The text that PostgreSQL gives a jsonb value; keys stand by length, then by bytes."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return "{" + ", ".join(f"{canonical(key)}: {canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(canonical(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def converted(amount: Decimal | None, rate: Decimal | None) -> Decimal | None:
    """An amount in the policy's currency, to the cent, as the database rounds it."""
    if amount is None or rate is None:
        return None
    return (amount * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)


def decided_again(answer: Answer) -> tuple[Motion, str, int | None]:
    """(motion, trace, deal that rules) as an answer's own rules, limits and lines give them now."""
    parts = [line.facts for line in answer.lines]
    if not parts:
        return Motion.UNKNOWN, "", None
    if answer.aggregation == "combined":
        found = decide(answer.edition, combined(parts), answer.limits)
        return found.motion, found.trace, None
    index = ruling_part(parts, answer.limits) or 0
    found = decide(answer.edition, parts[index], answer.limits)
    return found.motion, found.trace, answer.lines[index].deal_id


def fingerprint(document: Any) -> bytes:
    """The SHA-256 of a document's canonical text."""
    return hashlib.sha256(canonical(document).encode()).digest()


def verdict(entry: Assessment) -> Verdict:
    """Read an entry again: its hash, its policy version, each deal and the answer must all come out as they stand."""
    if fingerprint(entry.facts) != bytes(entry.hash):
        return Verdict.ALTERED
    try:
        sound = entry.facts["answer"]["motion"] == entry.motion and _is_of_policy(entry) and _is_found_again(entry)
    except EditionGone:
        return Verdict.EDITION_GONE
    except (LookupError, TypeError, ValueError, ArithmeticError):
        return Verdict.ALTERED
    return Verdict.HOLDS if sound else Verdict.ALTERED


def holds(entry: Assessment) -> bool:
    """Whether an entry is untouched: its hash fits its facts, and its own policy gives the same answer again."""
    return verdict(entry) is Verdict.HOLDS


def _is_of_policy(entry: Assessment) -> bool:
    """A document can be written anew with a hash that fits; the published version that it names cannot."""
    policy, document = entry.policy, entry.facts
    limits = document["limits"]
    return (
        document["policy"] == policy.pk
        and document["edition"] == policy.edition
        and (document["currency"], document["aggregation"]) == (policy.currency, policy.aggregation)
        and Limits(limits["seats"], Decimal(limits["azure"]), Comparator(limits["comparator"])) == policy.limits
    )


def _is_found_again(entry: Assessment) -> bool:
    answer, stored = read(entry.facts), entry.facts["answer"]
    return decided_again(answer) == (stored["motion"], stored["trace"], stored["deal"]) and all(
        line.azure == converted(line.amount, line.rate)
        and line.decision == decide(answer.edition, line.facts, answer.limits)
        for line in answer.lines
    )


def is_document(document: Any) -> bool:
    """Whether something has the shape of an entry's document, whichever edition it is of."""
    try:
        _read(document, next(iter(EDITIONS.values())))
    except (LookupError, TypeError, ValueError, ArithmeticError):
        return False
    return True


def answer_of(entry: Assessment | None) -> Answer | None:
    """An entry that holds as an `Answer`; None where there is none, it was altered, or its edition is gone."""
    return read(entry.facts) if entry and holds(entry) else None


def edition_of(entry: Assessment) -> Any:
    """The number of the edition that an entry names, also when this release no longer has it."""
    return entry.facts.get("edition", "") if isinstance(entry.facts, dict) else ""
