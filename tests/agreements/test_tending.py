"""What workers do by themselves: links expire, reminders and mails go out once, cut-offs and transitions are applied."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.core import mail
from django.db import connection
from django.utils.timezone import now

from agreements import tasks
from agreements.bulk import mailing, tending
from agreements.models import Acceptance, Agreement, AgreementEvent, CutOff, DirectAnswer, Link, Mail
from agreements.services.links import token_of
from agreements.states import LinkEnd, MailKind, Path, State
from common.isolation import Side, acting
from customers.models import Customer
from partners.models import Notice, Partner, User
from partners.roles import CspType
from tests import factories
from tests.factories import NOON, in_state

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def tend(at: Any = None) -> dict[str, int]:
    return tending.tend(clock=lambda: at or now())


def state_of(customer: Customer) -> str:
    return Agreement.objects.get(customer=customer).state


@pytest.fixture
def sent(customer: Customer) -> Link:
    """Sent at NOON, good for 21 days; reminders on day 3, 7 and 14."""
    return factories.LinkFactory(customer=customer)


def test_a_link_expires_at_its_hour_and_not_before(sent: Link, customer: Customer) -> None:
    assert tend(NOON + 21 * DAY - timedelta(seconds=1))["expired"] == 0
    assert tend(NOON + 21 * DAY)["expired"] == 1
    assert state_of(customer) == State.LINK_EXPIRED
    sent.refresh_from_db()
    assert sent.ended_why == LinkEnd.EXPIRED
    assert tend(NOON + 22 * DAY)["expired"] == 0


@pytest.mark.parametrize(
    ("days", "reminders"), [(2.9, []), (3, [3]), (6.9, [3]), (7, [3, 7]), (13.9, [3, 7]), (14, [3, 7, 14])]
)
def test_reminders_go_out_on_the_days_of_the_programme(days: float, reminders: list[int], sent: Link) -> None:
    for hours in range(0, int(days * 24) + 1, 12):
        tend(NOON + timedelta(hours=hours))
    tend(NOON + timedelta(days=days))
    assert list(Mail.objects.order_by("day").values_list("day", flat=True)) == reminders


def test_a_worker_that_was_away_for_a_week_writes_one_reminder_and_not_two(sent: Link) -> None:
    tend(NOON + 8 * DAY)
    tend(NOON + 8 * DAY)
    assert [row.day for row in Mail.objects.all()] == [7]


def test_nobody_is_reminded_of_a_link_that_is_over(sent: Link) -> None:
    Link.objects.update(ended_at=NOON, ended_why=LinkEnd.ACCEPTED)
    assert tend(NOON + 7 * DAY)["reminded"] == 0


def test_an_acceptance_before_the_cut_off_is_asked_for_again(customer: Customer) -> None:
    in_state(customer, State.ATTESTED, accepted_on=date(2023, 3, 31))
    assert tend(NOON)["asked_again"] == 1
    assert state_of(customer) == State.REACCEPT
    assert AgreementEvent.objects.get().changes == {"cut_off": [None, "text_of_2023"]}
    assert Agreement.objects.get().accepted_on == date(2023, 3, 31)


@pytest.mark.parametrize(
    ("accepted_on", "effective_on"), [(date(2023, 4, 1), date(2025, 10, 7)), (date(2023, 3, 31), date(2026, 3, 4))]
)
def test_an_acceptance_after_the_cut_off_or_before_it_is_in_force_counts(
    accepted_on: date, effective_on: date, customer: Customer
) -> None:
    CutOff.objects.filter(code="text_of_2023").update(effective_on=effective_on)
    in_state(customer, State.ATTESTED, accepted_on=accepted_on)
    assert tend(NOON)["asked_again"] == 0


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (State.ATTESTED, State.REVOKED),
        (State.TO_FINALISE, State.REVOKED),
        (State.LINK_SENT, State.REVOKED),
        (State.DIRECT_ACCEPTED, State.DIRECT_ACCEPTED),
        (State.NOT_STARTED, State.NOT_STARTED),
        (State.REACCEPT, State.REACCEPT),
    ],
)
def test_a_transition_to_indirect_revokes_attestations_and_leaves_direct_acceptances(
    state: State, after: State, customer: Customer, partner: Partner
) -> None:
    in_state(customer, state)
    factories.AcceptanceFactory(customer=customer)
    assert tend(NOON)["revoked"] == 0
    Partner.objects.filter(pk=partner.pk).update(csp_type=CspType.INDIRECT_RESELLER)
    tend(NOON)
    assert state_of(customer) == after
    assert (Acceptance.objects.get().revoked_at is not None) is (after == State.REVOKED)


def test_what_the_provider_attested_is_not_revoked(customer: Customer, partner: Partner) -> None:
    in_state(customer, State.ATTESTED, by_provider=True)
    Partner.objects.filter(pk=partner.pk).update(csp_type=CspType.INDIRECT_RESELLER)
    assert tend(NOON)["revoked"] == 0


def test_a_direct_acceptance_is_learned_by_asking_and_its_day_stays_unknown(customer: Customer) -> None:
    in_state(customer, State.DIRECT_INVITED)
    tend(NOON)
    assert state_of(customer) == State.DIRECT_INVITED
    factories.DirectAnswerFactory(customer=customer)
    assert tend(NOON + timedelta(minutes=9))["learned"] == 0
    tend(NOON + timedelta(minutes=10))
    agreement = Agreement.objects.get(customer=customer)
    assert (agreement.state, agreement.path, agreement.accepted_on) == (State.DIRECT_ACCEPTED, Path.DIRECT, None)
    assert Acceptance.objects.get().accepted_on is None


def test_those_who_were_not_invited_are_asked_about_once_a_day(customer: Customer) -> None:
    tend(NOON)
    factories.DirectAnswerFactory(customer=customer)
    tend(NOON + timedelta(hours=23))
    assert state_of(customer) == State.NOT_STARTED
    tend(NOON + timedelta(hours=24))
    assert state_of(customer) == State.DIRECT_ACCEPTED


def test_the_answer_no_changes_nothing(customer: Customer) -> None:
    DirectAnswer.objects.create(partner=customer.partner, customer=customer, is_signed=False, at=NOON, by_name="x")
    tasks.ask_microsoft(customer_id=customer.pk)
    assert state_of(customer) == State.NOT_STARTED


def test_a_mail_is_sent_once_in_the_signatorys_language_as_text_and_html(sent: Link, settings: Any) -> None:
    settings.PORTAL_URL = "https://portal.example"
    Link.objects.update(sent_at=now(), expires_at=now() + 21 * DAY)
    link = Link.objects.get()
    factories.MailFactory(customer=sent.customer, link=link, kind=MailKind.LINK, last_name="O'Brien <b>")
    assert mailing.send_mails(clock=now) == 1
    assert mailing.send_mails(clock=now) == 0
    (message,) = mail.outbox
    assert message.to == ["sina@contoso.example"]
    assert message.subject == "Bitte nehmen Sie die Microsoft-Kundenvereinbarung für Contoso GmbH an"
    assert "Guten Tag Sina O'Brien <b>," in message.body
    assert f"https://portal.example/sign/{token_of(link.public_id, link.expires_at)}/" in message.body
    html, kind = message.alternatives[0]  # type: ignore[attr-defined]
    assert kind == "text/html"
    assert "O&#x27;Brien &lt;b&gt;" in html
    assert Mail.objects.get().sent_at is not None


def test_a_name_of_two_lines_does_not_break_the_subject(customer: Customer) -> None:
    factories.MailFactory(customer=customer, company_name="Contoso\r\nBcc: everybody@example.com")
    mailing.send_mails(clock=now)
    assert "\n" not in mail.outbox[0].subject


def test_a_mail_of_a_link_that_is_over_is_not_sent(sent: Link) -> None:
    factories.MailFactory(customer=sent.customer, link=sent, kind=MailKind.REMINDER, day=3)
    Link.objects.update(ended_at=now(), ended_why=LinkEnd.REPLACED)
    assert mailing.send_mails(clock=now) == 0


def test_a_mail_that_always_fails_is_set_apart_and_holds_up_nobody(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.MailFactory(customer=customer, email="broken@contoso.example")
    factories.MailFactory(customer=customer, email="fine@contoso.example")
    whole = mailing.compose

    def compose(row: Mail) -> Any:
        if row.email.startswith("broken"):
            raise OSError("no such host")
        return whole(row)

    monkeypatch.setattr(mailing, "compose", compose)
    for _time in range(5):
        mailing.send_mails(clock=now)
    assert [message.to for message in mail.outbox] == [["fine@contoso.example"]]
    broken = Mail.objects.get(email="broken@contoso.example")
    assert (broken.failures, broken.error, broken.sent_at, broken.claimed_at) == (3, "no such host", None, None)


class Killed(BaseException):
    """As a signal would end a worker: no handler of the code hears of it."""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_claiming_and_sending_never_makes_a_second_mail(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.MailFactory(customer=customer)

    def killed(row: Mail) -> Any:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(mailing, "compose", killed)
        with pytest.raises(Killed):
            mailing.send_mails(clock=now)
    assert mailing.send_mails(clock=now) == 0
    row = Mail.objects.get()
    assert (row.claimed_at is not None, row.sent_at) == (True, None)
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_mails_and_neither_waits(customer: Customer, another: Callable[[], Any]) -> None:
    first, second = factories.MailFactory(customer=customer), factories.MailFactory(customer=customer)
    beside: psycopg.Connection[Any] = another()
    beside.execute("SELECT 1 FROM agreements_mail WHERE id = %s FOR UPDATE", [first.pk])
    with acting(Side.WORKER):
        claimed = mailing.claim(at=now())
    assert claimed == second
    beside.rollback()


@pytest.mark.django_db(transaction=True)
def test_a_reminder_that_another_worker_writes_meanwhile_is_not_written_twice(
    customer: Customer, another: Callable[[], Any]
) -> None:
    link = factories.LinkFactory(customer=customer)
    beside: psycopg.Connection[Any] = another()
    beside.execute(
        "INSERT INTO agreements_mail (public_id, partner_id, customer_id, link_id, kind, day, company_name, partner_name,"
        " language, made_at, failures, error, first_name, last_name, email, phone)"
        " VALUES (gen_random_uuid(), %s, %s, %s, 'reminder', 3, 'x', 'x', 'de', now(), 0, '', 'a', 'b', 'c@d.example', '')",
        [link.partner_id, customer.pk, link.pk],
    )
    beside.commit()
    tend(NOON + 3 * DAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM agreements_mail WHERE day = 3")
        assert cursor.fetchone() == (1,)


def test_whoever_did_the_last_step_is_told_of_what_follows(sent: Link, seller: User, chief: User) -> None:
    factories.AgreementEventFactory(customer=sent.customer, by=seller, notified_at=NOON)
    tend(NOON + 21 * DAY)
    tasks.post()
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.params["customer"]) == (seller, "agreements.expire_link", "Contoso GmbH")
    tasks.post()
    assert Notice.objects.count() == 1


def test_where_nobody_has_done_anything_the_partners_administrators_are_told(sent: Link, chief: User) -> None:
    tend(NOON + 21 * DAY)
    tasks.post()
    assert [notice.user for notice in Notice.objects.all()] == [chief]


def test_what_a_person_did_is_no_news_to_the_partner(customer: Customer, seller: User) -> None:
    factories.AgreementEventFactory(customer=customer, by=seller, step="attest")
    tasks.post()
    assert not Notice.objects.exists()
    assert AgreementEvent.objects.get().notified_at is not None
