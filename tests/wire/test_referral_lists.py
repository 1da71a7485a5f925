"""The list of referrals on the wire: chosen, sorted, cut, in pages that neither skip nor repeat."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from customers.models import Customer
from partners.models import User
from referrals.states import State
from tests.referrals.places import lead_in
from tests.wire.clients import Wire
from tests.wire.referrals import PLACE, fault_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("$filter=colour eq 'red'", "$filter"),
        ("$filter=contains(name,'x')", "$filter"),
        ("$filter=" + "(" * 500, "$filter"),
        ("$filter=name eq '" + "x" * 10_000 + "'", "$filter"),
        ("$filter=name eq 'a%00b'", "$filter"),
        ("$orderby=name", "$orderby"),
        ("$top=-1", "$top"),
        ("$top=many", "$top"),
        ("$skip=99999999999999999999", "$skip"),
        ("$select=id,colour", "$select"),
        ("$select=customerProfile/name", "$select"),
        ("$count=perhaps", "$count"),
        ("$expand=team", "$expand"),
        ("$search=x", "$search"),
        ("$apply=aggregate(x)", "$apply"),
        ("$skiptoken=abc", "$skiptoken"),
        ("$skiptoken=%00", "$skiptoken"),
    ],
)
def test_an_option_that_is_not_served_or_not_understood_is_named(query: str, target: str, wire: Wire) -> None:
    error = fault_of(wire.get(f"{PLACE}?{query}"), 400, target)
    assert error["code"] == "invalidRequest"


def test_the_list_is_cut_sorted_and_chosen(wire: Wire, customer: Customer) -> None:
    for number in range(6):
        at_moment = now() + timedelta(minutes=number)
        lead_in(
            State.SUBMITTED, customer=customer, team=[], name=f"{number}", created_at=at_moment, updated_at=at_moment
        )

    def names(query: str) -> list[str]:
        return [one["name"] for one in wire.get(f"{PLACE}?{query}").json()["value"]]

    assert names("") == list("543210")
    assert names("$orderby=createdDateTime asc&$top=2") == ["0", "1"]
    assert names("$orderby=createdDateTime&$top=2&$skip=3") == ["3", "4"]
    assert names("$orderBy=updatedDateTime desc&$top=0") == []
    found = wire.get(f"{PLACE}?$select=id,name&$top=1&$count=true").json()
    assert set(found["value"][0]) == {"id", "name"}
    assert (found["@odata.count"], "@odata.nextLink" in found) == (6, False)
    assert "@odata.count" not in wire.get(f"{PLACE}?$count=false").json()


@pytest.mark.parametrize("order", ["", "createdDateTime asc", "updatedDateTime asc", "updatedDateTime desc"])
def test_pages_neither_skip_nor_repeat_while_leads_arrive(
    order: str, wire: Wire, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referrals.wire.listing.PAGE", 3)
    start = now()
    there = [
        # two at a time, so that a page ends between equals
        lead_in(State.SUBMITTED, customer=customer, team=[], created_at=moment, updated_at=moment)
        for moment in (start + timedelta(minutes=number // 2) for number in range(10))
    ]
    seen: list[str] = []
    place: str | None = f"{PLACE}?$filter=status eq 'New'" + (f"&$orderby={order}" if order else "")
    while place:
        page = wire.get(place.removeprefix("http://testserver")).json()
        assert len(page["value"]) <= 3
        assert page["@odata.count"] == 10
        seen += [one["id"] for one in page["value"]]
        late = now() + timedelta(hours=len(seen))
        if len(seen) < 9:
            lead_in(State.SUBMITTED, customer=customer, team=[], created_at=late, updated_at=late)
        place = page.get("@odata.nextLink")
    assert len(seen) == len(set(seen))
    assert {str(lead.public_id) for lead in there} <= set(seen)


def test_a_top_beyond_one_page_is_kept_over_pages(
    wire: Wire, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("referrals.wire.listing.PAGE", 3)
    for _ in range(9):
        lead_in(State.SUBMITTED, customer=customer, team=[])
    first = wire.get(f"{PLACE}?$top=5&$skip=1").json()
    second = wire.get(first["@odata.nextLink"].removeprefix("http://testserver")).json()
    assert (len(first["value"]), len(second["value"]), "@odata.nextLink" in second) == (3, 2, False)
    other = first["@odata.nextLink"].removeprefix("http://testserver") + "&$orderby=updatedDateTime"
    fault_of(wire.get(other), 400, "$skiptoken")


@pytest.mark.parametrize("size", [1, 20])
def test_a_list_costs_the_same_number_of_queries_whatever_its_length(
    size: int, wire: Wire, customer: Customer, seller: User
) -> None:
    for _ in range(size):
        lead_in(State.SUBMITTED, customer=customer, team=[seller])
    with CaptureQueriesContext(connection) as queries:
        assert len(wire.get(PLACE).json()["value"]) == size
    asked = [query["sql"] for query in queries if "set_config" not in query["sql"] and "SAVEPOINT" not in query["sql"]]
    assert len(asked) == 4, asked  # beside the token: the count, the rows, their teams, their consents
