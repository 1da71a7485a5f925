"""What happened to a lead: history, timeline and outbox in one row."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.models import Partner, User
from referrals.clock import Turn
from referrals.models.leads import Referral
from referrals.states import HOLDERS, Actor, State, Step


class EventKind(models.TextChoices):
    """What can happen to a lead: every step, and what moves no state."""

    TAKE_ON = Step.TAKE_ON.value, pgettext_lazy("event", "Taken on by the partner")
    REFUSE = Step.REFUSE.value, pgettext_lazy("event", "Declined by the partner")
    RECALL = Step.RECALL.value, pgettext_lazy("event", "Offer taken back")
    SUBMIT = Step.SUBMIT.value, pgettext_lazy("event", "Submitted")
    KEEP = Step.KEEP.value, pgettext_lazy("event", "Kept as a private deal")
    CLAIM = Step.CLAIM.value, pgettext_lazy("event", "Taken into review")
    RELEASE = Step.RELEASE.value, pgettext_lazy("event", "Given back to the queue")
    RETURN = Step.RETURN.value, pgettext_lazy("event", "Returned for information")
    RESUBMIT = Step.RESUBMIT.value, pgettext_lazy("event", "Submitted again")
    ACCEPT = Step.ACCEPT.value, pgettext_lazy("event", "Accepted")
    DECLINE = Step.DECLINE.value, pgettext_lazy("event", "Declined")
    WITHDRAW = Step.WITHDRAW.value, pgettext_lazy("event", "Withdrawn")
    WIN = Step.WIN.value, pgettext_lazy("event", "Won")
    LOSE = Step.LOSE.value, pgettext_lazy("event", "Lost")
    CLOSE_AS_ERROR = Step.CLOSE_AS_ERROR.value, pgettext_lazy("event", "Closed as an error")
    EXPIRE = Step.EXPIRE.value, pgettext_lazy("event", "Expired")
    OFFERED = "offered", pgettext_lazy("event", "Offered to the partner")
    BEGUN = "begun", _("Draft begun")
    EDITED = "edited", _("Changed")
    SHARED = "shared", _("Shared further")
    TEAM = "team", _("Team changed")
    COMMENTED = "commented", _("Comment")
    APPEALED = "appealed", _("Appeal against a decline")
    REMINDED = "reminded", _("Reminder")
    ASSIGNED = "assigned", _("Handed to a colleague")
    REGISTRATION = "registration", _("Deal registration")


class ReferralEventQuerySet(models.QuerySet["ReferralEvent"]):
    """Events of leads."""

    def visible_to(self, user: User) -> Self:
        """Those of the leads one may see; what a partner's team says among itself is the partner's."""
        seen = self.filter(referral__in=Referral.objects.visible_to(user))
        return seen if user.is_of_partner else seen.filter(is_internal=False)

    def turns(self) -> list[Turn]:
        """Of one lead: when the ball went to whom, in order."""
        moves = self.exclude(to_state="").order_by("id").values_list("at", "to_state")
        return [Turn(at, HOLDERS[State(state)]) for at, state in moves]


class ReferralEvent(models.Model):
    """One thing that happened to a lead, and whether everybody concerned has been told."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, models.DO_NOTHING, db_constraint=False, related_name="events")
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150, blank=True)
    side = models.CharField(max_length=10, choices=[(actor.value, actor.value) for actor in Actor])
    from_state = models.CharField(max_length=20, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=20, choices=State.choices, blank=True)
    reason = models.CharField(max_length=30, blank=True)
    text = models.TextField(max_length=4000, blank=True)
    changes: models.JSONField[Any, Any] = models.JSONField(default=dict)
    is_internal = models.BooleanField(default=False)
    notified_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    objects = ReferralEventQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["referral", "-id"], name="referral_event_timeline"),
            models.Index(fields=["id"], condition=Q(notified_at__isnull=True), name="referral_event_outbox"),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.kind} {self.at:%Y-%m-%d %H:%M}"
