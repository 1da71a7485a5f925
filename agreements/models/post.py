"""What goes to others: mails to signatories, and requests from a reseller to its indirect provider.

A request is two rows, one of each partner: the reseller's own, and the provider's copy with what it needs to know and
nothing else. Workers carry one to the other, so no partner ever reads a row of another.
"""

from typing import ClassVar, Self, TypeVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements.models.agreements import Agreement, Link, Owned, OwnedQuerySet, Signatory
from agreements.states import Answer, FileKind, Language, MailKind, RequestState, State
from partners.models import Partner, User

MOST_FAILURES = 3


class Mail(Owned, Signatory):
    """One mail to a signatory; a link's reminder of one day exists once, however often a worker runs."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    link = models.ForeignKey(Link, models.DO_NOTHING, db_constraint=False, null=True, related_name="mails")
    kind = models.CharField(max_length=10, choices=MailKind.choices)
    day = models.PositiveSmallIntegerField(default=0)
    company_name = models.CharField(max_length=200)
    partner_name = models.CharField(max_length=200)
    language = models.CharField(max_length=2, choices=Language.choices)
    made_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    objects = OwnedQuerySet["Mail"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "link", "day"], name="mail_once_a_day"),
            models.CheckConstraint(
                name="mail_link_fits_kind",
                condition=Q(kind=MailKind.DIRECT, link__isnull=True) | ~Q(kind=MailKind.DIRECT) & Q(link__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(claimed_at__isnull=True), name="mail_waiting"),
            models.Index(fields=["customer", "-id"], name="agreement_mail_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day} to customer {self.customer_id}"


Row = TypeVar("Row", bound=models.Model)


class OwnQuerySet(models.QuerySet[Row]):
    """Rows of a partner alone; administrators see them all."""

    def visible_to(self, user: User) -> Self:
        """A partner's own."""
        if user.is_of_partner:
            return self.filter(partner_id=user.partner_id)
        return self if user.is_staff else self.none()


class ProviderLink(models.Model):
    """Which indirect provider stands behind a reseller (P4), from one day to another."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("indirect reseller"))
    provider = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name=_("indirect provider"))
    # a reseller's side cannot read the provider's own row
    provider_name = models.CharField(max_length=200, editable=False)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = OwnQuerySet["ProviderLink"].as_manager()

    class Meta:
        verbose_name = _("indirect provider of a reseller")
        verbose_name_plural = _("indirect providers of resellers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "id"], name="provider_of_partner"),
            models.CheckConstraint(
                name="provider_is_another",
                condition=~Q(partner=F("provider")),
                violation_error_message=_("A partner is not its own provider."),
            ),
            models.UniqueConstraint(
                fields=["partner"], condition=Q(valid_to__isnull=True), name="provider_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} by {self.provider_name}"


class ProviderRequest(Owned, Signatory):
    """A reseller asks its provider to attest; the reseller's own row."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    agreement = models.ForeignKey(Agreement, models.DO_NOTHING, db_constraint=False, related_name="requests")
    provider_link = models.ForeignKey(ProviderLink, models.PROTECT, related_name="+")
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.EN)
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=150)
    delivered_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer_note = models.CharField(max_length=500, blank=True)

    objects = OwnedQuerySet["ProviderRequest"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "agreement"],
                condition=Q(state__in=[RequestState.OPEN, RequestState.TAKEN]),
                name="provider_request_open_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(delivered_at__isnull=True), name="provider_request_new")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.state}"


class ProviderTask(Signatory):
    """The provider's copy of a request; `partner` is the provider."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    request_number = models.BigIntegerField(unique=True)
    reseller_name = models.CharField(max_length=200)
    company_name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    domain = models.CharField(max_length=253, blank=True)
    language = models.CharField(max_length=2, choices=Language.choices)
    accepted_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    agreement_state = models.CharField(max_length=20, choices=State.choices)
    at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    answer_on = models.DateField(null=True)
    answer_note = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_name = models.CharField(max_length=150, blank=True)
    is_overtaken = models.BooleanField(default=False)  # the answer came when the agreement had moved on

    objects = OwnQuerySet["ProviderTask"].as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["partner", "state", "at", "id"], name="provider_task_list"),
            models.Index(fields=["id"], condition=~Q(answer=""), name="provider_task_answered"),
        ]

    def __str__(self) -> str:
        return f"{self.company_name}: {self.state}"


class DirectAnswer(Owned):
    """What Microsoft answers when asked whether a customer has signed (M5); while offline, an administrator says it."""

    is_signed = models.BooleanField()
    at = models.DateTimeField()
    by_name = models.CharField(max_length=150)

    objects = OwnedQuerySet["DirectAnswer"].as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "customer"], name="direct_answer_once")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.is_signed}"


class AgreementFile(Owned):
    """A file about an agreement: evidence of an acceptance, or the amendment for professional secrecy (M9, M15)."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    agreement = models.ForeignKey(Agreement, models.DO_NOTHING, db_constraint=False, related_name="files")
    kind = models.CharField(_("kind"), max_length=10, choices=FileKind.choices)
    file_name = models.CharField(max_length=200)
    stored_as = models.CharField(max_length=200)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=150)

    objects = OwnedQuerySet["AgreementFile"].as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["agreement", "-id"], name="agreement_file_newest")]

    def __str__(self) -> str:
        return self.file_name
