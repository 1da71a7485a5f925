"""Subscriptions of programs: made, changed, given new secrets, removed; messages tested and sent again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common import outgoing
from common.refusals import Refused, Stale, TooMany, Unfit
from common.signatures import new_salt, secret_of
from partners.models import ApiClient, Delivery, Subscription, User
from partners.policy import TEST, WAITS_AT_MOST, WIRE_EVENTS, WIRE_TEST
from partners.services.notices import hand_over
from partners.states import DeliveryState, Door, HookEvent, Trouble

MOST_OF_A_CLIENT = 20
MOST_TESTS_A_MINUTE = 2  # R58
SECRET_OVERLAP = timedelta(days=1)
TESTS_KEPT_FOR = timedelta(days=7)  # R58
DELIVERED_KEPT_FOR = timedelta(days=30)
PARKED_KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Made:
    """A subscription and its secret, which is shown once."""

    subscription: Subscription
    secret: str


def reach() -> outgoing.Reach:
    """What targets may be: public machines by https; what else is set for tests and for a portal at home."""
    loopback = bool(settings.WEBHOOKS_LOOPBACK)
    return outgoing.Reach(any_port=True, plain=settings.DEBUG or loopback, loopback=loopback)


def _must_fit(url: str, events: Collection[str], door: str) -> list[str]:
    try:
        outgoing.split(url, reach())
    except outgoing.NotFetched as error:
        raise Unfit(Trouble(error.code).label, field="url") from error
    known = WIRE_EVENTS if door == Door.WIRE else HookEvent.values
    if unknown := sorted(set(events) - set(known)):
        sentence = _("There is no event “%(event)s”; there are %(known)s.")
        raise Unfit(sentence % {"event": unknown[0][:60], "known": ", ".join(known)}, field="events")
    if not events:
        raise Unfit(_("Choose at least one event."), field="events")
    return list(dict.fromkeys(events))


@transaction.atomic
def subscribe(
    *,
    client: ApiClient,
    by: User,
    at: datetime,
    url: str,
    events: Collection[str],
    door: str = Door.NATIVE,
    is_own_header: bool = False,
    extra: Mapping[str, Any] = MappingProxyType({}),
) -> Made:
    """Tell a program from now on. `Unfit` for an address or an event; `Refused` for too many, or a second one at the wire."""
    chosen = _must_fit(url, events, door)
    if Subscription.objects.visible_to(by).filter(client=client).count() >= MOST_OF_A_CLIENT:
        raise Refused(_("A client has %(most)d subscriptions at most.") % {"most": MOST_OF_A_CLIENT})
    one = Subscription(
        partner_id=client.partner_id, client=client, door=door, url=url, events=chosen, salt=new_salt(),
        is_own_header=is_own_header, extra=dict(extra), created_at=at, created_by_name=str(by), updated_at=at,
        xact=_oldest_writer(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            one.save()
    except IntegrityError as error:
        raise Refused(_("There is a registration already; change it with PUT.")) from error
    return Made(one, secret_told(one))


def _oldest_writer() -> int:
    """From here on nothing is passed over: what is written by a transaction that is under way is told as well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def secret_told(one: Subscription) -> str:
    """The secret of a subscription, for the answer that tells it."""
    return secret_of(one.salt, key=settings.SECRET_KEY)


def _locked(one: Subscription, by: User, version: int | None = None) -> Subscription:
    rows = Subscription.objects.visible_to(by).select_for_update(of=("self",))
    found: Subscription = rows.get(pk=one.pk)
    if version is not None and found.version != version:
        raise Stale(_("Somebody has changed this subscription meanwhile."))
    found.version += 1
    return found


@transaction.atomic
def change_subscription(
    one: Subscription,
    *,
    by: User,
    at: datetime,
    version: int | None,
    url: str,
    events: Collection[str],
    is_own_header: bool = False,
    extra: Mapping[str, Any] = MappingProxyType({}),
) -> Subscription:
    """Another address or other events, from the next message on; a target that was left alone is tried at once."""
    found = _locked(one, by, version)
    found.events = _must_fit(url, events, found.door)
    found.url, found.is_own_header, found.extra, found.updated_at = url, is_own_header, dict(extra), at
    found.rests_until, found.failures = None, 0
    found.save(
        update_fields=["events", "url", "is_own_header", "extra", "updated_at", "rests_until", "failures", "version"],
    )
    return found


@transaction.atomic
def renew_secret(one: Subscription, *, by: User, at: datetime, overlap: timedelta = SECRET_OVERLAP) -> Made:
    """A new secret; messages are signed with the former one as well until the overlap ends."""
    found = _locked(one, by)
    found.former_salt, found.former_ends_at = found.salt, at + overlap
    found.salt, found.updated_at = new_salt(), at
    found.save(update_fields=["salt", "former_salt", "former_ends_at", "updated_at", "version"])
    return Made(found, secret_told(found))


@transaction.atomic
def unsubscribe(one: Subscription, *, by: User, version: int | None = None) -> None:
    """Tell no more; the log goes with it."""
    Subscription.objects.filter(pk=_locked(one, by, version).pk).delete()


@transaction.atomic
def send_test(one: Subscription, *, by: User, at: datetime) -> Delivery:
    """A message about nothing, through the same way as every other; `TooMany` for the third one of a minute."""
    found = _locked(one, by)
    tests = found.deliveries.filter(subject="", made_at__gt=at - timedelta(minutes=1))
    if tests.count() >= MOST_TESTS_A_MINUTE:
        raise TooMany(_("Two test messages a minute; please wait a moment."))
    found.number += 1
    found.rests_until = None
    found.save(update_fields=["number", "rests_until"])
    return Delivery.objects.create(
        partner_id=found.partner_id, subscription=found, event_id=uuid4(), number=found.number,
        event=WIRE_TEST if found.door == Door.WIRE else TEST, at=at, made_at=at, since_at=at, next_at=at,
    )  # fmt: skip


_AGAIN = {"state": DeliveryState.WAITING, "tries": 0, "ended_at": None}


@transaction.atomic
def send_again(delivery: Delivery, *, by: User, at: datetime) -> Delivery:
    """A message that was taken or parked, with ten new tries. `Refused` for one that is still on its way."""
    _wake(delivery.subscription, by)
    over = Delivery.objects.visible_to(by).filter(pk=delivery.pk).exclude(state=DeliveryState.WAITING)
    if not revive(over, at=at):
        raise Refused(_("This message is still on its way."))
    delivery.refresh_from_db()
    return delivery


@transaction.atomic
def send_parked_again(one: Subscription, *, by: User, at: datetime) -> int:
    """Everything that is parked, once more; returns how much it is."""
    _wake(one, by)
    parked = Delivery.objects.visible_to(by).filter(subscription=one, state=DeliveryState.PARKED)
    return revive(parked, at=at)


def revive(rows: QuerySet[Delivery], *, at: datetime) -> int:
    """Give messages ten new tries; returns how many they are."""
    return rows.update(**_AGAIN, next_at=at, since_at=at)


def _wake(one: Subscription, by: User) -> None:
    """A target that was left alone is tried at once."""
    Subscription.objects.visible_to(by).filter(pk=one.pk).update(rests_until=None, failures=0)


def tell_of_parked(one: Subscription, *, at: datetime) -> None:
    """Say to the partner's administrators, once a day, that a target takes nothing; by a worker."""
    hand_over(
        kind="partners.parked",
        to=[],  # to whoever answers for the partner
        partner_id=one.partner_id,
        key=f"parked:{one.pk}:{at:%Y-%m-%d}",
        params={"target": one.target},
        link=f"/webhooks/{one.public_id}/",
        at=at,
    )


@transaction.atomic
def tidy_deliveries(*, at: datetime) -> dict[str, int]:
    """Park what could not even be tried for days, and drop what has been over for long; by a worker."""
    old = Delivery.objects.waiting().filter(since_at__lt=at - WAITS_AT_MOST)
    over = Delivery.objects.filter(ended_at__isnull=False)
    return {
        "too_old": old.update(state=DeliveryState.PARKED, ended_at=at, trouble=Trouble.TOO_OLD),
        "tests": over.filter(subject="", ended_at__lt=at - TESTS_KEPT_FOR).delete()[0],
        "delivered": over.filter(state=DeliveryState.DELIVERED, ended_at__lt=at - DELIVERED_KEPT_FOR).delete()[0],
        "parked": over.filter(ended_at__lt=at - PARKED_KEPT_FOR).delete()[0],
    }
