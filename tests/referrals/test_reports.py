"""The report of leads: what R50 counts, and that its totals are those of the list and of the file."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import make_aware, now

from customers.models import Customer
from partners.models import User
from referrals.reports.filters import Asked
from referrals.states import State
from tests import factories
from tests.referrals.places import Cast, cast_for, lead_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
REPORT_QUERIES = 13
# (state, how many)
LEADS = (
    (State.SUBMITTED, 3),
    (State.ACCEPTED, 2),
    (State.WON, 3),
    (State.LOST, 1),
    (State.DECLINED, 2),
    (State.EXPIRED, 1),
    (State.ERROR, 4),
)


@pytest.fixture
def cast(customer: Customer) -> Cast:
    return cast_for(customer)


@pytest.fixture
def page(client: Client, cast: Cast, customer: Customer) -> Client:
    """A year's leads of one partner, decided after two days and won after four more."""
    at = now() - timedelta(days=20)
    for state, count in LEADS:
        for _number in range(count):
            facts: dict[str, Any] = {"submitted_at": at}
            if state in (State.ACCEPTED, State.WON, State.LOST, State.DECLINED):
                facts["decided_at"] = at + timedelta(days=2)
            if state in (State.WON, State.LOST, State.DECLINED):
                facts["closed_at"] = at + timedelta(days=6)
            lead_in(state, customer=customer, team=[cast.member], reviewer=cast.reviewer, **facts)
    client.force_login(cast.reviewer)
    return client


def rows_of(client: Client, query: str = "") -> list[list[str]]:
    body = b"".join(client.get(f"/review/reports/leads.csv{query}").streaming_content)  # type: ignore[attr-defined]
    return [line.split(";") for line in body.decode("utf-8-sig").splitlines()[1:]]


def test_rates_and_times_are_those_of_r50_and_errors_do_not_count(page: Client) -> None:
    total = page.get("/review/reports/").context["total"]
    assert (total.submitted, total.accepted, total.won, total.declined, total.expired) == (12, 6, 3, 2, 1)
    assert total.win_rate == Decimal("0.5")
    assert (total.acceptance_days, total.win_days) == (Decimal("2.0"), Decimal("4.0"))


def test_the_totals_are_those_of_the_list_of_the_file_and_of_every_part(page: Client) -> None:
    answer = page.get("/review/reports/")
    total, rows = answer.context["total"], rows_of(page)
    listed = list(answer.context["page"].rows)
    assert len(listed) == len(rows) == total.submitted
    for part in ("by_programme", "by_country"):
        lines = answer.context[part]
        for figure in ("submitted", "accepted", "won", "declined", "expired"):
            assert sum(getattr(line, figure) for line in lines) == getattr(total, figure), (part, figure)
    assert {bar.label: bar.count for bar in answer.context["funnel"]} == {
        "Submitted": 12, "Decided": 8, "Accepted": 6, "Won": 3,
    }  # fmt: skip
    states = [row[5] for row in rows]
    assert (states.count("Won"), states.count("Declined")) == (total.won, total.declined)
    assert sum(bar.count for bar in answer.context["declined"]) == total.declined


def test_filters_are_in_force_for_figures_list_and_file_and_are_named(page: Client, cast: Cast) -> None:
    inbound = factories.ProgrammeFactory(code="OTHER", name_en="Another one")
    query = f"?programme={inbound.code}&months=1"
    answer = page.get(f"/review/reports/{query}")
    assert (answer.context["total"].submitted, rows_of(page, query)) == (0, [])
    assert answer.context["active"] == ["One month", "Another one"]
    assert "One month, Another one" in answer.content.decode()
    assert page.get("/review/reports/?country=AT").context["total"].submitted == 0
    assert page.get("/review/reports/?months=nonsense").context["total"].submitted == 12


def test_what_was_submitted_before_the_range_does_not_count(page: Client, customer: Customer, cast: Cast) -> None:
    lead_in(State.SUBMITTED, customer=customer, team=[], submitted_at=now() - timedelta(days=100))
    assert page.get("/review/reports/").context["total"].submitted == 12
    assert page.get("/review/reports/?months=6").context["total"].submitted == 13


@pytest.mark.parametrize(
    ("today", "months", "start"),
    [
        (date(2026, 5, 31), 3, date(2026, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 31), 12, date(2025, 12, 31)),
    ],
)
def test_a_range_starts_at_the_same_day_so_many_months_ago(today: date, months: int, start: date) -> None:
    noon = make_aware(datetime.combine(today, datetime.min.time())) + timedelta(hours=12)
    assert Asked(months, "", "").start(noon).date() == start


def test_everybody_counts_what_they_see(page: Client, cast: Cast, signed_in: SignIn) -> None:
    assert signed_in(cast.far_reviewer).get("/review/reports/").context["total"].submitted == 0
    assert rows_of(signed_in(cast.far_reviewer)) == []
    assert signed_in(cast.office).get("/review/reports/").context["total"].submitted == 12


@pytest.mark.parametrize("more", [0, 30])
def test_the_report_asks_the_database_equally_often_for_few_and_for_many(
    more: int, page: Client, customer: Customer, cast: Cast, django_assert_num_queries: Any
) -> None:
    for _number in range(more):
        lead_in(State.SUBMITTED, customer=customer, team=[], submitted_at=now() - timedelta(days=2))
    page.get("/review/reports/")
    with django_assert_num_queries(REPORT_QUERIES):
        page.get("/review/reports/")
