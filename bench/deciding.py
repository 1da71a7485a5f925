"""decide: answers of the pure reader, with outcomes of all rules, against the same table written as plain ifs.

Beside it, in the same run, the rules engine `zen-engine` with the same table and facts, called in its quickest way:
compiled once, each case a JSON text made beforehand. It answers the motion alone and counts in floating point.
"""

import json
import time
from collections.abc import Callable
from decimal import Decimal
from itertools import product
from statistics import median
from typing import Any

import zen

from bench.harness import Result, in_pairs
from motions.policy.answer import Decision, decide
from motions.policy.editions import FIRST
from motions.policy.kit import Facts, Limits, Motion

LIMITS = Limits(2400, Decimal("1000000.00"))


def by_hand(facts: Facts) -> tuple[Motion, str]:
    """The first edition as nested ifs, for one comparator."""
    need = None if facts.needs is None else bool(facts.needs)
    seats = (facts.seats is not None and facts.seats >= 2400) or (None if not facts.seats_complete else False)
    azure = (facts.azure is not None and facts.azure >= 1_000_000) or (None if not facts.azure_complete else False)
    exists = facts.seats is not None or facts.azure is not None or not (facts.seats_complete and facts.azure_complete)
    if seats or azure or not exists:
        below: bool | None = False
    else:
        below = None if seats is None or azure is None else True
    found = (need, facts.prefers_self_service, seats, azure, below)
    trace = "".join("?" if one is None else str(int(one)) for one in found)
    if need:
        return Motion.ENTERPRISE, trace
    if facts.prefers_self_service:
        return Motion.SELF_SERVICE, trace
    if seats or azure:
        return Motion.ENTERPRISE, trace
    return (Motion.BREADTH if below else Motion.UNKNOWN), trace


def cases(scale: int) -> list[Facts]:
    """Every combination of sizes around the limits and of what may be unknown, over and over."""
    seats = [(None, True), (None, False), *((size, True) for size in (0, 100, 2399, 2400, 9000))]
    azure = [(None, True), (None, False), *((Decimal(size), True) for size in ("0.00", "999999.99", "1000000.00"))]
    needs = [None, frozenset[str](), frozenset({"multi_tenant"})]
    table = [Facts(s, sc, a, ac, n, p) for (s, sc), (a, ac), n, p in product(seats, azure, needs, (None, True, False))]
    return [table[index % len(table)] for index in range(scale)]


_INPUTS = ("need", "prefers", "seats", "azure", "seats_complete", "azure_complete", "exists")
_TABLE: tuple[tuple[Motion, dict[str, str]], ...] = (
    (Motion.ENTERPRISE, {"need": "true"}),
    (Motion.SELF_SERVICE, {"prefers": "true"}),
    (Motion.ENTERPRISE, {"seats": ">= 2400"}),
    (Motion.ENTERPRISE, {"azure": ">= 1000000"}),
    (Motion.BREADTH, {"exists": "true", "seats_complete": "true", "azure_complete": "true"}),
    (Motion.UNKNOWN, {}),
)


def peer() -> Callable[[str], str]:
    """The first edition as a decision table of the peer: facts as JSON in, the motion out."""
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in _INPUTS],
        "outputs": [{"id": "motion", "name": "motion", "field": "motion"}],
        "rules": [
            {"_id": str(number), **dict.fromkeys(_INPUTS, ""), **cells, "motion": f'"{motion}"'}
            for number, (motion, cells) in enumerate(_TABLE)
        ],
    }
    kinds: dict[str, tuple[str, dict[str, Any]]] = {
        "in": ("inputNode", {}),
        "table": ("decisionTableNode", {"content": content}),
        "out": ("outputNode", {}),
    }
    nodes = [
        {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}, **more}
        for name, (kind, more) in kinds.items()
    ]
    ways = (("in", "table"), ("table", "out"))
    edges = [{"id": start, "type": "edge", "sourceId": start, "targetId": end} for start, end in ways]
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"edition": {"nodes": nodes, "edges": edges}}}})

    def answer(facts: str) -> str:
        motion: str = engine.evaluate("edition", facts)["result"]["motion"]
        return motion

    return answer


def as_json(facts: Facts) -> str:
    """Facts as the peer reads them."""
    exists = facts.seats is not None or facts.azure is not None or not (facts.seats_complete and facts.azure_complete)
    return json.dumps(
        {
            "need": None if facts.needs is None else bool(facts.needs),
            "prefers": facts.prefers_self_service,
            "seats": facts.seats,
            "azure": None if facts.azure is None else float(facts.azure),
            "seats_complete": facts.seats_complete,
            "azure_complete": facts.azure_complete,
            "exists": exists,
        }
    )


def _compare(facts: list[Facts], ask: Callable[[str], str]) -> None:
    for one in facts:
        answer: Decision = decide(FIRST, one, LIMITS)
        if (answer.motion, answer.trace) != by_hand(one):
            raise AssertionError(f"the reference decides otherwise: {one}")
        if ask(as_json(one)) != answer.motion:
            raise AssertionError(f"the peer decides otherwise: {one}")


def run(scale: int) -> list[Result]:
    """All over the same facts; their answers are compared before anything is timed."""
    facts = cases(scale)
    texts, ask = [as_json(one) for one in facts], peer()
    _compare(facts[:1000], ask)
    peers: list[float] = []

    def ask_the_peer() -> None:
        started = time.perf_counter()
        for text in texts:
            ask(text)
        peers.append(time.perf_counter() - started)

    def ours() -> None:
        for one in facts:
            decide(FIRST, one, LIMITS)

    def theirs() -> None:
        for one in facts:
            by_hand(one)

    result = Result("decide", scale, "the same table as nested ifs in Python")
    in_pairs(result, ours, theirs, reset=ask_the_peer)
    ratios = [a / b for a, b in zip(result.ours, peers[2::2], strict=True)]
    result.more = {
        "answers_per_second": round(scale / median(result.ours)),
        "zen_engine_answers_per_second": round(scale / median(peers[2:])),
        "ratio_to_zen_engine": round(median(ratios), 4),
    }
    return [result]
