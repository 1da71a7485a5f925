"""Partner organisations, their people and programs, and what they are told."""

from partners.models.audit import Action, AuditCheck, AuditEntry, AuditSeal, Intake, JobRun, Pause, Sighting
from partners.models.hooks import LONGEST_URL, Delivery, Subscription
from partners.models.notices import Notice, NoticePreference, NoticePreferenceQuerySet, NoticeQuerySet
from partners.models.people import ChannelScope, Partner, PartnerQuerySet, User, UserManager, UserQuerySet
from partners.models.programs import ApiClient, Change, OfPartnerQuerySet, Repeat

__all__ = [
    "LONGEST_URL",
    "Action",
    "ApiClient",
    "AuditCheck",
    "AuditEntry",
    "AuditSeal",
    "Change",
    "ChannelScope",
    "Delivery",
    "Intake",
    "JobRun",
    "Notice",
    "NoticePreference",
    "NoticePreferenceQuerySet",
    "NoticeQuerySet",
    "OfPartnerQuerySet",
    "Partner",
    "PartnerQuerySet",
    "Pause",
    "Repeat",
    "Sighting",
    "Subscription",
    "User",
    "UserManager",
    "UserQuerySet",
]
