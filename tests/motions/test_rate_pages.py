"""Exchange rates as a page, held rates, and the source that is asked, or not."""

import socket
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common import outgoing
from common.refusals import NotAllowed, Refused
from motions import services, tasks
from motions.models import Fanout, HeldRates, RateSet
from motions.reports.rates import missing
from motions.services import sources
from motions.states import Verdict
from partners.models import User
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PAGE_QUERIES = 15


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., int]:
    """Load lines as a file: `load("2026-03-02,1.25,0.95")`."""

    def loaded(*lines: str, header: str = "Date,USD,CHF") -> int:
        path = tmp_path / "rates.csv"
        path.write_text("\n".join([header, *lines]) + "\n")
        return services.load_rates(path, at=NOON)

    return loaded


Load = Callable[..., int]


def days() -> list[date]:
    return list(RateSet.objects.order_by("date").values_list("date", flat=True))


@pytest.mark.parametrize(("value", "is_held"), [("1.5", False), ("1.51", True), ("1.0", False), ("0.99", True)])
def test_a_rate_more_than_a_fifth_off_the_last_one_is_held(value: str, is_held: bool, load: Load) -> None:
    load("2026-02-27,1.25,0.95")
    fanouts = Fanout.objects.count()
    assert load(f"2026-03-02,{value},0.95") == (0 if is_held else 1)
    assert HeldRates.objects.filter(verdict="").exists() is is_held
    assert Fanout.objects.count() == fanouts + (0 if is_held else 1)
    if is_held:
        held = HeldRates.objects.get()
        assert held.outliers == {"USD": ["1.25000000", value]}
        assert days() == [date(2026, 2, 27)]


def test_how_far_is_a_setting_and_an_old_rate_is_no_measure(load: Load, settings: Any) -> None:
    load("2026-01-02,1.25,0.95")
    assert load("2026-03-02,9.5,0.95") == 1, "two months later"
    settings.RATES_FAR_SHARE = Decimal("0.01")
    assert load("2026-03-03,9.6,0.95") == 0


def test_a_day_that_is_held_comes_into_force_when_it_is_confirmed_and_brings_the_next_ones(
    load: Load, policy_owner: User
) -> None:
    load("2026-02-26,1.25,0.95")
    assert load("2026-03-02,2.1,0.95", "2026-02-27,2.0,0.95") == 0
    first = HeldRates.objects.get(date=date(2026, 2, 27))
    assert services.decide_held(first, by=policy_owner, at=NOON, verdict=Verdict.CONFIRMED) == 2
    assert days() == [date(2026, 2, 26), date(2026, 2, 27), date(2026, 3, 2)]
    assert set(HeldRates.objects.values_list("verdict", "decided_by_name")) == {("confirmed", str(policy_owner))}
    with pytest.raises(Refused, match="decided about these rates already"):
        services.decide_held(first, by=policy_owner, at=NOON, verdict=Verdict.DISCARDED)


def test_what_was_discarded_is_not_asked_about_again_and_right_rates_take_its_place(
    load: Load, administrator: User
) -> None:
    load("2026-02-27,1.25,0.95")
    load("2026-03-02,125,0.95")
    load("2026-03-02,125,0.95")
    held = HeldRates.objects.get()
    services.decide_held(held, by=administrator, at=NOON, verdict=Verdict.DISCARDED)
    load("2026-03-02,125,0.95")
    assert HeldRates.objects.count() == 1
    load("2026-03-03,130,0.95")
    assert load("2026-03-03,1.26,0.95", "2026-03-02,1.25,0.95") == 2
    assert list(HeldRates.objects.order_by("date").values_list("verdict", flat=True)) == ["discarded", "replaced"]


def test_only_the_office_loads_and_decides(load: Load, seller: User, reviewer: User, tmp_path: Path) -> None:
    load("2026-02-27,1.25,0.95")
    load("2026-03-02,2.25,0.95")
    for by in (seller, reviewer):
        with pytest.raises(NotAllowed):
            services.decide_held(HeldRates.objects.get(), by=by, at=NOON, verdict=Verdict.CONFIRMED)
        with pytest.raises(NotAllowed):
            services.load_rates(tmp_path / "rates.csv", at=NOON, by=by)


def file_of(text: str) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("rates.csv", text.encode())}


def test_a_file_is_loaded_from_the_page_and_what_is_wrong_is_said_at_the_field(
    signed_in: SignIn, policy_owner: User
) -> None:
    client = signed_in(policy_owner)
    answer = client.post("/policy/rates/upload/", file_of("Date,USD\n2026-03-02,1.25\n"))
    assert answer.headers["Location"] == "/policy/rates/"
    page = text_of(client.get("/policy/rates/"))
    assert "1.25" in page
    assert "1 new day is in force." in page
    assert "working days since Mar 2, 2026 have no rates yet" in page
    for text, sentence in (
        ("Date,USD\n2026-03-03,0\n", "Line 2 cannot be read"),
        ("Date,USD\n2026-03-03,-1\n", "Line 2 cannot be read"),
        ("Date,USD\n2999-03-03,1\n", "lie in the future"),
        ("nothing", "no file of euro reference rates"),
        ("", "no file of euro reference rates"),
    ):
        refused = client.post("/policy/rates/upload/", file_of(text))
        assert refused.status_code == 422
        assert sentence in str(refused.context["form"].errors["file"])
        assert sentence in text_of(refused)
    client.cookies["django_language"] = "de"
    assert "Zeile 2" in text_of(client.post("/policy/rates/upload/", file_of("Date,USD\n2026-03-03,0\n")))
    assert days() == [date(2026, 3, 2)]


def test_held_rates_are_confirmed_or_discarded_on_the_page(load: Load, signed_in: SignIn, policy_owner: User) -> None:
    load("2026-02-27,1.25,0.95")
    load("2026-03-02,2.5,0.95", "2026-03-03,12.5,0.95")
    client = signed_in(policy_owner)
    page = text_of(client.get("/policy/rates/"))
    assert "Held for confirmation" in page
    assert "100.0%" in page
    first, second = HeldRates.objects.order_by("date")
    client.post(f"/policy/rates/held/{first.pk}/", {"verdict": "confirmed"})
    client.post(f"/policy/rates/held/{second.pk}/", {"verdict": "discarded"})
    assert days() == [date(2026, 2, 27), date(2026, 3, 2)]
    assert client.post(f"/policy/rates/held/{second.pk}/", {"verdict": "confirmed"}).status_code == 409
    assert "Held for confirmation" not in text_of(client.get("/policy/rates/"))


def test_partners_read_the_history_and_load_nothing(load: Load, signed_in: SignIn, seller: User) -> None:
    load("2026-02-27,1.25,0.95")
    load("2026-03-02,2.5,0.95")
    client = signed_in(seller)
    page = text_of(client.get("/policy/rates/"))
    assert "1.25" in page
    assert 'type="file"' not in page
    assert 'name="verdict"' not in page
    assert client.post("/policy/rates/upload/", file_of("Date,USD\n2026-03-03,1.25\n")).status_code == 404


@pytest.mark.parametrize(
    ("former", "later", "count"),
    [
        (date(2026, 2, 27), date(2026, 3, 2), 0),  # a weekend
        (date(2026, 3, 2), date(2026, 3, 5), 2),
        (date(2026, 4, 2), date(2026, 4, 7), 0),  # Good Friday to Easter Monday
        (date(2024, 3, 28), date(2024, 4, 2), 0),
        (date(2025, 12, 24), date(2025, 12, 29), 0),  # Christmas
        (date(2026, 4, 30), date(2026, 5, 4), 0),  # the first of May
    ],
)
def test_a_gap_is_a_working_day_of_the_euro_system_without_rates(former: date, later: date, count: int) -> None:
    assert len(missing(former, later)) == count


def test_the_page_shows_gaps_and_changes_and_asks_equally_often_for_few_and_for_many(
    load: Load, signed_in: SignIn, seller: User
) -> None:
    load("2026-03-03,1.1,0.95", "2026-02-26,1,0.95")
    client = signed_in(seller)
    client.get("/policy/rates/")
    with CaptureQueriesContext(connection) as few:
        answer = client.get("/policy/rates/")
    (newest, oldest) = answer.context["lines"]
    assert (newest.missing, newest.change, oldest.change) == (2, Decimal("0.1"), None)
    assert "Gap: 2 working days without rates" in text_of(answer)
    for step in range(70):
        factories.RateSetFactory(date=date(2025, 1, 1) + timedelta(days=step))
    with CaptureQueriesContext(connection) as many:
        page = client.get("/policy/rates/?currency=CHF")
    assert page.context["page"].after
    assert len(few) == len(many) == PAGE_QUERIES


# the source


def test_offline_nobody_is_asked_and_the_page_says_so(
    signed_in: SignIn, seller: User, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "fetch", lambda *_a, **_k: pytest.fail("somebody was asked"))
    caplog.set_level("INFO", "motions.services.sources")
    assert sources.fetch_rates(at=NOON) is None
    assert "no source of exchange rates is connected" in caplog.text
    assert "No source is connected" in text_of(signed_in(seller).get("/policy/rates/"))


def test_a_source_that_is_set_is_asked_and_what_is_new_is_loaded(
    settings: Any, monkeypatch: pytest.MonkeyPatch, signed_in: SignIn, seller: User, woken: list[Any],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:  # fmt: skip
    settings.RATES_SOURCE, settings.RATES_URL = "motions.services.sources.Web", "https://rates.example/eurofxref.csv"
    monkeypatch.setattr(outgoing, "fetch", lambda url, *, most: b"Date,USD\n2026-03-02,1.25\n")
    with django_capture_on_commit_callbacks(execute=True):
        tasks.fetch_rates()
    assert days() == [date(2026, 3, 2)]
    assert ("motions.spread", {}) in woken
    assert "rates.example" in text_of(signed_in(seller).get("/policy/rates/"))


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("http://rates.example/", ["93.184.215.14"]),
        ("https://user:word@rates.example/", ["93.184.215.14"]),
        ("https://rates.example:8443/", ["93.184.215.14"]),
        ("file:///etc/passwd", ["93.184.215.14"]),
        ("https://rates.example/", ["127.0.0.1"]),
        ("https://rates.example/", ["10.0.0.1"]),
        ("https://rates.example/", ["169.254.169.254"]),
        ("https://rates.example/", ["::1"]),
        ("https://rates.example/", ["::ffff:10.0.0.1"]),
        ("https://rates.example/", ["fd00::1"]),
        ("https://rates.example/", ["93.184.215.14", "192.168.0.1"]),
        ("https://rates.example/", []),
    ],
)
def test_only_a_public_address_is_ever_asked(url: str, addresses: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("a connection was opened"))
    with pytest.raises(outgoing.NotFetched):
        outgoing.fetch(url, most=100)


def test_a_public_address_is_taken_as_it_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)
    place = outgoing.checked("https://rates.example/a.csv?b=c")
    assert place == outgoing.Place("rates.example", 443, "/a.csv?b=c", ("93.184.215.14",))
    asked: list[Any] = []

    def refuse(address: tuple[str, int], *_: Any) -> None:
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(outgoing.NotFetched, match="did not answer"):
        outgoing.fetch("https://rates.example/", most=100)
    assert asked == [("93.184.215.14", 443)]
