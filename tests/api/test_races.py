"""Many at once: no acknowledged edit is lost, and the feed tells everything once, in an order nothing comes in behind."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils.timezone import now

from common.isolation import Side, acting
from motions import bulk
from motions.models import Deal
from partners.api import changes_after
from partners.models import Change
from tests import factories
from tests.programs import Program

CLIENTS, EDITS = 12, 15
# `FEED_CHANGES=10000` is the long run
CHANGES, WRITERS = int(os.environ.get("FEED_CHANGES", "1200")), 4


def edit(program: Program, place: str) -> int:
    """One more seat, however often others are faster; returns how often they were."""
    for missed in range(1000):
        seen = program.get(place)
        answer = program.patch(place, {"seats": seen.json()["seats"] + 1}, If_Match=seen.headers["ETag"])
        if answer.status_code == 200:
            return missed
        assert answer.status_code == 412, answer.content
    raise AssertionError("never")


def edits(program: Program, place: str) -> int:
    try:
        return sum(edit(program, place) for _ in range(EDITS))
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_of_a_hundred_and_eighty_edits_of_one_deal_by_twelve_clients_none_is_lost() -> None:
    partner = factories.PartnerFactory()
    deal = factories.DealFactory(customer__partner=partner, seats=0)
    programs = [Program(partner) for _ in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda program: edits(program, f"deals/{deal.public_id}/"), programs))
    deal.refresh_from_db()
    assert (deal.seats, deal.version) == (CLIENTS * EDITS, CLIENTS * EDITS + 1)


def write(open_connection: Callable[[], psycopg.Connection[Any]], partner_id: int, seed: int) -> Counter[str]:
    """A writer: transactions of several changes, held open for a while, one in ten given up; what was committed."""
    chance, done, own = random.Random(seed), Counter[str](), open_connection()
    while done.total() < CHANGES // WRITERS:
        kept = []
        for number in range(chance.randint(1, 6)):
            name = f"{seed}.{done.total()}.{number}.{chance.random()}"[:40]
            own.execute(
                "INSERT INTO partners_change (partner_id, kind, subject, at) VALUES (%s, %s, 'customers', now())",
                [partner_id, name],
            )
            kept.append(name)
            time.sleep(chance.choice((0, 0, 0.002)))
        if chance.random() < 0.1:
            own.rollback()
        else:
            own.commit()
            done.update(kept)
    return done


@pytest.mark.django_db(transaction=True)
def test_a_reader_that_polls_beside_four_writers_sees_each_change_exactly_once(
    another: Callable[[], psycopg.Connection[Any]],
) -> None:
    person = factories.UserFactory()
    seen, cursor = Counter[str](), ""

    def poll(cursor: str) -> str:
        with acting(Side.PARTNER, partner_id=person.partner_id):
            page = changes_after(cursor, by=person, limit=50, at=now())
        seen.update(item["kind"] for item in page["items"])
        return str(page["cursor"]) if not page["has_more"] else poll(page["cursor"])

    with ThreadPoolExecutor(WRITERS) as pool:
        writers = [pool.submit(write, another, person.partner_id, seed) for seed in range(WRITERS)]
        while not all(writer.done() for writer in writers):
            cursor = poll(cursor)
    written = sum((writer.result() for writer in writers), Counter())
    # what another database of the cluster writes holds the feed back as well
    deadline = time.monotonic() + 120
    while seen != written and time.monotonic() < deadline:
        cursor = poll(cursor)
    assert written.total() >= CHANGES
    assert seen == written


def settled(program: Program, count: int) -> Any:
    """The feed once it has so many changes; what else runs on the machine may hold it back for a while."""
    for _ in range(1200):
        told = program.get("events/").json()
        if len(told["items"]) >= count:
            break
        time.sleep(0.1)
    return told


@pytest.mark.django_db(transaction=True)
def test_what_is_written_reaches_the_feed_by_every_path_and_only_ones_own(program: Program, rival: Program) -> None:
    customer = program.post("customers/", {"name": "Contoso GmbH", "country": "DE"}).json()
    body = {"customer": customer["id"], "kind": "seats", "name": "M365", "seats": 2400}
    deal = program.post("deals/", body)
    program.patch(deal.headers["Location"], {"seats": 2500}, If_Match='"1"')
    bulk.drain(clock=now, is_bulk=False)
    program.post("choices/", {"customer": customer["id"], "motion": "breadth", "reason": "price"})
    program.delete(deal.headers["Location"], If_Match='"2"')
    kinds = ["customer.registered", "deal.added", "deal.changed", "guidance.moved", "choice.recorded", "deal.removed"]
    told = settled(program, len(kinds))
    assert [item["kind"] for item in told["items"]] == kinds
    assert {item["customer"] for item in told["items"]} == {customer["id"]}
    assert [item["subject_id"] for item in told["items"] if item["subject"] == "deals"] == [deal.json()["id"]] * 3
    assert len({item["id"] for item in told["items"]}) == len(kinds)
    after = program.get(f"events/?after={told['cursor']}").json()
    assert (after["items"], after["has_more"]) == ([], False)
    assert rival.get("events/").json()["items"] == []


@pytest.mark.django_db(transaction=True)
def test_a_partner_without_a_program_has_no_feed() -> None:
    factories.CustomerEventFactory()
    assert not Change.objects.exists()
    assert not Deal.objects.exists()


@pytest.mark.django_db
def test_a_reader_that_stayed_away_too_long_is_told_that_it_missed_something(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = program.get("events/").json()["cursor"]
    assert program.get(f"events/?after={cursor}").status_code == 200
    later = now() + timedelta(days=91)
    monkeypatch.setattr("partners.api.now", lambda: later)
    answer = program.get(f"events/?after={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (410, "gone")
