"""What is fresh, near a limit, or waiting, as conditions for querysets over customers."""

from decimal import Decimal

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from customers.models import CustomerQuerySet
from motions.sql.freshness import InForce, fresh

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


def near_limit(share: Decimal) -> Q:
    """Customers whose ruling size is close under a limit."""
    return Q(standing__share__gte=share, standing__share__lt=1)
