"""The pages of an import, without JavaScript and with htmx."""

import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from motions.imports import jobs
from motions.models import ImportBatch
from motions.states import ImportState
from partners.models import User
from tests import factories

GOOD = "Firma;Seats\r\nAlpha GmbH;2.399\r\nAlpha;5\r\nBeta;-3\r\n"
SignedIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path, "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "default": place}


def upload(client: Client, text: str = GOOD) -> ImportBatch:
    file = SimpleUploadedFile("kunden.csv", text.encode(), "text/csv")
    answer = client.post(reverse("motions:imports"), {"file": file})
    assert answer.status_code == 302
    batch: ImportBatch = ImportBatch.objects.latest("id")
    return batch


def mapped(client: Client, batch: ImportBatch, **more: str) -> Any:
    data = {"map_name": "Firma", "map_seats": "Seats", "country": "DE", **more}
    return client.post(reverse("motions:import_map", args=[batch.public_id]), data)


def page(client: Client, batch: ImportBatch, query: str = "", **headers: str) -> str:
    answer = client.get(reverse("motions:import_batch", args=[batch.public_id]) + query, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def worked(batch: ImportBatch) -> None:
    jobs.work(batch_id=batch.pk, partner_id=batch.partner_id, clock=now)


def test_from_upload_to_undo_without_javascript(seller: User, signed_in: SignedIn, woken: list[Any]) -> None:
    client = signed_in(seller)
    batch = upload(client)
    assert "Which column is which?" in page(client, batch)
    assert mapped(client, batch).status_code == 302
    assert "being checked" in page(client, batch)
    worked(batch)
    told = page(client, batch)
    assert "This is a dry run" in told
    assert "Repeats line 2" in told
    assert "is negative" in page(client, batch, "?outcome=refused")
    again = client.get(reverse("motions:import_again", args=[batch.public_id]))
    assert "Which column is which?" in again.content.decode()
    assert client.post(reverse("motions:import_commit", args=[batch.public_id])).status_code == 302
    assert client.post(reverse("motions:import_commit", args=[batch.public_id])).status_code == 409
    assert client.get(reverse("motions:import_again", args=[batch.public_id])).status_code == 302
    worked(batch)
    assert "Undo this import" in page(client, batch)
    result = client.get(reverse("motions:import_result", args=[batch.public_id]))
    assert b"Alpha GmbH;2.399;new" in b"".join(result.streaming_content)  # type: ignore[arg-type]
    assert client.post(reverse("motions:import_undo", args=[batch.public_id])).status_code == 302
    worked(batch)
    assert "Undone" in page(client, batch)


def test_htmx_gets_the_part_that_moves(seller: User, signed_in: SignedIn, woken: list[Any]) -> None:
    client = signed_in(seller)
    batch = upload(client)
    data = {"map_name": "Firma", "country": "DE"}
    part = client.post(
        reverse("motions:import_map", args=[batch.public_id]), data, headers={"HX-Request": "true"}
    ).content.decode()
    assert part.lstrip().startswith('<div id="import"')
    assert 'hx-trigger="load' in part
    assert "<html" not in page(client, batch, **{"HX-Request": "true"})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "is empty"), (b"%PDF-1.4", "PDF"), (b"\x89PNG\r\n", "picture"), (b"PK\x03\x04", "damaged")],
)
def test_a_file_that_is_no_table_gets_a_sentence(
    content: bytes, sentence: str, seller: User, signed_in: SignedIn
) -> None:
    file = SimpleUploadedFile("kunden.csv", content)
    answer = signed_in(seller).post(reverse("motions:imports"), {"file": file})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_wrong_columns_are_named_at_their_field(seller: User, signed_in: SignedIn) -> None:
    client = signed_in(seller)
    batch = upload(client)
    twice = mapped(client, batch, map_deal_name="Firma")
    assert twice.status_code == 422
    assert "already stands for another field" in twice.content.decode()
    assert mapped(client, batch, map_name="").status_code == 422


def test_a_question_that_the_file_leaves_open_is_asked(seller: User, signed_in: SignedIn, woken: list[Any]) -> None:
    client = signed_in(seller)
    batch = upload(client, "Firma;Azure\nAlpha;1.234\n")
    data = {"map_name": "Firma", "map_azure_annual": "Azure", "country": "DE", "currency": "EUR"}
    client.post(reverse("motions:import_map", args=[batch.public_id]), data)
    worked(batch)
    assert "can mean two numbers" in page(client, batch)
    client.post(reverse("motions:import_map", args=[batch.public_id]), {**data, "decimal": "comma"})
    worked(batch)
    batch.refresh_from_db()
    assert batch.state == ImportState.CHECKED


def test_a_file_that_is_gone_is_said_and_no_error(seller: User, signed_in: SignedIn, tmp_path: Path) -> None:
    client = signed_in(seller)
    batch = upload(client)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.write_bytes(b"%PDF")
    assert "PDF" in page(client, batch)
    assert mapped(client, batch).status_code == 422


def test_another_partner_finds_nothing_and_changes_nothing(
    seller: User, rival: User, signed_in: SignedIn, woken: list[Any]
) -> None:
    batch = upload(signed_in(seller))
    stranger = signed_in(rival)
    for name in ("import_batch", "import_again", "import_result"):
        assert stranger.get(reverse(f"motions:{name}", args=[batch.public_id])).status_code == 404
    for name in ("import_map", "import_commit", "import_undo"):
        assert stranger.post(reverse(f"motions:{name}", args=[batch.public_id])).status_code == 404
    assert "kunden.csv" not in stranger.get(reverse("motions:imports")).content.decode()
    batch.refresh_from_db()
    assert batch.state == ImportState.UPLOADED


def test_only_whoever_imported_or_the_administrator_may_undo(
    seller: User, chief: User, signed_in: SignedIn, woken: list[Any]
) -> None:
    client = signed_in(seller)
    batch = upload(client)
    for name in ("import_commit", "import_undo"):  # nothing is checked, nothing is written
        assert client.post(reverse(f"motions:{name}", args=[batch.public_id])).status_code == 409
    mapped(client, batch)
    worked(batch)
    client.post(reverse("motions:import_commit", args=[batch.public_id]))
    worked(batch)
    assert mapped(client, batch).status_code == 409
    colleague = signed_in(factories.UserFactory(partner=seller.partner))
    assert "Undo this import" not in page(colleague, batch)
    assert colleague.post(reverse("motions:import_undo", args=[batch.public_id])).status_code == 403
    assert "Undo this import" in page(signed_in(chief), batch)
    assert signed_in(chief).post(reverse("motions:import_undo", args=[batch.public_id])).status_code == 302
    assert signed_in(chief).post(reverse("motions:import_undo", args=[batch.public_id])).status_code == 409


def test_the_result_file_holds_all_rows_and_can_be_mended_and_sent_again(
    seller: User, signed_in: SignedIn, woken: list[Any]
) -> None:
    client = signed_in(seller)
    rows = ["Alpha;1", '"Offen;2', "Beta;x", "Gamma;3;zu viel", "=1+1;4", "Delta\ufffd;5"]
    batch = upload(client, "\n".join(["Firma;Seats", *rows, ""]))
    mapped(client, batch)
    worked(batch)
    answer = client.get(reverse("motions:import_result", args=[batch.public_id]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    told = list(csv.reader(StringIO(text), delimiter=";"))
    assert told[0] == ["Firma", "Seats", "Outcome", "Reason"]
    assert [row[0] for row in told[1:]] == ["Alpha", '"Offen;2', "Beta", "Gamma", "'=1+1", "Delta\ufffd"]
    assert [row[2] for row in told[1:]] == ["new", *["refused"] * 5]
    assert told[4][4:] == ["zu viel"]
    again = upload(client, text.replace("x;refused", "9;refused"))
    assert again.mapping == {"name": "Firma", "seats": "Seats"}
    mapped(client, again)
    worked(again)
    again.refresh_from_db()
    assert again.counts["new"] >= 2  # Alpha and the mended Beta


def test_a_german_reads_german(seller: User, signed_in: SignedIn, woken: list[Any]) -> None:
    client = signed_in(seller)
    batch = upload(client)
    mapped(client, batch)
    worked(batch)
    client.cookies["django_language"] = "de"
    told = page(client, batch)
    assert "Wiederholt Zeile 2" in told
    assert "ist negativ" in page(client, batch, "?outcome=refused")
    assert "is negative" not in page(client, batch, "?outcome=refused")
