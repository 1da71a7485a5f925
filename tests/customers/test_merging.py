"""Two customers that were one company: merged with what belongs to them, and taken back to what they were."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.refusals import NotAllowed, Refused, Stale, Unfit
from customers import services
from customers.models import Contact, Customer, CustomerEvent, Merge
from motions.models import Choice, Deal, Standing
from partners.models import User
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
PASSING = {"version", "updated_at"}


def picture(partner_id: int) -> dict[str, list[dict[str, Any]]]:
    """Everything of a partner's that a merge may touch, without what only counts changes."""
    return {
        model.__name__: [
            {name: value for name, value in row.items() if name not in PASSING}
            for row in model.objects.filter(partner_id=partner_id).order_by("pk").values()
        ]
        for model in (Customer, Deal, Contact, Choice)
    }


def merged(customer: Customer, duplicate: Customer, by: User, **more: Any) -> Merge:
    for one in (customer, duplicate):
        one.refresh_from_db()
    return services.merge(
        customer, duplicate, by=by, at=LATER, **{"versions": (customer.version, duplicate.version), **more}
    )


@pytest.fixture
def duplicate(customer: Customer) -> Customer:
    return factories.CustomerFactory(
        partner=customer.partner, name="Contoso AG", registration_number="HRB 9", duns="012345678", domain="contoso.com"
    )


def test_a_duplicate_goes_into_another_with_its_deals_and_people_and_its_address_leads_there(
    client: Client, seller: User, customer: Customer, duplicate: Customer
) -> None:
    deal = factories.DealFactory(customer=duplicate)
    contact = factories.ContactFactory(customer=duplicate)
    choice = factories.ChoiceFactory(customer=duplicate)
    seen = services.preview(customer, duplicate, by=seller)
    assert (seen.fills, seen.follows) == (
        {"registration_number": "HRB 9", "duns": "012345678"},
        ("1 contact", "1 deal"),
    )
    done = merged(customer, duplicate, seller, because=" the same ")
    for row in (deal, contact, choice, duplicate):
        row.refresh_from_db()
    assert (deal.customer, contact.customer, choice.customer) == (customer, customer, duplicate)
    assert (customer.registration_number, customer.domain, done.because) == ("", "contoso.de", "the same")
    customer.refresh_from_db()
    assert (customer.registration_number, customer.domain, customer.duns) == ("HRB 9", "contoso.de", "012345678")
    assert duplicate.archived_at == LATER
    events = CustomerEvent.objects.filter(kind="merged").order_by("customer")
    assert [(event.customer, event.changes["name"]) for event in events] == [
        (customer, "Contoso AG"),
        (duplicate, "Contoso GmbH"),
    ]
    client.force_login(seller)
    old = client.get(f"/customers/{duplicate.public_id}/")
    assert (old.status_code, old.headers["Location"]) == (302, f"/customers/{customer.public_id}/")


def test_an_old_address_leads_over_two_merges_and_to_nobody_elses(
    client: Client, seller: User, rival: User, customer: Customer, duplicate: Customer
) -> None:
    last = factories.CustomerFactory(partner=customer.partner, name="Contoso Holding")
    merged(customer, duplicate, seller)
    merged(last, customer, seller)
    assert services.survivor_of(duplicate) == last
    assert services.survivor_of(last) is None
    client.force_login(seller)
    assert client.get(f"/customers/{duplicate.public_id}/").headers["Location"] == f"/customers/{last.public_id}/"
    client.force_login(rival)
    assert client.get(f"/customers/{duplicate.public_id}/").status_code == 404


def test_what_a_merge_refuses(
    seller: User, rival: User, reviewer: User, customer: Customer, duplicate: Customer
) -> None:
    theirs = factories.CustomerFactory(partner=rival.partner)
    with pytest.raises(Unfit):
        merged(customer, customer, seller)
    with pytest.raises(Refused):
        merged(customer, theirs, seller)
    with pytest.raises(NotAllowed):
        merged(customer, duplicate, reviewer)
    with pytest.raises(Stale):
        merged(customer, duplicate, seller, versions=(1, 2))
    done = merged(customer, duplicate, seller)
    with pytest.raises(Refused, match="merged already"):
        merged(customer, duplicate, seller)
    with pytest.raises(Refused, match="Take the merge back"):
        services.restore(duplicate, by=seller, at=LATER, version=duplicate.version)
    with pytest.raises(Merge.DoesNotExist):
        services.unmerge(done, by=rival, at=LATER)
    services.unmerge(done, by=seller, at=LATER)
    with pytest.raises(Refused, match="before"):
        services.unmerge(done, by=seller, at=LATER)


def test_a_merge_into_what_was_merged_itself_is_taken_back_from_the_outside_in(
    seller: User, customer: Customer, duplicate: Customer
) -> None:
    last = factories.CustomerFactory(partner=customer.partner, name="Contoso Holding")
    inner, outer = merged(customer, duplicate, seller), merged(last, customer, seller)
    with pytest.raises(Refused, match="bring it back first"):
        services.unmerge(inner, by=seller, at=LATER)
    services.unmerge(outer, by=seller, at=LATER)
    services.unmerge(inner, by=seller, at=LATER)
    assert Customer.objects.current().count() == 3


def test_what_changed_since_stays_when_a_merge_is_taken_back(
    seller: User, customer: Customer, duplicate: Customer
) -> None:
    deal = factories.DealFactory(customer=duplicate, seats=10)
    done = merged(customer, duplicate, seller)
    Deal.objects.filter(pk=deal.pk).update(seats=20)
    Customer.objects.filter(pk=customer.pk).update(registration_number="HRB 10")
    services.unmerge(done, by=seller, at=LATER)
    deal.refresh_from_db()
    customer.refresh_from_db()
    assert (deal.customer, deal.seats) == (duplicate, 20)
    assert (customer.registration_number, customer.duns) == ("HRB 10", "")


def test_both_customers_are_judged_anew(seller: User, customer: Customer, duplicate: Customer, drain: Any) -> None:
    factories.RateSetFactory()
    factories.DealFactory(customer=duplicate, seats=5000)
    drain()
    assert Standing.objects.get(customer=customer).motion == "unknown"
    done = merged(customer, duplicate, seller)
    drain()
    assert Standing.objects.get(customer=customer).motion == "enterprise"
    services.unmerge(done, by=seller, at=LATER)
    drain()
    assert Standing.objects.get(customer=customer).motion == "unknown"
    assert Standing.objects.get(customer=duplicate).motion == "enterprise"


FACTS = st.fixed_dictionaries(
    {
        "domain": st.sampled_from(["", "a.de", "b.de"]),
        "registration_number": st.sampled_from(["", "HRB 1"]),
        "duns": st.sampled_from(["", "000000001", "000000002"]),
        "country": st.sampled_from(["DE", "AT"]),
    }
)
DEALS = st.lists(st.tuples(st.sampled_from(["", "k1", "k2"]), st.integers(1, 9)), max_size=3, unique_by=lambda d: d[0])
PEOPLE = st.lists(st.tuples(st.sampled_from(["a@x.example", "B@x.example", "b@X.example"]), st.booleans()), max_size=2,
                  unique_by=lambda p: p[0].lower())  # fmt: skip


def furnished(seller: User, facts: dict[str, str], deals: list[Any], people: list[Any]) -> Customer:
    customer = factories.CustomerFactory(partner=seller.partner, **facts)
    for key, seats in deals:
        factories.DealFactory(customer=customer, key=key, seats=seats)
    for place, (email, is_primary) in enumerate(people):
        factories.ContactFactory(customer=customer, email=email, is_primary=is_primary and place == 0)
    return customer


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=st.tuples(FACTS, DEALS, PEOPLE), other=st.tuples(FACTS, DEALS, PEOPLE))
def test_to_merge_and_to_take_it_back_changes_nothing(one: Any, other: Any, seller: User) -> None:
    customer, duplicate = furnished(seller, *one), furnished(seller, *other)
    before = picture(customer.partner_id)
    services.unmerge(merged(customer, duplicate, seller), by=seller, at=LATER)
    assert picture(customer.partner_id) == before
