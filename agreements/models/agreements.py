"""An agreement, each acceptance of it, the links, and what happened."""

from typing import Any, ClassVar, Self, TypeVar
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from agreements.states import Language, LinkEnd, Note, Path, State, Step
from customers.models import Customer
from partners.models import Partner, User

Row = TypeVar("Row", bound=models.Model)


class OwnedQuerySet(models.QuerySet[Row]):
    """Rows about customers; every door starts at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """Those of the customers that the person may see."""
        if user.is_of_partner:
            return self.filter(partner_id=user.partner_id)
        return self.filter(customer__in=Customer.objects.visible_to(user))


class Owned(models.Model):
    """A row about a customer; the migration adds the composite key (partner, customer)."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.DO_NOTHING, db_constraint=False, related_name="%(class)ss")

    class Meta:
        abstract = True


class Signatory(models.Model):
    """A person who signs, as known when the row was written."""

    first_name = models.CharField(_("first name"), max_length=50, blank=True)
    last_name = models.CharField(_("last name"), max_length=50, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)

    class Meta:
        abstract = True

    @property
    def signatory(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


_ACCEPTED = [State.ATTESTED, State.DIRECT_ACCEPTED, State.REACCEPT]
_OPEN = [State.NOT_STARTED, State.DIRECT_INVITED, State.LINK_SENT, State.LINK_EXPIRED]


class Agreement(Owned):
    """Where a customer's agreement stands: one row for each customer, made by the database with the customer."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.NOT_STARTED)
    since = models.DateTimeField(_("since"))
    path = models.CharField(_("way"), max_length=12, choices=Path.choices, blank=True)
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    by_provider = models.BooleanField(default=False)
    # Germany's professional secrecy (M15); None: nobody has asked
    needs_amendment = models.BooleanField(_("needs the amendment for professional secrecy"), null=True, blank=True)
    asked_at = models.DateTimeField(null=True)  # when Microsoft was last asked about a direct acceptance (M5)
    version = models.PositiveIntegerField(default=1)

    objects = OwnedQuerySet["Agreement"].as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "customer"], name="agreement_once"),
            models.UniqueConstraint(fields=["partner", "id"], name="agreement_of_partner"),
            models.CheckConstraint(
                name="agreement_path_fits_state",
                condition=Q(state__in=_OPEN, path="", accepted_on__isnull=True)
                | Q(state=State.TO_FINALISE, path=Path.ENHANCED, accepted_on__isnull=False)
                | Q(state=State.ATTESTED, path__in=[Path.ATTESTATION, Path.ENHANCED], accepted_on__isnull=False)
                | Q(state=State.DIRECT_ACCEPTED, path=Path.DIRECT)
                | Q(state=State.REACCEPT, accepted_on__isnull=False) & ~Q(path="")
                | Q(state=State.REVOKED) & ~Q(path=Path.DIRECT),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["partner", "state", "since", "id"], name="agreement_by_age"),
            models.Index(fields=["state", "since", "id"], name="agreement_state"),
            models.Index(
                fields=["asked_at"],
                condition=~Q(state__in=[State.ATTESTED, State.DIRECT_ACCEPTED]),
                name="agreement_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.state}"


class Acceptance(Owned, Signatory):
    """One acceptance; rows stay, a revoked one says when. The same signatory is not attested twice (600061 of M6)."""

    agreement = models.ForeignKey(Agreement, models.DO_NOTHING, db_constraint=False, related_name="acceptances")
    path = models.CharField(_("way"), max_length=12, choices=Path.choices)
    accepted_on = models.DateField(_("accepted on"), null=True)
    template_id = models.CharField(max_length=40, blank=True)
    attestation_id = models.CharField(max_length=40, blank=True)
    signatory_key = models.CharField(max_length=500, blank=True)
    # what a client of the wire has said beside it, to be given back; nothing here reads it
    extra: models.JSONField[Any, Any] = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    at = models.DateTimeField()
    by_name = models.CharField(max_length=150)
    revoked_at = models.DateTimeField(null=True)

    objects = OwnedQuerySet["Acceptance"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "customer", "signatory_key"],
                condition=~Q(path=Path.DIRECT) & Q(revoked_at__isnull=True),
                name="acceptance_signatory_once",
            ),
            models.CheckConstraint(
                name="acceptance_attested_is_signed",
                condition=Q(path=Path.DIRECT)
                | ~Q(last_name="") & ~Q(email="") & ~Q(signatory_key="") & Q(accepted_on__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["customer", "-id"], name="acceptance_newest")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.path} {self.accepted_on}"


class Link(Owned, Signatory):
    """A single-use, expiring link to the page where a signatory accepts (M8). Of its token only the hash is kept."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    agreement = models.ForeignKey(Agreement, models.DO_NOTHING, db_constraint=False, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    attestation_id = models.CharField(max_length=40, blank=True)
    template_id = models.CharField(max_length=40)
    template_language = models.CharField(max_length=10)
    document_link = models.CharField(max_length=300)
    company_name = models.CharField(max_length=200)
    partner_name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.EN)
    reminder_days = ArrayField(models.PositiveSmallIntegerField(), default=list)
    sent_at = models.DateTimeField()
    sent_by_name = models.CharField(max_length=150)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=12, choices=LinkEnd.choices, blank=True)

    objects = OwnedQuerySet["Link"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "id"], name="link_of_partner"),
            models.UniqueConstraint(
                fields=["partner", "agreement"], condition=Q(ended_at__isnull=True), name="link_open_once"
            ),
            models.CheckConstraint(name="link_expires_later", condition=Q(expires_at__gt=F("sent_at"))),
            models.CheckConstraint(
                name="link_end_has_reason",
                condition=Q(ended_at__isnull=True, ended_why="") | Q(ended_at__isnull=False) & ~Q(ended_why=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["agreement", "-id"], name="link_newest"),
            models.Index(fields=["expires_at"], condition=Q(ended_at__isnull=True), name="link_open"),
        ]

    def __str__(self) -> str:
        return f"{self.company_name}: {self.public_id}"


class AgreementEvent(Owned):
    """One step of an agreement: history, timeline and outbox at once; `notified_at` is empty until its notices are made."""

    agreement = models.ForeignKey(Agreement, models.DO_NOTHING, db_constraint=False, related_name="events")
    step = models.CharField(max_length=20, choices=[*Step.choices, *Note.choices])
    before = models.CharField(max_length=20, choices=State.choices)
    after = models.CharField(max_length=20, choices=State.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)
    changes: models.JSONField[Any, Any] = models.JSONField(default=dict)
    notified_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    objects = OwnedQuerySet["AgreementEvent"].as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer", "-id"], name="agreement_event_timeline"),
            models.Index(fields=["partner", "at"], name="agreement_event_progress"),
            models.Index(fields=["id"], condition=Q(notified_at__isnull=True), name="agreement_event_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.step} {self.at:%Y-%m-%d %H:%M}"
