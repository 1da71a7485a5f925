"""Whom news about motions concern."""

from collections.abc import Collection

from motions.models import Standing


def has_customers_in(partner_id: int, motions: Collection[str]) -> bool:
    """Whether a partner has a customer whose guidance is one of some motions."""
    here = Standing.objects.filter(partner_id=partner_id, customer__archived_at__isnull=True)
    return here.filter(motion__in=list(motions)).exists()
