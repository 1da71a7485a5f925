"""Registrations of deals that were won; the lead itself stays closed (R24, R38 to R41)."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from referrals.models.around import Around, AroundQuerySet
from referrals.states import RegistrationState

MOST_EXCEPTION = 5000  # R40


class Registration(Around):
    """The one registration of a deal: what the contract says, and where it stands. What is said stays as it was said."""

    state = models.CharField(_("state"), max_length=20, choices=RegistrationState.choices)
    version = models.PositiveIntegerField(default=1)
    annual_value = models.DecimalField(_("annual value of the contract"), max_digits=15, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    sign_date = models.DateField(_("signed on"))
    start_date = models.DateField(_("starts on"))
    # None: without an end
    end_date = models.DateField(_("ends on"), null=True)
    is_pay_as_you_go = models.BooleanField(_("pay as you go"))
    has_other_partners = models.BooleanField(_("several partners take part"))
    exception = models.TextField(_("request for an exception"), max_length=MOST_EXCEPTION, blank=True)
    decide_by_date = models.DateField(null=True)
    registered_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=150)

    objects: Any = AroundQuerySet["Registration"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "referral"], name="registration_once"),
            models.CheckConstraint(name="registration_state_known", condition=Q(state__in=RegistrationState.values)),
            models.CheckConstraint(
                name="registration_ends_after_start",
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
            ),
            models.CheckConstraint(
                name="registration_value_sane", condition=Q(annual_value__gte=0, currency__regex=r"^[A-Z]{3}$")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id}: {self.state}"
