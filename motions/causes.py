"""What changed from one entry of the ledger to a later one, and which change it was that moved the motion.

Causes are exchanged one after the other in the order of `Cause`, each time deciding again: first the older entry's inputs
for the newer one's, then its policy, its exchange rates, its edition of the rules. The last result is the newer answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from motions.ledger import Answer, Line, converted, decided_again
from motions.policy.kit import Motion


class Cause(StrEnum):
    """Why two answers may differ, in the order in which the causes are exchanged."""

    INPUT = "input"
    POLICY = "policy"
    RATE = "rate"
    EDITION = "edition"


@dataclass(frozen=True)
class Difference:
    """One thing that differs between two entries: what, of which deal (None: the whole), before and after."""

    what: str
    deal_id: int | None
    before: Any
    after: Any
    currency: str = ""  # of a limit, and of a rate: what was converted


@dataclass(frozen=True)
class Step:
    """One cause exchanged: what differs by it, the motion before and after, and the one it would give all alone."""

    cause: Cause
    differences: tuple[Difference, ...]
    before: Motion
    after: Motion
    alone: Motion
    at_first: Motion

    @property
    def moves(self) -> bool:
        """Whether the motion became another when this was exchanged."""
        return self.before != self.after

    @property
    def moves_alone(self) -> bool:
        """Whether it would have become another by this cause and no other."""
        return self.alone != self.at_first


_WHOLE = ("policy", "rates")
_OF_LINE = ("kind", "seats", "amount", "currency", "needs", "prefers", "basis", "as_of", "source")
_OF_POLICY = {"currency": "policy_currency", "aggregation": "aggregation"}
_OF_LIMITS = {"seats": "seat_limit", "azure": "azure_limit", "comparator": "comparator"}
_CAUSES = {
    **dict.fromkeys(("policy", *_OF_LIMITS.values(), *_OF_POLICY.values()), Cause.POLICY),
    "edition": Cause.EDITION,
}


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


def by_cause(older: dict[str, Any], newer: dict[str, Any]) -> dict[Cause, tuple[Difference, ...]]:
    """Every difference of two documents, each under the cause that it belongs to."""
    plain = differences(older, newer)
    currency = newer["currency"] if older["currency"] == newer["currency"] else ""
    changed = [
        Difference(what, None, before[name], after[name], currency if what == "azure_limit" else "")
        for names, before, after in (
            (_OF_LIMITS, older["limits"], newer["limits"]),
            (_OF_POLICY, older, newer),
            ({"edition": "edition"}, older, newer),
        )
        for name, what in names.items()
        if before[name] != after[name]
    ]
    found = [*plain, *changed, *_rates_changed(older, newer)]
    return {cause: tuple(one for one in found if _cause_of(one, older, newer) is cause) for cause in Cause}


def _cause_of(difference: Difference, older: dict[str, Any], newer: dict[str, Any]) -> Cause:
    if difference.what == "rate":
        return Cause.RATE
    if difference.what == "rates":
        if difference.before and difference.after:
            return Cause.RATE
        # rates that were not needed on one side came or went with what needs them
        return Cause.INPUT if older["currency"] == newer["currency"] else Cause.POLICY
    return _CAUSES.get(difference.what, Cause.INPUT)


def _rates_changed(older: dict[str, Any], newer: dict[str, Any]) -> list[Difference]:
    """The rates of currencies that both entries converted into the same one."""
    if older["currency"] != newer["currency"]:
        return []
    before, after = (
        {line["currency"]: line["rate"] for line in document["lines"] if line["currency"]}
        for document in (older, newer)
    )
    return [
        Difference("rate", None, before[currency], after[currency], currency)
        for currency in sorted(before.keys() & after.keys())
        if before[currency] != after[currency]
    ]


_Rates = dict[tuple[str, str], Decimal | None]


def _rates(answer: Answer) -> _Rates:
    """What an answer took for one unit of each currency that its deals are in, by (from, to)."""
    return {(line.currency, answer.currency): line.rate for line in answer.lines if line.currency}


def _line(line: Line, currency: str, rates: _Rates) -> Line:
    rate = Decimal(1) if line.currency == currency else rates.get((line.currency, currency))
    azure = converted(line.amount, rate)
    complete = line.kind != "azure" or azure is not None
    return replace(line, rate=rate, azure=azure, facts=replace(line.facts, azure=azure, azure_complete=complete))


def decided_with(taken: Mapping[Cause, Answer], spare: _Rates) -> tuple[Motion, str, int | None]:
    """(motion, trace, ruling deal) with each cause taken from the answer named for it.

    A rate that the answer named for rates never needed is taken from `spare`: it came with the deal or the policy, and is
    no change of rates.
    """
    policy = taken[Cause.POLICY]
    rates = {**spare, **_rates(taken[Cause.RATE])}
    lines = tuple(_line(line, policy.currency, rates) for line in taken[Cause.INPUT].lines)
    return decided_again(replace(policy, edition=taken[Cause.EDITION].edition, lines=lines))


def attribute(older: Answer, newer: Answer, found: Mapping[Cause, tuple[Difference, ...]]) -> list[Step]:
    """The causes that differ, exchanged in their order; each says whether it moved the motion."""
    spare = {**_rates(newer), **_rates(older)}
    taken = dict.fromkeys(Cause, older)
    at_first = before = decided_with(taken, spare)[0]
    steps = []
    for cause in Cause:
        alone = decided_with({**dict.fromkeys(Cause, older), cause: newer}, spare)[0]
        taken[cause] = newer
        after = decided_with(taken, spare)[0]
        if found[cause]:
            steps.append(Step(cause, found[cause], before, after, alone, at_first))
        before = after
    return steps
