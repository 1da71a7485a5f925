"""What is fresh, near a limit, or waiting, as conditions for querysets over customers."""

from decimal import Decimal

from django.db.models import BooleanField, Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When

from customers.models import CustomerQuerySet
from motions.models import Assessment
from motions.sql.freshness import InForce
from partners.models import User


def with_freshness(customers: CustomerQuerySet, current: InForce) -> CustomerQuerySet:
    """Customers with their standing, and `is_fresh` as the database sees it in this very query."""
    fits_policy = [
        When(country=market, then=Q(standing__policy_id=policy.pk))
        for market, policy in current.policies.items()
        if market
    ]
    everywhere = current.policies.get("")
    other = Q(standing__policy_id=everywhere.pk) if everywhere else Q(pk__in=[])
    fresh = Q(standing__input_version=F("dossier__input_version")) & (
        Q(standing__uses_rates=False) | Q(standing__rate_set=current.rates)
    )
    return customers.select_related("standing", "dossier").annotate(
        is_fresh=Case(
            When(fresh, then=Case(*fits_policy, default=other, output_field=BooleanField())),
            default=Value(False),
            output_field=BooleanField(),
        )
    )


def near_limit(share: Decimal) -> Q:
    """Customers whose ruling size is close under a limit."""
    return Q(standing__share__gte=share, standing__share__lt=1)


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
