"""Leads: one partner's wish that Microsoft looks at one customer's business."""

from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Fold
from partners.models import Partner, User
from partners.roles import SEES_ALL, Role, Scope
from referrals.models.contacts import Contact
from referrals.models.programmes import Programme
from referrals.states import (
    CLOSED,
    QUEUED,
    UNDECIDED,
    DealType,
    Direction,
    ErrorReason,
    Help,
    Intent,
    Reason,
    SalesStage,
    State,
)

MOST_SOLUTIONS = 50  # R45
MOST_VALUE = 1_000_000_000_000
_WITH_MICROSOFT = QUEUED | {State.IN_REVIEW}
_DECIDED = {State.ACCEPTED, State.DECLINED, State.WON, State.LOST}


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Leads; every door starts at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """R53: a partner's administrator and programs see all of its leads, staff what their scope says.

        Channel managers see what partners have shared about customers in their countries and segments; the portal's
        administrators and auditors see everything.
        """
        if user.role == Role.PARTNER_ADMIN or (user.is_of_partner and user.is_program):
            return self.filter(partner_id=user.partner_id)
        if user.role == Role.PARTNER_STAFF:
            return self._in_scope(user)
        if user.role == Role.CHANNEL_MANAGER:
            return self.shared().filter(_in_charge(user))
        return self if user.role in SEES_ALL else self.none()

    def _in_scope(self, user: User) -> Self:
        own, mine = self.filter(partner_id=user.partner_id), Q(team__user_id=user.pk)
        if user.scope == Scope.PARTNER:
            return own
        if user.scope == Scope.TEAM and user.team_name:
            mine |= Q(team__user__team_name=user.team_name)
        elif user.scope == Scope.LOCATION and user.location_id:
            mine |= Q(team__user__location_id=user.location_id)
        else:
            # a person is on a team once, so the join doubles nothing
            return own.filter(mine)
        return own.filter(pk__in=Referral.objects.filter(mine, partner_id=user.partner_id or 0).values("pk"))

    def shared(self) -> Self:
        """Those that Microsoft may see: no drafts, no private deals (R29)."""
        return self.exclude(state=State.DRAFT).exclude(deal_type=DealType.PRIVATE)

    def matching(self, words: str) -> Self:
        """Those whose name, notes, own reference or customer contains every word, however it is spelled or accented."""
        found = self
        for word in words.split():
            folded = Fold(Value(word))
            found = found.filter(Q(search_text__contains=folded) | Q(customer__search_text__contains=folded))
        return found


def _in_charge(user: User) -> Q:
    """The countries and segments of a channel manager, segment by segment."""
    scope = Q(pk__in=[])
    for segment, countries in user.covers.items():
        scope |= Q(segment=segment, country__in=countries)
    return scope


class Referral(models.Model):
    """One lead. Its state moves by `services.take_step` alone; closed is closed (R24)."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    # joins the leads of several organisations about one business (R14, R26)
    engagement_id = models.UUIDField(default=uuid4, db_default=models.Func(function="gen_random_uuid"), editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.DO_NOTHING, db_constraint=False, related_name="referrals")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="+", verbose_name=_("programme"))
    direction = models.CharField(max_length=10, choices=Direction.choices)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    # of the customer, as they were when the lead was made (R33): they decide which channel manager sees it
    country = models.CharField(max_length=2)
    segment = models.CharField(max_length=20)

    name = models.CharField(_("name"), max_length=200, blank=True)
    external_id = models.CharField(_("own reference"), max_length=100, blank=True)
    deal_type = models.CharField(_("deal type"), max_length=20, choices=DealType.choices, default=DealType.CO_SELL)
    help = models.CharField(_("help"), max_length=20, choices=Help.choices, blank=True)
    value = models.DecimalField(_("value"), max_digits=15, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    close_date = models.DateField(_("close date"), null=True, blank=True)
    notes = models.TextField(_("notes"), max_length=4000, blank=True)
    solutions = ArrayField(models.CharField(max_length=60), verbose_name=_("solutions"), default=list, blank=True)
    intent = models.CharField(_("marketplace"), max_length=10, choices=Intent.choices, blank=True)
    asks_contact = models.BooleanField(_("the customer asks to be contacted"), default=False, db_default=False)
    sales_stage = models.CharField(_("sales stage"), max_length=3, choices=SalesStage.choices, blank=True)
    contact_first_name = models.CharField(max_length=100, blank=True)
    contact_last_name = models.CharField(max_length=100, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)

    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_by_name = models.CharField(max_length=150)
    submitted_at = models.DateTimeField(null=True)
    answer_due_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # who reviews it, or did last; the claim itself ends when the lead leaves the review
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reviewer_name = models.CharField(max_length=150, blank=True)
    claimed_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    # whose it is by the rules of the moment at which it was submitted, or by a colleague's hand (R55)
    routed_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    routed_to_name = models.CharField(max_length=150, blank=True, default="", db_default="")
    # the partial index of the queue serves the key as well
    routed_location = models.ForeignKey("ReviewLocation", models.PROTECT, null=True, related_name="+", db_index=False)
    claimed_from = models.CharField(max_length=20, choices=State.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=30, choices=[*Reason.choices, *ErrorReason.choices], blank=True)
    reason_text = models.TextField(_("explanation"), max_length=4000, blank=True)
    won_value = models.DecimalField(_("value won"), max_digits=15, decimal_places=2, null=True)
    appeal_of = models.OneToOneField("self", models.PROTECT, null=True, related_name="appeal", db_constraint=False)
    # what a partner's own system said of it and no column holds (docs/wire-referrals.md)
    extra: models.JSONField[Any, Any] = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField()), blank=True
    )
    search_text = models.GeneratedField(
        expression=Fold(
            Concat(F("name"), Value(" "), F("external_id"), Value(" "), F("notes"), output_field=models.TextField())
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "id"], name="referral_of_partner"),
            models.CheckConstraint(name="referral_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="referral_claim_iff_in_review",
                condition=Q(state=State.IN_REVIEW, claimed_at__isnull=False, claimed_until__isnull=False)
                & Q(claimed_from__in=sorted(QUEUED))
                | ~Q(state=State.IN_REVIEW) & Q(claimed_at__isnull=True, claimed_until__isnull=True, claimed_from=""),
            ),
            models.CheckConstraint(
                name="referral_expires_iff_undecided",
                condition=Q(state__in=sorted(UNDECIDED), expires_at__isnull=False, submitted_at__isnull=False)
                | ~Q(state__in=sorted(UNDECIDED)) & Q(expires_at__isnull=True),
            ),
            models.CheckConstraint(
                name="referral_offered_is_inbound", condition=~Q(state=State.OFFERED) | Q(direction=Direction.INBOUND)
            ),
            models.CheckConstraint(
                name="referral_due_iff_with_microsoft",
                condition=Q(state__in=sorted(_WITH_MICROSOFT), answer_due_at__isnull=False)
                | ~Q(state__in=sorted(_WITH_MICROSOFT)) & Q(answer_due_at__isnull=True),
            ),
            models.CheckConstraint(
                name="referral_closed_iff_closed",
                condition=Q(state__in=sorted(CLOSED), closed_at__isnull=False)
                | ~Q(state__in=sorted(CLOSED)) & Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="referral_decided_if_decided",
                condition=~Q(state__in=sorted(_DECIDED)) | Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_reason_fits_state",
                condition=Q(state__in=[State.DECLINED, State.LOST], reason__in=Reason.values)
                | Q(state=State.ERROR, reason__in=ErrorReason.values)
                | ~Q(state__in=[State.DECLINED, State.LOST, State.ERROR]) & Q(reason=""),
            ),
            models.CheckConstraint(
                name="referral_won_iff_value",
                condition=Q(state=State.WON, won_value__isnull=False, won_value__gte=0)
                | ~Q(state=State.WON) & Q(won_value__isnull=True),
            ),
            models.CheckConstraint(
                name="referral_value_sane",
                condition=Q(value__isnull=True)
                | Q(value__gte=0, value__lte=MOST_VALUE) & Q(currency__regex=r"^[A-Z]{3}$"),
            ),
            models.CheckConstraint(
                name="referral_help_iff_co_sell",
                condition=Q(deal_type=DealType.CO_SELL) | Q(help=""),
            ),
            models.CheckConstraint(
                name="referral_solutions_not_too_many", condition=Q(solutions__len__lte=MOST_SOLUTIONS)
            ),
            models.CheckConstraint(
                name="referral_routed_to_one", condition=Q(routed_to__isnull=True) | Q(routed_location__isnull=True)
            ),
            models.CheckConstraint(
                name="referral_private_is_not_judged",
                condition=~Q(deal_type=DealType.PRIVATE)
                | Q(state__in=[State.DRAFT, State.ACCEPTED, State.WON, State.LOST, State.ERROR]),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["partner", "-created_at", "-id"], name="referral_list"),
            # the list of a side that sees many partners' leads
            models.Index(fields=["-created_at", "-id"], name="referral_newest"),
            # what Microsoft sends is a small part of it
            models.Index(
                fields=["-created_at", "-id"], condition=Q(direction=Direction.INBOUND), name="referral_inbound"
            ),
            models.Index(fields=["customer", "-id"], name="referral_customer"),
            models.Index(fields=["partner", "updated_at", "id"], name="referral_changed"),
            models.Index(fields=["partner", "engagement_id"], name="referral_engagement"),
            models.Index(
                fields=["country", "segment", "submitted_at", "id"],
                condition=Q(state__in=sorted(_WITH_MICROSOFT)),
                name="referral_queue",
            ),
            # the queue of somebody with many countries is read in the order of time
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(state__in=sorted(_WITH_MICROSOFT)),
                name="referral_queue_by_age",
            ),
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(state__in=sorted(_WITH_MICROSOFT), asks_contact=True),
                name="referral_queue_hot",
            ),
            models.Index(
                fields=["routed_to", "submitted_at", "id"],
                condition=Q(state__in=sorted(_WITH_MICROSOFT)),
                name="referral_queue_mine",
            ),
            models.Index(
                fields=["routed_location", "submitted_at", "id"],
                condition=Q(state__in=sorted(_WITH_MICROSOFT)),
                name="referral_queue_location",
            ),
            models.Index(fields=["country", "segment", "submitted_at"], name="referral_report"),
            models.Index(fields=["expires_at"], condition=Q(expires_at__isnull=False), name="referral_expiry"),
            models.Index(fields=["claimed_until"], condition=Q(claimed_until__isnull=False), name="referral_claims"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be done with it any more (R24)."""
        return self.state in CLOSED

    @property
    def is_shared(self) -> bool:
        """Whether Microsoft sees it."""
        return self.state != State.DRAFT and self.deal_type != DealType.PRIVATE

    @property
    def may_expire_at(self) -> datetime:
        """When it expires; only asked of leads that can."""
        assert self.expires_at is not None
        return self.expires_at

    def hides_person(self, by: User) -> bool:
        """Whether the person at the customer is hidden from somebody: an expired lead's, but for the audit (R22)."""
        return self.state == State.EXPIRED and by.role != Role.AUDITOR

    def contact(self, by: User) -> Contact:
        """The person at the customer, where it may be seen."""
        if self.hides_person(by):
            return Contact()
        return Contact(self.contact_first_name, self.contact_last_name, self.contact_email, self.contact_phone)
