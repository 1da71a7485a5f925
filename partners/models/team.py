"""Who was asked in, what happened to people and organisations, and who looked on as somebody else."""

from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from partners.models.people import Location, Partner, User
from partners.roles import OF_PARTNER, SEES_ALL, Role, Scope
from partners.states import TeamEventKind


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations."""

    def visible_to(self, user: User) -> Self:
        """Those into one's own organisation; the office sees all of them."""
        if user.role == Role.ADMINISTRATOR:
            return self
        return self.filter(partner_id=user.partner_id) if user.is_of_partner else self.none()

    def pending(self) -> Self:
        """Neither used nor withdrawn; a new link makes an expired one good again."""
        return self.filter(used_at__isnull=True, withdrawn_at__isnull=True)


class Invitation(models.Model):
    """Somebody is asked in, by a link that is good once and for a time. The person exists from its use on.

    So an address that has an account elsewhere is invited like any other: nobody learns who is with whom.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope.choices, default=Scope.OWN)
    team_name = models.CharField(_("team"), max_length=80, blank=True)
    location = models.ForeignKey(
        Location, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name=_("location")
    )
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default="en")
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=150)
    number = models.PositiveSmallIntegerField(default=1)  # of the link; a new one makes the former one void
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                Coalesce("partner", 0),
                Lower("email"),
                condition=Q(used_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_open_once",
            ),
            models.CheckConstraint(
                name="invitation_partner_iff_partner_role",
                condition=Q(role__in=sorted(OF_PARTNER)) & Q(partner__isnull=False)
                | ~Q(role__in=sorted(OF_PARTNER)) & Q(partner__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=Q(mailed_at__isnull=True, used_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_to_mail",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    def is_open(self, at: datetime) -> bool:
        """Whether its link still lets somebody in."""
        return self.used_at is None and self.withdrawn_at is None and self.expires_at > at


class TeamEventQuerySet(models.QuerySet["TeamEvent"]):
    """What happened to people and organisations."""

    def visible_to(self, user: User) -> Self:
        """Of one's own organisation; everything for the office."""
        if user.role == Role.ADMINISTRATOR:
            return self
        return self.filter(partner_id=user.partner_id) if user.is_of_partner else self.none()


class TeamEvent(models.Model):
    """One thing that happened to a person or an organisation. Rows are only added."""

    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=TeamEventKind.choices)
    about = models.CharField(max_length=200)  # the name of the person or place
    # field -> [before, after]; for what was handed over: name -> number
    changes: models.JSONField[Any, Any] = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)

    objects = TeamEventQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["partner", "-at"], name="team_event_of_partner"),
            models.Index(fields=["person", "-at"], name="team_event_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class ViewingQuerySet(models.QuerySet["Viewing"]):
    """Who looked on as whom."""

    def visible_to(self, user: User) -> Self:
        """For administrators and auditors."""
        return self if user.role in SEES_ALL else self.none()


class Viewing(models.Model):
    """An administrator looks at the portal as somebody else sees it: reading alone, for a reason, for a time."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=150)
    whom = models.ForeignKey(User, models.PROTECT, related_name="+")
    whom_name = models.CharField(max_length=150)
    reason = models.CharField(_("reason"), max_length=300)
    started_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ViewingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="viewing_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="viewing_of_another", condition=~Q(by=F("whom"))),
        ]

    def __str__(self) -> str:
        return f"{self.by_name} as {self.whom_name}"
