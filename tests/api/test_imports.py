"""Imports as jobs: asked for, watched, written once, undone."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import now

from customers.models import Customer
from motions.imports import jobs
from motions.models import ImportBatch
from tests.programs import Program

pytestmark = pytest.mark.django_db
TEXT = "Company;Country;Seats\nContoso GmbH;DE;2400\nFabrikam AG;AT;10\n"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": tmp_path, "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "default": place}


def upload(program: Program, text: str = TEXT, *, key: str = "one", **more: str) -> Any:
    headers = {"Authorization": f"Bearer {program.token}", "Idempotency-Key": key}
    form = {"file": SimpleUploadedFile("portfolio.csv", text.encode()), **more}
    return program.client.post("/api/v1/imports/", form, headers=headers)


def worked(program: Program) -> None:
    batch = ImportBatch.objects.get()
    assert jobs.work(batch_id=batch.pk, partner_id=batch.partner_id, clock=now)


def step(program: Program, place: str, verb: str) -> Any:
    seen = program.get(place)
    return program.post(f"{place}{verb}/", If_Match=seen.headers["ETag"])


def test_a_file_goes_all_the_way_and_back(program: Program) -> None:
    answer = upload(program)
    assert (answer.status_code, answer.json()["state"], answer.json()["is_under_way"]) == (202, "checking", True)
    place = answer.headers["Location"]
    worked(program)
    checked = program.get(place).json()
    assert (checked["state"], checked["counts"]["new"], checked["is_under_way"]) == ("checked", 2, False)
    assert not Customer.objects.exists()
    rows = program.get(f"{place}rows/?outcome=new").json()["items"]
    assert [(row["line"], row["name"], row["motion_after"]) for row in rows] == [
        (2, "Contoso GmbH", "enterprise"),
        (3, "Fabrikam AG", "breadth"),
    ]
    assert step(program, place, "commit").status_code == 202
    worked(program)
    assert program.get(place).json()["state"] == "committed"
    assert len(program.get("customers/").json()["items"]) == 2
    assert step(program, place, "undo").status_code == 202
    worked(program)
    assert program.get("customers/").json()["items"] == []


def test_an_upload_that_is_sent_again_is_one_import(program: Program) -> None:
    first, again = upload(program), upload(program)
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    assert again.headers["Idempotent-Replayed"] == "true"
    other = upload(program, TEXT + "Northwind;DE;1\n")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert ImportBatch.objects.count() == 1


def test_what_was_looked_at_is_what_is_written(program: Program) -> None:
    place = upload(program).headers["Location"]
    seen = program.get(place).headers["ETag"]
    worked(program)
    late = program.post(f"{place}commit/", If_Match=seen)
    assert (late.status_code, late.json()["current"]["state"]) == (412, "checked")
    assert program.post(f"{place}commit/").status_code == 428
    assert step(program, place, "undo").status_code == 409


def test_other_columns_are_another_check(program: Program) -> None:
    answer = upload(program, mapping='{"name": "Country"}', country="DE")
    place = answer.headers["Location"]
    worked(program)
    seen = program.get(place).headers["ETag"]
    body = {"mapping": {"name": "Company", "country": "Country"}}
    assert program.post(f"{place}check/", body, If_Match=seen).status_code == 202
    worked(program)
    told = program.get(place).json()
    assert (told["state"], told["mapping"]) == ("checked", body["mapping"])


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("", {}),
        ("\0\0\0", {}),
        (TEXT, {"mapping": '{"name": "No such column"}'}),
        (TEXT, {"mapping": "[]"}),
        (TEXT, {"mapping": "{"}),
        (TEXT, {"mapping": '{"name": 5}'}),
        (TEXT, {"mapping": '{"colour": "Company", "name": "Company"}'}),
        (TEXT, {"country": "XX"}),
        (TEXT, {"colour": "red"}),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_and_not_kept(text: str, more: dict[str, str], program: Program) -> None:
    answer = upload(program, text, **more)
    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"]
    assert not ImportBatch.objects.exists()


def test_a_neighbours_import_is_nothing(program: Program, rival: Program) -> None:
    place = upload(program).headers["Location"]
    nothing = "imports/00000000-0000-4000-8000-000000000000/"
    for verb in ("", "rows/"):
        assert rival.get(place + verb).content == rival.get(nothing + verb).content
    assert rival.post(f"{place}commit/", If_Match='"1"').status_code == 404
