"""Customers as clients of Partner Center know them: by their tenant. The same tenant twice is refused, nothing else is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from common.refusals import Refused
from customers.models import Customer
from customers.services.availability import SUFFIX, Availability, availability
from customers.services.recording import partner_of
from customers.services.registration import register
from partners.models import User


class TenantTaken(Refused):
    """The partner has a customer with this tenant or this domain; `customer` is it."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(_("There is a customer with this tenant or domain already."), field="domain")
        self.customer = customer


@transaction.atomic
def register_tenant(
    *, by: User, at: datetime, facts: Mapping[str, Any], contact: Mapping[str, Any] | None = None
) -> Customer:
    """Register the customer that a tenant is; `facts` and `contact` as `register` takes them.

    A company may have several tenants, so another customer that looks alike is no obstacle: the event says which it was
    told apart from, and why. Raises `TenantTaken`, and what `register` raises.
    """
    partner = partner_of(by)
    host = _host(facts)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 8))", [f"{partner.pk} {host}"])
    tenant = facts.get("tenant_id")
    same = _with_host(host) | (Q(tenant_id=tenant) if tenant else Q(pk__in=[]))
    known = Customer.objects.visible_to(by).current().filter(same).order_by("pk").first()
    if known is not None:
        raise TenantTaken(known)
    because = _("A tenant of its own: %(domain)s") % {"domain": host}
    return register(by=by, at=at, facts=facts, contact=contact, despite_likeness=True, because=because)


def is_taken(host: str, *, by: User) -> bool:
    """Whether a domain is known to be in use: by a customer of the partner's own, or by what `availability` says (C3)."""
    if Customer.objects.visible_to(by).current().filter(_with_host(host)).exists():
        return True
    prefix = host.removesuffix(SUFFIX)
    return prefix != host and availability(prefix) is Availability.TAKEN


def _host(facts: Mapping[str, Any]) -> str:
    prefix = facts.get("tenant_prefix")
    return f"{prefix}{SUFFIX}" if prefix else str(facts.get("domain", ""))


def _with_host(host: str) -> Q:
    found = Q(domain=host)
    if host.endswith(SUFFIX):
        found |= Q(tenant_prefix=host.removesuffix(SUFFIX))
    return found
