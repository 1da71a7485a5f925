"""decide: answers of the pure reader, with outcomes of all rules, against the same table written as plain ifs."""

from collections.abc import Callable
from decimal import Decimal
from itertools import product

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


def run(scale: int) -> list[Result]:
    """Both over the same facts; the answers of both are compared before anything is timed."""
    facts = cases(scale)
    for one in facts[:1000]:
        answer: Decision = decide(FIRST, one, LIMITS)
        if (answer.motion, answer.trace) != by_hand(one):
            raise AssertionError(f"the reference decides otherwise: {one}")

    def ours() -> None:
        for one in facts:
            decide(FIRST, one, LIMITS)

    def theirs() -> None:
        for one in facts:
            by_hand(one)

    nothing: Callable[[], None] = lambda: None  # noqa: E731
    result = in_pairs(Result("decide", scale, "the same table as nested ifs in Python"), ours, theirs, reset=nothing)
    result.more = {"answers_per_second": round(scale / sorted(result.ours)[len(result.ours) // 2])}
    return [result]
