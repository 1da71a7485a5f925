"""Pages while a roll-out runs, and how soon a roll-out ends that somebody cancels; asked over HTTP, as people do.

rollout_pages is the p95 of a partner's pages while worker processes judge everybody for the first time, against the p95 of
the same pages before it. rollout_cancel is the time from sending the cancellation until no worker judges any more, against
the same roll-out that nobody cancels; it may take two seconds.
"""

import os
import time
from collections.abc import Iterator
from itertools import cycle
from multiprocessing.connection import Connection

from django.utils.timezone import now

from bench import portfolio
from bench.harness import Result, percentile
from bench.recompute import forget_everything, forget_newest_rates
from bench.web import Browser, site
from bench.workers import workers
from common.isolation import Side, acting
from customers.models import Customer
from motions import bulk, services
from motions.models import Fanout
from partners.models import User
from partners.roles import Role

RUNS = int(os.environ.get("RUNS") or 5)
IDLE = 60  # pages before each roll-out
MOST_SECONDS = 2.0  # within which a cancellation takes effect


def _paths() -> Iterator[str]:
    with acting(Side.OFFICE):
        some = list(Customer.objects.order_by("pk").values_list("public_id", flat=True)[:20])
    pages = [path for one in some for path in (f"/customers/{one}/", "/customers/", "/")]
    return cycle(pages)


def _asked(browser: Browser, path: str) -> float:
    started = time.perf_counter()
    status, _page = browser.get(path)
    if status != 200:
        raise AssertionError(f"{path} answered {status}")
    return time.perf_counter() - started


def _pages(browser: Browser, ends: list[Connection]) -> tuple[list[float], list[float], float]:
    """Seconds of each page before a roll-out, of each that began while it ran, and of the roll-out."""
    paths = _paths()
    idle = [_asked(browser, next(paths)) for _ in range(IDLE)]
    bulk.start_all(at=now())
    started = time.perf_counter()
    for end in ends:
        end.send("roll out")
    during = []
    while not all(end.poll(0) for end in ends):
        during.append(_asked(browser, next(paths)))
    _answers(ends)
    return idle, during, time.perf_counter() - started


def _answers(ends: list[Connection]) -> int:
    return sum(end.recv()[0] for end in ends)


def _cancelled(browser: Browser, ends: list[Connection]) -> tuple[float, int]:
    """Start a pass over everybody on its page, cancel it when it has begun; seconds until all is still, and who was judged.

    What a worker holds comes to its end, so that of few customers all are judged.
    """
    status, _page = browser.post("/policy/roll-outs/start/", {})
    if status != 302:
        raise AssertionError(f"the start answered {status}")
    for end in ends:
        end.send("roll out")
    number = _under_way()
    started = time.perf_counter()
    status, _page = browser.post(f"/policy/roll-outs/{number}/cancel/", {})
    if status != 302:
        raise AssertionError(f"the cancellation answered {status}: too few customers to be in time")
    judged = _answers(ends)
    return time.perf_counter() - started, judged


def _under_way() -> int:
    """The number of the roll-out, once it is cut into slices."""
    while True:
        with acting(Side.OFFICE):
            fanout = Fanout.objects.latest("pk")
            if fanout.slices:
                return fanout.pk
        time.sleep(0.005)


def run(scale: int) -> list[Result]:
    """Both from one portfolio; each run begins with a ledger that is empty, so that every customer has to be judged."""
    _partner, seller = portfolio.make(scale)
    with acting(Side.OFFICE):
        services.load_rates(portfolio.RATES, at=now(), newest=2)
    people = User.objects.db_manager("owner")
    steering = people.create_user("steering@bench.example", name="Steering", role=Role.POLICY_OWNER)
    forget_newest_rates()
    portfolio.execute("UPDATE motions_fanout SET ended_at = now(), \"end\" = 'done'")
    pages = Result("rollout_pages", scale, "p95 of the same pages while no roll-out runs")
    cancel = Result("rollout_cancel", scale, "the same roll-out, which nobody cancels")
    asked, left = 0, []
    with site() as url, workers() as ends:
        reader, owner = Browser(url, seller), Browser(url, steering, form="/policy/roll-outs/")
        for number in range(RUNS + 1):
            forget_everything()
            idle, during, whole = _pages(reader, ends)
            forget_everything()
            seconds, judged = _cancelled(owner, ends)
            if number:  # the first run warms
                pages.ours.append(percentile(during, 0.95))
                pages.theirs.append(percentile(idle, 0.95))
                cancel.ours.append(seconds)
                cancel.theirs.append(whole)
                asked += len(during)
                left.append(1 - judged / scale)
    pages.more = {"pages_during": asked, "workers": len(ends)}
    cancel.more = {
        "limit_s": MOST_SECONDS,
        "left_unjudged": round(sorted(left)[len(left) // 2], 2),
        "workers": len(ends),
    }
    return [pages, cancel]
