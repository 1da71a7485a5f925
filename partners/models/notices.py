"""What people are told, and how they want to be told."""

from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from partners.models.people import Partner, User
from partners.states import Way


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices."""

    def visible_to(self, user: User) -> Self:
        """One's own, as long as one works for the organisation that they were for."""
        return self.filter(user_id=user.pk, partner_id=user.partner_id)

    def unread(self) -> Self:
        """Those that wait to be read."""
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One person is told of one thing: an entry in the inbox, and a mail if the person wants one.

    `key` names what it comes from, so that a hand-over that is repeated tells nobody twice.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    params: models.JSONField[Any, Any] = models.JSONField(default=dict)
    link = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=100)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    is_digest = models.BooleanField(default=False)
    mail_due_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notice_once")]
        indexes = [
            models.Index(fields=["user", "-made_at", "-id"], name="notice_inbox"),
            models.Index(fields=["user"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(
                fields=["mail_due_at", "id"],
                condition=Q(mailed_at__isnull=True, mail_due_at__isnull=False),
                name="notice_to_mail",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class NoticePreferenceQuerySet(models.QuerySet["NoticePreference"]):
    """Preferences."""

    def visible_to(self, user: User) -> Self:
        """One's own."""
        return self.filter(user_id=user.pk)


class NoticePreference(models.Model):
    """How a person wants to be told of one kind of thing; without a row, by mail at once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    way = models.CharField(max_length=10, choices=Way.choices)

    objects = NoticePreferenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind} {self.way}"
