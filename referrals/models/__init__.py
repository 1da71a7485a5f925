"""The tables of the referrals room."""

from referrals.models.around import Comment, CommentFile, Consent, Favourite, TeamMember
from referrals.models.contacts import Contact
from referrals.models.events import EventKind, ReferralEvent
from referrals.models.imports import LeadImport, LeadImportRow
from referrals.models.leads import Referral
from referrals.models.programmes import Programme
from referrals.models.registrations import Registration
from referrals.models.reviewing import Absence, LocationMember, ReviewLocation, ReviewPreference, RoutingRule, Snooze

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
    "LocationMember",
    "Programme",
    "Referral",
    "ReferralEvent",
    "Registration",
    "ReviewLocation",
    "ReviewPreference",
    "RoutingRule",
    "Snooze",
    "TeamMember",
]
