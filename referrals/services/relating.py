"""Leads of one engagement: which of them came after another (R26)."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef

from referrals.models import Referral


def joined(leads: Collection[UUID]) -> set[UUID]:
    """Of leads, by public id, those that joined an engagement in which the partner had one already; by a worker."""
    earlier = Referral.objects.filter(
        partner_id=OuterRef("partner_id"), engagement_id=OuterRef("engagement_id"), pk__lt=OuterRef("pk")
    )
    return set(Referral.objects.filter(Exists(earlier), public_id__in=leads).values_list("public_id", flat=True))
