"""The tables of the referrals room."""

from referrals.models.around import Comment, CommentFile, Consent, Favourite, TeamMember
from referrals.models.events import EventKind, ReferralEvent
from referrals.models.imports import LeadImport, LeadImportRow
from referrals.models.leads import Contact, Referral
from referrals.models.programmes import Programme
from referrals.models.reviewing import Absence, ReviewPreference, RoutingRule, Snooze

__all__ = [
    "Absence",
    "Comment",
    "CommentFile",
    "Consent",
    "Contact",
    "EventKind",
    "Favourite",
    "LeadImport",
    "LeadImportRow",
    "Programme",
    "Referral",
    "ReferralEvent",
    "ReviewPreference",
    "RoutingRule",
    "Snooze",
    "TeamMember",
]
