"""The tables of the referrals room."""

from referrals.models.around import Comment, Consent, Favourite, TeamMember
from referrals.models.events import EventKind, ReferralEvent
from referrals.models.leads import Contact, Referral
from referrals.models.programmes import Programme
from referrals.models.reviewing import Absence, ReviewPreference, RoutingRule, Snooze

__all__ = [
    "Absence",
    "Comment",
    "Consent",
    "Contact",
    "EventKind",
    "Favourite",
    "Programme",
    "Referral",
    "ReferralEvent",
    "ReviewPreference",
    "RoutingRule",
    "Snooze",
    "TeamMember",
]
