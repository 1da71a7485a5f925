"""The search of leads: by the index of the side that asks, and the same answer where a word is in too many of them."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Customer
from partners.models import User
from referrals import scoping
from referrals.models import Referral
from tests import factories

pytestmark = pytest.mark.django_db
AsPerson = Callable[[User], Any]


@pytest.fixture
def leads(customer: Customer, seller: User) -> None:
    """What is the partner's, shared and not, and the same words at a neighbour's in another country."""
    elsewhere = factories.CustomerFactory(country="FR", name="Möbel 100% SA")
    factories.ReferralFactory(customer=customer, submitted=True, team=[seller], name="Straßenbau 100%", notes="")
    factories.ReferralFactory(customer=customer, team=[seller], name="Straßen Entwurf", notes="")
    factories.ReferralFactory(customer=customer, submitted=True, name="Telefonie", notes="", external_id="CRM_7")
    factories.ReferralFactory(customer=elsewhere, submitted=True, name="Straßenbau 100%", notes="")


@pytest.mark.parametrize("most", [5000, 0])
@pytest.mark.parametrize(
    ("words", "own", "shared"),
    [
        ("strassen", {"Straßenbau 100%", "Straßen Entwurf"}, {"Straßenbau 100%"}),
        ("STRASSENBAU 100%", {"Straßenbau 100%"}, {"Straßenbau 100%"}),
        ("contoso strassen", {"Straßenbau 100%", "Straßen Entwurf"}, {"Straßenbau 100%"}),
        ("crm_7", set(), {"Telefonie"}),
        ("crmx7", set(), set()),
        ("möbel", set(), set()),
    ],
)
def test_each_side_finds_what_it_may_see_however_a_word_is_spelled(
    words: str,
    own: set[str],
    shared: set[str],
    most: int,
    seller: User,
    reviewer: User,
    leads: None,
    as_person: AsPerson,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scoping, "MOST_CANDIDATES", most)
    for person, expected in ((seller, own), (reviewer, shared)):
        with as_person(person):
            found = scoping.search(Referral.objects.visible_to(person), words, by=person)
            assert {lead.name for lead in found} == expected, person
