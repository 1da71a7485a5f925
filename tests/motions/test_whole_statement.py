"""The judging statement against Python: random portfolios, every entry rebuilt from the deals and replayed."""

import hashlib
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random

import pytest
from django.db import connection
from django.utils.timezone import now

from customers.models import Customer
from motions import ledger, services
from motions.bulk import recompute_all
from motions.models import Assessment, Deal, PolicyVersion, RateSet, Standing
from motions.policy.answer import combined, decide, ruling_part, weight_of
from motions.policy.kit import Facts, Motion
from motions.states import Basis, Kind, Need, Stage
from tests import factories

pytestmark = pytest.mark.django_db

RATES = {"EUR": "1", "USD": "1.1713", "CHF": "0.9321", "JPY": "183.47"}
SEATS = [None, 0, 1, 100, 1200, 2399, 2400, 2401, 9999]
AMOUNTS = [None, "0.00", "0.01", "333333.33", "853752.24", "999999.99", "1000000.00", "1000000.01", "7500000.00"]
NEEDS = [None, [], [Need.MULTI_TENANT], [Need.DUAL_USE_RIGHTS, Need.SPECIAL_APPROVAL]]


def a_portfolio(seed: int, customers: int = 120) -> None:
    """Customers with none to five deals: all kinds, unknown sizes, currencies with and without a rate, closed stages."""
    random = Random(seed)
    partner = factories.PartnerFactory()
    for _ in range(customers):
        customer = factories.CustomerFactory(partner=partner)
        for _ in range(random.randrange(6)):
            flags = {
                "stage": random.choice([Stage.OPEN, Stage.OPEN, Stage.OPEN, Stage.WON, Stage.LOST]),
                "needs": random.choice(NEEDS),
                "prefers_self_service": random.choice([None, False, False, True]),
            }
            if random.random() < 0.5:
                factories.DealFactory(customer=customer, seats=random.choice(SEATS), **flags)
                continue
            amount = random.choice(AMOUNTS)
            size = {"amount": None if amount is None else Decimal(amount)}
            size["currency"] = random.choice(["USD", "EUR", "CHF", "JPY", "SEK"]) if amount else ""
            size["basis"] = random.choice(["", *Basis.values])
            factories.DealFactory(customer=customer, azure=True, **size, **flags)


def converted(deal: Deal, currency: str) -> tuple[Decimal | None, Decimal | None]:
    """(rate, amount in the policy's currency), rounded as the ledger promises: ten places, then cents."""
    if deal.currency == currency:
        rate = Decimal(1)
    elif deal.currency in RATES:
        quotient = Decimal(RATES[currency]) / Decimal(RATES[deal.currency])
        rate = quotient.quantize(Decimal("1e-10"), ROUND_HALF_UP)
    else:
        return None, None
    amount = None if deal.amount is None else (deal.amount * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return rate, amount


def facts_of(deal: Deal, currency: str) -> Facts:
    """A deal's facts straight from its row."""
    _rate, azure = converted(deal, currency)
    return Facts(
        seats=deal.seats,
        seats_complete=deal.kind != Kind.SEATS or deal.seats is not None,
        azure=azure,
        azure_complete=deal.kind != Kind.AZURE or azure is not None,
        needs=None if deal.needs is None else frozenset(deal.needs),
        prefers_self_service=deal.prefers_self_service,
    )


def in_force(comparator: str, aggregation: str, currency: str) -> PolicyVersion:
    draft = factories.PolicyVersionFactory(comparator=comparator, aggregation=aggregation, currency=currency)
    return services.publish(draft, at=now())


@pytest.mark.parametrize(
    ("comparator", "aggregation", "currency"),
    [
        ("at_least", "largest", "USD"),
        ("above", "largest", "USD"),
        ("at_least", "combined", "USD"),
        ("above", "combined", "EUR"),
        ("at_least", "largest", "CHF"),
    ],
)
def test_the_statement_answers_as_the_policy_package_does(comparator: str, aggregation: str, currency: str) -> None:
    factories.RateSetFactory(rates=RATES)
    policy = in_force(comparator, aggregation, currency)
    a_portfolio(seed=7)
    assert recompute_all(clock=now).computed == 120
    motions = set()
    for customer in Customer.objects.order_by("pk"):
        standing = Standing.objects.select_related("assessment").get(customer=customer)
        deals = list(Deal.objects.filter(customer=customer, stage=Stage.OPEN).order_by("pk"))
        parts = [facts_of(deal, currency) for deal in deals]
        assert standing.assessment is not None
        answer = ledger.read(standing.assessment.facts)
        assert [line.deal_id for line in answer.lines] == [deal.pk for deal in deals]
        assert [line.facts for line in answer.lines] == parts
        _lines_tell_their_deals(answer, deals, currency)
        index = ruling_part(parts, policy.limits)
        ruling = combined(parts) if aggregation == "combined" else (parts[index] if index is not None else Facts())
        decision = decide(policy.rules, ruling, policy.limits)
        if not parts:
            assert (standing.motion, standing.is_provisional, answer.ruling) == (Motion.UNKNOWN, False, None)
            continue
        motions.add(standing.motion)
        assert (standing.motion, standing.is_provisional) == (decision.motion, decision.is_provisional)
        assert answer.decision == decision
        if aggregation == "largest":
            assert answer.ruling is not None
            assert answer.ruling.deal_id == deals[index or 0].pk
        else:
            assert answer.ruling is None
        _share_is_exact(standing, ruling, policy)
        uses_rates = any(deal.amount is not None and deal.currency != currency for deal in deals)
        assert standing.uses_rates == uses_rates
        assert answer.rate_date == (date(2026, 3, 2) if uses_rates else None)
    assert motions == set(Motion)


def _lines_tell_their_deals(answer: ledger.Answer, deals: list[Deal], currency: str) -> None:
    for line, deal in zip(answer.lines, deals, strict=True):
        told = (line.kind, line.seats, line.amount, line.currency, line.basis, line.source, line.as_of)
        assert told == (deal.kind, deal.seats, deal.amount, deal.currency, deal.basis, deal.source, deal.size_date)
        assert line.rate == converted(deal, currency)[0]
        assert line.decision == decide(answer.edition, line.facts, answer.limits)


def _share_is_exact(standing: Standing, ruling: Facts, policy: PolicyVersion) -> None:
    weight = weight_of(ruling, policy.limits)
    if weight is None:
        assert standing.share is None
    else:
        share = (weight / (policy.seat_limit * policy.azure_limit)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        assert standing.share == share


@pytest.mark.parametrize("aggregation", ["largest", "combined"])
def test_every_entry_of_the_ledger_holds_and_its_hash_is_that_of_its_canonical_text(aggregation: str) -> None:
    factories.RateSetFactory(rates=RATES)
    in_force("at_least", aggregation, "USD")
    a_portfolio(seed=11, customers=40)
    recompute_all(clock=now)
    entries = list(Assessment.objects.order_by("pk"))
    assert len(entries) == 40
    with connection.cursor() as cursor:
        cursor.execute("SELECT facts::text FROM motions_assessment ORDER BY id")
        texts = [row[0] for row in cursor.fetchall()]
    for entry, text in zip(entries, texts, strict=True):
        assert ledger.canonical(entry.facts) == text
        assert hashlib.sha256(text.encode()).digest() == bytes(entry.hash)
        assert ledger.holds(entry)


def test_without_any_rates_a_foreign_amount_is_unknown_and_never_zero() -> None:
    assert not RateSet.objects.exists()
    deal = factories.DealFactory(azure=True, amount=Decimal("5000000.00"), currency="EUR")
    recompute_all(clock=now)
    standing = Standing.objects.get(customer=deal.customer)
    assert (standing.motion, standing.share, standing.uses_rates) == (Motion.UNKNOWN, None, True)
    assert standing.assessment is not None
    assert standing.assessment.facts["lines"][0]["azure"] is None
