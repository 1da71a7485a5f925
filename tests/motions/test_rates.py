"""Euro reference rates from a file: what is there is kept, what is missing stays missing, nothing is loaded by half."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from common.refusals import Unfit
from motions import services
from motions.models import Fanout, Rate, RateSet
from tests.factories import NOON

pytestmark = pytest.mark.django_db

HISTORY = Path(__file__).resolve().parents[3] / "shared" / "data" / "eurofxref-hist.csv"
Written = Callable[[str | bytes], Path]
LATER = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(text: str | bytes) -> Path:
        path = tmp_path / "rates.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def of_day(day: date) -> dict[str, Decimal]:
    return dict(Rate.objects.filter(rate_set__date=day).values_list("currency", "per_euro"))


def test_days_are_loaded_with_the_euro_itself_and_gaps_stay_gaps(written: Written) -> None:
    path = written("Date,USD,BGN,CHF,\n2026-03-03,1.25,N/A,0.95,\n2026-03-02, 1.2,1.9558,,\n")
    assert services.load_rates(path, at=NOON) == 2
    assert of_day(date(2026, 3, 3)) == {"EUR": 1, "USD": Decimal("1.25"), "CHF": Decimal("0.95")}
    assert of_day(date(2026, 3, 2)) == {"EUR": 1, "USD": Decimal("1.2"), "BGN": Decimal("1.9558")}
    assert list(Fanout.objects.values_list("cause", flat=True)) == ["rates"]


def test_a_file_with_byte_order_mark_blank_lines_and_short_rows_is_read(written: Written) -> None:
    assert services.load_rates(written("\ufeffDate,USD,CHF\r\n\r\n2026-03-02,1.25\r\n ,\r\n\r\n"), at=NOON) == 1
    assert of_day(date(2026, 3, 2)) == {"EUR": 1, "USD": Decimal("1.25")}


def test_loading_again_changes_nothing_and_wakes_nobody(written: Written) -> None:
    path = written("Date,USD\n2026-03-02,1.25\n")
    services.load_rates(path, at=NOON)
    path.write_text("Date,USD\n2026-03-03,1.3\n2026-03-02,9.99\n")
    assert services.load_rates(path, at=NOON) == 1
    assert services.load_rates(path, at=NOON) == 0
    assert of_day(date(2026, 3, 2))["USD"] == Decimal("1.25"), "a day that is there is never changed"
    assert Fanout.objects.count() == 2


def test_a_day_that_stands_twice_counts_once_as_it_stands_first(written: Written) -> None:
    assert services.load_rates(written("Date,USD\n2026-03-02,1.25\n2026-03-02,1.3\n"), at=NOON) == 1
    assert of_day(date(2026, 3, 2))["USD"] == Decimal("1.25")


def test_only_the_newest_days_are_read_when_asked(written: Written) -> None:
    path = written("Date,USD\n2026-03-03,1.25\n2026-03-02,1.2\nthis line is never looked at\n")
    assert services.load_rates(path, at=NOON, newest=2) == 2
    assert list(RateSet.objects.order_by("date").values_list("date", flat=True)) == [
        date(2026, 3, 2),
        date(2026, 3, 3),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "2026-03-01,abc",
        "2026-03-01,0",
        "2026-03-01,-1.2",
        "2026-03-01,NaN",
        "2026-03-01,Infinity",
        "2026-03-01,1e20",
        "2026-03-01,0.000000001",
        "01.03.2026,1.2",
        "2026-02-30,1.2",
        ",1.2",
    ],
)
def test_a_bad_line_is_named_and_nothing_is_loaded(line: str, written: Written) -> None:
    with pytest.raises(Unfit, match="Line 3"):
        services.load_rates(written(f"Date,USD\n2026-03-02,1.25\n{line}\n"), at=NOON)
    assert not RateSet.objects.exists()
    assert not Fanout.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n2026-03-02,1.25\n",
        "date,USD\n2026-03-02,1.25\n",
        "Date,US Dollar\n2026-03-02,1.25\n",
        "Date;USD\n2026-03-02;1.25\n",
        b"Date,USD\n2026-03-02,1.25 \xe4\n",
        "Date,USD\n2026-03-02," + "1" * 200_000 + "\n",
    ],
)
def test_what_is_no_file_of_rates_is_refused_in_a_sentence(text: str | bytes, written: Written) -> None:
    with pytest.raises(Unfit, match="no file of euro reference rates"):
        services.load_rates(written(text), at=NOON)
    assert not RateSet.objects.exists()


def test_rates_of_a_day_to_come_are_refused(written: Written) -> None:
    with pytest.raises(Unfit, match="2026-03-04 lie in the future"):
        services.load_rates(written("Date,USD\n2026-03-04,1.25\n2026-03-02,1.25\n"), at=NOON)
    assert not RateSet.objects.exists()


def test_the_newest_day_that_is_not_later_counts(written: Written) -> None:
    services.load_rates(written("Date,USD\n2026-03-02,1.25\n2026-02-27,1.2\n"), at=NOON)
    for day, used in [(27, None), (28, date(2026, 2, 27))]:
        found = RateSet.objects.in_force(date(2026, 2, day - 1))
        assert (found.date if found else None) == used
    assert str(RateSet.objects.in_force(date(2026, 3, 1))) == "ECB 2026-02-27"
    assert str(RateSet.objects.in_force(date(2027, 1, 1))) == "ECB 2026-03-02"


@pytest.mark.skipif(not HISTORY.exists(), reason="the European Central Bank's file is not on this machine")
def test_the_banks_own_file_is_read_as_it_is() -> None:
    assert services.load_rates(HISTORY, at=LATER, newest=300) == 300
    newest = RateSet.objects.order_by("-date")[0]
    rates = of_day(newest.date)
    assert {"EUR", "USD", "CHF", "GBP", "JPY"} <= rates.keys()
    assert not {"", "CYP", "EEK"} & rates.keys(), "currencies of the past have no rate"


def test_the_command_loads_and_wakes_the_workers(
    written: Written,
    capsys: pytest.CaptureFixture[str],
    woken: list[tuple[str, dict[str, Any]]],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    path = written("Date,USD\n2026-03-02,1.25\n")
    with django_capture_on_commit_callbacks(execute=True):
        call_command("load_rates", path, newest=5)
    assert capsys.readouterr().out == "1 new days of exchange rates\n"
    assert [name for name, _arguments in woken] == ["motions.spread", "motions.drain_bulk"]


def test_the_command_says_what_is_wrong(written: Written, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no file of euro reference rates"):
        call_command("load_rates", written("nothing"))
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_rates", tmp_path / "missing.csv")
