"""Imports in the background: two workers, one that dies, one that tells how far it is; and how much memory it takes."""

import threading
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files import File
from django.db import connection, connections
from django.utils.timezone import now

from common.isolation import Side, acting
from customers.models import Customer
from motions.imports import jobs, numbers, staging, steps
from motions.models import Deal, ImportBatch, ImportRow
from motions.states import ImportState
from partners.models import User
from tests import factories
from tests.motions.imports.test_story import checked, uploaded, worked


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": backend}


@pytest.fixture
def lasting(transactional_db: None) -> User:
    """Partner staff whom other connections see too."""
    return factories.UserFactory(name="Lasting")


def committing(user: User) -> ImportBatch:
    batch = checked(user, "Alpha;DE;;;10;500;EUR;;;;", "Beta;DE;;;20;;;;;;")
    steps.move(batch, source=ImportState.CHECKED, target=ImportState.COMMITTING)
    return batch


def elsewhere(work: Callable[[], object]) -> threading.Thread:
    """Another worker, with a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_of_two_workers_one_writes_and_the_other_leaves_it_alone(
    lasting: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = committing(lasting)
    is_inside, may_go_on, written = threading.Event(), threading.Event(), staging.apply

    def slowly(*given: Any, **more: Any) -> None:
        written(*given, **more)
        is_inside.set()
        assert may_go_on.wait(20)

    monkeypatch.setattr(staging, "apply", slowly)
    first = elsewhere(lambda: jobs.work(batch_id=batch.pk, partner_id=batch.partner_id, clock=now))
    try:
        assert is_inside.wait(20)
        worked(batch)  # comes back at once, without waiting and without writing
        assert batch.state == ImportState.COMMITTING
        assert not Deal.objects.exists()
    finally:
        may_go_on.set()
        first.join()
    batch.refresh_from_db()
    assert batch.state == ImportState.COMMITTED
    assert (Customer.objects.count(), Deal.objects.count()) == (2, 3)


def test_a_worker_that_dies_in_the_middle_leaves_nothing_and_is_followed_by_another(
    lasting: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = committing(lasting)
    written = staging.keep

    def killed(*given: Any) -> None:
        written(*given)
        with connection.cursor() as cursor:  # what the server does when its worker is gone
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("RESET ROLE; SELECT pg_terminate_backend(%s)", [pid])
        finally:
            other.close()
        Customer.objects.count()

    monkeypatch.setattr(staging, "keep", killed)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            jobs.work(batch_id=batch.pk, partner_id=batch.partner_id, clock=now)
        except Exception as error:
            failed.append(error)

    elsewhere(work).join()
    assert failed
    assert not Customer.objects.exists()
    with acting(Side.WORKER):
        assert jobs.waiting() == [(batch.pk, batch.partner_id)]
    monkeypatch.undo()
    assert worked(batch).state == ImportState.COMMITTED
    assert (Customer.objects.count(), Deal.objects.count()) == (2, 3)


def test_the_page_sees_how_far_a_step_is_before_it_ends(lasting: User, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = uploaded(lasting, "Alpha;DE;;;10;;;;;;", "Beta;DE;;;20;;;;;;")
    steps.ask_check(batch, chosen=batch.mapping, options=steps.Options(country="DE"))
    seen: list[tuple[str, int, int]] = []
    classify = staging.classify

    def looked(*given: Any, **said: Any) -> Any:
        look = elsewhere(lambda: seen.extend(ImportBatch.objects.values_list("state", "done_rows", "all_rows")))
        look.join()
        return classify(*given, **said)

    monkeypatch.setattr("motions.sql.progress.TELL_EVERY", -1.0)
    monkeypatch.setattr(staging, "classify", looked)
    worked(batch)
    assert seen == [("checking", 2, 3)]  # lines of the file, as long as its rows are not counted
    assert (batch.state, batch.all_rows) == (ImportState.CHECKED, 2)


def test_a_file_of_clear_numbers_is_read_once(seller: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_given: Any) -> None:
        raise AssertionError("every number of this file is clear by itself")

    monkeypatch.setattr(numbers, "survey", never)
    assert checked(seller, "Alpha;DE;;;10;1.234,56;EUR;;;;", "Beta;DE;;;2400;99;EUR;;;;").counts["new"] == 2


COUNTED = """
SELECT relname, reltuples::int, relpages FROM pg_class WHERE relname IN
    ('customers_customer', 'motions_dossier', 'motions_standing', 'motions_deal', 'motions_mark')
"""
READ = """
SELECT (
    SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname IN ('customers_customer', 'motions_deal')
) + (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname IN ('customers_customer', 'motions_deal'))
"""
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def told_of_reading(owner: psycopg.Connection[Any]) -> int:
    """How many rows were read, once every other connection is gone: its figures are told as it goes."""
    connections.close_all()
    for _ in range(200):
        [(others,)] = owner.execute(OTHERS).fetchall()
        if not others:
            [(read,)] = owner.execute(READ).fetchall()
            return int(read)
        time.sleep(0.05)
    raise AssertionError("another connection stayed open for ten seconds")


def test_the_first_large_import_reads_what_it_needs_although_its_preview_was_counted_as_nothing(
    lasting: User, another: Callable[[], psycopg.Connection[Any]]
) -> None:
    """What the preview took back leaves pages without rows; counted then, every index looks as good as any other."""
    companies, owner = 400, another()
    owner.autocommit = True
    rows = [f"Firma {n};DE;firma{n}.example;HRB {n};{n + 1};;;;;;" for n in range(companies)]
    batch = checked(lasting, *rows)
    for (table,) in owner.execute(
        "SELECT relname FROM pg_class WHERE relname IN ('customers_customer', 'motions_deal')"
    ):
        owner.execute(f"ANALYZE {table}")
    believed = {name: (count, pages) for name, count, pages in owner.execute(COUNTED)}
    assert believed["customers_customer"][0] == 0 < believed["customers_customer"][1]
    before = told_of_reading(owner)
    steps.move(batch, source=ImportState.CHECKED, target=ImportState.COMMITTING)
    assert worked(batch).state == ImportState.COMMITTED
    after = told_of_reading(owner)
    assert {name for name, count, _pages in owner.execute(COUNTED) if count < companies} == set()
    assert companies <= after - before < 50 * companies


@pytest.fixture
def many(tmp_path: Path) -> Path:
    path = tmp_path / "many.csv"
    with path.open("w") as file:
        file.write("Firma;Land;Domain;Seats;Azure Jahresnutzung;Währung\n")
        for n in range(20_000):
            file.write(
                f"Müller Kunde {n} GmbH;Deutschland;kunde{n}.example;{n % 2700};{n * 13 % 1_200_000},{n % 100:02};EUR\n"
            )
    return path


@pytest.mark.bulk
def test_twenty_thousand_rows_are_imported_without_holding_the_file(seller: User, many: Path) -> None:
    with many.open("rb") as source:
        batch = steps.upload(File(source, name="many.csv"), by=seller, partner=seller.partner, at=now())
    who = staging.Who(batch.partner_id, seller.pk, seller.name)
    tracemalloc.start()
    try:
        steps.check_and_commit(
            batch, chosen=batch.mapping, options=steps.Options(country="DE"), who=who, at=now(), is_commit=True
        )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert batch.counts["new"] == 20_000
    assert ImportRow.objects.filter(batch=batch).count() == 20_000
    # chunks and remembered cells, whatever the size of the file; its rows as Python objects would take 20 MiB
    assert peak < 6 * 2**20
