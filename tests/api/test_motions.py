"""Deals, guidance, what-if, choices, policies and rates through the API."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate, now

from customers.models import Customer
from motions import bulk
from motions.ledger import fingerprint
from motions.models import Assessment, Choice, Deal, DealEvent, PolicyVersion
from motions.policy.answer import decide
from motions.policy.kit import Facts
from motions.sql.freshness import in_force
from tests import factories
from tests.programs import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(program: Program) -> Customer:
    return factories.CustomerFactory(partner=program.partner, name="Contoso GmbH")


def seats(customer: Customer, **more: Any) -> dict[str, Any]:
    return {"customer": str(customer.public_id), "kind": "seats", "name": "M365 E5", "seats": 2400, **more}


def fresh() -> None:
    bulk.drain(clock=now, is_bulk=False)


def test_a_deal_is_added_changed_and_removed_and_its_history_says_by_whom(program: Program, customer: Customer) -> None:
    added = program.post("deals/", seats(customer, needs=["multi_tenant", "multi_tenant"], size_date="2026-03-01"))
    assert added.status_code == 201, added.content
    told, place = added.json(), added.headers["Location"]
    assert (told["source"], told["needs"], told["amount"], told["currency"]) == ("api", ["multi_tenant"], None, "")
    assert told == program.get(place).json()
    assert told == program.get(f"deals/?customer={customer.public_id}").json()["items"][0]
    changed = program.patch(place, {"seats": None, "needs": None, "stage": "won"}, If_Match=added.headers["ETag"])
    assert (changed.status_code, changed.json()["seats"], changed.json()["version"]) == (200, None, 2)
    assert program.delete(place, If_Match='"1"').status_code == 412
    assert program.delete(place).status_code == 428
    gone = program.delete(place, If_Match='"2"')
    assert (gone.status_code, gone.content) == (204, b"")
    assert program.get(place).status_code == 404
    events = DealEvent.objects.order_by("pk").values_list("kind", "by_name", "source")
    assert list(events) == [
        ("added", "Warehouse", "api"),
        ("changed", "Warehouse", "api"),
        ("removed", "Warehouse", "api"),
    ]


def test_an_azure_deal_has_an_amount_in_its_own_currency(program: Program, customer: Customer) -> None:
    body = {
        "customer": str(customer.public_id),
        "kind": "azure",
        "name": "Azure",
        "amount": "1200000.50",
        "currency": "CHF",
    }
    told = program.post("deals/", body).json()
    assert (told["amount"], told["currency"], told["basis"], told["seats"]) == ("1200000.50", "CHF", "forecast", None)
    assert Deal.objects.get().amount == Decimal("1200000.50")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"seats": "2400"}, "seats"),
        ({"seats": -1}, "seats"),
        ({"seats": 2.5}, "seats"),
        ({"seats": True}, "seats"),
        ({"seats": 10**40}, "seats"),
        ({"amount": "5", "currency": "EUR"}, "amount"),
        ({"kind": "azure", "seats": 5, "currency": "EUR"}, "seats"),
        ({"kind": "azure"}, "currency"),
        ({"kind": "azure", "amount": "1e400", "currency": "EUR"}, "amount"),
        ({"kind": "azure", "amount": "NaN", "currency": "EUR"}, "amount"),
        ({"needs": ["everything"]}, "needs.0"),
        ({"needs": "multi_tenant"}, "needs"),
        ({"stage": "lost and found"}, "stage"),
        ({"size_date": "tomorrow"}, "size_date"),
        ({"customer": "nobody"}, "customer"),
        ({"source": "demo"}, "source"),
    ],
)
def test_a_deal_that_cannot_be_is_named_by_its_field(
    body: dict[str, Any], field: str, program: Program, customer: Customer
) -> None:
    start = seats(customer) if body.get("kind") != "azure" else {**seats(customer), "seats": None}
    if body.get("kind") == "azure" and "seats" not in body:
        del start["seats"]
    answer = program.post("deals/", {**start, **body})
    assert answer.status_code == 422, answer.content
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert not Deal.objects.exists()


def test_a_deal_for_a_strangers_customer_is_for_nobody(program: Program, rival: Program, customer: Customer) -> None:
    answers = [
        rival.post("deals/", seats(customer)),
        rival.post("deals/", {**seats(customer), "customer": "00000000-0000-4000-8000-000000000000"}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_guidance_is_said_to_be_stale_until_it_is_fresh_and_then_says_why(program: Program, customer: Customer) -> None:
    program.post("deals/", seats(customer))
    place = f"guidance/{customer.public_id}/"
    assert program.get(place).json()["is_fresh"] is False
    fresh()
    told = program.get(place).json()
    assert (told["is_fresh"], told["motion"], told["label"]) == (True, "enterprise", "Enterprise")
    reasons = told["reasons"]
    assert [rule["rule"] for rule in reasons["rules"] if rule["decides"]] == ["seats_reached"]
    assert reasons["leaning"] == "towards_enterprise"
    assert reasons["vehicles"] == ["ea", "mca_e", "csp"]
    assert {"measure": "seats", "size": "2400", "limit": "2400", "missing": "0", "is_on_boundary": True} in reasons[
        "distances"
    ]
    assert {"change": "seats", "motion": "breadth", "by": "-1", "to": "2399"} in reasons["flips"]
    [item] = program.get("guidance/?motion=enterprise").json()["items"]
    assert item == {name: told[name] for name in item}
    program.post("deals/", seats(customer, seats=1))
    assert program.get("guidance/").json()["items"][0]["is_fresh"] is False


def test_the_ledger_lists_every_answer_and_judges_each_again(program: Program, customer: Customer) -> None:
    for size in (10, 2400):
        program.post("deals/", seats(customer, seats=size))
        fresh()
    entries = program.get(f"guidance/{customer.public_id}/ledger/").json()["items"]
    assert [(entry["number"], entry["motion"]) for entry in entries] == [(1, "breadth"), (2, "enterprise")]
    receipt = program.get(f"guidance/{customer.public_id}/ledger/2/").json()
    assert (receipt["verdict"]["code"], receipt["answer"]["motion"]) == ("holds", "enterprise")
    assert receipt["hash"] == entries[1]["hash"] == fingerprint(receipt["facts"]).hex()
    assert program.get(f"guidance/{customer.public_id}/ledger/3/").status_code == 404
    assert program.get(f"guidance/{customer.public_id}/ledger/99999999999999999999/").status_code == 404


def test_what_if_decides_a_thousand_cases_as_the_policy_does_and_writes_nothing(program: Program) -> None:
    cases = [{"seats": number * 3, "needs": [] if number % 2 else None} for number in range(1000)]
    before = Assessment.objects.count(), Deal.objects.count()
    with CaptureQueriesContext(connection) as queries:
        answer = program("POST", "what-if/", {"cases": cases})
    assert answer.status_code == 200, answer.content
    policy = in_force(localdate()).policy_of("DE")
    assert policy is not None
    expected = [
        decide(
            policy.rules,
            Facts(seats=case["seats"], needs=None if case["needs"] is None else frozenset()),  # type: ignore[arg-type, call-overload]
            policy.limits,
        ).motion.value
        for case in cases
    ]
    assert [one["motion"] for one in answer.json()["answers"]] == expected
    assert {"breadth", "enterprise"} <= set(expected)
    assert (Assessment.objects.count(), Deal.objects.count()) == before
    assert not [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"cases": []}, 422),
        ({"cases": [{}] * 1001}, 422),
        ({"cases": [{"seats": "a"}]}, 422),
        ({"cases": [{}], "policy": "NO_SUCH"}, 422),
        ({"cases": [{}], "policy": "a\0b"}, 422),
        ({"cases": {}}, 422),
        ({"cases": [{}], "country": "AT"}, 200),
    ],
)
def test_what_if_takes_cases_and_nothing_else(body: dict[str, Any], status: int, program: Program) -> None:
    assert program("POST", "what-if/", body).status_code == status


def test_a_draft_of_the_policy_is_not_shown_and_not_tried_out(program: Program) -> None:
    draft = factories.PolicyVersionFactory()
    codes = [item["code"] for item in program.get("policies/").json()["items"]]
    assert codes == list(
        PolicyVersion.objects.filter(published_at__isnull=False).order_by("pk").values_list("code", flat=True)
    )
    assert program.get(f"policies/{codes[0]}/").json()["state"] in ("in_force", "superseded", "scheduled")
    assert program.get(f"policies/{draft.code}/").status_code == 404
    assert program("POST", "what-if/", {"cases": [{}], "policy": draft.code}).status_code == 422


def test_rates_are_read_by_day_the_newest_first(program: Program) -> None:
    today = localdate()
    for age in range(3):
        factories.RateSetFactory(date=today - timedelta(days=age))
    first = program.get("rates/?limit=2").json()
    days = [item["date"] for item in (*first["items"], *program.get(first["next"]).json()["items"])]
    assert days == [(today - timedelta(days=age)).isoformat() for age in range(3)]
    assert program.get(f"rates/{today}/").json()["rates"] == {
        "CHF": "1.00000000",
        "EUR": "1.00000000",
        "USD": "1.25000000",
    }
    for nothing in ("2020-01-05", "2026-02-31"):
        assert program.get(f"rates/{nothing}/").status_code == 404


def test_a_choice_is_recorded_beside_the_guidance_by_the_rules_of_the_page(
    program: Program, customer: Customer
) -> None:
    program.post("deals/", seats(customer))
    fresh()
    body = {"customer": str(customer.public_id), "motion": "breadth", "reason": "follows"}
    unfit = program.post("choices/", body)
    assert (unfit.status_code, unfit.json()["errors"][0]["field"]) == (422, "reason")
    done = program.post("choices/", {**body, "reason": "price"})
    assert (done.status_code, done.json()["guided_motion"], done.json()["by"]) == (201, "enterprise", "Warehouse")
    assert program.get(f"choices/?customer={customer.public_id}").json()["items"] == [done.json()]
    assert Choice.objects.get().by == program.row.user
    assert program.post("choices/", {**body, "motion": "unknown"}).status_code == 422


@pytest.mark.parametrize("path", ["deals/", "guidance/", "choices/", "imports/", "policies/", "rates/"])
def test_a_list_costs_the_same_number_of_queries_whatever_its_length(path: str, program: Program) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert program.get(path).status_code == 200
        return len(queries)

    def more() -> None:
        customer = factories.CustomerFactory(partner=program.partner)
        factories.DealFactory(customer=customer)
        factories.ChoiceFactory(customer=customer)
        factories.ImportBatchFactory(partner=program.partner)

    more()
    one = asked()
    for _ in range(5):
        more()
    assert asked() == one


def test_alerts_are_listed_and_marked_for_everybody_of_the_partner(program: Program, customer: Customer) -> None:
    alert = factories.AlertFactory(customer=customer)
    factories.AlertFactory()
    told = program.get("alerts/?unseen=true").json()["items"]
    assert [(one["id"], one["customer"], bool(one["text"])) for one in told] == [
        (str(alert.public_id), str(customer.public_id), True)
    ]
    done = program.post(f"alerts/{alert.public_id}/seen/")
    assert (done.status_code, done.json()["seen_by"]) == (200, "Warehouse")
    assert program.get("alerts/?unseen=true").json()["items"] == []
    assert program.get(f"alerts/{alert.public_id}/").json() == done.json()


def test_when_the_enterprise_agreement_ends_is_recorded_and_the_forecast_read(
    program: Program, customer: Customer
) -> None:
    place = f"customers/{customer.public_id}/enterprise-agreement/"
    seen = program.get(place)
    assert seen.json() == {"ea_start_date": None, "ea_end_date": None}
    done = program("PUT", place, {"ea_end_date": "2027-06-30"}, If_Match=seen.headers["ETag"])
    assert (done.status_code, done.json()["ea_end_date"]) == (200, "2027-06-30")
    assert program("PUT", place, {"ea_end_date": None}, If_Match=seen.headers["ETag"]).status_code == 412
    wrong = program("PUT", place, {"ea_end_date": "1899-06-30"}, If_Match=done.headers["ETag"])
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "ea_end_date")
    measures = program.get(f"guidance/{customer.public_id}/forecast/").json()["measures"]
    assert [bool(one["sentence"]) for one in measures] == [True, True]
