"""The page Interfaces: programs, subscriptions, the log of messages; secrets are shown once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.idp.oidc.models import Client as Application
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils.timezone import now

from common.isolation import Side, acting
from common.refusals import NotAllowed
from partners import services
from partners.models import ApiClient, Delivery, Partner, Subscription, User
from tests import factories
from tests.factories import NOON
from tests.programs import Program

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
LIST_QUERIES = ONE_QUERIES = 11
SAID = {"url": "https://crm.example/hook?token=1", "events": ["guidance.changed", "import.done"]}


@pytest.fixture
def program(partner: Partner) -> Program:
    return Program(partner)


@pytest.fixture
def hook(program: Program) -> Subscription:
    return factories.SubscriptionFactory(client=program.row, url=SAID["url"])


def text_of(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def test_the_list_tells_of_programs_last_use_ending_secrets_and_parked_messages(
    signed_in: SignIn, chief: User, hook: Subscription, program: Program, django_assert_num_queries: Any
) -> None:
    for number in range(2):
        factories.DeliveryFactory(subscription=hook, state="parked", ended_at=NOON, number=number + 10)
    ApiClient.objects.update(secret_ends_at=now() + timedelta(days=20))
    client = signed_in(chief)
    with django_assert_num_queries(LIST_QUERIES):
        page = text_of(client.get("/webhooks/"))
    assert "Secret ends soon" in page
    assert "last token fetched" in page
    assert "Messages are parked" in page
    assert "crm.example" in page
    assert "token=1" not in page, "what comes after the machine may be a secret"
    assert program.secret not in page
    ApiClient.objects.update(secret_ends_at=now() - timedelta(days=1))
    assert "Secret has ended" in text_of(client.get("/webhooks/"))


def test_without_a_program_the_page_says_who_sets_one_up(signed_in: SignIn, chief: User) -> None:
    page = text_of(signed_in(chief).get("/webhooks/"))
    assert "No program yet" in page
    assert "New webhook" not in page


def test_a_new_subscription_shows_its_secret_once(signed_in: SignIn, chief: User, program: Program) -> None:
    client = signed_in(chief)
    answer = client.post("/webhooks/new/", {**SAID, "client": program.row.pk})
    one = Subscription.objects.get()
    assert answer.status_code == 201
    assert services.secret_told(one) in text_of(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert services.secret_told(one) not in text_of(client.get(f"/webhooks/{one.public_id}/"))
    rotated = text_of(client.post(f"/webhooks/{one.public_id}/secret/"))
    one.refresh_from_db()
    assert services.secret_told(one) in rotated


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"url": "http://crm.example/"}, "Die Adresse beginnt nicht mit https."),
        ({"url": "https://192.168.0.1/"}, "Die Adresse führt nicht ins öffentliche Internet."),
        ({"events": []}, "Bitte wählen Sie mindestens ein Ereignis."),
        ({"url": ""}, "errorlist"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(
    said: dict[str, Any], sentence: str, signed_in: SignIn, chief: User, program: Program
) -> None:
    User.objects.update(language="de")
    answer = signed_in(chief).post("/webhooks/new/", {**SAID, "client": program.row.pk, **said})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert said.get("url", SAID["url"]) in text_of(answer)
    assert not Subscription.objects.exists()


def test_somebody_elses_program_cannot_be_chosen(signed_in: SignIn, chief: User) -> None:
    rival = Program(factories.PartnerFactory())
    answer = signed_in(chief).post("/webhooks/new/", {**SAID, "client": rival.row.pk})
    assert answer.status_code == 422
    assert not Subscription.objects.exists()


def test_a_change_that_somebody_else_was_faster_with_is_not_lost_in_silence(
    signed_in: SignIn, chief: User, hook: Subscription
) -> None:
    client, place = signed_in(chief), f"/webhooks/{hook.public_id}/change/"
    assert client.post(place, {**SAID, "url": "https://crm.example/2", "version": 1}).status_code == 302
    late = client.post(place, {**SAID, "url": "https://crm.example/3", "version": 1})
    assert late.status_code == 422
    assert "https://crm.example/3" in text_of(late)
    assert Subscription.objects.get().url == "https://crm.example/2"


def test_the_log_is_filtered_paged_and_asked_for_in_a_fixed_number_of_queries(
    signed_in: SignIn, chief: User, hook: Subscription, django_assert_num_queries: Any
) -> None:
    for number in range(60):
        state = {"state": "parked", "ended_at": NOON, "trouble": "timeout"} if number == 0 else {}
        factories.DeliveryFactory(
            subscription=hook, number=number + 1, made_at=NOON + timedelta(minutes=number), **state
        )
    client, place = signed_in(chief), f"/webhooks/{hook.public_id}/"
    with django_assert_num_queries(ONE_QUERIES):
        page = text_of(client.get(place))
    assert page.count("guidance.moved") == 50
    assert "Older" in page
    parked = text_of(client.get(f"{place}?state=parked", headers={"HX-Request": "true"}))
    assert "There was no answer within five seconds." in parked
    assert parked.count("guidance.moved") == 1
    assert "<html" not in parked
    assert "No message is in this state." in text_of(client.get(f"{place}?state=delivered"))


def test_messages_are_sent_again_one_by_one_or_all_that_are_parked(
    signed_in: SignIn, chief: User, hook: Subscription, woken: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    one, *_others = (
        factories.DeliveryFactory(subscription=hook, number=number + 1, state="parked", ended_at=NOON)
        for number in range(3)
    )
    client = signed_in(chief)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/webhooks/deliveries/{one.public_id}/again/")
    assert Delivery.objects.waiting().count() == 1
    assert woken == [("partners.tell_programs", {})]
    page = client.post(f"/webhooks/{hook.public_id}/again/", follow=True)
    assert "2 messages are sent again." in text_of(page)
    assert Delivery.objects.waiting().count() == 3
    assert client.post(f"/webhooks/deliveries/{one.public_id}/again/").status_code == 409


def test_the_third_test_of_a_minute_has_to_wait(signed_in: SignIn, chief: User, hook: Subscription) -> None:
    client = signed_in(chief)
    answers = [client.post(f"/webhooks/{hook.public_id}/test/").status_code for _ in range(3)]
    assert answers == [302, 302, 429]


def test_a_registration_at_the_wire_has_no_secret_and_names_its_events(
    signed_in: SignIn, chief: User, program: Program
) -> None:
    one = factories.SubscriptionFactory(client=program.row, door="wire", events=["test-created"])
    client = signed_in(chief)
    assert client.post(f"/webhooks/{one.public_id}/secret/").status_code == 404
    assert "referral-created" in text_of(client.get(f"/webhooks/{one.public_id}/change/"))


def test_an_administrator_of_the_partner_gives_a_program_a_new_secret_and_nobody_else(
    signed_in: SignIn, chief: User, seller: User, rival: User, program: Program
) -> None:
    client = signed_in(chief)
    former = Application.objects.get().secret
    page = text_of(client.post(f"/webhooks/clients/{program.row.public_id}/secret/"))
    assert Application.objects.get().secret != former
    assert "This secret is shown now and never again" in page
    for person in (seller, rival):
        with pytest.raises(NotAllowed):
            services.rotate_own_secret(program.row, by=person, at=now())


@pytest.mark.parametrize(
    ("sql", "is_open"),
    [
        ("SELECT id, name, scopes FROM allauth_idp_oidc_client", True),
        ("SELECT client_id, created_at FROM allauth_idp_oidc_token", True),
        ("SELECT secret FROM allauth_idp_oidc_client", False),
        ("SELECT hash FROM allauth_idp_oidc_token", False),
        ("UPDATE allauth_idp_oidc_client SET name = 'x'", False),
    ],
)
def test_the_database_tells_a_partner_of_its_own_programs_and_no_secret(
    sql: str, is_open: bool, program: Program
) -> None:
    Program(factories.PartnerFactory())
    with acting(Side.PARTNER, partner_id=program.partner.pk), connection.cursor() as cursor:
        if is_open:
            cursor.execute(sql)
            assert [row[0] for row in cursor.fetchall()] == [program.row.application_id]
            return
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute(sql)
