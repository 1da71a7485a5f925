"""The composed pages: home, the customer list, the customer page, languages, signing in, administration."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from customers.models import Customer
from motions.models import Deal
from partners.models import Partner, User
from portal.views import lists
from referrals.models import Programme
from tests import factories

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
# savepoints, role, session and person are in it
LIST_QUERIES = 14
CUSTOMER_QUERIES = 52


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def names_in(answer: Any) -> list[str]:
    """Names of customers in the order of the list."""
    return [row.name for row in answer.context["page"].rows]


@pytest.fixture
def list_of(partner: Partner) -> Callable[..., list[Customer]]:
    return lambda *names, **facts: [factories.CustomerFactory(partner=partner, name=name, **facts) for name in names]


def test_home_counts_the_portfolio_by_motion(
    signed_in: SignIn, seller: User, deal: Deal, drain: Callable[[], object]
) -> None:
    drain()
    answer = signed_in(seller).get("/")
    assert {motion: count for motion, _label, count in answer.context["motions"]}["breadth"] == 1
    assert answer.context["near"] == 1
    assert deal.customer.name in text_of(answer)


def test_home_sends_everybody_else_to_their_own_room(
    signed_in: SignIn, reviewer: User, policy_owner: User, administrator: User
) -> None:
    assert signed_in(reviewer).get("/").headers["Location"] == "/customers/"
    assert signed_in(policy_owner).get("/").headers["Location"] == "/policy/"
    assert signed_in(administrator).get("/").headers["Location"] == "/customers/"


@pytest.mark.parametrize("words", ["müller", "MUELLER", "Mueller", "Müller strasse", "straße"])
def test_the_search_finds_a_name_however_it_is_spelled(
    words: str, signed_in: SignIn, seller: User, list_of: Callable[..., list[Customer]]
) -> None:
    list_of("Müller Straßenbau", "Schmidt")
    assert names_in(signed_in(seller).get("/customers/", {"q": words})) == ["Müller Straßenbau"]


@pytest.mark.parametrize("words", ["cafe", "CAFÉ", "cafe\u0301", "creme cafe"])
def test_the_search_looks_behind_accents(
    words: str, signed_in: SignIn, seller: User, list_of: Callable[..., list[Customer]]
) -> None:
    list_of("Café Crème", "Tee")
    assert names_in(signed_in(seller).get("/customers/", {"q": words})) == ["Café Crème"]


@pytest.mark.parametrize("words", ["%", "_", "\\", "'", '"; DROP TABLE', "nothing like it"])
def test_a_search_that_finds_nothing_says_so(words: str, signed_in: SignIn, seller: User, customer: Customer) -> None:
    answer = signed_in(seller).get("/customers/", {"q": words})
    assert (answer.status_code, names_in(answer)) == (200, [])


def test_the_filters_narrow_the_list_and_stay_in_the_address(
    signed_in: SignIn, seller: User, deal: Deal, list_of: Callable[..., list[Customer]], drain: Callable[[], object]
) -> None:
    list_of("Wiener", country="AT")
    drain()
    client = signed_in(seller)
    assert names_in(client.get("/customers/", {"country": "AT"})) == ["Wiener"]
    assert names_in(client.get("/customers/", {"motion": "breadth"})) == ["Contoso GmbH"]
    assert names_in(client.get("/customers/", {"state": "near"})) == ["Contoso GmbH"]
    assert names_in(client.get("/customers/", {"state": "stale"})) == []
    Deal.objects.filter(pk=deal.pk).update(seats=5)
    stale = client.get("/customers/", {"state": "stale", "country": "DE"})
    assert names_in(stale) == ["Contoso GmbH"]
    assert stale.context["query"] == "state=stale&country=DE"


@pytest.mark.parametrize("name", ["motion", "state", "country"])
def test_a_filter_value_that_does_not_exist_filters_nothing_and_is_shown(
    name: str, signed_in: SignIn, seller: User, customer: Customer
) -> None:
    answer = signed_in(seller).get("/customers/", {name: "nonsense"})
    assert names_in(answer) == [customer.name]
    assert name in answer.context["form"].errors


@pytest.mark.parametrize("mark", ["x", "a:b:c", "\x00", "W10:1:1"])
def test_a_page_mark_that_somebody_made_up_shows_the_first_page(
    mark: str, signed_in: SignIn, seller: User, customer: Customer
) -> None:
    assert names_in(signed_in(seller).get("/customers/", {"after": mark})) == [customer.name]


def test_the_pages_lead_forwards_and_back_again_and_miss_nobody(
    signed_in: SignIn, seller: User, list_of: Callable[..., list[Customer]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE_SIZE", 2)
    list_of("Anna", "Älpler", "Same", "Same", "Zoo")
    client, seen, pages = signed_in(seller), [], []
    answer = client.get("/customers/")
    while True:
        seen += names_in(answer)
        pages.append(names_in(answer))
        if not (mark := answer.context["page"].after):
            break
        answer = client.get("/customers/", {"after": mark})
    assert seen == ["Älpler", "Anna", "Same", "Same", "Zoo"]
    back = client.get("/customers/", {"before": answer.context["page"].before})
    assert names_in(back) == pages[1]
    assert names_in(client.get("/customers/", {"before": back.context["page"].before})) == pages[0]


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_the_database_equally_often_for_few_and_for_many(
    count: int, signed_in: SignIn, seller: User, list_of: Callable[..., list[Customer]], django_assert_num_queries: Any
) -> None:
    list_of(*(f"Customer {number}" for number in range(count)))
    client = signed_in(seller)
    client.get("/customers/")
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/customers/")


@pytest.mark.parametrize("count", [1, 12])
def test_the_customer_page_asks_equally_often_for_few_deals_and_for_many(
    count: int, signed_in: SignIn, seller: User, customer: Customer, drain: Any, django_assert_num_queries: Any
) -> None:
    for _deal in range(count):
        factories.DealFactory(customer=customer)
        drain()
    client = signed_in(seller)
    client.get(f"/customers/{customer.public_id}/")
    with django_assert_num_queries(CUSTOMER_QUERIES):
        client.get(f"/customers/{customer.public_id}/")


def test_the_list_comes_whole_or_as_the_part_that_htmx_asked_for(
    signed_in: SignIn, seller: User, customer: Customer
) -> None:
    client = signed_in(seller)
    assert "<html" in text_of(client.get("/customers/"))
    part = text_of(client.get("/customers/", headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert customer.name in part
    boosted = client.get("/customers/", headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert "<html" in text_of(boosted)


def test_an_archived_customer_is_listed_under_its_filter_alone_and_only_read(
    signed_in: SignIn, seller: User, customer: Customer
) -> None:
    Customer.objects.filter(pk=customer.pk).update(archived_at=factories.NOON, archive_reason="Dissolved")
    client = signed_in(seller)
    assert names_in(client.get("/customers/")) == []
    assert names_in(client.get("/customers/", {"state": "archived"})) == [customer.name]
    page = text_of(client.get(f"/customers/{customer.public_id}/"))
    assert "Dissolved" in page
    assert not re.search(r'href="[^"]*(/correct/|/deals/|/contacts/)', page)
    assert client.get(f"/customers/{customer.public_id}/correct/").status_code == 404
    assert client.get(f"/customers/{customer.public_id}/deals/").status_code == 404


def test_a_reviewer_reads_whose_customer_it_is_and_finds_no_door_for_writing(
    signed_in: SignIn, reviewer: User, deal: Deal
) -> None:
    client = signed_in(reviewer)
    assert "Nordlicht GmbH" in text_of(client.get("/customers/"))
    page = text_of(client.get(f"/customers/{deal.customer.public_id}/"))
    assert deal.customer.name in page
    assert not re.search(r'href="[^"]*(/correct/|/deals/new/|/deals/[0-9a-f-]+/)"', page)


def test_a_name_is_shown_as_text_whatever_it_says(signed_in: SignIn, seller: User, partner: Partner) -> None:
    name = "<script>alert(1)</script>"
    customer = factories.CustomerFactory(partner=partner, name=name)
    client = signed_in(seller)
    for path in ("/customers/", f"/customers/{customer.public_id}/", f"/customers/{customer.public_id}/correct/"):
        assert name not in text_of(client.get(path))


def test_a_chosen_language_is_remembered_in_the_browser_and_for_the_person(
    signed_in: SignIn, seller: User, client: Client
) -> None:
    client = signed_in(seller)
    assert 'lang="en"' in text_of(client.get("/customers/"))
    answer = client.post("/language/", {"language": "de", "next": "/customers/"})
    assert answer.headers["Location"] == "/customers/"
    assert 'lang="de"' in text_of(client.get("/customers/"))
    seller.refresh_from_db()
    assert seller.language == "de"
    other = Client()
    other.force_login(seller)
    assert 'lang="de"' in text_of(other.get("/customers/"))


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/"])
def test_a_change_of_language_leads_to_no_other_site(elsewhere: str, client: Client) -> None:
    answer = client.post("/language/", {"language": "xx", "next": elsewhere})
    assert answer.headers["Location"] == "/"


def test_somebody_signs_in_and_out_again(client: Client, seller: User) -> None:
    assert client.get("/account/login/").status_code == 200
    form = {"login": seller.email.upper(), "password": factories.PASSWORD}
    assert client.post("/account/login/?next=/customers/", form).headers["Location"] == "/customers/"
    assert client.get("/customers/").status_code == 200
    assert client.post("/account/logout/").headers["Location"] == "/account/login/"
    assert client.get("/customers/").status_code == 302


def test_a_wrong_password_and_an_unknown_person_are_told_the_same(client: Client, seller: User) -> None:
    told = []
    for login in (seller.email, "nobody@example.com"):
        answer = client.post("/account/login/", {"login": login, "password": "wrong"})
        told.append((answer.status_code, answer.context["form"].non_field_errors()))
    assert told[0] == told[1]
    assert told[0][1]


def test_a_password_is_set_by_the_link_of_the_e_mail(client: Client, seller: User) -> None:
    assert client.post("/account/password/reset/", {"email": seller.email}).status_code == 302
    (letter,) = mail.outbox
    found = re.search(r"/account/password/reset/key/\S+", str(letter.body))
    assert found
    page = client.get(found.group(), follow=True)
    path = page.redirect_chain[-1][0]
    chosen = {"password1": "another long password", "password2": "another long password"}
    assert client.post(path, chosen).headers["Location"] == "/account/password/reset/key/done/"
    assert (
        Client().post("/account/login/", {"login": seller.email, "password": "another long password"}).status_code
        == 302
    )
    assert client.get(found.group(), follow=True).context.get("token_fail") is True


def test_a_reset_for_nobody_is_answered_as_for_somebody_and_opens_no_account(client: Client, db: None) -> None:
    answer = client.post("/account/password/reset/", {"email": "nobody@example.com"})
    assert answer.headers["Location"] == "/account/password/reset/done/"
    assert not User.objects.filter(email="nobody@example.com").exists()


@pytest.mark.parametrize("table", ["partners/partner", "partners/user", "referrals/programme"])
def test_the_administration_shows_what_has_rules_and_changes_none_of_it(
    table: str, signed_in: SignIn, administrator: User, seller: User
) -> None:
    client = signed_in(administrator)
    keys = {"partners/partner": seller.partner_id, "partners/user": seller.pk}
    key = keys.get(table) or Programme.objects.get(code="QRP").pk
    assert client.get(f"/admin/{table}/").status_code == 200
    shown = text_of(client.get(f"/admin/{table}/{key}/change/"))
    assert seller.password not in shown
    assert client.get(f"/admin/{table}/add/").status_code == 403
    assert client.post(f"/admin/{table}/{key}/change/", {"name": "Changed"}).status_code == 403


def test_nothing_is_deleted_in_the_administration(signed_in: SignIn, administrator: User, seller: User) -> None:
    client = signed_in(administrator)
    assert client.post(f"/admin/partners/user/{seller.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=seller.pk).exists()
