"""What a receipt says, in the reader's language; both of its forms are made from this."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.templatetags.figures import day, moment, number
from motions import wording
from motions.ledger import Answer, Verdict, answer_of, canonical, edition_of, verdict
from motions.models import Assessment
from motions.panels import RuleLine, deal_names, explained
from motions.policy.kit import Facts
from motions.states import Basis, Motion, Source
from partners.models import User


@dataclass(frozen=True)
class Input:
    """One open deal as it counted."""

    deal: str
    size: str
    converted: str
    basis: str
    needs: str
    prefers_self_service: str
    source: str
    as_of: date
    decides: bool


@dataclass(frozen=True)
class Rate:
    """What was taken for one unit of a currency."""

    currency: str
    into: str
    rate: Decimal


@dataclass(frozen=True)
class Receipt:
    """One entry: about whom, the answer with its reasons and inputs, what it rests on, and how to prove it."""

    entry: Assessment
    number: int
    language: str
    customer: str
    motion: str
    headline: str
    is_provisional: bool
    verdict: Verdict
    verdict_text: str
    reasons: list[RuleLine]
    inputs: list[Input]
    policy: str
    edition: Any
    rates: list[Rate]
    rates_of: date | None
    rates_by: str
    verify_at: str

    @property
    def hash(self) -> str:
        """The entry's hash in hexadecimal."""
        return bytes(self.entry.hash).hex()

    @property
    def canonical(self) -> str:
        """The text that the hash is of."""
        return canonical(self.entry.facts)

    @property
    def given_at(self) -> str:
        """When the answer was given, in the portal's time zone."""
        return moment(self.entry.at)

    @property
    def valid(self) -> str:
        """From when the policy version holds."""
        return _("valid from %(day)s") % {"day": day(self.entry.policy.valid_from)}

    @property
    def rates_text(self) -> str:
        """The exchange rates with their day and source; where nothing was converted, just that."""
        if not self.rates:
            return _("No amount was converted.")
        pairs = ", ".join(f"1 {rate.currency} = {number(rate.rate.normalize())} {rate.into}" for rate in self.rates)
        values = {"rates": pairs, "day": day(self.rates_of), "source": self.rates_by}
        return _("%(rates)s (%(source)s, %(day)s)") % values


def receipt_of(entry: Assessment, *, number: int, by: User, verify_at: str) -> Receipt:
    """The receipt of an entry. One that does not hold says so, and tells no reasons."""
    found, answer = verdict(entry), answer_of(entry)
    shown = explained(answer) if answer else None
    return Receipt(
        entry=entry,
        number=number,
        language=get_language() or "en",
        customer=entry.customer.name,
        motion=str(Motion(entry.motion).label),
        headline=wording.headline(entry.motion),
        is_provisional=shown.is_provisional if shown else False,
        verdict=found,
        verdict_text=wording.verdict_text(found, edition=edition_of(entry)),
        reasons=shown.rules if shown else [],
        inputs=_inputs(answer, by=by) if answer else [],
        policy=entry.policy.title,
        edition=edition_of(entry),
        rates=_rates(answer) if answer else [],
        rates_of=answer.rate_date if answer else None,
        rates_by=entry.rate_set.source if entry.rate_set else "",
        verify_at=verify_at,
    )


def _inputs(answer: Answer, *, by: User) -> list[Input]:
    names = deal_names((line.deal_id for line in answer.lines), by=by)
    return [
        Input(
            deal=names.get(line.deal_id) or _("removed deal"),
            size=wording.deal_size_text(line.seats, line.amount, line.currency),
            converted=wording.conversion_text(line, answer.currency),
            basis=str(Basis(line.basis).label) if line.basis else "",
            needs=_needs(line.facts),
            prefers_self_service=wording.asked_text(line.facts.prefers_self_service),
            source=str(Source(line.source).label),
            as_of=line.as_of,
            decides=answer.ruling is line,
        )
        for line in answer.lines
    ]


def _needs(facts: Facts) -> str:
    return wording.needs_text(None if facts.needs is None else sorted(facts.needs))


def _rates(answer: Answer) -> list[Rate]:
    taken = {line.currency: line.rate for line in answer.lines if line.rate and line.currency != answer.currency}
    return [Rate(currency, answer.currency, rate) for currency, rate in sorted(taken.items())]


def file_name(receipt: Receipt, ending: str) -> str:
    """A file name without anything that a file system or a header could stumble over."""
    return f"wegweiser-{localtime(receipt.entry.at):%Y-%m-%d}-{receipt.hash[:12]}.{ending}"


def document_of(receipt: Receipt) -> dict[str, Any]:
    """The receipt for machines: see docs/receipt.md. `facts` is the stored document itself, `hash` is of its text."""
    entry, policy = receipt.entry, receipt.entry.policy
    return {
        "format": "wegweiser-receipt/1",
        "language": receipt.language,
        "customer": {"id": str(entry.customer.public_id), "name": receipt.customer},
        "number": receipt.number,
        "given_at": _iso(entry.at),
        "answer": {
            "motion": entry.motion,
            "label": receipt.motion,
            "headline": receipt.headline,
            "is_provisional": receipt.is_provisional,
        },
        "reasons": [_reason(rule) for rule in receipt.reasons],
        "inputs": [{**vars(one), "as_of": one.as_of.isoformat()} for one in receipt.inputs],
        "policy": {
            "code": policy.code,
            "title": receipt.policy,
            "edition": receipt.edition,
            "valid_from": policy.valid_from.isoformat(),
            "source": policy.source_url,
        },
        "exchange_rates": _exchange_rates(receipt),
        "verdict": {"code": receipt.verdict.value, "text": receipt.verdict_text},
        "verify_at": receipt.verify_at,
        "hash": receipt.hash,
        "hash_algorithm": "SHA-256",
        "canonical": receipt.canonical,
        "facts": entry.facts,
    }


def _reason(rule: RuleLine) -> dict[str, Any]:
    return {
        "rule": rule.code,
        "outcome": rule.outcome,
        "decides": rule.decides,
        "text": rule.text,
    }


def _exchange_rates(receipt: Receipt) -> dict[str, Any] | None:
    if not receipt.rates or receipt.rates_of is None:
        return None
    rates = [{"currency": one.currency, "into": one.into, "rate": f"{one.rate:f}"} for one in receipt.rates]
    return {"date": receipt.rates_of.isoformat(), "source": receipt.rates_by, "rates": rates}


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
