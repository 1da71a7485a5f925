"""The choice report: the newest choice of each customer against the guidance of that day and of now."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from customers.models import Customer
from motions.models import Assessment, Choice, Deal, PolicyVersion
from motions.policy.kit import Motion
from partners.models import Partner, User
from tests import factories

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PAGE_QUERIES = 10


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def file_of(client: Client) -> list[list[str]]:
    """The cells of the file, without its byte order mark."""
    answer = client.get("/choices/report.csv")
    body = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return [line.split(";") for line in body.splitlines()]


def choose(customer: Customer, motion: str, *, after_days: int = 1, **facts: Any) -> Choice:
    """A choice some days after the newest answer of the customer, or before any."""
    newest = Assessment.objects.filter(customer=customer).order_by("-id").first()
    at = (newest.at if newest else factories.NOON) + timedelta(days=after_days)
    guided = newest.motion if newest else Motion.UNKNOWN
    chosen: Choice = factories.ChoiceFactory(customer=customer, motion=motion, guided_motion=guided, at=at, **facts)
    return chosen


def lines_of(lines: Any) -> dict[str, tuple[int, int, int]]:
    return {line.label: (line.customers, line.departed, line.departs) for line in lines}


@pytest.fixture
def customers(partner: Partner, drain: Callable[[], object]) -> list[Customer]:
    """Three customers in Breadth."""
    found = [factories.CustomerFactory(partner=partner, name=f"Kunde {number}") for number in range(3)]
    for customer in found:
        factories.DealFactory(customer=customer, seats=100, needs=[], prefers_self_service=False)
    drain()
    return found


@pytest.fixture
def title(db: None) -> str:
    return PolicyVersion.objects.get(code__contains="2023").title_en


def test_only_the_newest_choice_of_a_customer_counts(
    customers: list[Customer], signed_in: SignIn, seller: User, title: str
) -> None:
    choose(customers[0], "enterprise", reason="price")
    choose(customers[0], "breadth", reason="follows")
    choose(customers[1], "enterprise", reason="contract_terms")
    answer = signed_in(seller).get("/choices/report/")
    total = answer.context["total"]
    assert (total.customers, total.departed, total.departs, total.share) == (2, 1, 1, pytest.approx(0.5))
    assert lines_of(answer.context["by_policy"]) == {title: (2, 1, 1)}
    assert lines_of(answer.context["by_reason"]) == {"Contract terms": (1, 1, 1), "Follows the guidance": (1, 0, 0)}
    assert [(path["guided"], path["chosen"], path["customers"]) for path in answer.context["paths"]] == [
        ("breadth", "enterprise", 1)
    ]


def test_guidance_that_has_moved_since_is_told_from_the_guidance_of_that_day(
    customers: list[Customer], signed_in: SignIn, seller: User, drain: Callable[[], object]
) -> None:
    choose(customers[0], "enterprise", reason="price")
    choose(customers[1], "breadth", reason="follows")
    Deal.objects.filter(customer__in=customers[:2]).update(seats=9000)
    drain()
    total = signed_in(seller).get("/choices/report/").context["total"]
    # the first departed and no longer does, the second followed and now departs
    assert (total.customers, total.departed, total.departs) == (2, 1, 1)
    rows = {row[0]: (row[3], row[6], row[8]) for row in file_of(signed_in(seller))[1:]}
    assert rows == {
        "Kunde 0": ("Enterprise", "Breadth", "Enterprise"),
        "Kunde 1": ("Breadth", "Breadth", "Enterprise"),
    }


def test_the_version_is_that_of_the_answer_that_stood_when_the_customer_decided(
    customers: list[Customer], signed_in: SignIn, seller: User, title: str, drain: Callable[[], object]
) -> None:
    choose(customers[0], "enterprise", reason="price", after_days=-400)
    choose(customers[1], "enterprise", reason="price", after_days=0)
    policy = factories.PolicyVersionFactory(market="DE", published_at=factories.NOON, title_en="A new version")
    Deal.objects.filter(customer__in=customers).update(seats=101)
    drain()
    choose(customers[2], "enterprise", reason="price")
    assert Assessment.objects.filter(policy=policy).count() == 3
    answer = signed_in(seller).get("/choices/report/")
    assert lines_of(answer.context["by_policy"]) == {
        "before any answer": (1, 1, 1),
        title: (1, 1, 1),
        "A new version": (1, 1, 1),
    }


@pytest.mark.parametrize(("language", "sentence"), [("en", "Choice report"), ("de", "Bericht über Entscheidungen")])
def test_the_report_is_there_in_both_languages_also_when_it_is_empty(
    language: str, sentence: str, customers: list[Customer], signed_in: SignIn, seller: User
) -> None:
    client = signed_in(seller)
    client.cookies["django_language"] = language
    empty = client.get("/choices/report/")
    assert sentence in text_of(empty)
    assert "report.csv" not in text_of(empty)
    choose(customers[0], "enterprise", reason="price")
    assert "report.csv" in text_of(client.get("/choices/report/"))


def test_everybody_counts_whom_they_may_see_and_the_policy_owner_counts_all_without_names(
    customers: list[Customer],
    signed_in: SignIn,
    rival: User,
    reviewer: User,
    administrator: User,
    policy_owner: User,
) -> None:
    elsewhere = factories.CustomerFactory(name="Wiener", country="AT")
    for customer in (customers[0], elsewhere):
        choose(customer, "enterprise", reason="other", note="a note of theirs")
    totals = {
        user: signed_in(user).get("/choices/report/").context["total"].customers
        for user in (rival, reviewer, administrator, policy_owner)
    }
    assert totals == {rival: 0, reviewer: 1, administrator: 2, policy_owner: 2}
    assert [row[0] for row in file_of(signed_in(administrator))[1:]] == ["Kunde 0", "Wiener"]
    assert [row[0] for row in file_of(signed_in(reviewer))[1:]] == ["Kunde 0"]
    assert len(file_of(signed_in(rival))) == 1
    page = text_of(signed_in(policy_owner).get("/choices/report/"))
    assert "Kunde 0" not in page
    assert "a note of theirs" not in page
    assert signed_in(policy_owner).get("/choices/report.csv").status_code == 404


@pytest.mark.parametrize("note", ["=1+1", "+49 30", "@SUM(A1)", "-cmd", "\tx"])
def test_a_note_is_no_formula_in_the_file(
    note: str, customers: list[Customer], signed_in: SignIn, seller: User
) -> None:
    choose(customers[0], "enterprise", reason="other", note=note)
    assert file_of(signed_in(seller))[1][5].lstrip('"').startswith("'" + note[0])


def test_an_archived_customer_no_longer_counts(customers: list[Customer], signed_in: SignIn, seller: User) -> None:
    choose(customers[0], "enterprise", reason="price")
    Customer.objects.filter(pk=customers[0].pk).update(archived_at=factories.NOON)
    assert signed_in(seller).get("/choices/report/").context["total"].customers == 0


@pytest.mark.parametrize("count", [1, 30])
def test_the_report_asks_the_database_equally_often_for_few_and_for_many(
    count: int, partner: Partner, signed_in: SignIn, seller: User, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        choose(factories.CustomerFactory(partner=partner), "enterprise", reason="price")
    client = signed_in(seller)
    client.get("/choices/report/")
    with django_assert_num_queries(PAGE_QUERIES):
        client.get("/choices/report/")
