"""What happened to a customer, from all rooms in one line of time: who, when, from what to what."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from customers import services
from customers.models import Customer
from motions import services as motions
from motions.models import Deal
from motions.states import Source
from partners.models import User
from portal import timeline
from tests import factories
from tests.factories import NOON, TODAY

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
KINDS = [name for name, _label in timeline.KINDS if name]


def shown(customer: Customer, by: User, **asked: str) -> list[timeline.Entry]:
    entries: list[timeline.Entry] = timeline.panel(customer, by=by, on=TODAY, **asked)["entries"]
    return entries


@pytest.fixture
def eventful(seller: User, customer: Customer, deal: Deal, drain: Callable[[], Any]) -> Customer:
    """A customer to which one thing of each kind has happened."""
    drain()
    who = {"first_name": "Paula", "last_name": "Preuß", "email": "paula@contoso.de"}
    services.correct(customer, by=seller, at=NOON, version=1, facts={"country": "AT", "city": ""})
    services.add_contact(customer, by=seller, at=NOON + timedelta(hours=1), facts=who)
    services.set_tags(customer, by=seller, at=NOON + timedelta(hours=2), names=["key"])
    motions.change_deal(
        deal,
        by=seller,
        at=NOON + timedelta(hours=3),
        version=1,
        facts={"seats": 2400},
        source=Source.FORM,
        size_date=TODAY,
    )
    drain()
    motions.record_choice(
        customer, by=seller, at=NOON + timedelta(hours=4), motion="breadth", reason="price", note="cheaper"
    )
    factories.AgreementEventFactory(customer=customer, at=NOON + timedelta(hours=5))
    lead = factories.ReferralFactory(customer=customer, name="Cloud for the works")
    factories.TeamMemberFactory(referral=lead, user=seller)
    factories.ReferralEventFactory(
        referral=lead, at=NOON + timedelta(hours=6), changes={"contact_email": ["", "p@q.de"]}
    )
    return customer


def test_one_line_of_time_tells_of_every_room_the_newest_first(eventful: Customer, seller: User) -> None:
    entries = shown(eventful, seller)
    assert {entry.kind for entry in entries} == set(KINDS)
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)


def test_an_entry_says_who_did_it_and_what_stood_there_before(eventful: Customer, seller: User) -> None:
    corrected = [entry for entry in shown(eventful, seller, kind="customer") if entry.title == "Corrected"]
    assert [(entry.who, entry.changes) for entry in corrected] == [
        ("Selma Seller", [("Country", "Germany", "Austria")])
    ]
    (deal,) = shown(eventful, seller, kind="deals")
    assert (deal.note, deal.changes) == ("M365", [("Seats", "2,399", "2,400")])
    moved = [entry for entry in shown(eventful, seller, kind="guidance") if entry.changes]
    assert [entry.changes for entry in moved] == [[("Motion", "Breadth", "Enterprise")]]
    (agreement,) = shown(eventful, seller, kind="agreement")
    assert agreement.changes == [("State", "Not started", "Asked to accept at Microsoft")]
    (lead,) = shown(eventful, seller, kind="leads")
    assert (lead.title, lead.note) == ("Submitted", "Cloud for the works")
    assert lead.changes == [("State", "Draft", "Submitted")], (
        "who the person at the customer is stands on the lead alone"
    )
    (choice,) = shown(eventful, seller, kind="choices")
    assert (choice.title, "cheaper" in choice.note) == ("The customer chooses Breadth", True)
    with override("de"):
        german = [entry.changes for entry in shown(eventful, seller, kind="customer") if entry.title == "Berichtigt"]
    assert german == [[("Land", "Deutschland", "Österreich")]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_chip_shows_one_kind_alone(kind: str, eventful: Customer, seller: User) -> None:
    assert {entry.kind for entry in shown(eventful, seller, kind=kind)} == {kind}


def test_pages_meet_without_gap_and_nothing_of_one_moment_is_torn_apart(customer: Customer, seller: User) -> None:
    for number in range(45):
        # six of a moment: the twentieth and the twenty-first are of the same
        factories.CustomerEventFactory(customer=customer, at=NOON + timedelta(minutes=number // 6), kind="corrected")
    seen, before = [], ""
    while True:
        panel = timeline.panel(customer, by=seller, on=TODAY, before=before)
        seen += panel["entries"]
        if not (before := panel["older"]):
            break
    assert len(seen) == 45
    assert [entry.at for entry in seen] == sorted((entry.at for entry in seen), reverse=True)


@pytest.mark.parametrize("asked", [{"kind": "nonsense"}, {"before": "x"}, {"before": "2026-03-03"}, {"before": "\x00"}])
def test_an_address_that_somebody_made_up_shows_the_newest(
    asked: dict[str, str], signed_in: SignIn, seller: User, eventful: Customer
) -> None:
    answer = signed_in(seller).get(f"/customers/{eventful.public_id}/timeline/", asked)
    assert answer.status_code == 200
    assert answer.context["panel"]["entries"] == shown(eventful, seller)


def test_a_reader_of_another_side_reads_it_too_and_a_rival_nothing(
    signed_in: SignIn, reviewer: User, rival: User, customer: Customer
) -> None:
    factories.CustomerEventFactory(customer=customer)
    path = f"/customers/{customer.public_id}/timeline/"
    assert b"Selma Seller" in signed_in(reviewer).get(path).content
    assert signed_in(rival).get(path).status_code == 404
