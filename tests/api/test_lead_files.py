"""A file of leads as a job: uploaded, watched, written, undone, by the program that brought it."""

import json
from typing import Any

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from partners.models import User
from referrals.models import LeadImport, Referral
from tests import factories
from tests.programs import Program
from tests.referrals.test_imports import GOOD, file_of, line, worked

pytestmark = pytest.mark.django_db
QUERIES = 7


def upload(program: Program, *lines: str, **more: str) -> Any:
    """As a form with a file."""
    body = encode_multipart(BOUNDARY, {"file": file_of(*lines), **more})
    headers = {"Authorization": f"Bearer {program.token}", "Idempotency-Key": json.dumps(lines)[:200].replace(" ", "")}
    return program.client.generic(
        "POST", "/api/v1/referral-imports/", body, content_type=MULTIPART_CONTENT, headers=headers
    )


def test_a_file_is_checked_written_and_taken_back(program: Program, woken: Any) -> None:
    factories.CustomerFactory(partner=program.partner, name="Contoso GmbH", domain="contoso.de")
    asked = upload(program, GOOD, line(name="Other", value="viel"), submits="true")
    assert (asked.status_code, asked.json()["is_under_way"], asked.json()["all_rows"]) == (202, True, 2), asked.content
    place, batch = asked.headers["Location"], LeadImport.objects.get()
    worked(batch)
    seen = program.get(place)
    assert (seen.json()["state"], seen.json()["counts"], seen.json()["done_rows"]) == (
        "checked", {"new": 1, "refused": 1}, 2,
    )  # fmt: skip
    [bad] = program.get(f"{place}rows/?outcome=refused").json()["items"]
    assert (bad["line"], [one["column"] for one in bad["problems"]]) == (3, ["Geschätzter Wert"])
    assert program.post(f"{place}commit/", If_Match=asked.headers["ETag"]).status_code == 412
    assert program.post(f"{place}commit/", If_Match=seen.headers["ETag"]).status_code == 202
    worked(batch)
    [good] = program.get(f"{place}rows/?outcome=new").json()["items"]
    assert good["referral"] == str(Referral.objects.get().public_id)
    written = program.get(place)
    assert program.post(f"{place}undo/", If_Match=written.headers["ETag"]).json()["state"] == "undoing"


def test_a_file_that_cannot_be_read_is_said_at_its_field(program: Program) -> None:
    answer = upload(program)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "file")


def test_files_of_colleagues_and_of_others_are_not_there(program: Program, seller: User, rival: Program) -> None:
    for by in (seller, rival.row.user):
        batch = factories.LeadImportFactory(by=by)
        assert program.get(f"referral-imports/{batch.public_id}/").status_code == 404
    assert program.get("referral-imports/").json()["items"] == []


@pytest.mark.parametrize("count", [1, 4])
def test_many_files_ask_no_more_queries_than_one(program: Program, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        batch = factories.LeadImportFactory(by=program.row.user)
        for _row in range(number + 1):
            factories.LeadImportRowFactory(batch=batch, outcome="new")
    program.get("referral-imports/")
    with django_assert_num_queries(QUERIES):
        answer = program.get("referral-imports/")
    assert sorted(one["counts"]["new"] for one in answer.json()["items"]) == list(range(1, count + 1))
