"""hooks_deliveries: messages that one worker sends to a target on this machine, with a slow target beside it.

The reference is a loop that does nothing but POST as many bodies of the same size, one after the other, to the target that is
fast: no database, no signature, no log. Ours writes down every attempt, sends one more to the slow target, and is not held
up by it.
"""

import http.client
import time
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.utils.timezone import now

from bench import portfolio
from bench.harness import Result, in_pairs
from bench.targets import FAST, SLOW, SLOW_SECONDS, target
from common.isolation import Side, acting
from partners.bulk.delivering import tell
from partners.models import Delivery, Partner, Subscription
from partners.services import create_client

PARTNERS, HOOKS_EACH = 5, 3
REFERENCE = "a bare loop of as many POSTs of the same size to the same target, one after the other"
_AGAIN = (
    "UPDATE partners_delivery SET state = 'waiting', ended_at = NULL, tries = 0, attempts = '[]', next_at = now();"
    " UPDATE partners_subscription SET held_until = NULL, rests_until = NULL, tried_at = NULL"
)


def run(scale: int) -> list[Result]:
    """`scale` messages of several partners, and one to a slow target, sent by one worker."""
    settings.WEBHOOKS_LOOPBACK = True
    with target() as url:
        hooks = [hook for number in range(PARTNERS) for hook in _hooks(f"{9_100_000 + number}", f"{url}{FAST}")]
        _messages(hooks, scale)
        fast = _ours_without(scale)
        [slow] = _hooks("9200000", f"{url}{SLOW}", count=1)
        _messages([slow], 1)
        result = Result("hooks_deliveries", scale, REFERENCE)
        in_pairs(
            result,
            lambda: _tell(scale + 1),
            lambda: _posts(url, scale),
            reset=lambda: portfolio.execute(_AGAIN),
            runs=3,
        )
    result.more = {
        "deliveries_per_second": round(scale / min(result.ours), 1),
        "without_the_slow_target": round(scale / fast, 1),
        "subscriptions": len(hooks),
        "slow_answer_s": SLOW_SECONDS,
    }
    return [result]


def _hooks(number: str, url: str, *, count: int = HOOKS_EACH) -> list[Subscription]:
    """Subscriptions of a new partner."""
    words = {"country": "DE", "csp_type": "direct_bill"}
    partner = Partner.objects.using("owner").create(name=f"Bench {number}", partner_number=number, **words)
    with acting(Side.OFFICE):
        known = Partner.objects.get(pk=partner.pk)
        client = create_client(partner=known, name="bench", scopes=["events.read"], at=now()).client
    made = {"created_at": now(), "updated_at": now(), "created_by_name": "Bench", "salt": "0" * 32, "xact": 2**62}
    one = {"partner_id": partner.pk, "client_id": client.pk, "url": url, "events": ["guidance.changed"], **made}
    return Subscription.objects.using("owner").bulk_create(Subscription(**one) for _ in range(count))


def _messages(hooks: list[Subscription], count: int) -> None:
    """So many messages, dealt out among subscriptions."""
    at = now()
    moments = {"at": at, "made_at": at, "since_at": at, "next_at": at}
    about = {"event": "guidance.changed", "kind": "guidance.moved", "subject": "guidance", **moments}
    Delivery.objects.using("owner").bulk_create(
        Delivery(
            partner_id=hook.partner_id, subscription=hook, number=number, event_id=uuid4(), subject_id=uuid4(), **about
        )
        for number, hook in ((number, hooks[number % len(hooks)]) for number in range(1, count + 1))
    )
    portfolio.execute("ANALYZE")


def _tell(count: int) -> None:
    told = tell(clock=now, is_over=lambda: False)
    assert told == {"delivered": count}, told


def _ours_without(count: int) -> float:
    """Seconds without any slow target, the best of three as with one; the first time warms."""
    _tell(count)
    return min(_seconds(count) for _ in range(3))


def _seconds(count: int) -> float:
    portfolio.execute(_AGAIN)
    began = time.perf_counter()
    _tell(count)
    return time.perf_counter() - began


def _posts(url: str, count: int) -> None:
    body, place = b"x" * 320, urlsplit(url).netloc
    for _ in range(count):
        connection = http.client.HTTPConnection(place, timeout=5)
        connection.request("POST", FAST, body, {"Content-Type": "application/json"})
        assert connection.getresponse().status == 204
        connection.close()
