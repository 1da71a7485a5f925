"""Requests through the real middleware: each acts as the person who asks, to the last byte, and only while allowed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import path
from django.utils.translation import get_language

from common.isolation import Side, current_context
from common.refusals import NotAllowed, Refused, Stale, Unfit
from customers.models import Customer
from motions.models import Deal
from partners.models import ChannelScope, User
from partners.roles import EVERYBODY
from portal.middleware import _context_of, _streamed
from portal.routes import ROUTES
from portal.urls import urlpatterns as of_the_portal
from tests import factories
from tests.neighbours import Household, checksums

pytestmark = pytest.mark.django_db
REFUSALS = {"refused": Refused, "not_allowed": NotAllowed, "stale": Stale, "unfit": Unfit}


def role_of_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user || ' ' || coalesce(current_setting('app.partner_id', true), '')")
        return str(cursor.fetchone()[0]).strip()


def tell(request: HttpRequest) -> HttpResponse:
    return HttpResponse(role_of_database())


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def body() -> Iterator[str]:
        yield role_of_database() + ";"
        yield from Deal.objects.values_list("name", flat=True)
        yield ";" + str(current_context())

    return StreamingHttpResponse(body())


def write_then_refuse(request: HttpRequest, kind: str) -> HttpResponse:
    Customer.objects.update(name="Nobody wants this")
    if kind == "crash":
        raise RuntimeError("crash")
    if kind == "answer":
        return HttpResponse(status=503)
    raise REFUSALS[kind]("The sentence of the refusal.")


urlpatterns = [
    *of_the_portal,
    path("tell/", tell, name="tell"),
    path("stream/", stream, name="stream"),
    path("refuse/<str:kind>/", write_then_refuse, name="refuse"),
]


@pytest.fixture
def extra_routes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROUTES, "tell", None)
    monkeypatch.setitem(ROUTES, "stream", EVERYBODY)
    monkeypatch.setitem(ROUTES, "refuse", EVERYBODY)


@pytest.mark.urls(__name__)
def test_a_view_that_the_table_does_not_name_is_a_404_for_everybody(client: Client, ours: Household) -> None:
    client.force_login(ours.seller)
    assert client.get("/tell/").status_code == 404
    assert Client().get("/tell/").status_code == 302


@pytest.mark.urls(__name__)
@pytest.mark.usefixtures("extra_routes")
def test_a_request_without_a_person_acts_as_a_visitor_and_never_as_whoever_connected(client: Client) -> None:
    assert client.get("/tell/").content.decode() == Side.VISITOR.value
    assert _context_of(AnonymousUser()).side is Side.VISITOR


@pytest.mark.urls(__name__)
@pytest.mark.usefixtures("extra_routes")
def test_a_request_acts_as_the_side_of_the_person(client: Client, ours: Household) -> None:
    client.force_login(ours.seller)
    assert client.get("/tell/").content.decode() == f"{Side.PARTNER.value} {ours.partner.pk}"
    client.force_login(factories.UserFactory(channel_manager=True))
    assert client.get("/tell/").content.decode() == Side.CHANNEL.value
    client.force_login(factories.UserFactory(administrator=True))
    assert client.get("/tell/").content.decode() == Side.OFFICE.value


@pytest.mark.urls(__name__)
@pytest.mark.usefixtures("extra_routes")
def test_a_streamed_body_acts_as_the_person_long_after_the_view(
    client: Client, ours: Household, theirs: Household
) -> None:
    client.force_login(ours.seller)
    answer = client.get("/stream/")
    assert current_context() is None
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith(f"{Side.PARTNER.value} {ours.partner.pk};{ours.deal.name};")
    assert theirs.word not in text
    assert current_context() is None


def test_a_streamed_body_that_nobody_reads_to_the_end_leaves_nobody_behind(ours: Household) -> None:
    before = role_of_database()
    body = _streamed(iter([b"first", b"second"]), ours.seller.context, "de")
    assert next(body) == b"first"
    assert current_context() == ours.seller.context
    body.close()  # type: ignore[attr-defined]
    assert (current_context(), role_of_database(), get_language()) == (None, before, "en")


def test_the_result_of_an_import_is_made_as_the_person_and_in_the_persons_language(
    client: Client, ours: Household, theirs: Household
) -> None:
    User.objects.filter(pk=ours.seller.pk).update(language="de")
    client.force_login(ours.seller)
    answer = client.get(f"/imports/{ours.batch.public_id}/result.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0] == "Company;Country;Seats;Ergebnis;Grund"
    assert f"{ours.word} Customer;DE;2399;neu" in text
    assert client.get(f"/imports/{theirs.batch.public_id}/result.csv").status_code == 404


@pytest.mark.urls(__name__)
@pytest.mark.usefixtures("extra_routes")
@pytest.mark.parametrize(("kind", "status"), [("refused", 409), ("not_allowed", 403), ("stale", 412), ("unfit", 422)])
def test_a_refusal_that_no_view_answers_becomes_its_page_and_nothing_is_written(
    kind: str, status: int, client: Client, ours: Household
) -> None:
    client.force_login(ours.seller)
    before = checksums()
    answer = client.post(f"/refuse/{kind}/")
    assert answer.status_code == status
    assert "The sentence of the refusal." in answer.content.decode()
    assert checksums() == before


@pytest.mark.urls(__name__)
@pytest.mark.usefixtures("extra_routes")
@pytest.mark.parametrize(("kind", "status"), [("crash", 500), ("answer", 503)])
def test_what_a_failed_request_wrote_goes_back(kind: str, status: int, client: Client, ours: Household) -> None:
    client.force_login(ours.seller)
    client.raise_request_exception = False
    before = checksums()
    assert client.post(f"/refuse/{kind}/").status_code == status
    assert checksums() == before
    assert client.get("/tell/").status_code == 200


def test_a_scope_that_is_taken_away_is_gone_at_the_next_request(client: Client, ours: Household) -> None:
    user = factories.UserFactory(channel_manager=True)
    scope = factories.ChannelScopeFactory(user=user)
    client.force_login(user)
    page = f"/customers/{ours.customer.public_id}/"
    assert client.get(page).status_code == 200
    ChannelScope.objects.filter(pk=scope.pk).update(segment="education")
    assert client.get(page).status_code == 404
    assert ours.word not in client.get("/customers/").content.decode()


@pytest.mark.parametrize("what", ["person", "partner"])
def test_whoever_is_deactivated_is_out_at_the_next_request(what: str, client: Client, ours: Household) -> None:
    client.force_login(ours.seller)
    page = f"/customers/{ours.customer.public_id}/"
    assert client.get(page).status_code == 200
    row: Any = ours.seller if what == "person" else ours.partner
    type(row).objects.filter(pk=row.pk).update(is_active=False)
    answer = client.get(page)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/account/login/?next={page}")
    assert ours.word not in answer.content.decode()
    htmx = client.get(page, headers={"HX-Request": "true"})
    assert (htmx.status_code, htmx.headers["HX-Redirect"]) == (204, "/account/login/")


@pytest.mark.parametrize("what", ["person", "partner"])
def test_whoever_is_deactivated_does_not_come_in(what: str, client: Client, ours: Household) -> None:
    row: Any = ours.seller if what == "person" else ours.partner
    type(row).objects.filter(pk=row.pk).update(is_active=False)
    answer = client.post("/account/login/", {"login": ours.seller.email, "password": factories.PASSWORD})
    assert answer.headers["Location"] == "/account/inactive/"
    assert "_auth_user_id" not in client.session


def test_a_person_who_changes_partners_sees_only_the_new_one(
    client: Client, ours: Household, theirs: Household
) -> None:
    client.force_login(ours.seller)
    with transaction.atomic():
        User.objects.filter(pk=ours.seller.pk).update(partner=theirs.partner)
    text = client.get("/customers/").content.decode()
    assert f"{theirs.word} Customer" in text
    assert f"{ours.word} Customer" not in text
