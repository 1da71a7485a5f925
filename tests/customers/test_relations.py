"""The request for a reseller relationship: one link, one open request, each reminder once (C9)."""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPServerDisconnected
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from common.isolation import Side, acting
from common.refusals import NotAllowed, Refused, Unfit
from customers import notices, services, tasks
from customers.models import Customer, CustomerEvent, Relation
from customers.states import FOLLOW_UP_DAYS, REMINDER_DAYS
from partners.models import User
from partners.roles import CspType
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
OWN = UUID("11111111-1111-4111-8111-111111111111")
PROVIDER = UUID("33333333-3333-4333-8333-333333333333")


def days(count: float) -> datetime:
    return NOON + timedelta(days=count)


def requested(customer: Customer, by: User, **more: Any) -> Relation:
    return services.request_relation(customer, by=by, at=NOON, own_tenant=OWN, **more)


def followed_up(at: datetime) -> list[services.Reminder]:
    """The letters of a run of the worker."""
    with acting(Side.WORKER):
        services.expire_relations(at=at)
        return list(iter(lambda: services.next_reminder(at=at), None))


def query_of(relation: Relation) -> dict[str, list[str]]:
    return parse_qs(urlsplit(relation.link).query)


def test_a_direct_partner_invites_with_its_own_tenant(seller: User, customer: Customer) -> None:
    relation = requested(customer, seller, provider_tenant=PROVIDER)
    assert urlsplit(relation.link).netloc == "admin.microsoft.com"
    assert query_of(relation) == {
        "invType": ["ResellerRelationship"],
        "partnerId": [str(OWN)],
        "msppId": ["0"],
        "DAP": ["false"],
    }
    assert (relation.state, relation.provider_tenant, relation.expires_at) == ("requested", None, days(FOLLOW_UP_DAYS))
    assert CustomerEvent.objects.get().kind == "relation_requested"


def test_an_indirect_reseller_invites_together_with_its_provider(seller: User, customer: Customer) -> None:
    assert seller.partner
    seller.partner.csp_type = CspType.INDIRECT_RESELLER
    with pytest.raises(Unfit) as refusal:
        requested(customer, seller)
    assert refusal.value.field == "provider_tenant"
    assert query_of(requested(customer, seller, provider_tenant=PROVIDER)) == {
        "invType": ["IndirectResellerRelationship"],
        "partnerId": [str(PROVIDER)],
        "msppId": [seller.partner.partner_number],
        "indirectCSPId": [str(OWN)],
        "DAP": ["false"],
    }


def test_there_is_one_open_request_at_a_time(seller: User, customer: Customer) -> None:
    relation = requested(customer, seller)
    with pytest.raises(Refused):
        requested(customer, seller)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.RelationFactory(customer=customer)
    services.withdraw(relation, by=seller, at=NOON)
    assert requested(customer, seller).is_open


@pytest.mark.parametrize(("close", "state"), [(services.note_acceptance, "accepted"), (services.withdraw, "withdrawn")])
def test_a_request_is_closed_once(close: Any, state: str, seller: User, customer: Customer) -> None:
    relation = close(requested(customer, seller), by=seller, at=days(1))
    assert (relation.state, relation.closed_at) == (state, days(1))
    assert CustomerEvent.objects.latest("pk").kind == f"relation_{state}"
    with pytest.raises(Refused):
        close(relation, by=seller, at=days(2))


@pytest.mark.parametrize("who", ["reviewer", "policy_owner", "administrator"])
def test_only_the_partner_itself_asks_and_closes(who: str, request: pytest.FixtureRequest, customer: Customer) -> None:
    by, relation = request.getfixturevalue(who), factories.RelationFactory(customer=customer)
    for write in (
        lambda: requested(customer, by),
        lambda: services.withdraw(relation, by=by, at=NOON),
        lambda: services.note_acceptance(relation, by=by, at=NOON),
    ):
        with pytest.raises(NotAllowed):
            write()


def test_a_rival_closes_nothing(rival: User, customer: Customer) -> None:
    with pytest.raises(Relation.DoesNotExist):
        services.withdraw(factories.RelationFactory(customer=customer), by=rival, at=NOON)


def test_each_reminder_of_the_schedule_is_due_once(customer: Customer) -> None:
    contact = factories.ContactFactory(customer=customer, is_primary=True, language="de")
    relation = factories.RelationFactory(customer=customer)
    told = []
    for hours in range(0, 24 * 20, 6):
        at = days(hours / 24)
        told += [(at, reminder.email, reminder.language) for reminder in followed_up(at)]
        assert followed_up(at) == [], "twice in one moment is once"
    assert told == [(days(day), contact.email, "de") for day in REMINDER_DAYS]
    relation.refresh_from_db()
    assert (relation.reminders, relation.reminded_at) == (len(REMINDER_DAYS), days(REMINDER_DAYS[-1]))
    assert [event.by_name for event in CustomerEvent.objects.filter(kind="relation_reminded")] == ["Wegweiser"] * 3


def test_a_worker_that_was_away_sends_one_letter_for_the_days_it_missed(customer: Customer) -> None:
    factories.ContactFactory(customer=customer)
    factories.RelationFactory(customer=customer)
    assert len(followed_up(days(REMINDER_DAYS[1]))) == 1
    assert followed_up(days(REMINDER_DAYS[1])) == []


def test_without_a_contact_a_reminder_waits_for_one(customer: Customer) -> None:
    relation = factories.RelationFactory(customer=customer)
    assert followed_up(days(5)) == []
    relation.refresh_from_db()
    assert relation.reminders == 0
    factories.ContactFactory(customer=customer)
    assert len(followed_up(days(5))) == 1


def test_nobody_is_reminded_of_what_is_closed_over_or_archived(customer: Customer) -> None:
    factories.ContactFactory(customer=customer)
    relation = factories.RelationFactory(customer=customer)
    Customer.objects.filter(pk=customer.pk).update(archived_at=NOON)
    assert followed_up(days(5)) == []
    assert followed_up(days(FOLLOW_UP_DAYS)) == []
    relation.refresh_from_db()
    assert (relation.state, relation.closed_at) == ("expired", days(FOLLOW_UP_DAYS))
    assert CustomerEvent.objects.get().kind == "relation_expired"


@pytest.mark.parametrize(("language", "words"), [("de", "Handelspartnerbeziehung"), ("en", "reseller relationship")])
def test_the_letter_is_in_the_contacts_language_and_carries_the_link(
    language: str, words: str, customer: Customer
) -> None:
    contact = factories.ContactFactory(customer=customer, language=language)
    relation = factories.RelationFactory(customer=customer, link="https://admin.microsoft.com/?a=1&b=2")
    for reminder in followed_up(days(3)):
        notices.remind_of_relation(reminder)
    (letter,) = mail.outbox
    assert letter.to == [contact.email]
    assert words in letter.subject
    assert words in str(letter.body)
    assert relation.link in str(letter.body)
    assert contact.name in str(letter.body)


@pytest.mark.django_db(transaction=True)
def test_the_task_sends_what_is_due_and_a_letter_that_fails_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for _each in range(2):
        customer = factories.CustomerFactory()
        factories.ContactFactory(customer=customer)
        factories.RelationFactory(customer=customer)
    monkeypatch.setattr("customers.tasks.now", lambda: days(3))
    sent: list[str] = []

    def send(reminder: services.Reminder) -> None:
        if not sent:
            sent.append("failed")
            raise SMTPServerDisconnected
        sent.append(reminder.email)

    monkeypatch.setattr(notices, "remind_of_relation", send)
    with caplog.at_level(logging.ERROR):
        tasks.follow_up_relations()
        tasks.follow_up_relations()
    assert len(sent) == 2, "of three days one letter each"
    assert "could not be sent" in caplog.text
