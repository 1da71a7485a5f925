"""Partner organisations, their people and programs, and what they are told."""

from partners.models.audit import Action, AuditCheck, AuditEntry, AuditSeal, Intake, JobRun, Pause, Sighting
from partners.models.hooks import LONGEST_URL, Delivery, Subscription
from partners.models.notices import Notice, NoticePreference, NoticePreferenceQuerySet, NoticeQuerySet
from partners.models.people import (
    ERASED,
    ChannelScope,
    Location,
    LocationQuerySet,
    Partner,
    PartnerQuerySet,
    User,
    UserManager,
    UserQuerySet,
)
from partners.models.posts import NewsMail, NewsSubscription, Post, PostQuerySet
from partners.models.programs import ApiClient, Change, OfPartnerQuerySet, Repeat
from partners.models.revisions import Revision
from partners.models.team import Invitation, InvitationQuerySet, TeamEvent, TeamEventQuerySet, Viewing, ViewingQuerySet

__all__ = [
    "ERASED",
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
    "Invitation",
    "InvitationQuerySet",
    "JobRun",
    "Location",
    "LocationQuerySet",
    "NewsMail",
    "NewsSubscription",
    "Notice",
    "NoticePreference",
    "NoticePreferenceQuerySet",
    "NoticeQuerySet",
    "OfPartnerQuerySet",
    "Partner",
    "PartnerQuerySet",
    "Pause",
    "Post",
    "PostQuerySet",
    "Repeat",
    "Revision",
    "Sighting",
    "Subscription",
    "TeamEvent",
    "TeamEventQuerySet",
    "User",
    "UserManager",
    "UserQuerySet",
    "Viewing",
    "ViewingQuerySet",
]
