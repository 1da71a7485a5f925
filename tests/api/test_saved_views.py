"""Saved views in the API: filters as the pages understand them, one's own to change, the colleagues' to read."""

from typing import Any

import pytest

from customers.models import SavedView
from partners.models import User
from tests import factories
from tests.programs import Program

pytestmark = pytest.mark.django_db
BODY = {"list": "customers", "name": " Near  the limit ", "query": "state=near&country=AT&columns=country"}


def test_a_view_is_saved_read_changed_and_removed(program: Program) -> None:
    made = program.post("views/", BODY)
    assert made.status_code == 201, made.content
    place, told = made.headers["Location"], made.json()
    assert (told["name"], told["is_own"], told["is_shared"]) == ("Near the limit", True, False)
    assert told["page"] == f"/customers/?{told['query']}"
    assert dict(pair.split("=") for pair in told["query"].split("&")) == {
        "state": "near", "country": "AT", "columns": "country",
    }  # fmt: skip
    read = program.get(place)
    changed = program.patch(place, {"is_shared": True}, If_Match=read.headers["ETag"])
    assert (changed.json()["is_shared"], changed.json()["query"]) == (True, told["query"])
    late = program.patch(place, {"name": "Late"}, If_Match=read.headers["ETag"])
    assert (late.status_code, late.json()["current"]["is_shared"]) == (412, True)
    assert program.delete(place, If_Match=changed.headers["ETag"]).status_code == 204
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "said",
    [
        {"query": "colour=red"},
        {"query": "country=XX"},
        {"query": "motion=sideways"},
        {"query": "q=a%00b"},
        {"list": "leads", "query": "motion=breadth"},
        {"query": "q=" + "x" * 3000},
    ],
    ids=lambda said: str(said)[:40],
)
def test_a_filter_that_the_list_does_not_have_is_refused_and_nothing_kept(
    said: dict[str, Any], program: Program
) -> None:
    answer = program.post("views/", BODY | said)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query")
    assert not SavedView.objects.exists()


def test_one_name_is_one_view(program: Program) -> None:
    first, second = program.post("views/", BODY), program.post("views/", BODY | {"name": "Other"})
    assert program.post("views/", BODY).status_code == 409
    assert program.post("views/", {**BODY, "list": "leads", "query": "tab=inbound"}).status_code == 201
    seen = program.get(second.headers["Location"]).headers["ETag"]
    renamed = program.patch(second.headers["Location"], {"name": "Near the limit"}, If_Match=seen)
    assert renamed.status_code == 409
    assert [one["id"] for one in program.get("views/?list=customers").json()["items"]] == [
        first.json()["id"], second.json()["id"],
    ]  # fmt: skip


def test_what_a_colleague_shares_is_read_and_not_changed_and_what_they_keep_is_not_there(
    program: Program, seller: User, rival: Program
) -> None:
    shared = factories.SavedViewFactory(owner=seller, is_shared=True)
    kept = factories.SavedViewFactory(owner=seller)
    answer = program.get(f"views/{shared.public_id}/")
    assert (answer.json()["is_own"], answer.json()["by"]) == (False, "Selma Seller")
    etag = answer.headers["ETag"]
    assert program.patch(f"views/{shared.public_id}/", {"name": "Mine"}, If_Match=etag).status_code == 403
    assert program.delete(f"views/{shared.public_id}/", If_Match=etag).status_code == 403
    assert program.get(f"views/{kept.public_id}/").status_code == 404
    assert rival.get(f"views/{shared.public_id}/").status_code == 404
