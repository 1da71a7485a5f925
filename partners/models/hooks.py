"""What programs asked to be told of, and every message to them."""

from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from partners.models.people import Partner
from partners.models.programs import ApiClient, Change, ChangeQuerySet, OfPartnerQuerySet
from partners.states import DeliveryState, Door, Trouble

LONGEST_URL = 500


class SubscriptionQuerySet(OfPartnerQuerySet):
    """Subscriptions."""

    def alive(self) -> Self:
        """Those of clients and partners that may still come in themselves."""
        return self.filter(client__revoked_at__isnull=True, partner__is_active=True)

    def behind(self) -> Self:
        """Those for which the feed has settled changes after their place."""
        return self._before(Change.objects.settled())

    def awaiting(self) -> Self:
        """Those for which the feed has changes after their place, be they settled or not."""
        return self._before(Change.objects.all())

    def _before(self, changes: ChangeQuerySet) -> Self:
        news = changes.filter(partner_id=OuterRef("partner_id"), xact__gte=OuterRef("xact"))
        return self.filter(Exists(news.exclude(xact=OuterRef("xact"), pk__lte=OuterRef("change"))))


class Subscription(models.Model):
    """An address of a program that is told of some events. Its secret is derived from `salt` (docs/adr/0019)."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    client = models.ForeignKey(ApiClient, models.DO_NOTHING, db_constraint=False, related_name="subscriptions")
    door = models.CharField(max_length=10, choices=Door.choices, default=Door.NATIVE)
    url = models.CharField(_("address"), max_length=LONGEST_URL)
    events = ArrayField(models.CharField(max_length=60), verbose_name=_("events"))
    salt = models.CharField(max_length=32)
    former_salt = models.CharField(max_length=32, blank=True)
    former_ends_at = models.DateTimeField(null=True)
    is_own_header = models.BooleanField(default=False)  # at the wire: the signature in x-ms-signature (R62)
    extra: models.JSONField[Any, Any] = models.JSONField(default=dict)  # at the wire: what has no place here
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by_name = models.CharField(max_length=150)
    updated_at = models.DateTimeField()

    # where it stands in the feed, and the number of its newest message
    xact = models.BigIntegerField()
    change = models.BigIntegerField(default=0)
    number = models.PositiveBigIntegerField(default=0)

    # one message at a time: until when a worker has it, and until when a target that failed is left alone
    held_until = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "id"], name="subscription_of_partner"),
            models.UniqueConstraint(fields=["client"], condition=Q(door=Door.WIRE), name="subscription_one_at_wire"),
        ]

    def __str__(self) -> str:
        return self.target

    @property
    def target(self) -> str:
        """The machine alone: what comes after it may be a secret of the receiver."""
        return urlsplit(self.url).netloc


class DeliveryQuerySet(OfPartnerQuerySet):
    """Messages."""

    def waiting(self) -> Self:
        """Neither taken nor given up."""
        return self.filter(state=DeliveryState.WAITING)


class Delivery(models.Model):
    """One message of one subscription: once for each event as which a change is told, however often it is tried."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    subscription = models.ForeignKey(Subscription, models.DO_NOTHING, db_constraint=False, related_name="deliveries")
    event_id = models.UUIDField()
    number = models.PositiveBigIntegerField()
    event = models.CharField(max_length=60)
    kind = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=20, blank=True)
    subject_id = models.UUIDField(null=True)
    of_customer = models.UUIDField(null=True)
    at = models.DateTimeField()
    made_at = models.DateTimeField()
    since_at = models.DateTimeField()  # when these ten tries began: when it was made, or was asked for again

    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=20, choices=Trouble.choices, blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    duration_ms = models.PositiveIntegerField(null=True)
    # every attempt, the newest last: [{"at", "trouble", "status", "ms"}]
    attempts: models.JSONField[Any, Any] = models.JSONField(default=list)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "subscription", "event_id", "event"], name="delivery_told_once"),
            models.UniqueConstraint(fields=["partner", "subscription", "number"], name="delivery_numbered"),
            models.CheckConstraint(
                name="delivery_ended_iff_over",
                condition=Q(state=DeliveryState.WAITING, ended_at__isnull=True)
                | ~Q(state=DeliveryState.WAITING) & Q(ended_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["subscription", "next_at", "id"], condition=Q(state=DeliveryState.WAITING), name="delivery_due"
            ),
            models.Index(fields=["partner", "-id"], name="delivery_log"),
            models.Index(F("subscription"), F("id").desc(), name="delivery_log_of_one"),
            models.Index(fields=["ended_at"], name="delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.number}"

    @property
    def is_test(self) -> bool:
        """Whether somebody only wanted to see whether it arrives."""
        return not self.subject
