"""An import from file to undo, through the steps that page and command share: nothing dropped, nothing doubled."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils.timezone import now
from openpyxl import Workbook

from common.isolation import Side, acting
from common.refusals import NotAllowed, Refused
from customers.models import Customer, CustomerEvent
from motions import bulk
from motions.imports import jobs, report, steps
from motions.imports.findings import FileRefused
from motions.imports.staging import Who
from motions.models import Deal, DealEvent, ImportBatch, ImportMapping, ImportRow, Mark, Standing
from motions.states import ImportState
from partners.models import Partner, User
from tests import factories

HEADER = (
    "name;country;domain;registration_number;seats;azure_annual;currency;needs;prefers_self_service;deal_name;deal_key"
)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        },
    }


def uploaded(user: User, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> ImportBatch:
    assert user.partner is not None
    text = "\r\n".join([header, *rows]) + "\r\n"
    file = ContentFile(text.encode(encoding), name="kunden.csv")
    return steps.upload(file, by=user, partner=user.partner, at=now())


def checked(user: User, *rows: str, **more: str) -> ImportBatch:
    batch = uploaded(user, *rows, **more)
    steps.ask_check(batch, chosen=batch.mapping, options=steps.Options(country="DE"))
    return worked(batch)


def worked(batch: ImportBatch) -> ImportBatch:
    jobs.work(batch_id=batch.pk, partner_id=batch.partner_id, clock=now)
    batch.refresh_from_db()
    return batch


def committed(user: User, *rows: str, **more: str) -> ImportBatch:
    batch = checked(user, *rows, **more)
    steps.move(batch, source=ImportState.CHECKED, target=ImportState.COMMITTING)
    return worked(batch)


def outcomes(batch: ImportBatch) -> list[tuple[int, str, str]]:
    return list(ImportRow.objects.filter(batch=batch).order_by("line").values_list("line", "outcome", "code"))


def facts(user: User) -> Any:
    """Everything an undo has to put back."""
    customers = Customer.objects.filter(partner=user.partner, archived_at=None).order_by("name")
    deals = Deal.objects.filter(partner=user.partner).order_by("customer__name", "kind", "name")
    return (
        list(customers.values_list("name", "country", "domain", "registration_number")),
        list(
            deals.values_list(
                "customer__name", "kind", "name", "key", "seats", "amount", "currency", "needs", "prefers_self_service"
            )
        ),
    )


def test_a_check_says_what_would_happen_and_changes_nothing(seller: User, drain: Callable[[], bulk.Counts]) -> None:
    drain()
    before = facts(seller), Mark.objects.count()
    batch = checked(
        seller, "Alpha GmbH;DE;alpha.de;;2400;;;;;;", "Beta AG;DE;;;;1000000;USD;;;;", "Gamma;DE;;;-1;;;;;;"
    )
    assert batch.state == ImportState.CHECKED
    assert [row[1:] for row in outcomes(batch)] == [("new", ""), ("new", ""), ("refused", "negative")]
    assert batch.counts["motions_after"] == {"breadth": 0, "enterprise": 2, "self_service": 0, "unknown": 0}
    assert (facts(seller), Mark.objects.count()) == before


@pytest.mark.parametrize(
    ("seats", "azure", "motion"),
    [
        ("2399", "", "breadth"),
        ("2400", "", "enterprise"),
        ("2401", "", "enterprise"),
        ("", "999999.99", "breadth"),
        ("", "1000000.00", "enterprise"),
        ("", "1000000.01", "enterprise"),
        ("1000", "2000000", "enterprise"),
        ("", "", "unknown"),
    ],
)
def test_the_limits_decide_through_the_import(
    seats: str, azure: str, motion: str, seller: User, drain: Callable[[], bulk.Counts]
) -> None:
    currency = "USD" if azure else ""
    committed(seller, f"Alpha GmbH;DE;;;{seats};{azure};{currency};;;;")
    drain()
    assert Standing.objects.get(customer__name="Alpha GmbH").motion == motion


def test_the_same_file_twice_changes_nothing(seller: User) -> None:
    rows = ["Alpha GmbH;DE;alpha.de;;10;500,50;EUR;none;no;;", "Beta;DE;;HRB 1;20;;;multi-tenant;yes;Big;K1"]
    committed(seller, *rows)
    before = facts(seller), DealEvent.objects.count(), CustomerEvent.objects.count()
    again = committed(seller, *rows)
    assert [row[1] for row in outcomes(again)] == ["unchanged", "unchanged"]
    assert (facts(seller), DealEvent.objects.count(), CustomerEvent.objects.count()) == before
    assert worked(again).state == ImportState.COMMITTED


def test_repeats_and_contradictions_are_reported_and_never_merged(seller: User) -> None:
    factories.CustomerFactory(partner=seller.partner, name="Echo GmbH", domain="echo.de")
    factories.CustomerFactory(partner=seller.partner, name="Fox GmbH")
    factories.CustomerFactory(partner=seller.partner, name="Fox AG")
    batch = checked(
        seller,
        "Müller GmbH;DE;;;10;;;;;;",
        "MUELLER;DE;;;11;;;;;;",
        "Müller GmbH;DE;;;;900;EUR;;;;",
        "Delta;DE;delta.de;;1;;;;;;",
        "Delta GmbH;DE;other.de;;1;;;;;;",
        "Echo;DE;another.de;;1;;;;;;",
        "Fox;DE;;;1;;;;;;",
    )
    assert [row[1:] for row in outcomes(batch)] == [
        ("new", ""),
        ("duplicate", "repeats_line"),
        ("new", ""),
        ("new", ""),
        ("duplicate", "differs_from_line"),
        ("duplicate", "differs_from_customer"),
        ("duplicate", "several_customers"),
    ]


def test_a_blank_never_erases_and_a_larger_size_replaces(seller: User) -> None:
    committed(seller, "Alpha;DE;;;10;500;EUR;multi-tenant;yes;;")
    batch = committed(seller, "Alpha;DE;alpha.de;HRB 7;25;;;;;;")
    assert [row[1] for row in outcomes(batch)] == ["changed"]
    seats, azure = Deal.objects.get(kind="seats"), Deal.objects.get(kind="azure")
    assert (seats.seats, seats.needs, seats.prefers_self_service) == (25, ["multi_tenant"], True)
    assert (azure.amount, azure.currency) == (500, "EUR")
    customer = Customer.objects.get(name="Alpha")
    assert (customer.domain, customer.registration_number) == ("alpha.de", "HRB 7")


def test_several_deals_of_one_company_stay_apart(seller: User) -> None:
    committed(seller, "Alpha;DE;;;10;;;;;Berlin;K1", "Alpha GmbH;DE;;;20;;;;;Hamburg;K2", "Alpha;DE;;;30;;;;;Ulm;")
    assert list(Deal.objects.order_by("seats").values_list("name", "key", "seats")) == [
        ("Berlin", "K1", 10),
        ("Hamburg", "K2", 20),
        ("Ulm", "", 30),
    ]
    assert Customer.objects.count() == 1


def test_undo_puts_everything_back_but_what_was_touched_since(seller: User, chief: User, rival: User) -> None:
    kept = factories.CustomerFactory(partner=seller.partner, name="Alpha")
    factories.DealFactory(customer=kept, name="Old", seats=5)
    before = facts(seller)
    batch = committed(seller, "Alpha;DE;alpha.de;;50;;;;;Old;", "Beta;DE;;;7;;;;;;", "Gamma;DE;;;8;9;EUR;;;;")
    assert facts(seller) != before
    with pytest.raises(NotAllowed):
        steps.ask_undo(batch, by=factories.UserFactory(partner=seller.partner))
    steps.ask_undo(batch, by=chief)
    assert worked(batch).state == ImportState.UNDONE
    assert facts(seller) == before
    again = committed(seller, "Beta;DE;;;7;;;;;;", "Gamma;DE;;;8;;;;;;")
    assert [row[1] for row in outcomes(again)] == ["new", "new"]  # archived customers come back
    Deal.objects.filter(customer__name="Beta").update(seats=70, version=2)
    steps.ask_undo(again, by=seller)
    undone = worked(again)
    assert undone.counts["kept"] == 1
    assert [row[2] for row in outcomes(undone)] == ["kept_since_changed", ""]
    assert Deal.objects.get(customer__name="Beta").seats == 70
    with pytest.raises(Refused):
        steps.ask_undo(undone, by=seller)


def test_another_partners_customers_are_never_met(seller: User, rival: User) -> None:
    factories.CustomerFactory(partner=rival.partner, name="Alpha GmbH", domain="alpha.de")
    batch = committed(seller, "Alpha GmbH;DE;alpha.de;;10;;;;;;")
    assert [row[1] for row in outcomes(batch)] == ["new"]
    assert Customer.objects.filter(name="Alpha GmbH").count() == 2


def test_ambiguous_numbers_are_asked_about_and_the_answer_counts(seller: User) -> None:
    batch = checked(seller, "Alpha;DE;;;;1.234;EUR;;;;")
    assert (batch.state, batch.problem["code"]) == (ImportState.FAILED, "numbers_ambiguous")
    steps.ask_check(batch, chosen=batch.mapping, options=steps.Options(country="DE", decimal="comma"))
    worked(batch)
    assert ImportRow.objects.get(batch=batch).azure_annual == 1234


def test_the_mapping_of_a_header_is_remembered(seller: User) -> None:
    header = "Bezeichner;Spalte B"
    batch = uploaded(seller, "Alpha;10", header=header)
    chosen = {"name": "Bezeichner", "seats": "Spalte B"}
    steps.ask_check(batch, chosen=chosen, options=steps.Options(country="DE"))
    worked(batch)
    steps.move(batch, source=ImportState.CHECKED, target=ImportState.COMMITTING)
    worked(batch)
    assert ImportMapping.objects.get().mapping == chosen
    assert uploaded(seller, "Beta;11", header=header).mapping == chosen


def test_a_lost_message_is_found_and_done(seller: User) -> None:
    batch = uploaded(seller, "Alpha;DE;;;10;;;;;;")
    steps.ask_check(batch, chosen=batch.mapping, options=steps.Options(country="DE"))
    with acting(Side.WORKER):
        assert jobs.waiting() == [(batch.pk, batch.partner_id)]
    worked(batch)
    with acting(Side.WORKER):
        assert jobs.waiting() == []


def test_a_step_taken_twice_is_refused(seller: User) -> None:
    batch = checked(seller, "Alpha;DE;;;10;;;;;;")
    steps.move(batch, source=ImportState.CHECKED, target=ImportState.COMMITTING)
    with pytest.raises(Refused):
        steps.move(batch, source=ImportState.CHECKED, target=ImportState.COMMITTING)
    batch.refresh_from_db()
    with pytest.raises(Refused):
        steps.ask_check(batch, chosen=batch.mapping, options=steps.Options())


def test_the_result_file_repeats_the_rows_with_outcome_and_harmless_cells(seller: User) -> None:
    batch = checked(seller, "Alpha;DE;;;10;;;;;;", '"=cmd|x";DE;;;5;;;;;;', "Gamma;DE;;;x;;;;;;")
    lines = b"".join(report.lines(batch)).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("name;country")
    assert lines[0].endswith("Outcome;Reason")
    assert lines[1].split(";")[-2] == "new"
    assert lines[2].startswith("'=cmd|x")
    assert "seats: “x” is no number" in lines[3]


def test_a_file_that_is_no_table_is_not_kept(seller: User, tmp_path: Path) -> None:
    for content, code in (
        (b"", "file_empty"),
        (b"%PDF-1.7 x", "file_is_pdf"),
        (b"PK\x03\x04broken", "workbook_broken"),
    ):
        with pytest.raises(FileRefused) as refused:
            steps.upload(ContentFile(content, name="x.csv"), by=seller, partner=seller.partner, at=now())
        assert refused.value.code == code
    assert not ImportBatch.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def command(partner: Partner, file: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    call_command("import_portfolio", str(file), "--partner", partner.partner_number, *words)
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_the_command_prints_one_object_whose_outcomes_add_up(
    partner: Partner, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "firmen.csv"
    file.write_bytes("Firma,Mitarbeiter\nMüller,2400.0\nBeta,10.0\nBeta,11.0\nGamma,-1\n".encode("latin-1"))
    told = command(partner, file, capsys)
    assert {key: told[key] for key in ("rows", "new", "duplicate", "refused", "encoding", "delimiter")} == {
        "rows": 4,
        "new": 2,
        "duplicate": 1,
        "refused": 1,
        "encoding": "windows-1252",
        "delimiter": ",",
    }
    assert [(error["line"], error["code"]) for error in told["errors"]] == [(4, "repeats_line"), (5, "negative")]
    assert not Customer.objects.exists()
    told = command(partner, file, capsys, "--commit", "--wait", "--map", "name=Firma", "seats=2")
    assert told["motions"] == {"breadth": 1, "enterprise": 1, "self_service": 0, "unknown": 0}
    assert command(partner, file, capsys, "--commit", "--wait")["unchanged"] == 2


def test_the_command_refuses_in_words(partner: Partner, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(b"%PDF")
    with pytest.raises(SystemExit):
        command(partner, file, capsys)
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "file_is_pdf"
    for words in (["--partner", "nobody"], ["--partner", str(10**30)]):
        with pytest.raises(CommandError):
            call_command("import_portfolio", str(file), *words)
    with pytest.raises(CommandError):
        command(partner, tmp_path / "missing.csv", capsys)
    with pytest.raises(CommandError):
        command(partner, file.rename(tmp_path / "y.csv"), capsys, "--map", "nonsense")


def test_progress_is_told_outside_the_step(seller: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr("motions.sql.progress.TELL_EVERY", -1.0)
    monkeypatch.setattr(
        "motions.sql.progress.told",
        lambda batch, *fields: told.append(batch.done_rows) if "done_rows" in fields else None,
    )
    checked(seller, "Alpha;DE;;;10;;;;;;")
    assert told == [1]


def test_files_are_opened_as_django_gives_them(seller: User, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("name;seats\nAlpha;1\n")
    with path.open("rb") as source:
        batch = steps.upload(File(source, name="a.csv"), by=None, partner=seller.partner, at=now(), by_name="robot")
    who = Who(seller.partner_id or 0, None, "robot")
    done = steps.check_and_commit(
        batch, chosen=batch.mapping, options=steps.Options(country="DE"), who=who, at=now(), is_commit=True
    )
    assert done.state == ImportState.COMMITTED
    assert CustomerEvent.objects.get().by_name == "robot"


def test_no_byte_of_a_file_stops_the_rest_of_it(seller: User) -> None:
    batch = checked(
        seller,
        "Al\x00pha;DE;;;10;;;;;;",
        "Be\x07ta;DE;;;10;;;;;;",
        "Gamma\t\\N;DE;;;10;;;;;;",
        "Delta;DE;;;1\x00;;;;;;",
        "\u202eEcho;DE;;;10;;;;;;",
        "Fox;DE;;;10;;;;;;",
    )
    assert [row[1] for row in outcomes(batch)] == ["refused", "refused", "new", "refused", "refused", "new"]


def test_a_workbook_is_imported_although_it_is_stored_without_its_ending(seller: User) -> None:
    book, file = Workbook(), BytesIO()
    for row in (["Firma", "Seats"], ["Alpha GmbH", 2400], ["Beta", 12.0], ["Gamma", 1.5]):
        book.active.append(row)
    book.save(file)
    assert seller.partner is not None
    content = ContentFile(file.getvalue(), name="kunden.xlsx")
    batch = steps.upload(content, by=seller, partner=seller.partner, at=now())
    steps.ask_check(batch, chosen=batch.mapping, options=steps.Options(country="DE"))
    assert [row[1:] for row in outcomes(worked(batch))] == [("new", ""), ("new", ""), ("refused", "seats_not_whole")]
