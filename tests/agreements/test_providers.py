"""A reseller asks its indirect provider: what crosses over is the request and nothing else, both ways by workers."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from agreements import services
from agreements.bulk import carrying
from agreements.models import Agreement, AgreementEvent, Link, ProviderLink, ProviderRequest, ProviderTask
from agreements.services.providers import answers_to
from agreements.states import Answer, LinkEnd, RequestState, State
from common.refusals import NotAllowed, Refused, Unfit
from customers.models import Customer
from partners.models import User
from tests import factories
from tests.agreements.conftest import SIGNATORY

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(seller: User, provider_link: ProviderLink) -> User:
    """Of a reseller behind whom a provider stands."""
    seller.refresh_from_db()
    return seller


@pytest.fixture
def asked(agreement: Agreement, seller: User) -> ProviderRequest:
    facts = {"signatory": SIGNATORY, "language": "de", "note": "please"}
    return services.ask_provider(agreement, by=seller, at=now(), version=agreement.version, **facts)


@pytest.fixture
def task(asked: ProviderRequest) -> ProviderTask:
    carrying.carry(clock=now)
    return ProviderTask.objects.get()


def answer(task: ProviderTask, provider: User, what: Answer, **said: Any) -> None:
    services.answer_request(task, by=provider, at=now(), answer=what, **said)
    carrying.carry(clock=now)


def test_the_provider_gets_a_copy_with_what_it_must_know(
    task: ProviderTask, provider: User, customer: Customer
) -> None:
    assert task.partner == provider.partner
    assert (task.reseller_name, task.company_name, task.country, task.domain, task.signatory, task.note) == (
        "Nordlicht GmbH",
        "Contoso GmbH",
        "DE",
        "contoso.de",
        "Sina Signer",
        "please",
    )
    carrying.carry(clock=now)
    assert ProviderTask.objects.count() == 1


def test_the_provider_reaches_its_copy_and_no_row_of_the_reseller(
    task: ProviderTask, provider: User, as_person: Callable[[User], Any], rival: User
) -> None:
    with as_person(provider):
        assert [row.pk for row in ProviderTask.objects.visible_to(provider)] == [task.pk]
        for model in (Agreement, ProviderRequest, Customer, AgreementEvent, ProviderLink):
            assert not model.objects.exists()
    with as_person(rival):
        assert not ProviderTask.objects.exists()
    assert not ProviderTask.objects.visible_to(rival).exists()


def test_the_reseller_does_not_see_the_providers_copy(
    task: ProviderTask, seller: User, as_person: Callable[[User], Any]
) -> None:
    with as_person(seller):
        assert not ProviderTask.objects.exists()


def test_the_provider_attests_for_the_reseller(task: ProviderTask, provider: User, customer: Customer) -> None:
    answer(task, provider, Answer.ATTEST, accepted_on=date(2025, 6, 1))
    agreement = Agreement.objects.get(customer=customer)
    assert (agreement.state, agreement.by_provider, agreement.accepted_on) == (State.ATTESTED, True, date(2025, 6, 1))
    assert ProviderRequest.objects.get().state == RequestState.DONE
    task.refresh_from_db()
    assert (task.state, task.answer) == (RequestState.DONE, "")
    event = AgreementEvent.objects.get(step="attest")
    assert (event.by, event.by_name) == (None, "Grand Provider SE")


def test_the_provider_sends_the_link_and_finalises_what_the_customer_accepted(
    task: ProviderTask, provider: User, customer: Customer
) -> None:
    answer(task, provider, Answer.SEND_LINK)
    task.refresh_from_db()
    assert (task.state, task.agreement_state) == (RequestState.TAKEN, State.LINK_SENT)
    link = Link.objects.get()
    assert (link.partner, link.partner_name, link.email) == (customer.partner, "Nordlicht GmbH", SIGNATORY["email"])
    Link.objects.update(ended_at=now(), ended_why=LinkEnd.ACCEPTED)
    factories.in_state(customer, State.TO_FINALISE)
    carrying.carry(clock=now)
    task.refresh_from_db()
    assert answers_to(task) == [Answer.FINALISE]
    answer(task, provider, Answer.FINALISE)
    assert Agreement.objects.get(customer=customer).state == State.ATTESTED
    task.refresh_from_db()
    assert (task.state, answers_to(task)) == (RequestState.DONE, [])


def test_a_decline_needs_a_reason_and_the_reseller_reads_it(
    task: ProviderTask, provider: User, customer: Customer
) -> None:
    with pytest.raises(Unfit) as refusal:
        services.answer_request(task, by=provider, at=now(), answer=Answer.DECLINE, note="  ")
    assert refusal.value.field == "note"
    answer(task, provider, Answer.DECLINE, note="We do not know them.")
    request = ProviderRequest.objects.get()
    assert (request.state, request.answer_note) == (RequestState.DECLINED, "We do not know them.")
    assert Agreement.objects.get(customer=customer).state == State.NOT_STARTED
    assert AgreementEvent.objects.latest("id").changes == {"reason": [None, "We do not know them."]}


@pytest.mark.parametrize("on", [None, date(2026, 1, 5), date(2999, 1, 1)])
def test_the_provider_attests_only_a_day_on_which_it_could(on: date | None, task: ProviderTask, provider: User) -> None:
    with pytest.raises(Unfit) as refusal:
        services.answer_request(task, by=provider, at=now(), answer=Answer.ATTEST, accepted_on=on)
    assert refusal.value.field == "accepted_on"


def test_an_answer_that_comes_too_late_is_not_carried_out_and_the_provider_decides_anew(
    task: ProviderTask, provider: User, customer: Customer
) -> None:
    services.answer_request(task, by=provider, at=now(), answer=Answer.ATTEST, accepted_on=date(2025, 6, 1))
    factories.in_state(customer, State.DIRECT_ACCEPTED)
    carrying.carry(clock=now)
    task.refresh_from_db()
    assert task.is_overtaken
    assert Agreement.objects.get(customer=customer).state == State.DIRECT_ACCEPTED


def test_a_request_is_over_when_the_customer_accepts_another_way(task: ProviderTask, customer: Customer) -> None:
    factories.in_state(customer, State.DIRECT_ACCEPTED)
    carrying.carry(clock=now)
    task.refresh_from_db()
    assert (task.state, ProviderRequest.objects.get().state) == (RequestState.DONE, RequestState.DONE)


def test_a_withdrawn_request_is_withdrawn_at_the_provider_too(
    task: ProviderTask, asked: ProviderRequest, seller: User, provider: User
) -> None:
    services.withdraw_request(asked, by=seller, at=now())
    carrying.carry(clock=now)
    task.refresh_from_db()
    assert (task.state, answers_to(task)) == (RequestState.WITHDRAWN, [])
    with pytest.raises(Refused):
        services.answer_request(task, by=provider, at=now(), answer=Answer.DECLINE, note="x")


def test_one_request_at_a_time(asked: ProviderRequest, agreement: Agreement, seller: User) -> None:
    with pytest.raises(Refused, match="has been asked already"):
        services.ask_provider(
            agreement, by=seller, at=now(), version=agreement.version, signatory=SIGNATORY, language="de"
        )


def test_without_a_provider_on_record_the_reseller_is_told_so(agreement: Agreement, seller: User) -> None:
    ProviderLink.objects.update(valid_to=date(2026, 1, 1))
    with pytest.raises(Refused, match="No indirect provider is on record"):
        services.ask_provider(agreement, by=seller, at=now(), version=1, signatory=SIGNATORY, language="de")


def test_a_stranger_answers_nothing(task: ProviderTask, rival: User, administrator: User) -> None:
    with pytest.raises(ProviderTask.DoesNotExist):
        services.answer_request(task, by=rival, at=now(), answer=Answer.DECLINE, note="x")
    with pytest.raises(NotAllowed):
        services.answer_request(task, by=administrator, at=now(), answer=Answer.DECLINE, note="x")


def test_a_provider_answers_on_its_page(task: ProviderTask, provider: User, client: Client, woken: Any) -> None:
    client.force_login(provider)
    listed = client.get("/agreements/requests/").content.decode()
    assert "Contoso GmbH" in listed
    path = f"/agreements/requests/{task.public_id}/"
    assert client.post(path, {"answer": "finalise"}).status_code == 422
    assert client.post(path, {"answer": "decline"}).status_code == 422
    answered = client.post(path, {"answer": "decline", "note": "no"})
    assert answered.status_code == 302
    task.refresh_from_db()
    assert task.answer == "decline"


def test_a_reseller_reads_on_its_page_who_may_attest(seller: User, customer: Customer, client: Client) -> None:
    client.force_login(seller)
    page = client.get(f"/customers/{customer.public_id}/agreement/").content.decode()
    assert "Grand Provider SE" in page
    assert "/agreement/provider/" in page
    assert "/agreement/link/" not in page
    assert "/agreement/attest/" not in page
