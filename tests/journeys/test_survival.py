"""What is left when a worker is killed in the middle of its work and the broker forgets everything: all of it."""

import re
import socket
import urllib.request
from contextlib import ExitStack

import psycopg
import pytest
from playwright.sync_api import expect
from redis import Redis

from tests.journeys.conftest import OpenPage
from tests.journeys.site import Site, wait_until

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("site")]

STALE = """
SELECT count(*) FROM motions_standing AS s JOIN motions_dossier AS d USING (customer_id)
WHERE s.input_version <> d.input_version
"""


def test_a_worker_killed_between_claim_and_commit_and_a_flushed_broker_lose_nothing(
    site: Site, open_page: OpenPage
) -> None:
    page = open_page("jonas@nordlicht.example")
    page.goto("/customers/?motion=breadth")
    page.locator("a.row-link").last.click()
    deals = page.locator("#deals")
    with psycopg.connect(site.owner_url) as holder, psycopg.connect(site.owner_url, autocommit=True) as watcher:
        # nobody can write to the ledger, so the worker stops after its claim and before its commit
        holder.execute("LOCK TABLE motions_assessment IN EXCLUSIVE MODE")
        edit(page, deals)
        wait_until(lambda: _blocked(watcher), seconds=60, what="a worker in the middle of its work")
        site.kill("worker", "bulk", "beat")
        holder.rollback()
        Redis.from_url(site.redis_url).flushall()
        assert watcher.execute(STALE).fetchone()[0] >= 1  # type: ignore[index]
        page.reload()
        expect(page.locator("#guidance").get_by_text("Wird neu berechnet")).to_be_visible()
        site.start("worker", "bulk", "beat")
        site.wait_ready()
        wait_until(lambda: watcher.execute(STALE).fetchone()[0] == 0, seconds=60, what="fresh guidance")  # type: ignore[index]
    expect(page.locator("#guidance").get_by_text("Enterprise passt", exact=False)).to_be_visible()


def edit(page, deals) -> None:  # type: ignore[no-untyped-def]
    """Raise the first seat deal far over the limit, or add one."""
    page.get_by_role("link", name=re.compile("Seats hinzufügen")).click()
    deals.get_by_label("Name des Deals").fill("Großer Deal")
    deals.get_by_label("Seats", exact=True).fill("9.000")
    deals.get_by_role("button", name="Speichern").click()


def _blocked(watcher: psycopg.Connection) -> bool:
    waiting = watcher.execute(
        "SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = pg_locks.relation"
        " WHERE relname = 'motions_assessment' AND NOT granted"
    ).fetchone()
    return bool(waiting and waiting[0])


def test_connections_that_a_browser_opens_ahead_and_leaves_silent_keep_nobody_waiting(site: Site) -> None:
    with ExitStack() as silent:
        for _connection in range(8):
            silent.enter_context(socket.create_connection(("127.0.0.1", site.port)))
        # shorter than what makes the web server give a worker up: no answer may come from that
        with urllib.request.urlopen(site.url + "/healthz", timeout=20) as answer:
            assert answer.status == 200
