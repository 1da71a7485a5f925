"""Guidance: what must be judged (dossier, mark), what was judged (assessment), and what stands now (standing)."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from motions.models.owned import Owned, OwnedQuerySet
from motions.models.policies import PolicyVersion, RateSet
from motions.states import Motion
from partners.models import Partner


class Dossier(models.Model):
    """How often a customer's inputs changed. Raised by trigger in the writer's transaction; workers only read it."""

    customer = models.OneToOneField(
        Customer, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="dossier"
    )
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    input_version = models.BigIntegerField(default=1)

    objects = OwnedQuerySet["Dossier"].as_manager()

    def __str__(self) -> str:
        return f"{self.customer_id} at {self.input_version}"


class Mark(Owned):
    """A customer's guidance may be stale. Appended by trigger, deleted by the worker that claims it, never updated."""

    is_bulk = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["is_bulk", "id"], name="mark_claim"),
            models.Index(fields=["customer"], name="mark_customer"),
        ]

    def __str__(self) -> str:
        return f"mark of {self.customer_id}"


class Assessment(Owned):
    """One immutable entry of the ledger: the facts with source and date, the outcome of every rule, the answer, a hash.

    `facts` is a document of strings and whole numbers; `hash` is the SHA-256 of its canonical text, so that replaying
    it under its own policy version must give the same hash.
    """

    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+")
    rate_set = models.ForeignKey(RateSet, models.PROTECT, null=True, related_name="+")
    input_version = models.BigIntegerField()
    motion = models.CharField(max_length=20, choices=Motion.choices)
    facts: models.JSONField[Any, Any] = models.JSONField()
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    objects = OwnedQuerySet["Assessment"].as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-id"], name="assessment_history"),
            # looked up by the hash of a receipt; customers without deals share one, so it ends in the order that is shown
            models.Index(fields=["hash", "partner", "-id"], name="assessment_by_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.motion} at {self.at:%Y-%m-%d %H:%M}"


class Standing(models.Model):
    """The answer that stands for a customer, and the versions it rests on. Written by workers only.

    Whether it is fresh is never stored: `motions.sql.freshness` compares these versions with those in force when it is
    read. `seats` and `azure` are the deciding sizes (the largest open deal of each kind, or all together), `azure` in the
    policy's currency; `azure_currency` is the one in which that business is recorded, `*` where there are several, `!`
    where a change of rates may do more than move the sum, '' where there is none, and NULL before the first answer.
    """

    customer = models.OneToOneField(
        Customer, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="standing"
    )
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    assessment = models.ForeignKey(Assessment, models.PROTECT, null=True, related_name="+")
    hash = models.BinaryField(max_length=32, null=True)
    motion = models.CharField(max_length=20, choices=Motion.choices, default=Motion.UNKNOWN)
    is_provisional = models.BooleanField(default=False)
    share = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    seats = models.BigIntegerField(null=True)
    azure = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    azure_currency = models.CharField(max_length=3, null=True)  # noqa: DJ001 -- NULL is not ''
    input_version = models.BigIntegerField(default=0)
    uses_rates = models.BooleanField(default=False)
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="+")
    rate_set = models.ForeignKey(RateSet, models.PROTECT, null=True, related_name="+")
    policy_date = models.DateField(null=True)
    rate_date = models.DateField(null=True)
    motion_since = models.DateTimeField(null=True)
    judged_at = models.DateTimeField(null=True)

    objects = OwnedQuerySet["Standing"].as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["partner", "motion", "customer"], name="standing_by_motion")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.motion}"


class FanoutCause(models.TextChoices):
    """What may have made many answers stale at once."""

    POLICY = "policy", _("policy version")
    RATES = "rates", _("exchange rates")
    ALL = "all", _("everybody")


class FanoutEnd(models.TextChoices):
    """How a roll-out ended."""

    DONE = "done", _("done")
    SUPERSEDED = "superseded", _("superseded by a newer one")
    CANCELLED = "cancelled", _("cancelled")


class Fanout(models.Model):
    """A roll-out: every customer that its cause may have made stale is judged, a slice of the key at a time.

    The row commits with its cause; the slices are cut after that, so that nothing inserted beside it is missed.
    """

    cause = models.CharField(max_length=10, choices=FanoutCause.choices)
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=150, blank=True)
    slices = models.PositiveIntegerField(null=True)
    computed = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    moved = models.BigIntegerField(default=0)
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, choices=FanoutEnd.choices, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(ended_at__isnull=True), name="fanout_open"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="fanout_end_is_told", condition=models.Q(ended_at__isnull=True, end="") | ~models.Q(end="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause} of {self.made_at:%Y-%m-%d %H:%M}"


class FanoutSlice(models.Model):
    """Customers with keys from `low` up to `high` (NULL: no end) that a roll-out has still to judge. Deleted when done."""

    fanout = models.ForeignKey(Fanout, models.CASCADE, related_name="+")
    low = models.BigIntegerField()
    high = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.low} to {self.high}"


class SetAside(models.Model):
    """A customer whose recompute failed; after three failures it is set apart, shown as not current, and alarmed."""

    customer = models.OneToOneField(
        Customer, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="set_aside"
    )
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    failures = models.PositiveSmallIntegerField()
    error = models.CharField(max_length=500)
    last_at = models.DateTimeField()

    objects = OwnedQuerySet["SetAside"].as_manager()

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.failures} failures"
