"""What is fresh, near a limit, or waiting, as conditions for querysets over customers."""

from decimal import Decimal

from django.db.models import BooleanField, Case, F, Q, Value, When

from customers.models import CustomerQuerySet
from motions.sql.freshness import InForce


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
