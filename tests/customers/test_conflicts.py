"""Conflicts between partners: opened for both sides alike, answered by a rule, appealed once, never told about."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from common.isolation import Side, acting
from common.refusals import NotAllowed, Refused, Stale, Unfit
from customers import services
from customers.models import ConflictCase, ConflictDecision, ConflictEvent, ConflictMark, ConflictSide, Customer
from customers.policy import (
    CHOSEN_GROUNDS,
    OUTCOMES,
    Claim,
    Ground,
    Outcome,
    grid_end,
    keeps,
    suggested,
)
from customers.services.registration import FIELDS
from partners.models import User
from tests import factories
from tests.factories import NOON, conflict_of

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=2)
FIRST = {"name": "Brückner Bau GmbH", "country": "DE", "domain": "brueckner.de", "registration_number": "HRB 7"}


def compared() -> int:
    return services.compare(clock=lambda: NOON, grid=grid_end)


def registered(by: User, **facts: Any) -> Customer:
    return services.register(by=by, at=NOON, facts={**FIRST, "segment": "commercial", **facts})


@pytest.fixture
def both(seller: User, rival: User) -> tuple[ConflictSide, ConflictSide]:
    """The two sides of a case that waits, the seller's registration the earlier one."""
    one, other = registered(seller), registered(rival)
    compared()
    sides = {side.customer_id: side for side in ConflictSide.objects.all()}
    return sides[one.pk], sides[other.pk]


def decided(case: ConflictCase, by: User, outcome: str = "first", ground: str = "first_active", **more: Any) -> Any:
    case.refresh_from_db()
    return services.decide(
        case,
        by=by,
        **{"at": LATER, "version": case.version, "outcome": Outcome(outcome), "ground": Ground(ground), **more},
    )


def test_a_case_is_opened_for_both_sides_as_of_one_and_the_same_moment(seller: User, rival: User) -> None:
    one, other = registered(seller), registered(rival)
    assert compared() == 1
    case = ConflictCase.objects.get()
    assert (case.low_id, case.high_id) == (one.pk, other.pk)
    assert sorted(case.reasons) == ["domain", "name", "registration_number"]
    assert {side.opened_at for side in case.sides.all()} == {case.opened_at} == {NOON + timedelta(hours=1)}
    assert [(event.kind, event.at) for event in ConflictEvent.objects.all()] == [("opened", case.opened_at)] * 2
    assert not ConflictMark.objects.exists()


def test_a_pair_has_one_case_however_often_it_is_looked_at(seller: User, rival: User) -> None:
    one, _other = registered(seller), registered(rival)
    compared()
    services.correct(one, by=seller, at=LATER, version=1, facts={"domain": "brueckner.com"})
    assert ConflictMark.objects.filter(customer=one).exists()
    assert compared() == 0
    assert ConflictCase.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({"name": "Another", "domain": "shop.brueckner.de", "registration_number": ""}, ["domain"]),
        ({"name": "Another", "domain": "", "registration_number": "hrb 07"}, ["registration_number"]),
        ({"name": "BRUECKNER BAU", "domain": "", "registration_number": ""}, ["name"]),
        ({"name": "Brückner Bau", "domain": "brueckner-bau.de", "registration_number": ""}, []),
        ({"name": "Brückner Bau", "domain": "", "registration_number": "HRB 8"}, []),
        ({"name": "Brückner Bauu", "domain": "", "registration_number": ""}, []),
        ({"country": "AT", "domain": "", "registration_number": "HRB 7"}, []),
    ],
)
def test_only_exact_keys_open_a_case_and_a_name_only_when_nothing_speaks_against_it(
    facts: dict[str, str], reasons: list[str], seller: User, rival: User
) -> None:
    registered(seller)
    registered(rival, **facts)
    compared()
    assert [case.reasons for case in ConflictCase.objects.all()] == ([reasons] if reasons else [])


def test_nobody_is_in_conflict_with_itself_or_with_what_is_archived(seller: User, rival: User) -> None:
    registered(seller)
    facts = {**FIRST, "segment": "commercial"}
    services.register(by=seller, at=NOON, facts=facts, despite_likeness=True, because="a branch")
    gone = registered(rival)
    Customer.objects.filter(pk=gone.pk).update(archived_at=NOON)
    assert compared() == 0


def test_an_import_a_correction_and_a_restored_customer_are_marked_in_their_own_transaction(seller: User) -> None:
    customer = factories.CustomerFactory(partner=seller.partner)
    ConflictMark.objects.all().delete()
    Customer.objects.filter(pk=customer.pk).update(city="Kiel")
    assert not ConflictMark.objects.exists()
    Customer.objects.filter(pk=customer.pk).update(name="Renamed AG")
    Customer.objects.filter(pk=customer.pk).update(archived_at=NOON)
    Customer.objects.filter(pk=customer.pk).update(archived_at=None)
    assert ConflictMark.objects.filter(customer=customer, partner_id=customer.partner_id).count() == 2


def test_a_case_shows_nowhere_before_its_moment(both: tuple[ConflictSide, ...], seller: User, reviewer: User) -> None:
    assert list(ConflictSide.objects.visible_to(seller)) == [both[0]]
    assert ConflictCase.objects.visible_to(reviewer).count() == 1
    soon = now() + timedelta(minutes=5)
    ConflictCase.objects.update(opened_at=soon)
    ConflictSide.objects.update(opened_at=soon)
    assert not ConflictSide.objects.visible_to(seller).exists()
    assert not ConflictCase.objects.visible_to(reviewer).exists()


def test_the_row_that_a_partner_reads_holds_nothing_of_the_other_side(both: tuple[ConflictSide, ...]) -> None:
    own, other = both
    with acting(Side.PARTNER, partner_id=own.partner_id):
        seen = list(ConflictSide.objects.values())
    assert [row["id"] for row in seen] == [own.pk]
    theirs = {name: getattr(other, name) for name in ("id", "public_id", "partner_id", "customer_id")}
    assert theirs.items() & {name: seen[0][name] for name in theirs}.items() == set()
    assert str(other.public_id) not in str(seen[0])
    told = [{k: v for k, v in row.items() if k not in ("id", "public_id", "partner_id", "customer_id")}
            for row in ConflictSide.objects.order_by("pk").values()]  # fmt: skip
    assert told[0] == told[1], "both sides know the same"


def test_a_case_is_for_whoever_may_see_both_customers(both: tuple[ConflictSide, ...], reviewer: User) -> None:
    other = both[1].customer
    Customer.objects.filter(pk=other.pk).update(segment="education")
    assert not ConflictCase.objects.visible_to(reviewer).exists()
    with acting(Side.CHANNEL, user_id=reviewer.pk):
        assert not ConflictCase.objects.exists()
        assert not ConflictSide.objects.exists()
    factories.ChannelScopeFactory(user=reviewer, segment="education")
    assert ConflictCase.objects.visible_to(reviewer).exists()
    with acting(Side.CHANNEL, user_id=reviewer.pk):
        assert ConflictCase.objects.count() == 1


@pytest.mark.parametrize("ground", [*Ground])
@pytest.mark.parametrize("outcome", [*Outcome])
def test_a_ground_leads_to_the_outcomes_of_the_table_and_to_no_other(
    ground: Ground, outcome: Outcome, both: tuple[ConflictSide, ...], reviewer: User
) -> None:
    fits = outcome in OUTCOMES[ground] and ground in CHOSEN_GROUNDS
    if not fits:
        with pytest.raises(Unfit) as refusal:
            decided(both[0].case, reviewer, outcome, ground, text="so")
        assert refusal.value.field == "ground"
        assert not ConflictDecision.objects.exists()
        return
    decided(both[0].case, reviewer, outcome, ground, text="so")
    stands = {side.pk: side.stands for side in ConflictSide.objects.all()}
    assert stands == {side.pk: keeps(outcome, is_first=place == 0) for place, side in enumerate(both)}
    assert ConflictEvent.objects.filter(kind="answered").count() == 2


def test_who_may_answer(
    both: tuple[ConflictSide, ...], seller: User, chief: User, policy_owner: User, administrator: User
) -> None:
    for by in (seller, chief, policy_owner):
        with pytest.raises(NotAllowed):
            decided(both[0].case, by)
    elsewhere = factories.UserFactory(channel_manager=True)
    with pytest.raises(ConflictCase.DoesNotExist):
        decided(both[0].case, elsewhere)
    assert decided(both[0].case, administrator).outcome == "first"


def test_an_answer_is_given_once_and_not_to_an_old_version(both: tuple[ConflictSide, ...], reviewer: User) -> None:
    with pytest.raises(Stale):
        decided(both[0].case, reviewer, version=7)
    with pytest.raises(Unfit):
        decided(both[0].case, reviewer, "first", "other", text=" ")
    decided(both[0].case, reviewer)
    with pytest.raises(Refused, match="has its answer"):
        decided(both[0].case, reviewer)
    assert ConflictDecision.objects.count() == 1


def test_an_appeal_is_made_once_in_time_by_whose_registration_does_not_stand_and_decided_by_another(
    both: tuple[ConflictSide, ...], seller: User, rival: User, reviewer: User, administrator: User
) -> None:
    own, other = both
    with pytest.raises(Refused, match="nothing to appeal"):
        services.appeal(other, by=rival, at=LATER, text="why")
    decided(own.case, reviewer)
    with pytest.raises(Refused, match="nothing to appeal"):
        services.appeal(own, by=seller, at=LATER, text="why")
    with pytest.raises(ConflictSide.DoesNotExist):
        services.appeal(other, by=seller, at=LATER, text="why")
    with pytest.raises(Unfit):
        services.appeal(other, by=rival, at=LATER, text="  ")
    with pytest.raises(Refused, match="time for an appeal"):
        services.appeal(other, by=rival, at=LATER + timedelta(days=30), text="why")
    services.appeal(other, by=rival, at=LATER, text=" we built it ")
    with pytest.raises(Refused, match="one appeal"):
        services.appeal(other, by=rival, at=LATER, text="again")
    assert list(ConflictCase.objects.visible_to(reviewer).waiting()) == [own.case]
    with pytest.raises(NotAllowed, match="somebody who has not"):
        decided(own.case, reviewer, "second", "only_active", text="so")
    colleague = factories.UserFactory(channel_manager=True)
    factories.ChannelScopeFactory(user=colleague)
    with pytest.raises(Unfit):
        decided(own.case, colleague, "second", "only_active")
    decided(own.case, colleague, "second", "only_active", text="they built it")
    assert [side.stands for side in ConflictSide.objects.order_by("pk")] == [False, True]
    assert list(ConflictEvent.objects.order_by("pk").values_list("side", "kind"))[4:] == [
        (other.pk, "appealed"),
        (own.pk, "answered"),
        (other.pk, "appeal_answered"),
    ]
    own.refresh_from_db()
    services.appeal(own, by=seller, at=LATER, text="each side has one")
    decided(own.case, administrator, "second", "only_active", text="it stays")
    assert not ConflictCase.objects.visible_to(administrator).waiting().exists()
    other.refresh_from_db()
    assert other.appealed_at
    assert other.appeal_until is None


def test_a_case_of_a_withdrawn_registration_is_answered_by_itself(both: tuple[ConflictSide, ...], seller: User) -> None:
    assert services.settle(clock=lambda: LATER) == 0
    services.archive(both[0].customer, by=seller, at=LATER, version=1, reason="gone")
    assert services.settle(clock=lambda: LATER) == 1
    assert set(ConflictSide.objects.values_list("stands", flat=True)) == {True}
    assert ConflictDecision.objects.get().ground == "withdrawn"


def test_a_case_does_not_go_away_by_merging_the_customer_into_another(
    both: tuple[ConflictSide, ...], seller: User
) -> None:
    haven = factories.CustomerFactory(partner=seller.partner, name="Haven")
    services.merge(haven, both[0].customer, by=seller, at=LATER, versions=(1, 1))
    assert services.settle(clock=lambda: LATER) == 0


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (1, 1, (Outcome.FIRST, Ground.FIRST_ACTIVE)),
        (180, None, (Outcome.FIRST, Ground.FIRST_ACTIVE)),
        (181, 1, (Outcome.SECOND, Ground.ONLY_ACTIVE)),
        (None, 180, (Outcome.SECOND, Ground.ONLY_ACTIVE)),
        (181, 181, (Outcome.FIRST, Ground.FIRST_REGISTERED)),
        (None, None, (Outcome.FIRST, Ground.FIRST_REGISTERED)),
    ],
)
def test_the_rule_of_precedence(first: int | None, second: int | None, expected: tuple[Outcome, Ground]) -> None:
    def claim(days: int | None) -> Claim:
        return Claim(NOON, None if days is None else LATER - timedelta(days=days))

    found = suggested(claim(first), claim(second), at=LATER)
    assert found == expected
    assert found[0] in OUTCOMES[found[1]]


def test_who_corrects_a_placeholder_into_somebody_elses_customer_was_not_there_before(
    seller: User, rival: User, reviewer: User, signed_in: Any
) -> None:
    placeholder = registered(rival, name="Platzhalter", domain="", registration_number="")
    real = services.register(by=seller, at=NOON + timedelta(hours=1), facts={**FIRST, "segment": "commercial"})
    names = {name: getattr(placeholder, name) for name in FIELDS} | FIRST
    services.correct(placeholder, by=rival, at=LATER, version=1, facts=names)
    side = conflict_of(real, placeholder)
    assert [one.side.customer for one in services.in_order(side.case)] == [real, placeholder]
    page = signed_in(reviewer).get(f"/conflicts/{side.case.public_id}/").content.decode()
    assert "registered something else on" in page
    # spelling a name otherwise is no claim of today
    facts = {name: getattr(real, name) for name in FIELDS} | {"name": "BRUECKNER-BAU GmbH"}
    services.correct(real, by=seller, at=LATER + timedelta(days=1), version=1, facts=facts)
    ConflictCase.objects.update(reasons=["name"])
    side.case.refresh_from_db()
    assert [one.since for one in services.in_order(side.case)] == [NOON + timedelta(hours=1), LATER]


def test_work_is_a_deal_or_a_contact_and_neither_a_registration_nor_a_correction(
    seller: User, customer: Customer
) -> None:
    fresh = registered(seller)
    facts = {name: getattr(fresh, name) for name in FIELDS} | {"name": "Brückner Tiefbau GmbH"}
    services.correct(fresh, by=seller, at=NOON, version=1, facts=facts)
    assert services.last_work([fresh.pk]) == {}
    services.add_contact(
        fresh, by=seller, at=LATER, facts={"first_name": "P", "last_name": "Q", "email": "p@q.example"}
    )
    factories.DealEventFactory(customer=customer, at=LATER - timedelta(days=1))
    assert services.last_work([fresh.pk, customer.pk]) == {fresh.pk: LATER, customer.pk: LATER - timedelta(days=1)}


def test_the_grid_is_the_next_full_hour() -> None:
    at = datetime.fromisoformat("2026-03-03T23:59:59.5+01:00")
    assert grid_end(at) == datetime.fromisoformat("2026-03-04T00:00:00+01:00")
    assert grid_end(NOON) == NOON + timedelta(hours=1)
    assert grid_end(at, minutes=15) == datetime.fromisoformat("2026-03-04T00:00:00+01:00")
    assert grid_end(at, minutes=0) == at


def test_a_side_is_due_five_working_days_after_it_was_opened_and_an_appeal_likewise(seller: User, rival: User) -> None:
    side = conflict_of(factories.CustomerFactory(partner=seller.partner), factories.CustomerFactory())
    assert side.due_date == date(2026, 3, 10)
    side.answered_at, side.stands = NOON, False
    assert side.appeal_until == date(2026, 3, 17)
    side.appealed_at = NOON + timedelta(days=1)
    assert (side.due_date, side.appeal_until, side.is_waiting) == (date(2026, 3, 11), None, True)
    side.appealed_at = datetime.fromisoformat("2026-04-02T10:00:00+02:00")
    assert side.due_date == date(2026, 4, 13), "Good Friday and Easter Monday are no working days"
