"""Many programs at one referral: what is acknowledged is there."""

import os
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from customers.models import Customer
from referrals.models import Referral
from tests import factories
from tests.programs import Program
from tests.wire.clients import Wire
from tests.wire.referrals import PLACE, referral

# `EDITS=15` is the long run
CLIENTS, EDITS = 12, int(os.environ.get("EDITS", "2"))


def edit(wire: Wire, place: str) -> int:
    """One more on the value, however often others are faster; returns how often they were."""
    for missed in range(1000):
        seen = wire.get(place).json()
        value = seen["details"]["dealValue"] + 1
        answer = wire.put(place, {"details": {"dealValue": value}}, If_Match=seen["eTag"])
        if answer.status_code == 200:
            return missed
        assert answer.status_code == 412, answer.content
    raise AssertionError("never")


def edits(wire: Wire, place: str) -> int:
    try:
        return sum(edit(wire, place) for _ in range(EDITS))
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_of_the_edits_of_twelve_clients_none_is_lost() -> None:
    partner = factories.PartnerFactory()
    clients = [Wire(Program(partner)) for _ in range(CLIENTS)]
    body = referral()
    body["details"]["dealValue"] = 0
    found = clients[0].post(PLACE, body).json()
    place = f"{PLACE}/{found['id']}"
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda wire: edits(wire, place), clients))
    assert clients[0].get(place).json()["details"]["dealValue"] == CLIENTS * EDITS


@pytest.mark.django_db(transaction=True)
def test_of_many_requests_with_one_number_one_makes_a_referral_and_of_many_about_one_company_one_a_customer() -> None:
    partner = factories.PartnerFactory()
    clients = [Wire(Program(partner)) for _ in range(6)]
    number = str(uuid4())

    def post(wire: Wire) -> tuple[int, str]:
        try:
            # one number is one client's: five of each repeat themselves
            found = {wire.post(PLACE, referral(), MS_RequestId=number).json()["id"] for _ in range(3)}
            return len(found), found.pop()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        told = list(pool.map(post, clients))
    assert [count for count, _id in told] == [1] * len(clients)
    assert Referral.objects.count() == len({number for _count, number in told}) == len(clients)
    assert Customer.objects.count() == 1
