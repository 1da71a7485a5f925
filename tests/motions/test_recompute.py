"""Judging what is marked: idempotent, in history, never older over newer, and nobody is held up by one that fails."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError
from django.utils.timezone import localdate, now

from customers.models import Customer
from motions import bulk, services
from motions.bulk import Counts
from motions.models import (
    Assessment,
    Choice,
    Deal,
    Dossier,
    Mark,
    RateSet,
    SetAside,
    Standing,
)
from motions.scoping import near_limit, with_freshness
from motions.sql import marks
from motions.sql.freshness import count_stale, in_force, stale_among
from motions.states import Motion, Reason
from partners.models import User
from tests import factories

pytestmark = pytest.mark.django_db

Drain = Callable[[], Counts]


def resized(deal: Deal, seats: int | None) -> None:
    Deal.objects.filter(pk=deal.pk).update(seats=seats)


def standing_of(customer: Customer) -> Standing:
    return Standing.objects.get(customer=customer)


def is_fresh(customer: Customer, on: date | None = None) -> bool:
    """As a page sees it; the other reading of freshness, in SQL alone, has to agree."""
    day = on or localdate()
    shown: bool = with_freshness(Customer.objects.all(), in_force(day)).get(pk=customer.pk).is_fresh
    assert shown == (stale_among([customer.pk], on=day) == [])
    return shown


def entries(customer: Customer) -> list[str]:
    return list(Assessment.objects.filter(customer=customer).order_by("pk").values_list("motion", flat=True))


# once and again


def test_a_change_is_stale_at_once_and_fresh_after_the_drain(deal: Deal, drain: Drain) -> None:
    assert not is_fresh(deal.customer)
    drain()
    assert is_fresh(deal.customer)
    resized(deal, 2400)
    assert not is_fresh(deal.customer)
    drain()
    assert is_fresh(deal.customer)
    assert standing_of(deal.customer).motion == Motion.ENTERPRISE


def test_judging_again_with_the_same_inputs_writes_nothing_new(deal: Deal, drain: Drain) -> None:
    drain()
    before = Standing.objects.filter(customer=deal.customer).values("assessment_id", "motion_since", "hash").get()
    factories.MarkFactory(customer=deal.customer)
    counts = drain()
    assert (counts.computed, counts.changed, counts.moved) == (1, 0, 0)
    assert (
        Standing.objects.filter(customer=deal.customer).values("assessment_id", "motion_since", "hash").get() == before
    )
    assert bulk.recompute_all(clock=now).changed == 0


def test_an_edit_and_its_undoing_before_the_drain_leave_the_ledger_as_it_was(deal: Deal, drain: Drain) -> None:
    drain()
    resized(deal, 9999)
    resized(deal, 2399)
    drain()
    assert entries(deal.customer) == ["breadth"]
    assert is_fresh(deal.customer)


def test_a_size_that_falls_again_leads_back_to_breadth_and_the_ledger_keeps_both(deal: Deal, drain: Drain) -> None:
    drain()
    resized(deal, 2400)
    assert drain().moved == 1
    resized(deal, 2399)
    drain()
    assert entries(deal.customer) == ["breadth", "enterprise", "breadth"]
    hashes = list(Assessment.objects.order_by("pk").values_list("hash", flat=True))
    assert bytes(hashes[0]) == bytes(hashes[2])
    assert bytes(hashes[0]) != bytes(hashes[1])


def test_the_day_of_the_motion_stays_while_the_motion_stays(deal: Deal) -> None:
    start = now()
    for hours, seats, since in [(0, 2000, 0), (1, 2100, 0), (2, 2400, 2), (3, 2500, 2), (4, 100, 4)]:
        resized(deal, seats)
        at = start + timedelta(hours=hours)
        bulk.drain(clock=lambda at=at: at, is_bulk=False)
        standing = standing_of(deal.customer)
        assert (standing.motion_since, standing.judged_at) == (start + timedelta(hours=since), at)


def test_a_customers_choice_survives_every_recompute(deal: Deal, seller: User, drain: Drain) -> None:
    drain()
    services.record_choice(deal.customer, by=seller, at=now(), motion=Motion.ENTERPRISE, reason=Reason.PRICE)
    before = Choice.objects.values().get()
    resized(deal, 10)
    drain()
    bulk.recompute_all(clock=now)
    assert Choice.objects.values().get() == before
    assert standing_of(deal.customer).motion == Motion.BREADTH


def test_a_thousand_edits_become_one_recompute(deal: Deal, drain: Drain) -> None:
    drain()
    for seats in range(1000):
        resized(deal, seats)
    assert Mark.objects.count() == 1000
    counts = bulk.drain(clock=now, is_bulk=False)
    assert (counts.computed, counts.changed) == (1, 1)
    assert not Mark.objects.exists()
    assert is_fresh(deal.customer)


def test_marks_of_edits_and_of_bulk_work_are_claimed_apart(drain: Drain) -> None:
    edited, in_bulk = factories.CustomerFactory(), factories.CustomerFactory()
    Mark.objects.filter(customer=in_bulk).delete()
    factories.MarkFactory(customer=in_bulk, is_bulk=True)
    bulk.drain(clock=now, is_bulk=False)
    assert (is_fresh(edited), is_fresh(in_bulk)) == (True, False)
    bulk.drain(clock=now, is_bulk=True)
    assert is_fresh(in_bulk)


def test_an_edit_takes_the_bulk_marks_of_its_customer_along(customer: Customer) -> None:
    factories.MarkFactory(customer=customer, is_bulk=True)
    bulk.drain(clock=now, is_bulk=False)
    assert not Mark.objects.exists()


def test_a_drain_stops_after_so_many_batches_and_leaves_young_marks_to_others() -> None:
    factories.CustomerFactory.create_batch(3)
    assert bulk.drain(clock=now, is_bulk=False, batch=1, most=2).computed == 2
    hour = timedelta(hours=1)
    assert bulk.drain(clock=now, is_bulk=False, before=now() - hour).computed == 0
    assert bulk.drain(clock=now, is_bulk=False, before=now() + hour).computed == 1


def test_waiting_marks_are_counted_with_the_age_of_the_oldest(customer: Customer) -> None:
    Mark.objects.all().delete()
    assert marks.waiting() == (0, 0)
    factories.MarkFactory(customer=customer, made_at=now() - timedelta(minutes=5))
    factories.MarkFactory(customer=customer, made_at=now())
    count, age = marks.waiting()
    assert count == 2
    assert 300 <= age < 400


def test_judging_the_stale_leaves_the_fresh_alone(deal: Deal, drain: Drain) -> None:
    drain()
    other = factories.CustomerFactory()
    counts = bulk.judge_stale([deal.customer_id, other.pk], clock=now)
    assert counts.computed == 1
    assert is_fresh(other)
    assert not Mark.objects.exists()


def test_everybody_is_judged_in_chunks_whether_marked_or_not() -> None:
    factories.CustomerFactory.create_batch(5)
    Mark.objects.all().delete()
    counts = bulk.recompute_all(clock=now, size=2)
    assert (counts.computed, counts.changed) == (5, 5)
    assert count_stale(localdate()) == 0


# never older over newer


def test_an_answer_to_older_inputs_is_not_written(deal: Deal, drain: Drain) -> None:
    drain()
    resized(deal, 2400)
    Dossier.objects.filter(customer=deal.customer).update(input_version=1)
    factories.MarkFactory(customer=deal.customer)
    drain()
    assert standing_of(deal.customer).motion == Motion.BREADTH


def test_of_two_answers_to_the_same_inputs_the_one_asked_for_later_stands(deal: Deal, drain: Drain) -> None:
    slow = now()
    drain()
    newer = services.publish(factories.PolicyVersionFactory(seat_limit=10, valid_from=localdate()), at=now())
    bulk.recompute_all(clock=now)
    assert standing_of(deal.customer).policy == newer
    # somebody who looked yesterday, when the former version was in force, comes in only now
    bulk.recompute_all(clock=lambda: slow - timedelta(days=1))
    standing = standing_of(deal.customer)
    assert (standing.motion, standing.policy) == (Motion.ENTERPRISE, newer)
    assert is_fresh(deal.customer)


def test_an_answer_without_rates_does_not_replace_one_with_rates(rates: RateSet, drain: Drain) -> None:
    deal = factories.DealFactory(azure=True, amount=Decimal("1000000.00"), currency="EUR")
    drain()
    before_any_rates = datetime.combine(rates.date, now().timetz()) - timedelta(days=1)
    bulk.recompute_all(clock=lambda: before_any_rates)
    assert standing_of(deal.customer).motion == Motion.ENTERPRISE


@pytest.mark.parametrize("valid_from", [date(2020, 1, 1), date(2026, 1, 1)])
def test_a_market_takes_up_its_own_version_and_goes_back_when_that_one_ends(
    valid_from: date, deal: Deal, drain: Drain
) -> None:
    everywhere = in_force(localdate()).policies[""]
    tomorrow = now() + timedelta(days=1)
    own = factories.PolicyVersionFactory(market="DE", seat_limit=2399, valid_from=valid_from, valid_to=tomorrow.date())
    drain()
    services.publish(own, at=now())
    assert not is_fresh(deal.customer)
    bulk.roll_out(clock=now)
    assert is_fresh(deal.customer)
    assert standing_of(deal.customer).policy == own
    after = localdate(tomorrow)
    assert not is_fresh(deal.customer, after)
    assert bulk.reconcile(clock=lambda: tomorrow) == 1
    bulk.drain(clock=lambda: tomorrow, is_bulk=True)
    assert standing_of(deal.customer).policy == everywhere
    assert is_fresh(deal.customer, after)
    assert bulk.reconcile(clock=lambda: tomorrow) == 0


# what cannot be judged


@pytest.fixture
def poisoned(customer: Customer) -> Deal:
    """An amount whose conversion no longer fits any number."""
    factories.RateSetFactory(rates={"EUR": "1", "USD": "999999", "XAF": "0.00000001"})
    return factories.DealFactory(customer=customer, azure=True, amount=Decimal("9999999999999.99"), currency="XAF")


def test_one_that_fails_three_times_is_set_apart_and_the_others_go_on(
    poisoned: Deal, drain: Drain, caplog: pytest.LogCaptureFixture
) -> None:
    others = factories.CustomerFactory.create_batch(3)
    counts = drain()
    assert (counts.computed, counts.set_apart) == (3, 1)
    aside = SetAside.objects.get()
    assert (aside.customer_id, aside.failures) == (poisoned.customer_id, 3)
    assert "overflow" in aside.error
    assert all(is_fresh(other) for other in others)
    assert not is_fresh(poisoned.customer)
    assert not Mark.objects.exists()
    assert bulk.reconcile(clock=now) == 0
    assert f"customer {poisoned.customer_id} is set apart" in caplog.text


def test_a_new_edit_gives_one_that_was_set_apart_another_try(poisoned: Deal, drain: Drain) -> None:
    drain()
    Deal.objects.filter(pk=poisoned.pk).update(size_date=date(2026, 3, 4))
    counts = drain()
    assert (counts.computed, counts.set_apart) == (0, 0), "told once, not again"
    assert SetAside.objects.get().failures == 4
    Deal.objects.filter(pk=poisoned.pk).update(currency="EUR", amount=Decimal("1.00"))
    assert drain().computed == 1
    assert not SetAside.objects.exists()
    assert is_fresh(poisoned.customer)


def test_a_database_that_is_away_is_nobodys_failure(deal: Deal, drain: Drain, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(bulk, "judge", away)
    with pytest.raises(OperationalError):
        drain()
    assert Mark.objects.filter(customer=deal.customer).exists()
    assert not SetAside.objects.exists()


def test_a_database_that_goes_away_between_two_tries_is_nobodys_failure(
    deal: Deal, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubles = iter([DatabaseError("a bad row"), OperationalError("the server closed the connection")])

    def failing(*_: Any, **__: Any) -> None:
        raise next(troubles)

    monkeypatch.setattr(bulk, "judge", failing)
    with pytest.raises(OperationalError):
        drain()
    assert not SetAside.objects.exists()


def test_what_a_failed_batch_had_counted_is_not_told(poisoned: Deal, drain: Drain) -> None:
    services.publish(factories.PolicyVersionFactory(market="AT"), at=now())
    austrian = factories.CustomerFactory(country="AT")
    assert drain().computed == 1
    assert is_fresh(austrian)


def test_a_version_of_rules_that_this_release_does_not_have_sets_apart_and_crashes_nothing(
    deal: Deal, drain: Drain
) -> None:
    factories.PolicyVersionFactory(market="DE", edition=99, published_at=now())
    assert drain().set_apart == 1
    assert not is_fresh(deal.customer)


def test_without_a_version_in_force_nothing_is_fresh_and_nothing_fails(deal: Deal) -> None:
    long_ago = now().replace(year=2020)
    assert bulk.drain(clock=lambda: long_ago, is_bulk=False).computed == 0
    assert in_force(long_ago.date()).policy_of("DE") is None
    assert not is_fresh(deal.customer, long_ago.date())
    assert bulk.reconcile(clock=lambda: long_ago) == 0, "there is nothing to judge by"
    # as soon as there is one, the customer is found although nobody marked it
    assert bulk.reconcile(clock=now) == 1
    bulk.drain(clock=now, is_bulk=True)
    assert is_fresh(deal.customer)


# policies, rates, days


def test_a_currency_without_a_rate_is_unknown_until_it_has_one(rates: RateSet, drain: Drain) -> None:
    deal = factories.DealFactory(azure=True, amount=Decimal("9000000.00"), currency="SEK")
    drain()
    standing = standing_of(deal.customer)
    assert (standing.motion, standing.share, standing.uses_rates) == (Motion.UNKNOWN, None, True)
    factories.RateSetFactory(date=date(2026, 3, 3), rates={"EUR": "1", "USD": "1.25", "SEK": "2.5"})
    bulk.reconcile(clock=now)
    drain()
    assert standing_of(deal.customer).motion == Motion.ENTERPRISE


def test_a_lost_mark_is_found_and_told(deal: Deal, drain: Drain, caplog: pytest.LogCaptureFixture) -> None:
    drain()
    assert bulk.reconcile(clock=now) == 0
    resized(deal, 2400)
    Mark.objects.all().delete()
    with caplog.at_level("WARNING"):
        assert bulk.reconcile(clock=now, limit=10) == 1
    assert "1 stale answers had no mark" in caplog.text
    assert bulk.reconcile(clock=now) == 0, "a mark waits already"
    drain()
    assert is_fresh(deal.customer)


def test_a_version_of_tomorrow_changes_nothing_today_and_everything_tomorrow(deal: Deal, drain: Drain) -> None:
    today, tomorrow = now(), now() + timedelta(days=1)
    drain()
    old = standing_of(deal.customer).policy
    new = factories.PolicyVersionFactory(valid_from=localdate(tomorrow), seat_limit=100)
    services.publish(new, at=today)
    assert bulk.roll_out(clock=now).computed == 0
    assert (is_fresh(deal.customer), standing_of(deal.customer).policy) == (True, old)
    assert not is_fresh(deal.customer, localdate(tomorrow))
    assert bulk.reconcile(clock=lambda: tomorrow) == 1
    bulk.drain(clock=lambda: tomorrow, is_bulk=True)
    assert is_fresh(deal.customer, localdate(tomorrow))
    assert standing_of(deal.customer).motion == Motion.ENTERPRISE
    policies = Assessment.objects.filter(customer=deal.customer).order_by("pk").values_list("policy", flat=True)
    assert list(policies) == [old.pk if old else None, new.pk], "the past keeps its version"


def test_each_market_is_judged_under_its_own_version(drain: Drain) -> None:
    services.publish(factories.PolicyVersionFactory(market="AT", seat_limit=100), at=now())
    austrian = factories.DealFactory(seats=150, customer=factories.CustomerFactory(country="AT"))
    german = factories.DealFactory(seats=150)
    drain()
    assert standing_of(austrian.customer).motion == Motion.ENTERPRISE
    assert standing_of(german.customer).motion == Motion.BREADTH
    assert is_fresh(austrian.customer)
    assert is_fresh(german.customer)
    Customer.objects.filter(pk=austrian.customer_id).update(country="DE")
    assert not is_fresh(austrian.customer)
    drain()
    assert standing_of(austrian.customer).motion == Motion.BREADTH
    assert is_fresh(austrian.customer)


def test_only_open_deals_count(deal: Deal, drain: Drain) -> None:
    resized(deal, 9999)
    Deal.objects.filter(pk=deal.pk).update(stage="won")
    drain()
    assert standing_of(deal.customer).motion == Motion.UNKNOWN


def test_customers_close_under_a_limit_are_found(drain: Drain) -> None:
    sizes = [2159, 2160, 2399, 2400, 2401]
    deals = {seats: factories.DealFactory(seats=seats) for seats in sizes}
    drain()
    found = set(Customer.objects.filter(near_limit(in_force(localdate()))))
    assert found == {deals[2160].customer, deals[2399].customer}


def test_freshness_agrees_in_both_readings_for_every_kind_of_staleness(rates: RateSet, drain: Drain) -> None:
    foreign = factories.DealFactory(azure=True, amount=Decimal("900000.00"), currency="EUR").customer
    edited = factories.DealFactory()
    factories.DealFactory(customer=factories.CustomerFactory(country="AT"))
    factories.CustomerFactory()
    drain()
    resized(edited, 1)
    new_day = date(2026, 3, 5)
    factories.RateSetFactory(date=new_day, rates={"EUR": "1", "USD": "1.1"})
    services.publish(factories.PolicyVersionFactory(market="AT", seat_limit=1, valid_from=date(2026, 3, 6)), at=now())
    never = factories.CustomerFactory()
    for day, stale in [(date(2026, 3, 4), 2), (new_day, 3), (date(2026, 3, 6), 4), (date(2000, 1, 1), 5)]:
        shown = with_freshness(Customer.objects.all(), in_force(day))
        assert [one.pk for one in shown.order_by("pk") if not one.is_fresh] == stale_among(
            list(Customer.objects.values_list("pk", flat=True)), on=day
        )
        assert count_stale(day) == shown.filter(is_fresh=False).count() == stale
    assert {edited.customer, never, foreign} <= {one for one in Customer.objects.all() if not is_fresh(one, new_day)}


def test_a_version_knows_its_rules_and_its_words_in_both_languages() -> None:
    version = in_force(localdate()).policies[""]
    assert version.rules.number == 1
    with pytest.raises(KeyError):
        assert factories.PolicyVersionFactory.build(edition=99).rules
