"""Deals, choice, what-if, history and policy as pages and as the parts that htmx asks for."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from customers.models import Customer
from motions.models import Choice, Deal, DealEvent
from partners.models import User

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
TYPED = {"name": "M365 E5", "seats": "2.400", "size_date": "2026-03-03", "stage": "open"}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def page(signed_in: SignIn, seller: User, customer: Customer) -> Client:
    """A browser of the seller."""
    return signed_in(seller)


def typed(deal: Deal, **changed: Any) -> dict[str, Any]:
    kept = {"name": deal.name, "seats": deal.seats, "size_date": "2026-03-03", "stage": deal.stage}
    return {**kept, "version": deal.version, **changed}


@pytest.mark.parametrize(("language", "seats"), [("de", "2.400"), ("en", "2,400")])
def test_a_deal_is_added_as_numbers_are_written_in_the_persons_language(
    language: str, seats: str, page: Client, customer: Customer, woken: list[Any]
) -> None:
    page.cookies["django_language"] = language
    answer = page.post(f"/customers/{customer.public_id}/deals/new/seats/", {**TYPED, "seats": seats})
    assert answer.headers["Location"] == f"/customers/{customer.public_id}/"
    deal = Deal.objects.get()
    assert (deal.seats, deal.needs, deal.prefers_self_service, deal.source) == (2400, None, None, "form")
    assert DealEvent.objects.get().kind == "added"


def test_htmx_gets_the_fresh_panel_and_the_guidance_hears_of_it(page: Client, customer: Customer) -> None:
    path = f"/customers/{customer.public_id}/deals/new/seats/"
    assert "<html" not in text_of(page.get(path, headers=HTMX))
    answer = page.post(path, {**TYPED, "seats": "10"}, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "deals-changed")
    assert 'id="deals"' in text_of(answer)
    assert "M365 E5" in text_of(answer)


@pytest.mark.parametrize(
    ("language", "field", "value", "sentence"),
    [
        ("en", "seats", "many", "Enter a whole number."),
        ("de", "seats", "-1", "Dieser Wert muss größer oder gleich 0 sein."),
        ("en", "name", "", "This field is required."),
        ("de", "needs", ["none", "multi_tenant"], "nur eines"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_with_422(
    language: str, field: str, value: Any, sentence: str, page: Client, customer: Customer
) -> None:
    page.cookies["django_language"] = language
    path = f"/customers/{customer.public_id}/deals/new/seats/"
    for headers in ({}, HTMX):
        answer = page.post(path, {**TYPED, "seats": "7", field: value}, headers=headers)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
        assert sentence in text_of(answer)
    assert not Deal.objects.exists()


def test_an_azure_deal_keeps_its_currency(page: Client, customer: Customer) -> None:
    azure = {"name": "Azure", "amount": "900000.50", "currency": "CHF", "basis": "actual"}
    page.post(
        f"/customers/{customer.public_id}/deals/new/azure/", {**azure, "size_date": "2026-03-03", "stage": "open"}
    )
    deal = Deal.objects.get()
    assert (str(deal.amount), deal.currency, deal.basis, deal.seats) == ("900000.50", "CHF", "actual", None)


def test_a_deal_is_changed_and_removed_and_its_history_stays(page: Client, deal: Deal) -> None:
    path = f"/deals/{deal.public_id}/"
    assert page.post(path, typed(deal, seats=2400)).status_code == 302
    deal.refresh_from_db()
    assert (deal.seats, deal.version) == (2400, 2)
    answer = page.post(f"{path}remove/", {"version": 2}, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "deals-changed")
    assert not Deal.objects.exists()
    assert list(DealEvent.objects.order_by("id").values_list("kind", flat=True)) == ["changed", "removed"]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_change_that_came_too_late_shows_both_values_and_loses_nothing(
    headers: dict[str, str], page: Client, deal: Deal
) -> None:
    path = f"/deals/{deal.public_id}/"
    late = typed(deal, seats=77, needs=["multi_tenant"])
    page.post(path, typed(deal, seats=55))
    answer = page.post(path, late, headers=headers)
    assert answer.status_code == 412
    assert next(str(value) for _label, value in answer.context["differing"]) == "55"
    form = answer.context["form"]
    assert (form["seats"].value(), form["needs"].value(), form["version"].value()) == ("77", ["multi_tenant"], "2")
    deal.refresh_from_db()
    assert deal.seats == 55


@pytest.mark.parametrize("version", ["", "x", "9", "-1"])
def test_a_deal_is_not_removed_by_somebody_who_saw_an_older_one(version: str, page: Client, deal: Deal) -> None:
    assert page.post(f"/deals/{deal.public_id}/remove/", {"version": version}).status_code == 412
    assert Deal.objects.exists()


def test_a_choice_otherwise_needs_a_reason_and_stands_beside_the_guidance(
    page: Client, deal: Deal, drain: Callable[[], object]
) -> None:
    drain()
    path = f"/customers/{deal.customer.public_id}/choice/"
    refused = page.post(path, {"motion": "enterprise", "reason": "follows"}, headers=HTMX)
    assert refused.status_code == 422
    assert list(refused.context["panel"]["form"].errors) == ["reason"]
    assert page.post(path, {"motion": "enterprise", "reason": "other"}).status_code == 422
    assert not Choice.objects.exists()
    taken = page.post(path, {"motion": "enterprise", "reason": "price", "note": "a discount"}, headers=HTMX)
    assert taken.status_code == 200
    assert "a discount" in text_of(taken)
    assert Choice.objects.get().guided_motion == "breadth"


def test_what_if_answers_and_writes_nothing(page: Client, deal: Deal) -> None:
    path = f"/customers/{deal.customer.public_id}/what-if/"
    answer = page.get(path, {"seats": "2400"}, headers=HTMX)
    assert answer.context["panel"]["explained"].motion == "enterprise"
    wrong = page.get(path, {"seats": "many"}, headers=HTMX)
    assert (wrong.status_code, wrong.context["panel"]["explained"]) == (200, None)
    assert "Enter a whole number." in text_of(wrong)
    assert Deal.objects.get().seats == 2399


def test_the_history_says_what_changed_from_answer_to_answer(
    page: Client, deal: Deal, drain: Callable[[], object]
) -> None:
    drain()
    page.post(f"/deals/{deal.public_id}/", typed(deal, seats=2400))
    drain()
    answer = page.get(f"/customers/{deal.customer.public_id}/history/")
    newest, oldest = answer.context["panel"]["steps"]
    assert (newest["entry"].motion, oldest["entry"].motion) == ("enterprise", "breadth")
    assert newest["has_moved"]
    assert newest["doubt"] == ""
    assert newest["changes"]


@pytest.mark.parametrize("part", ["guidance", "history", "deals", "what-if"])
def test_every_panel_is_a_page_and_a_part_also_before_anything_is_judged(
    part: str, page: Client, customer: Customer
) -> None:
    path = f"/customers/{customer.public_id}/{part}/"
    assert "<html" in text_of(page.get(path))
    assert "<html" not in text_of(page.get(path, headers=HTMX))


def test_the_policy_page_is_for_every_role_in_both_languages(
    signed_in: SignIn, policy_owner: User, reviewer: User, chief: User
) -> None:
    for user in (policy_owner, reviewer, chief):
        client = signed_in(user)
        for language in ("en", "de"):
            client.cookies["django_language"] = language
            answer = client.get("/policy/")
            assert (answer.status_code, answer.headers["Content-Language"]) == (200, language)
            assert answer.context["versions"]
