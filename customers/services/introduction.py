"""A company that Microsoft brings to a partner: the partner's own customer, which nobody of the partner has registered."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q, Value

from common.isolation import Side, acting
from customers.models import CompanyKey, Customer, EventKind
from customers.models.folding import SiteKey
from customers.services.recording import record
from partners.models import Partner


def introduce(partner: Partner, *, at: datetime, facts: Mapping[str, str]) -> Customer:
    """The partner's customer of these facts (name, country, segment, domain); registered where it has none like it.

    It is written as the partner's side, whose row it is, inside the transaction of whoever brings it; the caller sees
    afterwards what it may see.
    """
    with acting(Side.PARTNER, partner_id=partner.pk):
        place = Q(country=facts["country"], segment=facts["segment"])
        same = Q(name_key=CompanyKey(Value(facts["name"])))
        if facts["domain"]:
            same |= Q(site_key=SiteKey(Value(facts["domain"]))) & ~Q(site_key="")
        known = Customer.objects.filter(place & same, partner=partner).current().order_by("pk").first()
        if known is not None:
            return known
        customer = Customer.objects.create(partner=partner, created_at=at, updated_at=at, **facts)
        record(customer, EventKind.REGISTERED, by=None, at=at, changes={"despite_likeness": False})
        return customer
