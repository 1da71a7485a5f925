"""The states of the room as tables: vetting of a customer, and the request for a reseller relationship. Pure."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Vetting(TextChoices):
    """What Microsoft says about a customer's account (C6)."""

    UNKNOWN = "unknown", _("Unknown")
    UNDER_REVIEW = "under_review", _("Under review")
    ALLOWED = "allowed", _("Allowed")
    NOT_ALLOWED = "not_allowed", _("Not allowed")
    NOT_READY = "not_ready", _("Not ready")


# purchases are blocked in these (C6)
BLOCKING = frozenset({Vetting.UNKNOWN, Vetting.UNDER_REVIEW, Vetting.NOT_ALLOWED})


class RelationState(TextChoices):
    """Where a request for a reseller relationship stands (C9)."""

    REQUESTED = "requested", _("Waiting for the customer")
    ACCEPTED = "accepted", _("Accepted")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# the portal's own follow-up, in days after the request; Microsoft sets none
REMINDER_DAYS = (3, 7, 14)
FOLLOW_UP_DAYS = 30
