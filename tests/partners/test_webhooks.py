"""Messages to programs: one for each change, signed, tried ten times, and no target in the way of another."""

import base64
import hashlib
import hmac
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Event
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.utils.timezone import now

from common.isolation import Side, acting
from common.refusals import Refused, TooMany, Unfit
from partners import services
from partners.bulk import delivering
from partners.bulk.delivering import Outcome, tell
from partners.bulk.messages import Message
from partners.bulk.spreading import spread
from partners.models import Change, Delivery, Notice, Partner, Subscription, User
from partners.policy import JITTER, MOST_TRIES, WAITS, WIRE_EVENTS, event_of, next_try, rest_after
from partners.states import DeliveryState, Door, HookEvent
from tests import factories
from tests.factories import NOON
from tests.motions.test_races import Beside
from tests.partners.receivers import Receiver, receiving
from tests.programs import Program

pytestmark = pytest.mark.django_db
TAKEN = Outcome("", 204, 3)
FAILED = Outcome("status", 500, 3)


@pytest.fixture
def program(partner: Partner) -> Program:
    return Program(partner)


@pytest.fixture
def hook(program: Program) -> Subscription:
    return factories.SubscriptionFactory(client=program.row)


@pytest.fixture
def receiver(settings: Any) -> Any:
    settings.WEBHOOKS_LOOPBACK = True
    with receiving() as found:
        yield found


def changed(partner: Partner, kind: str = "guidance.moved", **what: Any) -> Change:
    """A change that has settled."""
    said = {"subject": "guidance", "subject_id": uuid4(), "of_customer": uuid4(), "at": NOON, "xact": 1}
    return Change.objects.create(partner=partner, kind=kind, **said | what)


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def once(clock: Callable[[], datetime], **more: Any) -> Counter[str]:
    return tell(clock=clock, is_over=lambda: False, chance=lambda: 0.5, **more)


def answering(monkeypatch: pytest.MonkeyPatch, answer: Callable[[Message], Outcome]) -> list[Message]:
    """Nothing leaves the house; what would have been sent."""
    sent: list[Message] = []

    def take(message: Message) -> Outcome:
        sent.append(message)
        return answer(message)

    monkeypatch.setattr(delivering, "_sent", take)
    return sent


# which changes are told, and how often


@pytest.mark.parametrize(
    ("kind", "native", "wire"),
    [
        ("guidance.moved", "guidance.changed", ""),
        ("agreement.accept", "agreement.changed", ""),
        ("referral.begun", "referral.created", "referral-created"),
        ("referral.accept", "referral.changed", "referral-updated"),
        ("customer.corrected", "customer.changed", ""),
        ("deal.added", "deal.changed", ""),
        ("import.checked", "", ""),
        ("import.committed", "import.done", ""),
        ("import.failed", "import.done", ""),
        ("choice.recorded", "", ""),
        ("customer.relation_accepted", "customer.changed", "reseller-relationship-accepted-by-customer"),
    ],
)
def test_a_change_is_told_at_each_door_as_its_event(kind: str, native: str, wire: str) -> None:
    assert (event_of(kind, Door.NATIVE), event_of(kind, Door.WIRE)) == (native, wire)
    assert native in ("", *HookEvent.values)
    assert wire in ("", *WIRE_EVENTS)


def test_each_change_makes_one_message_for_each_subscription_that_asked_for_it(
    hook: Subscription, program: Program
) -> None:
    other = factories.SubscriptionFactory(client=program.row, events=["import.done"])
    rival = Program(factories.PartnerFactory())
    factories.SubscriptionFactory(client=rival.row)
    changes = [changed(hook.partner) for _ in range(3)]
    changed(hook.partner, "import.committed", subject="imports")
    assert spread(clock=at(NOON)) == 4
    assert spread(clock=at(NOON)) == 0
    told = hook.deliveries.order_by("number")
    assert [(one.event_id, one.number) for one in told] == [(one.public_id, n) for n, one in enumerate(changes, 1)]
    assert other.deliveries.get().event == "import.done"


def test_a_subscription_is_told_of_nothing_that_was_settled_before_it_was_made(program: Program, chief: User) -> None:
    changed(program.partner)
    services.subscribe(client=program.row, by=chief, at=NOON, url="https://crm.example/", events=["guidance.changed"])
    assert spread(clock=at(NOON)) == 0


def test_a_client_that_is_revoked_and_a_partner_that_is_not_active_are_told_nothing(
    hook: Subscription, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = answering(monkeypatch, lambda _message: TAKEN)
    factories.DeliveryFactory(subscription=hook)
    Partner.objects.filter(pk=hook.partner_id).update(is_active=False)
    once(at(NOON))
    Partner.objects.filter(pk=hook.partner_id).update(is_active=True)
    services.revoke_client(program.row, at=NOON)
    once(at(NOON))
    assert sent == []


class Killed(BaseException):
    """What a worker sees that is killed: no handler catches it."""


def test_a_worker_that_is_killed_while_it_makes_messages_leaves_none_or_all(
    hook: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = [changed(hook.partner) for _ in range(4)]
    kept = Subscription.save

    def dies(*_: Any, **__: Any) -> None:
        raise Killed

    monkeypatch.setattr(Subscription, "save", dies)
    with pytest.raises(Killed):
        spread(clock=at(NOON))
    monkeypatch.setattr(Subscription, "save", kept)
    assert not Delivery.objects.exists()
    assert spread(clock=at(NOON)) == 4
    assert set(hook.deliveries.values_list("event_id", flat=True)) == {one.public_id for one in changes}


def test_a_worker_that_is_killed_after_the_target_took_a_message_sends_it_again_under_the_same_id(
    hook: Subscription, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    Subscription.objects.update(url=receiver.url)
    events = [str(changed(hook.partner).public_id) for _ in range(3)]
    noted = delivering._noted

    def dies(*_: Any, **__: Any) -> str:
        raise Killed

    monkeypatch.setattr(delivering, "_noted", dies)
    with pytest.raises(Killed):
        once(at(NOON))
    monkeypatch.setattr(delivering, "_noted", noted)
    assert once(at(NOON)) == {}, "the dead worker still holds it"
    assert once(at(NOON + delivering.HELD_FOR)) == {"delivered": 3}
    assert receiver.ids == [events[0], *events]
    assert [one.tries for one in hook.deliveries.order_by("number")] == [2, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_of_workers_beside_each_other_each_message_is_sent_once(settings: Any) -> None:
    settings.WEBHOOKS_LOOPBACK = True
    with receiving() as receiver:
        hooks = [
            factories.SubscriptionFactory(client=Program(factories.PartnerFactory()).row, url=receiver.url)
            for _ in range(4)
        ]
        events = [str(changed(hook.partner).public_id) for hook in hooks for _ in range(6)]

        def work() -> Counter[str]:
            try:
                return tell(clock=now, is_over=lambda: False)
            finally:
                connections.close_all()

        workers = [Beside(work) for _ in range(3)]
        told = sum((worker.result() for worker in workers), Counter())
        told += tell(clock=now, is_over=lambda: False)
    assert told == {"delivered": len(events)}
    assert sorted(receiver.ids) == sorted(events)


# what is sent


def test_a_message_says_what_happened_and_a_receiver_can_verify_it(
    hook: Subscription, receiver: Receiver, settings: Any
) -> None:
    settings.PORTAL_URL = "https://portal.example"
    Subscription.objects.update(url=receiver.url)
    change = changed(hook.partner)
    assert once(at(NOON)) == {"delivered": 1}
    [came] = receiver.requests
    assert came.told == {
        "id": str(change.public_id),
        "sequence": 1,
        "type": "guidance.changed",
        "kind": "guidance.moved",
        "at": "2026-03-03T12:00:00Z",
        "subject": {"type": "guidance", "id": str(change.subject_id)},
        "customer": str(change.of_customer),
        "link": f"https://portal.example/api/v1/guidance/{change.subject_id}/",
    }
    key = base64.b64decode(services.secret_told(hook).removeprefix("whsec_"))
    text = f"{came.headers['Webhook-Id']}.{came.headers['Webhook-Timestamp']}.".encode() + came.body
    assert (
        came.headers["Webhook-Signature"] == "v1," + base64.b64encode(hmac.digest(key, text, hashlib.sha256)).decode()
    )
    assert came.headers["Webhook-Timestamp"] == str(int(NOON.timestamp()))


def test_while_a_secret_is_rotated_both_sign(hook: Subscription, chief: User, monkeypatch: pytest.MonkeyPatch) -> None:
    sent, former = answering(monkeypatch, lambda _message: TAKEN), services.secret_told(hook)
    made = services.renew_secret(hook, by=chief, at=NOON)
    assert made.secret != former
    for moment in (NOON, NOON + services.SECRET_OVERLAP):
        factories.DeliveryFactory(subscription=hook, next_at=moment)
        once(at(moment))
    assert [len(message.headers["Webhook-Signature"].split()) for message in sent] == [2, 1]


# tries


def test_ten_tries_follow_each_other_by_the_schedule() -> None:
    for tries, wait in enumerate(WAITS, 1):
        low, middle, high = (next_try(tries, at=NOON, chance=lambda c=c: c) for c in (0, 0.5, 1))  # type: ignore[misc]
        assert (low, middle, high) == (NOON + wait * (1 - JITTER), NOON + wait, NOON + wait * (1 + JITTER))
    assert len(WAITS) == MOST_TRIES - 1
    assert next_try(MOST_TRIES, at=NOON, chance=lambda: 0.5) is None
    assert [rest_after(count).total_seconds() for count in (1, 2, 3, 50)] == [5, 10, 20, 60]


def test_a_message_that_fails_ten_times_is_parked_told_of_and_sent_again_by_hand(
    hook: Subscription, chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = {"next": FAILED}
    sent = answering(monkeypatch, lambda _message: outcomes["next"])
    changed(hook.partner)
    clock, moments = NOON, []
    for _try in range(MOST_TRIES + 2):
        once(at(clock))
        message = hook.deliveries.get()
        moments.append(clock)
        clock = max(message.next_at, clock + timedelta(minutes=1))
    assert (message.state, message.tries, message.trouble, message.status) == ("parked", 10, "status", 500)
    assert len(sent) == len(message.attempts) == MOST_TRIES
    assert len({one.body for one in sent}) == 1
    assert [later - earlier for earlier, later in pairwise(moments[1:10])] == list(WAITS[1:9])
    notice = Notice.objects.exclude(user=hook.client.user).get()  # a program has an inbox of its own
    assert (notice.user, notice.kind, notice.params) == (chief, "partners.parked", {"target": "crm.example"})
    outcomes["next"] = TAKEN
    services.send_again(message, by=chief, at=clock)
    assert once(at(clock)) == {"delivered": 1}
    message.refresh_from_db()
    assert (message.state, message.tries, len(message.attempts)) == ("delivered", 1, MOST_TRIES + 1)
    assert sent[-1].body == sent[0].body


def test_what_is_still_on_its_way_is_not_sent_again(hook: Subscription, chief: User) -> None:
    with pytest.raises(Refused):
        services.send_again(factories.DeliveryFactory(subscription=hook), by=chief, at=NOON)


def test_a_target_that_failed_is_left_alone_for_a_while_whatever_waits_for_it(
    hook: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = answering(monkeypatch, lambda _message: FAILED)
    for _ in range(5):
        changed(hook.partner)
    once(at(NOON))
    assert len(sent) == 1
    once(at(NOON + timedelta(seconds=6)))
    assert len(sent) == 2


def test_a_slow_target_delays_no_other(hook: Subscription, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = factories.SubscriptionFactory(client=hook.client, url="https://fast.example/")
    for _ in range(5):
        changed(hook.partner)
    all_fast = Event()
    came: list[str] = []

    def answer(message: Message) -> Outcome:
        if message.url == hook.url:
            return TAKEN if all_fast.wait(30) else FAILED
        came.append(message.url)
        if len(came) == 5:
            all_fast.set()
        return TAKEN

    answering(monkeypatch, answer)
    assert once(at(NOON)) == {"delivered": 10}
    assert fast.deliveries.filter(state=DeliveryState.DELIVERED).count() == 5


def test_one_partner_never_takes_all_the_slots(hook: Subscription, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(8):
        factories.DeliveryFactory(subscription=factories.SubscriptionFactory(client=hook.client))
    other = factories.SubscriptionFactory(client=Program(factories.PartnerFactory()).row)
    factories.DeliveryFactory(subscription=other)
    held = delivering._held([], at(NOON))
    assert Counter(one.partner_id for one in held) == {hook.partner_id: 4, other.partner_id: 1}


def test_a_message_that_kills_its_worker_again_and_again_is_parked(hook: Subscription) -> None:
    message = factories.DeliveryFactory(subscription=hook, tries=MOST_TRIES)
    assert delivering._held([], at(NOON)) == []
    message.refresh_from_db()
    assert (message.state, message.trouble) == ("parked", "lost")


@pytest.mark.parametrize(
    ("url", "trouble"),
    [("http://127.0.0.1:9/", "not_https"), ("https://127.0.0.1/", "not_public"), ("https://127.1/", "not_public")],
)
def test_a_target_is_checked_at_each_try_whatever_stands_in_the_row(url: str, trouble: str, hook: Subscription) -> None:
    Subscription.objects.update(url=url)
    factories.DeliveryFactory(subscription=hook)
    assert once(at(NOON)) == {"waiting": 1}
    assert hook.deliveries.get().trouble == trouble


# services


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"url": "http://crm.example/"}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "nonsense"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["guidance.changed", "no.such"]}, "events"),
        ({"events": ["referral-created"]}, "events"),
    ],
)
def test_an_address_or_an_event_that_cannot_be_is_refused_at_its_field(
    said: dict[str, Any], field: str, program: Program, chief: User
) -> None:
    good = {"url": "https://crm.example/hook", "events": ["guidance.changed"]}
    with pytest.raises(Unfit) as refusal:
        services.subscribe(client=program.row, by=chief, at=NOON, **good | said)
    assert refusal.value.field == field
    assert not Subscription.objects.exists()


def test_a_client_has_twenty_subscriptions_at_most(program: Program, chief: User) -> None:
    factories.SubscriptionFactory.create_batch(20, client=program.row)
    with pytest.raises(Refused):
        services.subscribe(client=program.row, by=chief, at=NOON, url="https://crm.example/", events=["import.done"])


def test_two_tests_a_minute_and_no_more(hook: Subscription, chief: User) -> None:
    for _ in range(2):
        services.send_test(hook, by=chief, at=NOON)
    with pytest.raises(TooMany):
        services.send_test(hook, by=chief, at=NOON + timedelta(seconds=59))
    services.send_test(hook, by=chief, at=NOON + timedelta(seconds=61))
    assert [one.number for one in hook.deliveries.order_by("number")] == [1, 2, 3]


def test_what_is_over_for_long_is_dropped_and_what_was_never_tried_is_parked(hook: Subscription) -> None:
    ended = {"state": DeliveryState.DELIVERED, "ended_at": NOON}
    factories.DeliveryFactory(subscription=hook, subject="", **ended)
    factories.DeliveryFactory(subscription=hook, **ended)
    parked = factories.DeliveryFactory(subscription=hook, state=DeliveryState.PARKED, ended_at=NOON)
    old = factories.DeliveryFactory(subscription=hook)
    with acting(Side.WORKER):
        assert services.tidy_deliveries(at=NOON + timedelta(days=8)) == {
            "too_old": 1, "tests": 1, "delivered": 0, "parked": 0,
        }  # fmt: skip
        services.tidy_deliveries(at=NOON + timedelta(days=31))
        assert set(Delivery.objects.all()) == {parked, old}
        services.tidy_deliveries(at=NOON + timedelta(days=91))
        assert set(Delivery.objects.all()) == {old}


def test_a_subscription_that_is_removed_takes_its_log_along(hook: Subscription, chief: User) -> None:
    factories.DeliveryFactory(subscription=hook)
    services.unsubscribe(hook, by=chief)
    assert not Delivery.objects.exists()
