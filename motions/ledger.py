"""Reading the ledger: an entry as facts and decisions, whether it still gives its own answer, and what changed."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from motions.models import Assessment
from motions.policy.answer import Decision, combined, decide, outcomes_of, ruling_part
from motions.policy.editions import EDITIONS
from motions.policy.kit import Comparator, Edition, Facts, Limits, Motion


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


def read(document: dict[str, Any]) -> Answer:
    """An entry's document as an `Answer`. KeyError or ValueError when it is no such document."""
    limits, answer = document["limits"], document["answer"]
    lines = tuple(_line(line) for line in document["lines"])
    ruling = next((line for line in lines if line.deal_id == answer["deal"]), None)
    together = combined([line.facts for line in lines]) if lines else Facts()
    return Answer(
        policy_id=document["policy"],
        edition=EDITIONS[document["edition"]],
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


def _decided_again(answer: Answer) -> tuple[Motion, str, int | None]:
    parts = [line.facts for line in answer.lines]
    if not parts:
        return Motion.UNKNOWN, "", None
    if answer.aggregation == "combined":
        found = decide(answer.edition, combined(parts), answer.limits)
        return found.motion, found.trace, None
    index = ruling_part(parts, answer.limits) or 0
    found = decide(answer.edition, parts[index], answer.limits)
    return found.motion, found.trace, answer.lines[index].deal_id


def holds(entry: Assessment) -> bool:
    """Whether an entry is untouched: its hash fits its facts, and its own policy gives the same answer again."""
    if hashlib.sha256(canonical(entry.facts).encode()).digest() != bytes(entry.hash):
        return False
    stored, answer = entry.facts["answer"], read(entry.facts)
    return (entry.motion, *_decided_again(answer)) == (
        stored["motion"],
        stored["motion"],
        stored["trace"],
        stored["deal"],
    )


@dataclass(frozen=True)
class Difference:
    """One thing that differs between two entries: what, of which deal (None: the whole), before and after."""

    what: str
    deal_id: int | None
    before: Any
    after: Any


_WHOLE = ("policy", "rates")
_OF_LINE = ("seats", "amount", "currency", "needs", "prefers", "basis", "as_of")


def differences(older: dict[str, Any], newer: dict[str, Any]) -> list[Difference]:
    """What changed from one entry's document to the next: policy, rates, deals come and gone, facts of deals."""
    found = [Difference(name, None, older[name], newer[name]) for name in _WHOLE if older[name] != newer[name]]
    before = {line["deal"]: line for line in older["lines"]}
    after = {line["deal"]: line for line in newer["lines"]}
    for deal_id in sorted(before.keys() | after.keys()):
        if deal_id not in before:
            found.append(Difference("deal_added", deal_id, None, after[deal_id]))
        elif deal_id not in after:
            found.append(Difference("deal_removed", deal_id, before[deal_id], None))
        else:
            found += [
                Difference(name, deal_id, before[deal_id][name], after[deal_id][name])
                for name in _OF_LINE
                if before[deal_id][name] != after[deal_id][name]
            ]
    return found
