"""Programs of a partner, the first answers that they got, and the feed of changes."""

from typing import Any, Self
from uuid import UUID

from django.db import models
from django.db.models import BigIntegerField, Func, Q, TextField
from django.db.models.functions import Cast

from partners.models.people import Partner, User


class OfPartnerQuerySet(models.QuerySet[Any]):
    """Rows of the partner's own credentials and feed."""

    def visible_to(self, user: User) -> Self:
        """A partner's own; nobody else's."""
        return self.filter(partner_id=user.partner_id) if user.is_of_partner else self.none()


class ApiClient(models.Model):
    """A program of a partner that speaks to the API; it acts as a person of its own (docs/adr/0014)."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    application = models.OneToOneField("allauth_idp_oidc.Client", models.CASCADE, related_name="api_client")
    user = models.OneToOneField(User, models.PROTECT, related_name="api_client")
    created_at = models.DateTimeField()
    secret_ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = OfPartnerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "id"], name="api_client_of_partner")]

    def __str__(self) -> str:
        return self.application_id

    @property
    def public_id(self) -> UUID:
        """Its client id as it stands in addresses."""
        return UUID(self.application_id)


class Repeat(models.Model):
    """The first answer to a request with an Idempotency-Key, for its retries; written with the effect, or not at all."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    client = models.ForeignKey(ApiClient, models.DO_NOTHING, db_constraint=False, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers: models.JSONField[Any, Any] = models.JSONField(default=dict)
    body = models.TextField()
    at = models.DateTimeField()

    objects = OfPartnerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "client", "key"], name="repeat_once")]
        indexes = [models.Index(fields=["at"], name="repeat_age")]

    def __str__(self) -> str:
        return self.key


class ChangeQuerySet(OfPartnerQuerySet):
    """The feed."""

    def settled(self) -> Self:
        """What is older than every transaction that still writes: nothing can be put in before it any more."""
        oldest = Func(Func(function="pg_current_snapshot"), function="pg_snapshot_xmin")
        return self.filter(xact__lt=Cast(Cast(oldest, TextField()), BigIntegerField()))

    def after(self, xact: int, last: int) -> Self:
        """Settled changes behind a place, in order; of the transaction at the place, only what comes after it."""
        rows = self.settled().filter(xact__gte=xact).filter(Q(xact__gt=xact) | Q(xact=xact, id__gt=last))
        return rows.order_by("xact", "id")


class Change(models.Model):
    """One thing that happened to something of a partner, for its programs; written by triggers with what it tells of.

    `xact` is the writer's transaction. Readers take only what is older than every transaction that still writes, in the
    order of (xact, id): so nothing can appear behind their backs, whatever the order of commits is.
    """

    public_id = models.UUIDField(db_default=Func(function="gen_random_uuid"), editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    xact = models.BigIntegerField(
        db_default=Cast(Cast(Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField())
    )
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=20)
    subject_id = models.UUIDField(null=True)
    of_customer = models.UUIDField(null=True)
    at = models.DateTimeField()

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["partner", "xact", "id"], name="change_feed"),
            models.Index(fields=["at"], name="change_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"
