"""The portfolio map as a page, as the part that htmx asks for, and as figures for the picture."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from customers.models import Customer
from motions.models import Deal, PolicyVersion
from motions.reports import maps
from motions.sql.freshness import InForce
from motions.sql.scenario import MOST_CELLS
from motions.views import reports
from partners.models import Partner, User
from tests import factories

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
MOVED = {"seats": "1200"}
# savepoints, role, session and person are in it
UNMOVED_QUERIES, MOVED_QUERIES = 13, 15


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def names_in(answer: Any) -> list[str]:
    return [row.name for row in answer.context["page"].rows]


def counts_in(answer: Any) -> dict[str, tuple[int, int]]:
    return {line.kind: (line.customers, line.customers_later) for line in answer.context["lines"]}


@pytest.fixture
def portfolio(partner: Partner, rates: object, drain: Callable[[], object]) -> list[Customer]:
    """Five customers of 500, 1000, ... seats; the first has Azure for half a million dollars as well."""
    found = []
    for number in range(1, 6):
        customer = factories.CustomerFactory(partner=partner, name=f"Kunde {number}")
        factories.DealFactory(customer=customer, seats=number * 500, needs=[], prefers_self_service=False)
        found.append(customer)
    factories.DealFactory(customer=found[0], azure=True, amount=500_000, needs=[], prefers_self_service=False)
    drain()
    return found


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_map_opens_with_the_limits_in_force_and_nobody_moves(
    language: str, portfolio: list[Customer], signed_in: SignIn, seller: User
) -> None:
    client = signed_in(seller)
    client.cookies["django_language"] = language
    answer = client.get("/map/")
    assert answer.status_code == 200
    assert counts_in(answer)["breadth"] == (4, 4)
    assert counts_in(answer)["enterprise"] == (1, 1)
    assert answer.context["moved"] == 0
    assert ("2.400" if language == "de" else "2,400") in text_of(answer)
    assert "page" not in answer.context


def test_moved_limits_show_who_moves_from_where_to_where(
    portfolio: list[Customer], signed_in: SignIn, seller: User
) -> None:
    answer = signed_in(seller).get("/map/", MOVED)
    assert counts_in(answer)["breadth"] == (4, 2)
    assert counts_in(answer)["enterprise"] == (1, 3)
    assert answer.context["moved"] == 2
    assert names_in(answer) == ["Kunde 3", "Kunde 4"]
    breadth = next(line for line in answer.context["lines"] if line.kind == "breadth")
    assert breadth.to == [2, 2, 0, 0]
    assert breadth.azure == breadth.azure_later == 500_000
    assert {(row.now, row.later) for row in answer.context["page"].rows} == {("breadth", "enterprise")}


@pytest.mark.parametrize(
    ("language", "field", "value", "label"),
    [
        ("en", "seats", "0", "Seat limit"),
        ("de", "seats", "-5", "Schwellenwert Seats"),
        ("en", "seats", "999999999999", "Seat limit"),
        ("en", "seats", "many", "Seat limit"),
        ("en", "seats", "", "Seat limit"),
        ("en", "azure", "0", "Azure limit a year"),
        ("de", "azure", "-1", "Schwellenwert Azure im Jahr"),
        ("en", "azure", "1e30", "Azure limit a year"),
        ("en", "azure", "NaN", "Azure limit a year"),
        ("en", "currency", "XXX", "Currency of the limit"),
        ("en", "comparator", "about", "Exactly on the limit"),
        ("en", "aggregation", "smallest", "Several deals"),
        ("en", "market", "ZZ", "Market"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_its_field_named(
    language: str, field: str, value: str, label: str, portfolio: list[Customer], signed_in: SignIn, seller: User
) -> None:
    client = signed_in(seller)
    client.cookies["django_language"] = language
    for headers in ({}, HTMX):
        answer = client.get("/map/", {field: value}, headers=headers)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
        assert f"<li>{label}:" in text_of(answer)
    points = client.get("/map/points.json", {field: value})
    assert (points.status_code, list(points.json()["errors"])) == (422, [field])


def test_htmx_gets_the_map_alone_and_the_pager_gets_the_list_alone(
    portfolio: list[Customer], signed_in: SignIn, seller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maps, "PAGE_SIZE", 1)
    client = signed_in(seller)
    first = client.get("/map/", MOVED, headers=HTMX)
    assert "<html" not in text_of(first)
    assert names_in(first) == ["Kunde 3"]
    after = {**MOVED, "after": first.context["page"].after}
    second = client.get("/map/", after, headers={**HTMX, "HX-Target": "movers"})
    assert names_in(second) == ["Kunde 4"]
    assert "by-motion" not in text_of(second)
    assert names_in(client.get("/map/", {**MOVED, "before": second.context["page"].before})) == ["Kunde 3"]
    assert "<html" in text_of(client.get("/map/", after))


def test_the_picture_comes_as_figures_beside_two_limits(
    portfolio: list[Customer], signed_in: SignIn, seller: User
) -> None:
    found = signed_in(seller).get("/map/points.json", MOVED).json()
    points = found["points"]
    # 2,000 and 2,500 seats are about the same
    assert len(points) == 4 <= MOST_CELLS
    assert sum(point["customers"] for point in points) == 5
    below = [point["motion"] for point in points if point["x"] < found["x"]["limit"]]
    above = [point["motion"] for point in points if point["x"] > found["x"]["limit"]]
    assert (below, above) == (["breadth"] * 2, ["enterprise"] * 2)
    assert [point["moves"] for point in points].count(True) == 2
    assert sorted(point["customers"] for point in points) == [1, 1, 1, 2]
    assert all(0 <= point[axis] <= 1000 for point in points for axis in "xy")
    assert [point["y"] for point in points].count(found["nothing"] // 2) == 3
    assert all(0 <= tick["at"] <= 1000 for axis in "xy" for tick in found[axis]["ticks"])


@pytest.mark.parametrize(
    "tried", [{"seats": "1", "azure": "0.01"}, {"seats": "100000000", "azure": "9999999999999.99"}]
)
def test_the_picture_keeps_its_frame_under_any_limits(
    tried: dict[str, str], portfolio: list[Customer], signed_in: SignIn, seller: User
) -> None:
    found = signed_in(seller).get("/map/points.json", tried).json()
    places = [point[axis] for point in found["points"] for axis in "xy"]
    places += [found[axis]["limit"] for axis in "xy"]
    places += [tick["at"] for axis in "xy" for tick in found[axis]["ticks"]]
    assert places
    assert all(0 <= place <= 1000 for place in places)


def test_the_table_beside_the_picture_counts_the_same_customers(
    portfolio: list[Customer], signed_in: SignIn, seller: User
) -> None:
    answer = signed_in(seller).get("/map/", {"seats": "2000"})
    filled = {
        (band["name"], column): (customers, moving)
        for band in answer.context["bands"]
        for column, customers, moving in band["places"]
        if customers
    }
    assert filled == {
        ("from 200 seats", "from $100,000"): (1, 0),
        ("from 200 seats", "no Azure, or size unknown"): (2, 0),
        ("from 2,000 seats", "no Azure, or size unknown"): (2, 1),
    }
    above = signed_in(seller).get("/map/", {"seats": "2000", "comparator": "above"})
    assert "above 2,000 seats" in text_of(above)


@pytest.mark.parametrize("count", [1, 40])
def test_the_map_asks_the_database_equally_often_for_few_and_for_many(
    count: int,
    partner: Partner,
    signed_in: SignIn,
    seller: User,
    drain: Callable[[], object],
    django_assert_num_queries: Any,
) -> None:
    for number in range(count):
        factories.DealFactory(
            customer=factories.CustomerFactory(partner=partner, name=f"K {number}"),
            seats=1500,
            needs=[],
            prefers_self_service=False,
        )
    drain()
    client = signed_in(seller)
    client.get("/map/")
    with django_assert_num_queries(UNMOVED_QUERIES):
        client.get("/map/")
    with django_assert_num_queries(MOVED_QUERIES):
        assert client.get("/map/", MOVED).context["moved"] == count


def test_everybody_maps_whom_they_may_see_and_nobody_else(
    portfolio: list[Customer],
    signed_in: SignIn,
    rival: User,
    reviewer: User,
    administrator: User,
    drain: Callable[[], object],
) -> None:
    elsewhere = factories.CustomerFactory(name="Wiener", country="AT")
    factories.DealFactory(customer=elsewhere, seats=1300, needs=[], prefers_self_service=False)
    drain()
    names = {
        user: names_in(answer) if "page" in (answer := signed_in(user).get("/map/", MOVED)).context else []
        for user in (rival, reviewer, administrator)
    }
    assert names == {rival: [], reviewer: ["Kunde 3", "Kunde 4"], administrator: ["Kunde 3", "Kunde 4", "Wiener"]}
    assert signed_in(rival).get("/map/points.json", MOVED).json()["points"] == []
    assert "Partner" in text_of(signed_in(administrator).get("/map/", MOVED))


@pytest.mark.parametrize(("language", "sentence"), [("en", "1 answer is not current"), ("de", "1 Antwort ist nicht")])
def test_the_map_says_how_many_answers_are_not_current(
    language: str, sentence: str, portfolio: list[Customer], signed_in: SignIn, seller: User
) -> None:
    client = signed_in(seller)
    client.cookies["django_language"] = language
    assert client.get("/map/").context["stale"] == 0
    Deal.objects.filter(customer=portfolio[0], kind="seats").update(seats=9000)
    answer = client.get("/map/")
    assert (answer.context["stale"], answer.context["moved"]) == (1, 0)
    assert sentence in text_of(answer)


def test_the_policy_owner_sees_all_sums_and_no_name(
    portfolio: list[Customer], signed_in: SignIn, policy_owner: User
) -> None:
    answer = signed_in(policy_owner).get("/map/", MOVED)
    assert (answer.context["total"], answer.context["moved"]) == (5, 2)
    assert "page" not in answer.context
    assert "Kunde" not in text_of(answer)
    assert names_in(signed_in(policy_owner).get("/map/", MOVED, headers={**HTMX, "HX-Target": "movers"})) == []


def test_the_policy_owner_keeps_limits_as_a_draft_and_nobody_else_does(
    portfolio: list[Customer], signed_in: SignIn, policy_owner: User, seller: User, administrator: User
) -> None:
    for user in (seller, administrator):
        assert signed_in(user).post("/map/draft/", MOVED).status_code == 404
        assert "/map/draft/" not in text_of(signed_in(user).get("/map/", MOVED))
    client = signed_in(policy_owner)
    assert "/map/draft/" not in text_of(client.get("/map/"))
    page = text_of(client.get("/map/", {**MOVED, "comparator": "above"}))
    typed = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    answer = client.post("/map/draft/", typed)
    draft = PolicyVersion.objects.get(published_at__isnull=True)
    assert answer.headers["Location"] == f"/policy/{draft.code}/"
    assert (draft.seat_limit, draft.azure_limit, draft.comparator) == (1200, 1_000_000, "above")
    assert (draft.drafted_by, draft.based_on) == (policy_owner, PolicyVersion.objects.get(code__contains="2023"))
    assert draft.code in text_of(client.get("/policy/"))


@pytest.mark.parametrize(("sent", "status"), [({"seats": "0"}, 422), ({}, 409)])
def test_limits_that_cannot_be_and_those_in_force_make_no_draft(
    sent: dict[str, str], status: int, signed_in: SignIn, policy_owner: User
) -> None:
    assert signed_in(policy_owner).post("/map/draft/", sent).status_code == status
    assert not PolicyVersion.objects.filter(published_at__isnull=True).exists()


def test_a_market_with_a_version_of_its_own_is_mapped_on_its_own(
    portfolio: list[Customer], partner: Partner, signed_in: SignIn, seller: User, drain: Callable[[], object]
) -> None:
    factories.PolicyVersionFactory(market="AT", seat_limit=100, published_at=factories.NOON)
    factories.DealFactory(
        customer=factories.CustomerFactory(partner=partner, name="Wiener", country="AT"),
        seats=200,
        needs=[],
        prefers_self_service=False,
    )
    drain()
    client = signed_in(seller)
    assert client.get("/map/").context["total"] == 5
    austria = client.get("/map/", {"market": "AT"})
    assert (austria.context["form"]["seats"].value(), austria.context["total"]) == (100, 1)
    assert (austria.context["moved"], counts_in(austria)["enterprise"]) == (0, (1, 1))
    assert names_in(client.get("/map/", {"market": "AT", "seats": "201"})) == ["Wiener"]


def test_without_a_policy_in_force_the_map_says_so(
    signed_in: SignIn, seller: User, policy_owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "in_force", lambda _on: InForce({}, None))
    client = signed_in(seller)
    assert "No policy version is in force" in text_of(client.get("/map/"))
    assert client.get("/map/points.json").json()["points"] == []
    assert signed_in(policy_owner).post("/map/draft/", MOVED).status_code == 409
