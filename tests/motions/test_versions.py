"""A version of the policy from its first draft to its successor."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from django.utils.timezone import localdate, now

from common.refusals import NotAllowed, Refused, Unfit
from motions import bulk, services
from motions.models import Fanout, PolicyVersion, Standing
from motions.services.previews import current_preview
from motions.states import Announcement, Motion, PolicyState
from partners.models import User
from partners.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db
Drain = Callable[[], bulk.Counts]


@pytest.fixture
def second_owner(db: None) -> User:
    return factories.UserFactory(policy_owner=True, name="Otto Owner")


def in_force_now() -> PolicyVersion:
    return PolicyVersion.objects.get(code="GUIDANCE_2023_10")


def drafted(by: User, **changes: Any) -> PolicyVersion:
    return services.draft(based_on=in_force_now(), by=by, at=now(), **changes)


def approved(by: User, other: User, **changes: Any) -> PolicyVersion:
    draft = drafted(by, **changes)
    services.preview(draft, by=by, at=now())
    return services.approve(draft, by=other, at=now())


def test_a_version_goes_through_its_whole_life(policy_owner: User, second_owner: User) -> None:
    today = localdate()
    draft = drafted(policy_owner, seat_limit=3000)
    states = [draft.state_on(today)]
    assert (draft.based_on, draft.seat_limit, draft.valid_from) == (in_force_now(), 3000, today + timedelta(days=1))
    services.preview(draft, by=policy_owner, at=now())
    draft = services.approve(draft, by=second_owner, at=now())
    states.append(draft.state_on(today))
    draft = services.publish(draft, by=policy_owner, at=now())
    states += [draft.state_on(today + timedelta(days=day)) for day in (0, 1)]
    successor = services.publish(
        approved(policy_owner, second_owner, valid_from=today + timedelta(days=9)), by=second_owner, at=now()
    )
    draft.refresh_from_db()
    states += [draft.state_on(today + timedelta(days=day)) for day in (8, 9)]
    assert states == [
        PolicyState.DRAFT,
        PolicyState.APPROVED,
        PolicyState.SCHEDULED,
        PolicyState.IN_FORCE,
        PolicyState.IN_FORCE,
        PolicyState.SUPERSEDED,
    ]
    assert (draft.valid_to, successor.valid_to) == (successor.valid_from, None)
    assert Fanout.objects.last().by_name == "Otto Owner"  # type: ignore[union-attr]


def test_nobody_approves_what_they_drafted_or_changed(policy_owner: User, second_owner: User) -> None:
    draft = drafted(policy_owner)
    services.preview(draft, by=policy_owner, at=now())
    with pytest.raises(NotAllowed, match="another policy owner"):
        services.approve(draft, by=policy_owner, at=now())
    draft = services.revise(draft, by=second_owner, at=now(), seat_limit=2500)
    services.preview(draft, by=second_owner, at=now())
    with pytest.raises(NotAllowed):
        services.approve(draft, by=second_owner, at=now())
    # nor do the limits of the first drafter pass because somebody else corrected a word
    with pytest.raises(NotAllowed):
        services.approve(draft, by=policy_owner, at=now())
    taken_over = services.draft(based_on=draft, by=second_owner, at=now())
    services.preview(taken_over, by=second_owner, at=now())
    assert services.approve(taken_over, by=policy_owner, at=now()).approved_by == policy_owner


def test_the_database_demands_four_eyes_whoever_asks(policy_owner: User) -> None:
    draft = drafted(policy_owner)
    for change in ("approved_by_id = drafted_by_id", "approved_by_id = edited_by[1]", "published_at = now()"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE motions_policyversion SET {change} WHERE id = %s", [draft.pk])


def test_a_change_voids_preview_and_approval(policy_owner: User, second_owner: User) -> None:
    draft = approved(policy_owner, second_owner)
    draft = services.revise(draft, by=policy_owner, at=now(), seat_limit=2500)
    assert (current_preview(draft), draft.approved_by, draft.approved_at) == (None, None, None)
    with pytest.raises(Refused, match="preview"):
        services.approve(draft, by=second_owner, at=now())
    with pytest.raises(Refused, match="approve this version"):
        services.publish(draft, by=policy_owner, at=now())


@pytest.mark.parametrize("role", [role for role in Role if role != Role.POLICY_OWNER])
def test_only_policy_owners_work_on_versions(role: Role, policy_owner: User) -> None:
    partner = factories.PartnerFactory() if role in (Role.PARTNER_STAFF, Role.PARTNER_ADMIN) else None
    by = factories.UserFactory(role=role, partner=partner)
    draft = drafted(policy_owner)
    words = {"state": "announced", "day": localdate(), "text_en": "x", "text_de": "x"}
    calls: list[Callable[[], Any]] = [
        lambda: drafted(by),
        lambda: services.revise(draft, by=by, at=now(), seat_limit=1),
        lambda: services.preview(draft, by=by, at=now()),
        lambda: services.approve(draft, by=by, at=now()),
        lambda: services.publish(draft, by=by, at=now()),
        lambda: services.announce(draft, by=by, at=now(), **words),
    ]
    before = PolicyVersion.objects.count()
    for call in calls:
        with pytest.raises(NotAllowed):
            call()
    assert PolicyVersion.objects.count() == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"edition": 99}, "edition"),
        ({"seat_limit": 0}, "seat_limit"),
        ({"seat_limit": -1}, "seat_limit"),
        ({"azure_limit": Decimal("0.00")}, "azure_limit"),
        ({"currency": "XXX"}, "currency"),
        ({"near_share": Decimal("1.00")}, "near_share"),
        ({"valid_from": date(2030, 1, 2), "valid_to": date(2030, 1, 2)}, "valid_to"),
        ({"comparator": "sometimes"}, "comparator"),
        ({"title_de": ""}, "title_de"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"published_at": None}, "published_at"),
    ],
)
def test_what_no_version_can_have_is_told_at_its_field(changes: dict[str, Any], field: str, policy_owner: User) -> None:
    draft = drafted(policy_owner)
    before = PolicyVersion.objects.values().get(pk=draft.pk)
    for call in (
        lambda: drafted(policy_owner, **changes),
        lambda: services.revise(draft, by=policy_owner, at=now(), **changes),
    ):
        with pytest.raises(Unfit) as refusal, transaction.atomic():
            call()
        assert refusal.value.field == field
    assert PolicyVersion.objects.values().get(pk=draft.pk) == before


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "fields"),
    [
        (date(2030, 1, 1), None, []),
        (date(2030, 1, 1), date(2031, 1, 1), ["valid_to"]),  # nobody after it
        (date(2022, 1, 1), None, ["valid_from", "valid_to"]),  # inside the first, into the second
        (date(2020, 1, 1), date(2021, 5, 1), []),  # up to the first
        (date(2020, 1, 1), date(2021, 4, 1), ["valid_to"]),  # a month without any
        (date(2023, 10, 1), None, ["valid_from"]),  # the day of another
    ],
)
def test_versions_neither_overlap_nor_leave_a_gap(
    valid_from: date, valid_to: date | None, fields: list[str], policy_owner: User
) -> None:
    draft = drafted(policy_owner, valid_from=valid_from, valid_to=valid_to)
    found = services.validate(draft)
    assert [field for field, _sentence in found] == fields
    with translation.override("de"):
        assert all("Fassung" in sentence for _field, sentence in services.validate(draft))


def test_a_market_may_have_its_own_version_for_a_while(policy_owner: User) -> None:
    draft = drafted(policy_owner, market="AT", valid_from=date(2030, 1, 1), valid_to=date(2031, 1, 1))
    assert services.validate(draft) == []


def test_the_preview_says_who_would_move_and_is_what_happens_then(
    drain: Drain, policy_owner: User, second_owner: User
) -> None:
    small, large = factories.DealFactory(seats=2399), factories.DealFactory(seats=2500)
    both = factories.DealFactory(seats=2600, customer=factories.CustomerFactory(country="AT"))
    factories.DealFactory(customer=both.customer, azure=True, amount=Decimal("700.00"), currency="USD")
    drain()
    standings = list(Standing.objects.order_by("pk").values())
    draft = drafted(policy_owner, seat_limit=3000, valid_from=localdate())
    preview = services.preview(draft, by=policy_owner, at=now()).document
    assert preview["moved"] == 2
    assert preview["by_motion"] == {"enterprise breadth": 2}
    assert preview["by_country"] == {large.customer.country: 1, "AT": 1}
    assert preview["value"] == "700.00"
    assert preview["by_partner"] == {str(large.partner_id): 1, str(both.partner_id): 1}
    assert {pk for group in preview["groups"] for pk in group["customers"]} == {large.customer_id, both.customer_id}
    assert list(Standing.objects.order_by("pk").values()) == standings, "it writes nothing"
    services.publish(services.approve(draft, by=second_owner, at=now()), by=policy_owner, at=now())
    assert bulk.roll_out(clock=now).moved == 2
    moved = Standing.objects.filter(motion=Motion.BREADTH).values_list("customer_id", flat=True)
    assert set(moved) == {small.customer_id, large.customer_id, both.customer_id}


def test_a_preview_of_one_market_moves_nobody_elsewhere(drain: Drain, policy_owner: User) -> None:
    here = factories.DealFactory(seats=2500, customer=factories.CustomerFactory(country="AT"))
    factories.DealFactory(seats=2500, customer=factories.CustomerFactory(country="DE"))
    drain()
    draft = drafted(policy_owner, seat_limit=3000, market="AT")
    preview = services.preview(draft, by=policy_owner, at=now())
    assert [group["customers"] for group in preview.document["groups"]] == [[here.customer_id]]


def test_words_about_a_version_are_added_in_order(policy_owner: User) -> None:
    draft = drafted(policy_owner)
    words = {"text_en": "Not before July", "text_de": "Frühestens im Juli"}
    with pytest.raises(Unfit) as refusal:
        services.announce(draft, by=policy_owner, at=now(), state=Announcement.EARLIEST, day=date(2030, 1, 2), **words)
    assert refusal.value.field == "effective"
    services.announce(
        draft,
        by=policy_owner,
        at=now(),
        state=Announcement.EARLIEST,
        day=date(2030, 1, 2),
        effective=date(2030, 7, 1),
        **words,
    )
    with pytest.raises(Unfit) as refusal:
        services.announce(draft, by=policy_owner, at=now(), state=Announcement.POSTPONED, day=date(2030, 1, 1), **words)
    assert refusal.value.field == "day"
    with pytest.raises(Unfit) as refusal:
        services.announce(draft, by=policy_owner, at=now(), state="maybe", day=date(2030, 2, 1), **words)
    assert refusal.value.field == "state"
    services.announce(draft, by=policy_owner, at=now(), state=Announcement.WITHDRAWN, day=date(2030, 2, 1), **words)
    assert [word.state for word in draft.announcements.all()] == ["earliest", "withdrawn"]


# steering roll-outs


def test_a_roll_out_is_paused_resumed_and_ends(drain: Drain, administrator: User) -> None:
    factories.CustomerFactory.create_batch(4)
    drain()
    fanout = services.start_again(by=administrator, at=now())
    steps = iter([True])
    bulk.roll_out(clock=now, size=1, go_on=lambda: next(steps, False))
    services.pause(fanout, by=administrator, at=now())
    assert bulk.roll_out(clock=now).computed == 0
    with pytest.raises(Refused, match="paused already"):
        services.pause(fanout, by=administrator, at=now())
    services.resume(fanout, by=administrator)
    with pytest.raises(Refused, match="not paused"):
        services.resume(fanout, by=administrator)
    assert bulk.roll_out(clock=now).computed == 3
    with pytest.raises(Refused, match="ended already"):
        services.cancel(fanout, by=administrator, at=now())


def test_a_pass_over_everybody_can_be_cancelled_and_a_policy_cannot(drain: Drain, policy_owner: User) -> None:
    factories.CustomerFactory.create_batch(4)
    drain()
    fanout = services.start_again(by=policy_owner, at=now())
    bulk.roll_out(clock=now, size=1, go_on=lambda: False)
    services.cancel(fanout, by=policy_owner, at=now())
    fanout.refresh_from_db()
    assert fanout.end == "cancelled"
    assert bulk.roll_out(clock=now).computed == 0
    other = factories.FanoutFactory(cause="policy")
    with pytest.raises(Refused, match="only paused"):
        services.cancel(other, by=policy_owner, at=now())


def test_only_the_office_steers_roll_outs(seller: User, reviewer: User) -> None:
    fanout = factories.FanoutFactory(cause="all")
    for by in (seller, reviewer):
        for call in (
            lambda by=by: services.pause(fanout, by=by, at=now()),
            lambda by=by: services.resume(fanout, by=by),
            lambda by=by: services.cancel(fanout, by=by, at=now()),
            lambda by=by: services.start_again(by=by, at=now()),
        ):
            with pytest.raises(NotAllowed):
                call()
    assert Fanout.objects.count() == 1
