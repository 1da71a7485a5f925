"""edit_to_fresh: from a form that is sent to fresh guidance that a reader sees, through web, Celery and Redis.

The reference goes the same way with nothing in it: the same web server, sign-in and worker, one transaction of two rows and
a task that does nothing. Beside it stands the same without any web, service against transaction.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from threading import Thread

from celery import current_app
from django.conf import settings
from django.db import connection, connections
from django.db.backends.utils import CursorWrapper
from django.utils.timezone import localdate, now
from redis import Redis

from bench import portfolio
from bench.harness import Result, percentile
from bench.web import Browser, site
from common.isolation import Side, acting
from motions import bulk, requests, services
from motions.models import Deal
from motions.states import Source
from partners.models import User

EDITS = 300
CLIENTS = 4
EDITS_EACH = 250
DEALS_EACH = 5
RUNS = 5
WARM_UP = 30
_FRESH = (
    "SELECT s.input_version = d.input_version FROM motions_standing AS s JOIN motions_dossier AS d USING (customer_id)"
    " WHERE customer_id = %s"
)


@contextmanager
def worker() -> Iterator[None]:
    """One interactive worker, as in the Procfile, with the echo task beside its own."""
    program = str(Path(sys.executable).parent / "celery")
    words = "--quiet -A portal worker -Q interactive -c 1 -n bench@%h --without-gossip --without-mingle -I bench.tasks"
    started = subprocess.Popen([program, *words.split()], env=os.environ, start_new_session=True)
    try:
        for _ in range(100):
            if current_app.control.ping(timeout=0.3):
                break
        yield
    finally:
        os.killpg(started.pid, signal.SIGTERM)
        started.wait(20)


def run(scale: int) -> list[Result]:
    """`scale` customers stand by; single edits of different customers, each waited for until a reader sees it fresh."""
    _partner, user = portfolio.make(scale)
    with acting(Side.OFFICE):
        services.load_rates(portfolio.RATES, at=now(), newest=1)
    bulk.recompute_all(clock=now)
    bulk.roll_out(clock=now)
    bulk.drain(clock=now, is_bulk=True)
    current_app.control.purge()
    with worker(), site() as url:
        with acting(Side.PARTNER, partner_id=user.partner_id):
            deals = list(Deal.objects.filter(name="seats 1").order_by("id")[: 2 * (EDITS + WARM_UP)])
        inside = Result("edit_to_fresh", scale, "the same without the web")
        for number, deal in enumerate(deals[::2]):
            pair = _bare_transaction(deal, user) + _round_trip(number), _edit(deal, user)
            _note(inside, number, *pair)
        result = Result("edit_to_fresh", scale, "a bare view of the same site: one transaction, one Celery round trip")
        browser = Browser(url, user)
        for number, deal in enumerate(deals[1::2]):
            _note(result, number, _bare_over_http(browser, deal, number), _edit_over_http(browser, deal, user))
        result.more = _percentiles(result) | {"without_web": _percentiles(inside)}
        return [result, _burst(scale, user, single=percentile(inside.ours, 0.5))]


def _note(result: Result, number: int, theirs: float, ours: float) -> None:
    if number >= WARM_UP:
        result.theirs.append(theirs)
        result.ours.append(ours)


def _bare_over_http(browser: Browser, deal: Deal, number: int) -> float:
    broker, key = Redis.from_url(settings.REDIS_URL), f"bench-web-{number}"
    started = time.perf_counter()
    status, _page = browser.post(f"/bare/{deal.pk}/", {"key": key})
    broker.blpop([key], timeout=10)
    seconds = time.perf_counter() - started
    if status != 302:
        raise AssertionError(f"the bare door answered {status}")
    return seconds


def _edit_over_http(browser: Browser, deal: Deal, user: User) -> float:
    """The form as a browser sends it; then look as a reader does."""
    fields = {
        "name": deal.name, "seats": str((deal.seats or 0) + 1), "size_date": str(localdate()), "stage": "open",
        "version": str(deal.version), "needs": "none", "prefers_self_service": "no",
    }  # fmt: skip
    started = time.perf_counter()
    status, _page = browser.post(f"/deals/{deal.public_id}/", fields)
    _wait_fresh(deal, user)
    seconds = time.perf_counter() - started
    if status != 302:
        raise AssertionError(f"the form answered {status}")
    return seconds


def _burst(scale: int, user: User, *, single: float) -> Result:
    """A thousand edits of one customer by four clients at once; five times, each of another customer."""
    result = Result("coalesce", scale, "the median of single edits in the same run; ours is the last edit of a burst")
    rates, firsts = [], []
    for number in range(RUNS):
        customer_id = Deal.objects.using("owner").order_by("-customer_id")[number * DEALS_EACH].customer_id
        with acting(Side.PARTNER, partner_id=user.partner_id):
            deals = list(Deal.objects.filter(customer=customer_id).order_by("id")[:CLIENTS])
        before = _entries(customer_id)
        started, first, saved = time.perf_counter(), list[float](), list[float]()
        watcher = Thread(target=_first_new, args=(customer_id, before, first))
        watcher.start()
        clients = [Thread(target=_hurry, args=(deal, user, saved)) for deal in deals]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        seconds = time.perf_counter() - started
        rates.append((_entries(customer_id) - before) / seconds)
        result.ours.append(_wait_fresh(deals[0], user))
        result.theirs.append(single)
        watcher.join()
        firsts.append(first[0] - min(saved))
    result.more = {
        "edits": CLIENTS * EDITS_EACH,
        "recomputes_per_second": round(median(rates), 1),
        "recomputes_per_second_max": round(max(rates), 1),
        "first_answer_ms": round(median(firsts) * 1000, 2),
        "single_p50_ms": round(single * 1000, 2),
    }
    return result


def _hurry(deal: Deal, user: User, saved: list[float]) -> None:
    for number in range(EDITS_EACH):
        with acting(Side.PARTNER, partner_id=user.partner_id, user_id=user.pk):
            facts = {"seats": (deal.seats or 0) + 1} if deal.kind == "seats" else {"amount": (deal.amount or 0) + 1}
            deal = services.change_deal(
                deal, by=user, at=now(), version=deal.version, facts=facts, source=Source.FORM, size_date=localdate()
            )
            requests.recompute_soon()
        if not number:
            saved.append(time.perf_counter())
    connection.close()


def _entries(customer_id: int) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM motions_assessment WHERE customer_id = %s", [customer_id])
        count: int = cursor.fetchone()[0]
    return count


def _first_new(customer_id: int, before: int, found: list[float]) -> None:
    started = time.perf_counter()
    while _entries(customer_id) == before and time.perf_counter() - started < 10:
        time.sleep(0.002)
    connections["owner"].close()
    found.append(time.perf_counter())


def _wait_fresh(deal: Deal, user: User) -> float:
    """Seconds until nothing of a customer waits any more; the reader asks again and again, and sees what is committed."""
    started = time.perf_counter()
    with acting(Side.PARTNER, partner_id=user.partner_id), connection.cursor() as cursor:
        while not _is_fresh(cursor, deal):
            if time.perf_counter() - started > 10:
                raise AssertionError(f"customer {deal.customer_id} did not become fresh within 10 s")
            time.sleep(0.0005)
    return time.perf_counter() - started


def _percentiles(result: Result) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        ours, theirs = percentile(result.ours, share), percentile(result.theirs, share)
        found |= {f"{name}_ms": round(ours * 1000, 2), f"{name}_ratio": round(ours / theirs, 3)}
    return found


def _round_trip(number: int) -> float:
    broker, key = Redis.from_url(settings.REDIS_URL), f"bench-echo-{number}"
    started = time.perf_counter()
    current_app.send_task("bench.echo", kwargs={"key": key}, queue="interactive")
    broker.blpop([key], timeout=10)
    return time.perf_counter() - started


def _bare_transaction(deal: Deal, user: User) -> float:
    """The two rows that an edit writes at least, as the partner, by hand; rolled up into one commit."""
    started = time.perf_counter()
    with acting(Side.PARTNER, partner_id=user.partner_id, user_id=user.pk), connection.cursor() as cursor:
        cursor.execute("UPDATE motions_deal SET name = name || '' WHERE id = %s", [deal.pk])
        cursor.execute(
            "INSERT INTO motions_dealevent (partner_id, customer_id, deal_id, deal_name, kind, at, by_name, source, changes)"
            " VALUES (%s, %s, %s, %s, 'changed', now(), 'bench', 'form', '{}')",
            [deal.partner_id, deal.customer_id, deal.pk, deal.name],
        )
    return time.perf_counter() - started


def _edit(deal: Deal, user: User) -> float:
    """Save as the partner, then look as a reader does until the answer's versions are those in force."""
    started = time.perf_counter()
    with acting(Side.PARTNER, partner_id=user.partner_id, user_id=user.pk):
        facts = {"seats": (deal.seats or 0) + 1}
        services.change_deal(
            deal, by=user, at=now(), version=deal.version, facts=facts, source=Source.FORM, size_date=localdate()
        )
        requests.recompute_soon()
    _wait_fresh(deal, user)
    return time.perf_counter() - started


def _is_fresh(cursor: CursorWrapper, deal: Deal) -> bool:
    cursor.execute(_FRESH, [deal.customer_id])
    is_fresh: bool = cursor.fetchone()[0]
    return is_fresh
