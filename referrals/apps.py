"""Application settings of referrals."""

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """Referrals: programmes, the lead's life, the review queue."""

    name = "referrals"
