"""Exports as jobs: asked for, made once by a worker as the partner, taken away, forgotten."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from common.isolation import Side, acting
from motions.models import Export
from motions.services import exports
from tests import factories
from tests.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_place(settings: Any, tmp_path: Any) -> None:
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path, "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "default": place}


def made(answer: Any) -> bool:
    """What a worker does when it is woken."""
    export = Export.objects.get(public_id=answer.json()["id"])
    return exports.make(export_id=export.pk, partner_id=export.partner_id, clock=now)


def test_a_file_is_asked_for_made_once_and_holds_the_partners_own(program: Program) -> None:
    factories.CustomerFactory(partner=program.partner, name="=Müller GmbH", country="AT")
    factories.CustomerFactory(partner=program.partner, country="DE")
    factories.CustomerFactory(name="Rival", country="AT")
    asked = program.post("exports/", {"kind": "csv", "country": "AT"})
    assert (asked.status_code, asked.json()["is_under_way"]) == (202, True), asked.content
    place = asked.headers["Location"]
    assert program.get(f"{place}file/").status_code == 409
    assert [made(asked), made(asked)] == [True, False]
    told = program.get(place).json()
    assert (told["state"], told["rows"], told["is_under_way"]) == ("done", 1, False)
    text = b"".join(program.get(f"{place}file/").streaming_content).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (row["name"], row["country"], row["motion"]) == ("'=Müller GmbH", "AT", "unknown")


def test_a_workbook_is_made_as_well(program: Program) -> None:
    asked = program.post("exports/", {"kind": "xlsx"})
    made(asked)
    got = program.get(f"{asked.headers['Location']}file/")
    assert b"".join(got.streaming_content).startswith(b"PK")
    assert got.headers["Content-Disposition"] == 'attachment; filename="customers.xlsx"'


def test_what_fails_again_and_again_is_given_up(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise OSError("no space")

    asked = program.post("exports/", {"kind": "csv"})
    monkeypatch.setattr(exports, "_write", broken)
    for _ in range(exports.MOST_ATTEMPTS):
        with pytest.raises(OSError, match="no space"):
            made(asked)
    assert made(asked)
    assert program.get(asked.headers["Location"]).json()["state"] == "failed"


def test_what_nobody_has_made_is_found_and_what_is_old_is_forgotten(program: Program) -> None:
    asked = program.post("exports/", {"kind": "csv"})
    with acting(Side.WORKER):
        assert [partner for _pk, partner in exports.waiting()] == [program.partner.pk]
    made(asked)
    with acting(Side.WORKER):
        assert exports.waiting() == []
        assert exports.forget_exports(at=now() + timedelta(days=6)) == 0
        assert exports.forget_exports(at=now() + timedelta(days=8)) == 1
    assert program.get(asked.headers["Location"]).status_code == 404
