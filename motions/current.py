"""An answer of the ledger as it reads today: the same facts under the version and the rates in force, nothing stored."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from motions.ledger import Answer, Line
from motions.models import PolicyVersion, Rate, RateSet
from motions.policy.answer import combined, decide, ruling_part
from motions.policy.kit import Edition, Facts, Limits

CENT, RATE_STEP = Decimal("0.01"), Decimal("0.0000000001")


def rates_into(currency: str, rates: RateSet | None) -> dict[str, Decimal]:
    """What one unit of each currency is worth in `currency`, to ten places, as the judging statement rounds."""
    per_euro = dict(Rate.objects.filter(rate_set=rates).values_list("currency", "per_euro")) if rates else {}
    home = per_euro.get(currency)
    found = (
        {other: (home / value).quantize(RATE_STEP, ROUND_HALF_UP) for other, value in per_euro.items()} if home else {}
    )
    return {**found, currency: Decimal(1)}


def under(answer: Answer, policy: PolicyVersion, rates: Mapping[str, Decimal], rate_date: date | None) -> Answer:
    """The facts of `answer` judged by another version and other rates.

    `rates` are units of the policy's currency for one unit of each currency; one that is missing makes the amount
    unknown. KeyError for an edition that this release does not have.
    """
    edition, limits = policy.rules, policy.limits
    lines = tuple(_under(line, edition, limits, rates) for line in answer.lines)
    parts = [line.facts for line in lines]
    together = combined(parts) if parts else Facts()
    index = None if policy.aggregation == "combined" else ruling_part(parts, limits)
    ruling = lines[index] if index is not None else None
    facts = ruling.facts if ruling else together
    uses_rates = any(line.amount is not None and line.currency != policy.currency for line in lines)
    return Answer(
        policy_id=policy.pk,
        edition=edition,
        limits=limits,
        currency=policy.currency,
        aggregation=policy.aggregation,
        rate_date=rate_date if uses_rates else None,
        lines=lines,
        ruling=ruling,
        facts=facts,
        together=together,
        decision=decide(edition, facts, limits) if lines else answer.decision,
    )


def _under(line: Line, edition: Edition, limits: Limits, rates: Mapping[str, Decimal]) -> Line:
    if line.amount is None:
        return replace(line, decision=decide(edition, line.facts, limits))
    rate = rates.get(line.currency)
    azure = None if rate is None else (line.amount * rate).quantize(CENT, ROUND_HALF_UP)
    facts = replace(line.facts, azure=azure, azure_complete=azure is not None)
    return replace(line, rate=rate, azure=azure, facts=facts, decision=decide(edition, facts, limits))
