"""Prepared queries: the same rows as the ORM gives, for other values each time, without being put together again."""

from typing import Any
from uuid import UUID

import pytest
from django.db.models import Q

from common.prepared import Prepared
from customers.models import Customer
from motions.models import Deal
from tests import factories

pytestmark = pytest.mark.django_db
NUMBER, GUID = 10**15, UUID(int=1)


def test_it_gives_what_the_orm_gives_for_whatever_values(django_assert_num_queries: Any) -> None:
    prepared = Prepared(
        lambda partner, guid: Customer.objects.filter(Q(tenant_id=guid) | Q(public_id=guid), partner_id=partner),
        NUMBER,
        GUID,
    )
    both = [factories.CustomerFactory(extra={"colour": ["red"]}, tenant_id=UUID(int=number)) for number in (7, 8)]
    for customer in both:
        for guid in (customer.public_id, customer.tenant_id):
            with django_assert_num_queries(1):
                [found] = prepared.objects(customer.partner_id, guid)
            known = Customer.objects.get(pk=customer.pk)
            assert {**vars(found), "_state": None} == {**vars(known), "_state": None}
            assert (found._state.adding, found._state.db) == (False, "default")
    assert prepared.objects(both[0].partner_id, both[1].public_id) == []


def test_it_gives_what_the_query_selects_beside_them(django_assert_num_queries: Any) -> None:
    deals = Deal.objects.select_related("customer")
    prepared = Prepared(lambda partner, guid: deals.filter(partner_id=partner, public_id=guid), NUMBER, GUID)
    deal = factories.DealFactory(customer=factories.CustomerFactory(extra={"colour": ["red"]}))
    with django_assert_num_queries(1):
        [found] = prepared.objects(deal.partner_id, deal.public_id)
        assert found == deal
        beside = {**vars(found.customer), "_state": None}
    assert beside == {**vars(Customer.objects.get(pk=deal.customer_id)), "_state": None}


def test_a_query_that_leaves_out_a_value_cannot_be_prepared() -> None:
    with pytest.raises(ValueError, match="leaves out"):
        Prepared(lambda partner, _guid: Customer.objects.filter(partner_id=partner), NUMBER, GUID)
