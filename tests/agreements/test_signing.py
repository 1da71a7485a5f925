"""The page where a signatory accepts without a login: one link, used once, in time, and nothing of anybody else."""

import threading
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.db.utils import DataError, ProgrammingError
from django.test import Client
from django.utils.timezone import localdate, now

from agreements.models import Acceptance, Agreement, AgreementEvent, Link
from agreements.services.links import hash_of, token_of
from agreements.states import LinkEnd, State
from common.isolation import Side, acting
from partners.models import User
from tests import factories
from tests.neighbours import checksums, furnish

pytestmark = pytest.mark.django_db
SIGN = {"has_read": "on", "name": "Sina Signer"}


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
    cache.clear()


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def page_of(link: Link) -> str:
    return f"/sign/{quote(token_of(link.public_id, link.expires_at))}/"


def test_the_signatory_reads_for_whom_and_until_when_in_their_language(client: Client, link: Link) -> None:
    answer = client.get(page_of(link), headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert answer["Content-Language"] == "de"
    # the address is the key; "no-referrer" would make browsers send no origin, and the form would be refused
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "no-store"
    for word in ("Contoso GmbH", "Nordlicht GmbH", "Sina Signer", "Kundenvereinbarung"):
        assert word in text_of(answer)
    assert link.email not in text_of(answer)


def test_looking_accepts_nothing(client: Client, link: Link) -> None:
    for _time in range(3):
        client.get(page_of(link))
        client.head(page_of(link))
    link.refresh_from_db()
    assert link.ended_at is None


def test_accepting_ends_the_link_and_leaves_the_rest_to_the_partner(client: Client, link: Link, woken: Any) -> None:
    answer = client.post(page_of(link), {**SIGN, "name": "  sina   SIGNER "})
    assert answer.status_code == 200
    link.refresh_from_db()
    agreement = Agreement.objects.get(pk=link.agreement_id)
    assert (link.ended_why, agreement.state, agreement.accepted_on) == (
        LinkEnd.ACCEPTED,
        State.TO_FINALISE,
        localdate(),
    )
    event = AgreementEvent.objects.get()
    assert (event.by_id, event.by_name, event.step) == (None, "Sina Signer", "accept")
    assert not Acceptance.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "Sina Signer"}, "has_read"),
        ({"has_read": "on"}, "name"),
        ({"has_read": "on", "name": "Somebody Else"}, "name"),
        ({"has_read": "on", "name": "Sina\0Signer"}, "name"),
        ({"has_read": "on", "name": "x" * 300}, "name"),
    ],
    ids=str,
)
def test_what_cannot_be_taken_is_said_at_its_field_and_what_was_typed_stays(
    typed: dict[str, str], field: str, client: Client, link: Link
) -> None:
    answer = client.post(page_of(link), typed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert 'lang="de"' in text_of(answer)
    if "Else" in typed.get("name", ""):
        assert 'value="Somebody Else"' in text_of(answer)
    link.refresh_from_db()
    assert link.ended_at is None


def test_a_link_used_twice_says_that_all_is_done_and_changes_nothing(client: Client, link: Link) -> None:
    client.post(page_of(link), SIGN)
    before = checksums()
    for answer in (client.post(page_of(link), SIGN), client.get(page_of(link))):
        assert answer.status_code == 410
        assert "bereits" in text_of(answer)
        assert 'name="has_read"' not in text_of(answer)
    assert checksums() == before


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"ended_at": factories.NOON, "ended_why": LinkEnd.REPLACED}, "neueren"),
        ({"ended_at": factories.NOON, "ended_why": LinkEnd.OVERTAKEN}, "anderem Weg"),
        ({"ended_at": factories.NOON, "ended_why": LinkEnd.EXPIRED}, "abgelaufen"),
    ],
)
def test_a_link_that_is_over_tells_an_honest_reader_what_to_do(
    facts: dict[str, Any], says: str, client: Client, link: Link
) -> None:
    Link.objects.update(**facts)
    answer = client.get(page_of(link))
    assert answer.status_code == 410
    assert says in text_of(answer)
    assert client.post(page_of(link), SIGN).status_code == 410


def test_a_link_is_too_old_at_its_hour_whether_or_not_a_worker_has_been(client: Client, customer: Any) -> None:
    link = factories.LinkFactory(customer=customer, sent_at=now() - timedelta(days=21))
    assert client.post(page_of(link), SIGN).status_code == 410
    assert Agreement.objects.get().state == State.LINK_SENT


def unknown_tokens(link: Link) -> list[str]:
    genuine = token_of(link.public_id, link.expires_at)
    return [
        "nonsense",
        genuine[:-1] + ("A" if genuine[-1] != "A" else "B"),
        token_of(uuid4(), link.expires_at),
        token_of(link.public_id, link.expires_at + timedelta(hours=1)),
        genuine + "x",
        "%00",
        "a" * 4000,
    ]


def test_a_link_that_is_none_is_the_same_nothing_whoever_asks(client: Client, link: Link) -> None:
    answers = {}
    for token in unknown_tokens(link):
        for answer in (client.get(f"/sign/{quote(token)}/"), client.post(f"/sign/{quote(token)}/", SIGN)):
            assert answer.status_code == 404
            assert "Contoso" not in text_of(answer)
        answers[token] = text_of(client.get(f"/sign/{quote(token)}/")).replace(quote(token), "")
    without_forms = {body[body.index("<main") : body.index("</main>")] for body in answers.values()}
    assert len(without_forms) == 1
    link.refresh_from_db()
    assert link.ended_at is None


def test_whoever_is_signed_in_beside_it_only_the_link_counts(client: Client, link: Link, rival: User) -> None:
    client.force_login(rival)
    assert client.post(page_of(link), SIGN).status_code == 200
    event = AgreementEvent.objects.get()
    assert (event.by_id, event.partner_id) == (None, link.partner_id)


def test_too_many_looks_are_stopped(client: Client, link: Link, settings: Any) -> None:
    codes = [client.get("/sign/nothing/").status_code for _time in range(62)]
    assert codes[:60] == [404] * 60
    assert codes[-1] == 429


def test_the_signatorys_side_reaches_one_link_and_its_agreement_and_nothing_else() -> None:
    ours, theirs = furnish("amarant"), furnish("zinnober")
    link = Link.objects.get(partner=ours.partner)
    with acting(Side.SIGNER, link_id=link.public_id):
        assert [row.pk for row in Link.objects.all()] == [link.pk]
        assert [row.pk for row in Agreement.objects.all()] == [link.agreement_id]
        assert set(AgreementEvent.objects.values_list("agreement_id", flat=True)) == {link.agreement_id}
        assert Link.objects.filter(partner=theirs.partner).update(ended_at=now(), ended_why="accepted") == 0
    for table in (
        "customers_customer",
        "customers_contact",
        "agreements_mail",
        "agreements_acceptance",
        "django_session",
    ):
        with (
            acting(Side.SIGNER, link_id=link.public_id),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SELECT 1 FROM {table}")


def test_the_signatorys_side_without_a_link_is_an_error_and_never_an_empty_table(link: Link) -> None:
    for model in (Link, Agreement, AgreementEvent):
        with acting(Side.SIGNER), pytest.raises(DataError), transaction.atomic():
            model.objects.exists()


def test_the_signatorys_side_changes_no_more_than_the_step_does(link: Link) -> None:
    for sql in (
        "UPDATE agreements_link SET expires_at = now() + interval '1 year'",
        "UPDATE agreements_link SET email = 'x@y.example'",
        "UPDATE agreements_agreement SET needs_amendment = true",
        "DELETE FROM agreements_link",
    ):
        with (
            acting(Side.SIGNER, link_id=link.public_id),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_at_once_exactly_one_wins(link: Link, another: Any) -> None:
    """Both wait at a lock that a third holds, so that they really stand side by side."""
    holder: psycopg.Connection[Any] = another()
    holder.execute("SELECT 1 FROM agreements_agreement WHERE id = %s FOR UPDATE", [link.agreement_id])
    codes: list[int] = []

    def click() -> None:
        codes.append(Client().post(page_of(link), SIGN).status_code)
        connections.close_all()

    threads = [threading.Thread(target=click) for _time in range(2)]
    for thread in threads:
        thread.start()
    watching = another()
    watching.autocommit = True
    _wait_for(watching, 2)
    holder.rollback()
    for thread in threads:
        thread.join(30)
    assert sorted(codes) == [200, 410]
    assert AgreementEvent.objects.filter(step="accept").count() == 1


def _wait_for(watching: psycopg.Connection[Any], count: int) -> None:
    """Until as many sessions wait for a lock."""
    until = datetime.now().astimezone() + timedelta(seconds=20)
    sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    while datetime.now().astimezone() < until:
        row = watching.execute(sql).fetchone()
        if row and row[0] >= count:
            return
        threading.Event().wait(0.05)
    raise AssertionError("they did not come to wait")


def test_of_a_token_only_the_hash_is_kept(link: Link) -> None:
    token = token_of(link.public_id, link.expires_at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM agreements_link AS t")
        row = cursor.fetchone()[0]
    assert hash_of(token) in row
    assert token not in row
