"""Customers of partners."""

from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from customers.models.folding import Backwards, CompanyKey, Fold, LooseKey, NumberKey, SiteKey
from customers.states import BLOCKING, Vetting
from partners.models import Partner, User
from partners.roles import OF_PARTNER, SEES_ALL, Role, Segment


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Customers; every door starts at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """A partner's own; a channel manager's countries and segments; all for administrators and auditors, else none."""
        if user.role in OF_PARTNER:
            return self.filter(partner_id=user.partner_id)
        if user.role == Role.CHANNEL_MANAGER:
            scope = Q(pk__in=[])
            for country, segment in user.scopes.values_list("country", "segment"):
                scope |= Q(country=country, segment=segment)
            return self.filter(scope)
        return self if user.role in SEES_ALL else self.none()

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

    def containing(self, words: str) -> Self:
        """As `matching`, for words that are in many names.

        Row-level security keeps the statistics from LIKE, so that it would be taken for rare and everything be read and
        sorted; a position is taken for frequent, and the list is walked in its order until a page is full.
        """
        found = self
        for word in words.split():
            found = found.filter(GreaterThan(StrIndex(F("search_text"), Fold(Value(word))), 0))
        return found

    def tagged(self, tag: str) -> Self:
        """Those with a word on them, in any case and with or without accents."""
        return self.filter(tags__key=Fold(Value(tag)))

    def beginning_with(self, letters: str) -> Self:
        """Those whose name begins so, by comparisons that row-level security leaves to the index."""
        start = Fold(Value(letters))
        end = Concat(start, Value(chr(0x10FFFF)), output_field=models.TextField())
        return self.filter(sort_name__gte=start, sort_name__lt=end)


def _key(expression: Func) -> models.GeneratedField:
    """A text that the database makes of a fact, and keeps."""
    return models.GeneratedField(expression=expression, output_field=models.TextField(), db_persist=True)


def host_of(domain: str, tenant_prefix: str) -> str:
    """A customer's domain: the one on record, else the default domain of a tenant to come."""
    return domain or (f"{tenant_prefix}.onmicrosoft.com" if tenant_prefix else "")


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
    # what a client of the wire has said beside it, to be given back; nothing here reads it
    extra: models.JSONField[Any, Any] = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    archive_reason = models.CharField(_("reason"), max_length=300, blank=True, default="", db_default="")
    # by these one company is recognised, however it is written (customers.sql.alike)
    name_key = _key(CompanyKey(F("name")))
    loose_key = _key(LooseKey(F("name")))
    loose_back = _key(Backwards(LooseKey(F("name"))))
    site_key = _key(SiteKey(F("domain")))
    number_key = _key(NumberKey(F("registration_number")))
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
            models.CheckConstraint(
                name="customer_duns_has_nine_digits",
                condition=Q(duns="") | Q(duns__regex=r"^\d{9}$"),
                violation_error_message=_("A D-U-N-S number has nine digits."),
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "sort_name", "id"], name="customer_list"),
            # the key first: the check asks for one partner's, the comparison across partners for everybody's
            models.Index(fields=["name_key", "partner"], name="customer_name_key"),
            models.Index(fields=["site_key", "partner"], condition=~Q(site_key=""), name="customer_site_key"),
            models.Index(fields=["number_key", "partner"], condition=~Q(number_key=""), name="customer_number_key"),
            models.Index(fields=["tenant_id", "partner"], condition=Q(tenant_id__isnull=False), name="customer_tenant"),
            models.Index(fields=["duns", "partner"], condition=~Q(duns=""), name="customer_duns"),
            # neighbours in the order of names, read from both ends of the name
            models.Index(
                fields=["partner", "country", "loose_key"],
                include=["id"],
                condition=Q(archived_at__isnull=True),
                name="customer_loose",
            ),
            models.Index(
                fields=["partner", "country", "loose_back"],
                include=["id"],
                condition=Q(archived_at__isnull=True),
                name="customer_loose_back",
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
    def host(self) -> str:
        """Its domain, also where only the default domain of a tenant to come is known."""
        return host_of(self.domain, self.tenant_prefix)

    @property
    def address(self) -> list[str]:
        """The lines of the address as it is written."""
        town = " ".join(part for part in (self.postal_code, self.city, self.state) if part)
        return [line for line in (self.address_line1, self.address_line2, town) if line]
