"""What stands around every answer: headers, the login, languages."""

from collections.abc import Callable

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from customers.models import Customer
from partners.models import User

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.mark.parametrize("path", ["/customers/", "/policy/", "/nowhere/", "/customers/new/", "/imports/"])
def test_no_cache_keeps_what_a_person_saw(path: str, signed_in: SignIn, seller: User) -> None:
    assert signed_in(seller).get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/account/login/", "/nowhere/"])
def test_every_page_says_what_it_may_load_and_who_may_frame_it(path: str, client: Client) -> None:
    headers = client.get(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_stranger_is_led_to_the_login_and_back_to_the_page(client: Client, customer: Customer) -> None:
    page = f"/customers/{customer.public_id}/"
    assert client.get(page).headers["Location"] == f"/account/login/?next={page}"
    # what was posted cannot be posted again after the login
    assert client.post(f"{page}choice/").headers["Location"] == "/account/login/?next=/"


def test_a_partial_is_not_replaced_by_a_login_page(client: Client, customer: Customer) -> None:
    answer = client.get(f"/customers/{customer.public_id}/guidance/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["HX-Redirect"] == "/account/login/"


@pytest.mark.parametrize(("accepted", "language"), [("de-AT,de;q=0.9", "de"), ("fr", "en"), ("en-GB", "en")])
def test_a_stranger_reads_the_language_of_the_browser(accepted: str, language: str, client: Client) -> None:
    answer = client.get("/account/login/", headers={"Accept-Language": accepted})
    assert answer.headers["Content-Language"] == language
    assert {"Accept-Language", "Cookie"} <= set(answer.headers["Vary"].split(", "))


def test_a_person_reads_their_own_language_and_the_browsers_choice_before_it(signed_in: SignIn, seller: User) -> None:
    User.objects.filter(pk=seller.pk).update(language="de")
    client = signed_in(seller)
    assert client.get("/policy/").headers["Content-Language"] == "de"
    client.cookies["django_language"] = "en"
    assert client.get("/policy/").headers["Content-Language"] == "en"


def test_what_somebody_removed_meanwhile_is_a_page_that_says_so_and_no_error(
    signed_in: SignIn, seller: User, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer.archived_at = now()
    customer.save()

    def gone(row: Customer, **_said: object) -> None:
        Customer.objects.get(pk=0)

    monkeypatch.setattr("customers.services.restore", gone)
    answer = signed_in(seller).post(f"/customers/{customer.public_id}/restore/", {"version": "9" * 5000})
    assert answer.status_code == 404


def test_what_somebody_holds_for_too_long_is_to_be_tried_again_and_nothing_is_written(
    signed_in: SignIn,
    another: Callable[[], psycopg.Connection],
    seller: User,
    customer: Customer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    holder = another()
    holder.execute("UPDATE customers_customer SET name = name WHERE id = %s", [customer.pk])

    def waits(row: Customer, **_said: object) -> None:
        Customer.objects.create(
            partner_id=row.partner_id, name="Half", country="DE", created_at=now(), updated_at=now()
        )
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '10ms'")
        Customer.objects.select_for_update().get(pk=row.pk)

    monkeypatch.setattr("customers.services.restore", waits)
    for headers in ({}, {"HX-Request": "true"}):
        answer = signed_in(seller).post(f"/customers/{customer.public_id}/restore/", {"version": "1"}, headers=headers)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert "Please try again in a moment." in answer.content.decode()
    assert not Customer.objects.filter(name="Half").exists()


def test_a_post_without_its_token_is_refused(seller: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(seller)
    assert client.post("/customers/new/", {"name": "Forged", "country": "DE"}).status_code == 403
    assert not Customer.objects.exists()
