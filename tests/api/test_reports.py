"""The choice report and the portfolio map in the API: the figures of the pages, as figures."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Customer
from motions.models import PolicyVersion
from motions.sql.freshness import InForce
from tests import factories
from tests.motions.test_choice_report import choose
from tests.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def portfolio(program: Program, rates: object, drain: Callable[[], object]) -> list[Customer]:
    """Three customers of 800, 1600 and 2400 seats; and of somebody else one of 1600 with a choice."""
    found = [factories.CustomerFactory(partner=program.partner, name=f"Kunde {number}") for number in (1, 2, 3)]
    rival = factories.CustomerFactory(name="Rival")
    for customer, seats in zip([*found, rival], (800, 1600, 2400, 1600), strict=True):
        factories.DealFactory(customer=customer, seats=seats, needs=[], prefers_self_service=False)
    factories.ChoiceFactory(customer=rival, motion="enterprise", guided_motion="breadth", reason="price")
    drain()
    return found


def test_the_report_counts_the_newest_choices_by_version_and_reason(
    portfolio: list[Customer], program: Program
) -> None:
    policy = PolicyVersion.objects.get(code__contains="2023")
    choose(portfolio[0], "enterprise", reason="price")
    # before there was any answer
    factories.ChoiceFactory(customer=portfolio[2], motion="enterprise", guided_motion="enterprise", reason="follows")
    told = program.get("choices/report/").json()
    assert told["total"] == {"customers": 2, "departed": 1, "departs": 1}
    by_policy = {one["policy"]: (one["customers"], one["departed"]) for one in told["by_policy"]}
    assert by_policy == {policy.code: (1, 1), "": (1, 0)}
    assert [(one["reason"], one["departed"]) for one in told["by_reason"]] == [("price", 1), ("follows", 0)]
    assert told["paths"] == [{"guided": "breadth", "chosen": "enterprise", "customers": 1}]
    file = program.get("choices/report/file/")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert (file.headers["Content-Type"], len(lines)) == ("text/csv; charset=utf-8", 3)


def test_the_map_says_who_would_move_under_other_limits(portfolio: list[Customer], program: Program) -> None:
    as_it_is = program.get("map/").json()
    assert (as_it_is["is_moved"], as_it_is["moved"], as_it_is["customers"]) == (False, 0, 3)
    tried = program.get("map/?seats=1000").json()
    assert (tried["is_moved"], tried["moved"], tried["limits"]["seats"]) == (True, 1, 1000)
    sums: dict[str, Any] = {one["motion"]: one for one in tried["motions"]}
    assert (sums["breadth"]["customers"], sums["breadth"]["customers_later"]) == (2, 1)
    assert sums["breadth"]["becomes"]["enterprise"] == 1
    assert sum(cell["moved"] for cell in tried["cells"]) == 1
    [mover] = program.get("map/movers/?seats=1000&limit=1").json()["items"]
    assert mover == {
        "customer": str(portfolio[1].public_id), "name": "Kunde 2", "country": "DE",
        "now": "breadth", "later": "enterprise",
    }  # fmt: skip


def test_movers_come_in_pages_that_know_the_limits(portfolio: list[Customer], program: Program) -> None:
    page, names = "map/movers/?seats=500&limit=1", []
    while page:
        answer = program.get(page).json()
        names += [one["name"] for one in answer["items"]]
        page = answer["next"]
    assert names == ["Kunde 1", "Kunde 2"]


@pytest.mark.parametrize(
    "said", ["seats=0", "seats=many", "azure=0", "market=XX", "currency=XXX", "comparator=sometimes"]
)
def test_limits_that_cannot_be_are_refused_by_name(said: str, program: Program, rates: object) -> None:
    answer = program.get(f"map/?{said}")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, said.partition("=")[0])


def test_amounts_are_read_with_a_point_in_every_language(program: Program, rates: object) -> None:
    program.language = "de"
    assert program.get("map/?azure=1200000.50").json()["limits"]["azure"] == "1200000.50"


def test_without_a_policy_there_is_nothing_to_compare_with(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("motions.api.reports.in_force", lambda _day: InForce({}, None))
    assert program.get("map/").status_code == 409
