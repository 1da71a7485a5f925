"""The tables of the referrals room."""

from referrals.models.around import Comment, Consent, Favourite, TeamMember
from referrals.models.events import EventKind, ReferralEvent
from referrals.models.leads import Contact, Referral
from referrals.models.programmes import Programme

__all__ = [
    "Comment",
    "Consent",
    "Contact",
    "EventKind",
    "Favourite",
    "Programme",
    "Referral",
    "ReferralEvent",
    "TeamMember",
]
