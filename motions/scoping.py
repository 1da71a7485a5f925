"""What is fresh, near a limit, or waiting, as conditions for querysets over customers."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from uuid import UUID

from django.db.models import BooleanField, Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from common.prepared import Prepared
from customers.models import CustomerQuerySet
from customers.scoping import GUID, PARTNER
from motions.models import Assessment, Deal, PolicyVersion, Standing
from motions.policy.answer import first_reached
from motions.policy.kit import MEASURES, Measure
from motions.sql.freshness import InForce, fresh
from motions.sql.holding import first_near
from partners.models import User
from partners.roles import Role

_TABLES = {"standing": "motions_standing", "dossier": "motions_dossier", "customer": "customers_customer"}


def with_freshness(customers: CustomerQuerySet, current: InForce) -> CustomerQuerySet:
    """Customers with their standing, and `is_fresh` as the database sees it in this very query."""
    sql, parameters = fresh(current).positional()
    for name, table in _TABLES.items():
        sql = sql.replace(f"{name}.", f"{table}.")
    # the comparisons keep both tables in the query, also where Django would leave them out
    joined = customers.select_related("standing", "dossier").filter(
        standing__input_version__gte=0, dossier__input_version__gte=0
    )
    return joined.annotate(is_fresh=RawSQL(sql, parameters, BooleanField()))  # noqa: S611 -- text of our own


@cache
def _changeable() -> Prepared[Deal]:
    def rows(partner: int, public_id: UUID) -> QuerySet[Deal]:
        seen = Deal.objects.visible_to(User(role=Role.PARTNER_STAFF, partner_id=partner))
        return seen.filter(customer__archived_at__isnull=True, public_id=public_id).select_related("customer")

    return Prepared(rows, PARTNER, GUID)


def changeable(public_id: UUID, *, by: User) -> Deal | None:
    """A deal of the person's partner with its customer; those of an archived customer are read in its history alone."""
    found = _changeable().objects(by.partner_id, public_id) if by.is_of_partner else []
    return found[0] if found else None


def near_limit(current: InForce) -> Q:
    """Customers whose size is close under a limit of their market's version, and none is reached."""
    own_markets = [market for market in current.policies if market]
    found = Q(pk__in=[])
    for market, policy in current.policies.items():
        here = Q(country=market) if market else ~Q(country__in=own_markets)
        found |= here & _beyond(policy, first_near) & ~_beyond(policy, _reached)
    return found


def _beyond(policy: PolicyVersion, first: Callable[[Measure, PolicyVersion], Decimal]) -> Q:
    """Customers one of whose sizes is at least the first one that counts."""
    conditions = [
        Q(**{f"standing__{measure}__isnull": False, f"standing__{measure}__gte": first(measure, policy)})
        for measure in MEASURES
    ]
    return conditions[0] | conditions[1]


def _reached(measure: Measure, policy: PolicyVersion) -> Decimal:
    return first_reached(measure, policy.limits)


def share_of_limit(standing: Standing, policy: PolicyVersion | None) -> Decimal | None:
    """The larger of a customer's sizes by its limit under a version; None while the size that decides is not known."""
    if standing.share is None or policy is None:
        return None
    sizes = (standing.seats, standing.azure)
    return max(
        Decimal(size) / policy.limits.of(measure)
        for measure, size in zip(MEASURES, sizes, strict=True)
        if size is not None
    )


MOST_ANSWERS = 2**31


def entry_of(by: User, *, customer: UUID, number: int) -> Assessment | None:
    """One entry of a customer's ledger by its number; an archived customer's may be asked for years later."""
    entries = entries_of(by).filter(customer__public_id=customer).order_by("pk")
    return entries[number - 1 : number].first() if 0 < number < MOST_ANSWERS else None


def entries_of(by: User) -> QuerySet[Assessment]:
    """The ledger as far as a person may see it, the newest first, with customer, policy and rates.

    Each entry has its `number` among those of its customer, from 1: the ledger only grows, so it stays the same.
    """
    seen = Assessment.objects.visible_to(by)
    until = seen.filter(customer=OuterRef("customer"), pk__lte=OuterRef("pk")).order_by().values("customer")
    return (
        seen.select_related("customer", "policy", "rate_set")
        .annotate(number=Subquery(until.annotate(count=Count("pk")).values("count")))
        .order_by("-pk")
    )
