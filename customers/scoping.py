"""Which customers a search means, found by the index also under row-level security (see migration 0007)."""

from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BigAutoField, Lookup, Min, Q

from common.prepared import Prepared
from customers.models import Customer, CustomerQuerySet
from partners.models import User
from partners.roles import SEES_ALL, Role

# key, public id and tenant of a customer
Keys = tuple[int, UUID, UUID | None]
LEAST_LETTERS = 3
# beyond that a word is in so many names that the list is walked in its order, which finds a page of them sooner; below
# it, walking to names that stand far back takes five times as long as looking all of them up (ADR 11)
MOST_CANDIDATES = 250_000
_FUNCTIONS = {Role.CHANNEL_MANAGER.value: "customers_found_in_scope"}


def search(rows: CustomerQuerySet, words: str, *, by: User) -> CustomerQuerySet:
    """Those of `rows` that a person means by `words`.

    A word of three letters or more is looked for anywhere in name, domain and registration number, however it is
    spelled or accented; a shorter one at the beginning of the name. A tenant id finds its customer (C12).
    """
    if tenant := _tenant_id(words):
        return rows.filter(tenant_id=tenant)
    long = [word for word in words.split() if len(word) >= LEAST_LETTERS]
    short = [word for word in words.split() if len(word) < LEAST_LETTERS]
    if not long:
        return rows.beginning_with(" ".join(short)) if short else rows
    if by.role in SEES_ALL:
        return rows.matching(words)  # sees everything, so the index is open to LIKE as it is
    found = candidates(long, by=by)
    rows = rows.containing(" ".join(long)) if found is None else rows.filter(pk__among=found)
    return rows.containing(" ".join(short))


def narrowed(
    rows: CustomerQuerySet, *, by: User, q: str = "", country: str = "", segment: str = "", tag: str = ""
) -> CustomerQuerySet:
    """Those of `rows` that fit every filter; '' filters nothing."""
    rows = search(rows, q, by=by) if q else rows
    rows = rows.tagged(tag) if tag else rows
    exact = {name: value for name, value in (("country", country), ("segment", segment)) if value}
    return rows.filter(**exact) if exact else rows


def _tenant_id(words: str) -> UUID | None:
    try:
        return UUID(words.strip())
    except ValueError:
        return None


def candidates(words: list[str], *, by: User) -> list[int] | None:
    """Ids of all customers with the words, as far as the side may see; None when they are too many."""
    function = _FUNCTIONS.get(by.role, "customers_found")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT array(SELECT {function}(%s, %s))", [words, MOST_CANDIDATES + 1])
        found: list[int] = cursor.fetchone()[0]
    return None if len(found) > MOST_CANDIDATES else found


# marks of prepared queries
PARTNER, AFTER, GUID = 7_000_000_000_000_001, 7_000_000_000_000_002, UUID(int=7)


def of_partner(partner_id: int) -> CustomerQuerySet:
    """What anybody of a partner may see, for queries that are prepared."""
    return Customer.objects.visible_to(User(role=Role.PARTNER_STAFF, partner_id=partner_id))


@cache
def _by_guid() -> Prepared[Customer]:
    return Prepared(
        lambda partner, guid: of_partner(partner).current().filter(Q(tenant_id=guid) | Q(public_id=guid)), PARTNER, GUID
    )


def of_tenant(tenant: UUID, *, by: User) -> Customer | None:
    """The current customer of the person's partner that the wire knows by an id; None otherwise.

    A customer is known by its tenant, and by its own public id.
    """
    if not by.is_of_partner:
        return None
    found = _by_guid().objects(by.partner_id, tenant)
    return min(found, key=lambda customer: (customer.tenant_id != tenant, customer.pk), default=None)


def tenants_of(keys: Iterable[Keys], *, by: User) -> dict[int, UUID]:
    """The ids under which the wire knows customers, by their keys: the tenant, or the public id without one.

    Of several customers with one tenant the earliest has it.
    """
    keys = list(keys)
    if not (named := {tenant for _pk, _public, tenant in keys if tenant}):
        return {pk: public for pk, public, _tenant in keys}
    rows = Customer.objects.visible_to(by).current().filter(tenant_id__in=named).order_by()
    first = dict(rows.values_list("tenant_id").annotate(Min("pk")))
    return {pk: tenant if tenant and first.get(tenant) == pk else public for pk, public, tenant in keys}


class AmongIds(Lookup[bool]):
    """`id = ANY (array)`: a list of ten thousand parameters would take longer to read than to look up."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The comparison, with the whole list as one parameter."""
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = ANY (%s::bigint[])", (*parameters, list(self.rhs))


BigAutoField.register_lookup(AmongIds)
