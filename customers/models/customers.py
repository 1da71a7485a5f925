"""Customers of partners."""

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from customers.models.folding import CompanyKey, Fold
from customers.states import BLOCKING, Vetting
from partners.models import Partner, User
from partners.roles import OF_PARTNER, Role, Segment


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Customers; every door starts at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """A partner's own; a channel manager's countries and segments; all for the administrator; none for others."""
        if user.role in OF_PARTNER:
            return self.filter(partner_id=user.partner_id)
        if user.role == Role.CHANNEL_MANAGER:
            scope = Q(pk__in=[])
            for country, segment in user.scopes.values_list("country", "segment"):
                scope |= Q(country=country, segment=segment)
            return self.filter(scope)
        return self if user.role == Role.ADMINISTRATOR else self.none()

    def counted_for(self, user: User) -> Self:
        """Those that enter sums without names: what the person sees; for the policy owner all, who sees nobody."""
        return self if user.role == Role.POLICY_OWNER else self.visible_to(user)

    def current(self) -> Self:
        """Without the archived ones."""
        return self.filter(archived_at__isnull=True)

    def matching(self, words: str) -> Self:
        """Those whose name, domain or registration number contains every word, however it is spelled or accented."""
        found = self
        for word in words.split():
            found = found.filter(search_text__contains=Fold(Value(word)))
        return found


class Customer(models.Model):
    """A company that a partner sells to or advises."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="customers", verbose_name=_("partner"))
    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(_("country"), max_length=2)
    domain = models.CharField(_("domain"), max_length=253, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=50, blank=True)
    segment = models.CharField(_("segment"), max_length=20, choices=Segment.choices, default=Segment.COMMERCIAL)
    tenant_id = models.UUIDField(_("Microsoft tenant"), null=True, blank=True)
    duns = models.CharField(_("DUNS number"), max_length=9, blank=True, default="", db_default="")
    tenant_prefix = models.CharField(
        _("default domain of a new tenant"), max_length=27, blank=True, default="", db_default=""
    )
    address_line1 = models.CharField(_("street and number"), max_length=200, blank=True, default="", db_default="")
    address_line2 = models.CharField(
        _("addition to the address"), max_length=200, blank=True, default="", db_default=""
    )
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True, default="", db_default="")
    city = models.CharField(_("city"), max_length=100, blank=True, default="", db_default="")
    state = models.CharField(_("state or province"), max_length=2, blank=True, default="", db_default="")
    is_bound_to_secrecy = models.BooleanField(_("bound to professional secrecy"), default=False, db_default=False)
    vetting = models.CharField(
        _("vetting status"),
        max_length=20,
        choices=Vetting.choices,
        default=Vetting.UNKNOWN,
        db_default=Vetting.UNKNOWN.value,
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    archive_reason = models.CharField(_("reason"), max_length=300, blank=True, default="", db_default="")
    name_key = models.GeneratedField(expression=CompanyKey(F("name")), output_field=models.TextField(), db_persist=True)
    sort_name = models.GeneratedField(expression=Fold(F("name")), output_field=models.TextField(), db_persist=True)
    search_text = models.GeneratedField(
        expression=Fold(Concat(F("name"), Value(" "), F("domain"), Value(" "), F("registration_number"))),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            # the target of every composite key: a row can only point to a customer of its own partner
            models.UniqueConstraint(fields=["partner", "id"], name="customer_of_partner"),
        ]
        indexes = [
            models.Index(fields=["partner", "sort_name", "id"], name="customer_list"),
            models.Index(fields=["partner", "name_key"], name="customer_same_name"),
            models.Index(fields=["partner", "domain"], condition=~Q(domain=""), name="customer_same_domain"),
            models.Index(
                fields=["partner", "registration_number"],
                condition=~Q(registration_number=""),
                name="customer_same_number",
            ),
            models.Index(fields=["country", "segment", "sort_name", "id"], name="customer_channel_list"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def may_purchase(self) -> bool:
        """Whether the vetting lets the customer purchase (C6)."""
        return self.vetting not in BLOCKING

    @property
    def address(self) -> list[str]:
        """The lines of the address as it is written."""
        town = " ".join(part for part in (self.postal_code, self.city, self.state) if part)
        return [line for line in (self.address_line1, self.address_line2, town) if line]
