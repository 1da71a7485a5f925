"""The pages of conflicts and merges: what each side reads, refusals at the field, nothing typed lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import ConflictCase, ConflictSide, Customer, Merge
from partners.models import User
from tests import factories
from tests.factories import answered, conflict_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
ANSWER = {"outcome": "first", "ground": "first_active", "text": "", "version": 1}


@pytest.fixture
def side(customer: Customer, rival: User) -> ConflictSide:
    """The seller's side of a case that waits."""
    other = factories.CustomerFactory(partner=rival.partner, name="Contoso AG", domain="shop.contoso.de")
    return conflict_of(customer, other)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_the_queue_names_both_sides_the_oldest_first_and_by_when_to_answer(
    signed_in: SignIn, reviewer: User, side: ConflictSide
) -> None:
    client = signed_in(reviewer)
    page = client.get("/conflicts/")
    assert "Contoso GmbH" in text_of(page)
    assert "Contoso AG" in text_of(page)
    assert "to be answered by" in text_of(page)
    assert client.get("/conflicts/?show=answered").context["page"].rows == []
    partial = client.get("/conflicts/", headers={"HX-Request": "true"})
    assert text_of(partial).lstrip().startswith('<div id="conflicts"')


def test_a_page_of_the_queue_costs_the_same_with_many_cases(
    signed_in: SignIn, reviewer: User, side: ConflictSide
) -> None:
    client = signed_in(reviewer)
    client.get("/conflicts/")
    before = queries(client, "/conflicts/")
    for _ in range(5):
        conflict_of(factories.CustomerFactory(), factories.CustomerFactory())
    assert queries(client, "/conflicts/") == before
    assert before <= 16


def test_a_case_shows_both_sides_fact_by_fact_and_what_the_rule_leads_to(
    signed_in: SignIn, reviewer: User, side: ConflictSide
) -> None:
    page = signed_in(reviewer).get(f"/conflicts/{side.case.public_id}/")
    found = {str(row.label): (row.first, row.second, row.is_match) for row in page.context["rows"]}
    assert found["Company name"] == ("Contoso GmbH", "Contoso AG", True)
    assert found["Domain"] == ("contoso.de", "shop.contoso.de", True)
    assert found["D-U-N-S number"] == ("", "", None)
    assert (page.context["outcome"], page.context["ground"]) == ("first", "first_registered")
    assert page.context["form"].initial["outcome"] == "first"


def test_an_answer_is_given_and_both_partners_read_what_holds_for_them(
    signed_in: SignIn, reviewer: User, seller: User, rival: User, side: ConflictSide
) -> None:
    answer = signed_in(reviewer).post(f"/conflicts/{side.case.public_id}/", ANSWER)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/conflicts/")
    assert "Your registration stands" in text_of(signed_in(seller).get(f"/conflicts/own/{side.public_id}/"))
    theirs = ConflictSide.objects.exclude(pk=side.pk).get()
    page = text_of(signed_in(rival).get(f"/conflicts/own/{theirs.public_id}/"))
    assert "Your registration does not stand" in page
    assert "Nordlicht" not in page
    assert "Rita" not in page


@pytest.mark.parametrize(
    ("typed", "status", "field"),
    [
        ({"ground": "different"}, 422, "ground"),
        ({"ground": "other"}, 422, "text"),
        ({"outcome": "nobody"}, 422, "outcome"),
        ({"ground": "withdrawn"}, 422, "ground"),
        ({"text": "x" * 1001}, 422, "text"),
        ({"version": 7}, 412, ""),
    ],
)
def test_what_cannot_be_an_answer_is_said_at_its_field_and_what_was_typed_stays(
    typed: dict[str, Any], status: int, field: str, signed_in: SignIn, reviewer: User, side: ConflictSide
) -> None:
    answer = signed_in(reviewer).post(f"/conflicts/{side.case.public_id}/", ANSWER | typed)
    assert answer.status_code == status
    assert list(answer.context["form"].errors) == ([field] if field else [])
    assert answer.context["form"]["outcome"].value() == typed.get("outcome", "first")
    assert not ConflictCase.objects.filter(answered_at__isnull=False).exists()


def test_an_appeal_needs_its_words_and_is_made_once(
    signed_in: SignIn, seller: User, reviewer: User, side: ConflictSide
) -> None:
    path = f"/conflicts/own/{side.public_id}/"
    client = signed_in(seller)
    assert client.post(path, {"text": "too early"}).status_code == 409
    answered(side, stands=False)
    assert client.post(path, {"text": " "}).status_code == 422
    assert client.post(path, {"text": "We <b>built</b> it"}).status_code == 302
    page = text_of(client.get(path))
    assert "We &lt;b&gt;built&lt;/b&gt; it" in page
    assert 'name="text"' not in page
    assert client.post(path, {"text": "again"}).status_code == 409
    assert "We &lt;b&gt;built" in text_of(signed_in(reviewer).get(f"/conflicts/{side.case.public_id}/"))
    assert "Appeal, to be answered by" in text_of(signed_in(reviewer).get("/conflicts/"))


def test_a_customers_page_tells_its_partner_of_the_case_and_microsofts_side_not_from_there(
    signed_in: SignIn, seller: User, reviewer: User, customer: Customer, side: ConflictSide
) -> None:
    path = f"/customers/{customer.public_id}/"
    assert "Conflict case opened" in text_of(signed_in(seller).get(path))
    assert "Conflict case opened" not in text_of(signed_in(reviewer).get(path))


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ({"name": "contoso", "country": "DE"}, True),
        ({"name": "Cont", "country": "DE", "domain": "www.contoso.de/x"}, True),
        ({"name": "contoso", "country": "AT"}, False),
        ({"name": "\x00", "domain": "no domain", "tenant_id": "no id", "duns": "x"}, False),
        ({}, False),
    ],
)
def test_candidates_are_shown_while_one_types(
    typed: dict[str, str], finds: bool, signed_in: SignIn, seller: User, customer: Customer
) -> None:
    answer = signed_in(seller).get("/customers/alike/", typed)
    assert answer.status_code == 200
    assert ("Contoso GmbH" in text_of(answer)) is finds


def test_a_customer_that_is_being_corrected_is_not_its_own_candidate(
    signed_in: SignIn, seller: User, customer: Customer
) -> None:
    typed = {"name": customer.name, "country": "DE", "of": str(customer.public_id)}
    assert "Contoso" not in text_of(signed_in(seller).get("/customers/alike/", typed))


def test_a_duplicate_is_chosen_previewed_merged_and_taken_back(
    signed_in: SignIn, seller: User, customer: Customer
) -> None:
    duplicate = factories.CustomerFactory(partner=customer.partner, name="Contoso Handels AG", domain="contoso.de")
    factories.DealFactory(customer=duplicate)
    client, path = signed_in(seller), f"/customers/{customer.public_id}/merge/"
    assert "Contoso Handels AG" in text_of(client.get(path))
    assert "Contoso Handels AG" in text_of(client.get(path, {"q": "handels"}))
    preview = client.get(path, {"with": duplicate.public_id})
    assert "1 deal will follow" in text_of(preview)
    typed = {"duplicate": duplicate.public_id, "versions": preview.context["form"].initial["versions"]}
    stale = client.post(path, {**typed, "versions": "1,7", "because": "the same firm"})
    assert stale.status_code == 412
    assert 'value="the same firm"' in text_of(stale)
    wordy = client.post(path, {**typed, "because": "x" * 301})
    assert (wordy.status_code, list(wordy.context["form"].errors)) == (422, ["because"])
    assert "x" * 301 in text_of(wordy)
    assert client.post(path, {"versions": "1,1"}).status_code == 422
    assert client.post(path, {**typed, "versions": "nothing"}).status_code == 422
    assert client.post(path, typed).status_code == 302
    done = Merge.objects.get()
    assert "Contoso Handels AG" in text_of(client.get(f"/customers/{customer.public_id}/"))
    assert client.post(f"/merges/{done.public_id}/undo/").status_code == 302
    assert client.post(f"/merges/{done.public_id}/undo/").status_code == 409
    assert Customer.objects.current().count() == 2
