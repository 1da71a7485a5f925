"""Deals, choices and versions: what the services write, and what they refuse without a trace."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import localdate, now

from common.refusals import NotAllowed, Refused, Stale, Unfit
from customers.models import Customer
from motions import services
from motions.bulk import Counts
from motions.models import Choice, Deal, DealEvent, Fanout, PolicyVersion
from motions.services.deals import FACTS
from motions.sql.freshness import in_force
from motions.states import Kind, Motion, Reason, Source
from partners.models import User
from tests import factories
from tests.factories import NOON, TODAY

pytestmark = pytest.mark.django_db

SEATS: dict[str, Any] = {"name": "M365", "kind": Kind.SEATS, "seats": 341, "needs": [], "prefers_self_service": False}
LATER = NOON + timedelta(days=2)


def added(customer: Customer, by: User, **facts: Any) -> Deal:
    return services.add_deal(customer, by=by, at=NOON, facts={**SEATS, **facts}, source=Source.FORM, size_date=TODAY)


def changed(deal: Deal, by: User, version: int = 1, **facts: Any) -> Deal:
    return services.change_deal(
        deal, by=by, at=LATER, version=version, facts=facts, source=Source.IMPORT, size_date=LATER.date()
    )


@pytest.fixture
def outsiders(
    rival: User, reviewer: User, policy_owner: User, administrator: User
) -> dict[str, tuple[User, type[Exception]]]:
    """Who has no business with the partner's deals, and what each of them gets."""
    return {
        "rival": (rival, Customer.DoesNotExist),
        "reviewer": (reviewer, NotAllowed),
        "policy_owner": (policy_owner, NotAllowed),
        "administrator": (administrator, NotAllowed),
    }


OUTSIDERS = ["rival", "reviewer", "policy_owner", "administrator"]


def test_a_deal_is_added_with_one_event_that_tells_every_fact(customer: Customer, seller: User) -> None:
    deal = added(customer, seller)
    assert (deal.partner_id, deal.version, deal.source, deal.size_date) == (seller.partner_id, 1, "form", TODAY)
    event = DealEvent.objects.get()
    assert (event.kind, event.deal_id, event.deal_name, event.at) == ("added", deal.pk, "M365", NOON)
    assert (event.by, event.by_name, event.source) == (seller, "Selma Seller", "form")
    assert event.changes.keys() == {*FACTS, "size_date"}
    assert event.changes["seats"] == [None, 341]
    assert str(event) == "M365 added"


def test_a_deal_keeps_only_what_fits_its_kind(customer: Customer, seller: User) -> None:
    deal = added(customer, seller, amount=Decimal(1), currency="EUR", basis="actual")
    assert (deal.seats, deal.amount, deal.currency, deal.basis) == (341, None, "", "")
    facts = {"kind": Kind.AZURE, "amount": Decimal("1.50"), "currency": "EUR", "basis": "actual"}
    azure = added(customer, seller, **facts, expected_close_date=date(2026, 5, 1))
    assert (azure.seats, azure.amount, azure.currency, azure.basis) == (None, Decimal("1.50"), "EUR", "actual")
    changes = DealEvent.objects.get(deal_id=azure.pk).changes
    assert (changes["amount"], changes["expected_close_date"]) == ([None, "1.50"], [None, "2026-05-01"])


@pytest.mark.parametrize("who", OUTSIDERS)
def test_only_the_partner_itself_writes_its_deals(
    who: str, outsiders: dict[str, tuple[User, type[Exception]]], deal: Deal
) -> None:
    by, refusal = outsiders[who]
    foreign = Deal.DoesNotExist if refusal is Customer.DoesNotExist else refusal
    with pytest.raises(refusal):
        added(deal.customer, by)
    with pytest.raises(foreign):
        changed(deal, by, seats=1)
    with pytest.raises(foreign):
        services.remove_deal(deal, by=by, at=NOON, version=1)
    assert Deal.objects.get().seats == 2399
    assert not DealEvent.objects.exists()


def test_a_colleague_may_change_the_deal(deal: Deal, chief: User) -> None:
    assert changed(deal, chief, seats=2400).seats == 2400


def test_an_archived_customer_gets_no_deal(customer: Customer, seller: User) -> None:
    Customer.objects.update(archived_at=NOON)
    with pytest.raises(Customer.DoesNotExist):
        added(customer, seller)


def test_an_archived_customers_deals_stay_as_they_are(deal: Deal, seller: User, signed_in: Any) -> None:
    Customer.objects.update(archived_at=NOON)
    with pytest.raises(Refused, match="archived"):
        changed(deal, seller, seats=1)
    with pytest.raises(Refused, match="archived"):
        services.remove_deal(deal, by=seller, at=NOON, version=1)
    client = signed_in(seller)
    assert client.get(f"/deals/{deal.public_id}/").status_code == 404
    assert client.post(f"/deals/{deal.public_id}/", {"name": "M365", "seats": 1, "version": 1}).status_code == 404
    assert client.post(f"/deals/{deal.public_id}/remove/", {"version": 1}).status_code in (404, 409)
    assert Deal.objects.get().seats == 2399


def test_a_change_of_size_brings_its_source_and_date(deal: Deal, seller: User) -> None:
    found = changed(deal, seller, seats=2400)
    assert (found.seats, found.version, found.source, found.size_date) == (2400, 2, "import", LATER.date())
    assert found.updated_at == LATER
    event = DealEvent.objects.get()
    dates = [TODAY.isoformat(), LATER.date().isoformat()]
    assert (event.kind, event.changes) == ("changed", {"seats": [2399, 2400], "size_date": dates})


def test_a_change_that_is_not_of_size_keeps_source_and_date(deal: Deal, seller: User) -> None:
    found = changed(deal, seller, name="M365 E5", expected_close_date=date(2027, 1, 1))
    assert (found.source, found.size_date, found.version) == ("form", TODAY, 2)
    assert DealEvent.objects.get().changes == {
        "name": ["M365", "M365 E5"],
        "expected_close_date": [None, "2027-01-01"],
    }


def test_saving_the_same_again_leaves_no_trace(deal: Deal, seller: User) -> None:
    assert changed(deal, seller, seats=2399).version == 1
    assert not DealEvent.objects.exists()


def test_of_two_edits_of_one_version_the_second_is_refused_and_nothing_is_lost(
    deal: Deal, seller: User, chief: User
) -> None:
    changed(deal, chief, seats=2400)
    with pytest.raises(Stale) as refusal:
        changed(deal, seller, seats=10)
    assert refusal.value.status == 412
    with pytest.raises(Stale):
        services.remove_deal(deal, by=seller, at=NOON, version=1)
    assert Deal.objects.get().seats == 2400
    assert DealEvent.objects.count() == 1


def test_a_deal_of_another_kind_loses_what_no_longer_fits(deal: Deal, seller: User) -> None:
    facts = {"kind": Kind.AZURE, "amount": Decimal("5.00"), "currency": "EUR", "basis": "forecast"}
    found = changed(deal, seller, **facts)
    assert (found.seats, found.amount) == (None, Decimal("5.00"))


def test_a_removed_deal_leaves_its_history(deal: Deal, seller: User) -> None:
    key = deal.pk
    services.remove_deal(deal, by=seller, at=NOON, version=1)
    assert not Deal.objects.exists()
    assert list(DealEvent.objects.values_list("deal_id", "kind")) == [(key, "removed")]
    with pytest.raises(Deal.DoesNotExist):
        services.remove_deal(Deal(pk=key), by=seller, at=NOON, version=1)


def test_a_deal_that_goes_away_under_the_hand_is_refused(
    deal: Deal, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deal, "delete", lambda _self: (0, {}))
    with pytest.raises(Refused, match="already gone"):
        services.remove_deal(deal, by=seller, at=NOON, version=1)
    assert not DealEvent.objects.exists()


# the customer's choice


def chosen(customer: Customer, by: User, motion: str, reason: str, note: str = "") -> Choice:
    return services.record_choice(customer, by=by, at=NOON, motion=motion, reason=reason, note=note)


def test_the_customers_choice_keeps_what_the_guidance_was(
    deal: Deal, seller: User, drain: Callable[[], Counts]
) -> None:
    drain()
    choice = chosen(deal.customer, seller, Motion.ENTERPRISE, Reason.OTHER, "  framework contract  ")
    assert (choice.guided_motion, choice.note, choice.by_name) == ("breadth", "framework contract", "Selma Seller")
    chosen(deal.customer, seller, Motion.BREADTH, Reason.FOLLOWS)
    assert list(Choice.objects.order_by("pk").values_list("motion", flat=True)) == ["enterprise", "breadth"]
    assert str(choice) == f"{deal.customer_id}: enterprise"


@pytest.mark.parametrize(
    ("motion", "reason", "note", "field"),
    [
        (Motion.ENTERPRISE, Reason.FOLLOWS, "", "reason"),
        (Motion.ENTERPRISE, Reason.OTHER, "  ", "note"),
    ],
)
def test_a_choice_against_the_guidance_needs_a_reason(
    motion: str, reason: str, note: str, field: str, deal: Deal, seller: User, drain: Callable[[], Counts]
) -> None:
    drain()
    with pytest.raises(Unfit) as refusal:
        chosen(deal.customer, seller, motion, reason, note)
    assert (refusal.value.field, refusal.value.status) == (field, 422)
    assert not Choice.objects.exists()


@pytest.mark.parametrize("who", OUTSIDERS)
def test_only_the_partner_itself_records_the_choice(
    who: str, outsiders: dict[str, tuple[User, type[Exception]]], customer: Customer
) -> None:
    by, refusal = outsiders[who]
    with pytest.raises(refusal):
        chosen(customer, by, Motion.BREADTH, Reason.PRICE)


# versions of the policy


def test_publishing_ends_the_open_predecessor_that_day_and_leaves_a_fanout() -> None:
    draft = factories.PolicyVersionFactory(valid_from=date(2026, 12, 1))
    published = services.publish(draft, at=NOON)
    assert published.published_at == NOON
    before = PolicyVersion.objects.get(code="GUIDANCE_2023_10")
    assert before.valid_to == date(2026, 12, 1)
    for day, version in [(date(2026, 11, 30), before), (date(2026, 12, 1), published)]:
        assert list(in_force(day).policies.values()) == [version]
    assert Fanout.objects.get().cause == "policy"


def test_a_version_for_one_market_leaves_the_others_alone() -> None:
    services.publish(factories.PolicyVersionFactory(market="AT"), at=NOON)
    assert [one.market for one in in_force(localdate()).policies.values()] == ["", "AT"]
    assert PolicyVersion.objects.get(code="GUIDANCE_2023_10").valid_to is None


def refused(draft: PolicyVersion) -> type[Exception]:
    with pytest.raises(Refused) as refusal, transaction.atomic():
        services.publish(draft, at=NOON)
    return refusal.type


def test_what_cannot_be_published_changes_nothing() -> None:
    before = list(PolicyVersion.objects.order_by("pk").values())
    drafts = [
        factories.PolicyVersionFactory(edition=99),
        factories.PolicyVersionFactory(valid_from=date(2022, 1, 1)),
        factories.PolicyVersionFactory(valid_from=date(2023, 9, 1), valid_to=date(2024, 1, 1)),
        PolicyVersion.objects.get(code="GUIDANCE_2021"),
    ]
    assert [refused(draft) for draft in drafts] == [Unfit, Refused, Refused, Refused]
    kept = PolicyVersion.objects.filter(pk__in=[row["id"] for row in before]).order_by("pk").values()
    assert list(kept) == before
    assert not Fanout.objects.exists()


def test_publishing_looks_at_what_stands_there_and_not_at_what_was_read_before() -> None:
    draft = factories.PolicyVersionFactory()
    same = PolicyVersion.objects.get(pk=draft.pk)
    services.publish(draft, at=now())
    with pytest.raises(Refused, match="published already"):
        services.publish(same, at=now())


def test_the_demo_policy_tells_the_dates_that_moved() -> None:
    first = PolicyVersion.objects.get(code="GUIDANCE_2021")
    states = [one.state for one in first.announcements.all()]
    assert states == ["earliest", "postponed", "postponed", "postponed", "withdrawn"]
    assert (first.valid_to, first.limits.seats, first.limits.azure) == (date(2023, 10, 1), 2400, 1_000_000)
