"""Partner organisations, people, and what a channel manager is responsible for."""

from collections.abc import Iterable
from typing import Any, Self
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.isolation import Context
from partners.roles import OF_PARTNER, SIDES, CspType, Role, Scope, Segment, ServiceArea


class PartnerQuerySet(models.QuerySet["Partner"]):
    """Partners."""

    def visible_to(self, user: "User") -> Self:
        """One's own organisation; Microsoft's side sees all of them."""
        return self.filter(pk=user.partner_id) if user.role in OF_PARTNER else self


PARTNER_NUMBER = RegexValidator(r"^\d{4,10}$", _("A PartnerID has 4 to 10 digits."))


class Partner(models.Model):
    """A partner organisation: the tenant, and the global account of its locations (P2)."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    partner_number = models.CharField(
        _("PartnerID"),
        max_length=10,
        unique=True,
        validators=[PARTNER_NUMBER],
    )
    country = models.CharField(_("country"), max_length=2)
    csp_type = models.CharField(_("CSP type"), max_length=20, choices=CspType.choices)
    service_areas = ArrayField(
        models.CharField(max_length=10, choices=ServiceArea.choices),
        verbose_name=_("service areas"),
        default=list,
        blank=True,
    )
    countries = ArrayField(models.CharField(max_length=2), verbose_name=_("countries served"), default=list, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return self.name


# no mail can reach an address there (RFC 2606): it is a program's
OF_PROGRAMS = "clients.invalid"
ERASED = "erased.invalid"  # whoever was taken out of the portal


class LocationQuerySet(models.QuerySet["Location"]):
    """Locations."""

    def visible_to(self, user: "User") -> Self:
        """Those of the organisations that the person may see."""
        return self.filter(partner_id=user.partner_id) if user.role in OF_PARTNER else self


class Location(models.Model):
    """A place of an organisation with a PartnerID of its own: a location account (P2). It is closed, never deleted."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="locations")
    name = models.CharField(_("name"), max_length=200)
    partner_number = models.CharField(_("PartnerID"), max_length=10, unique=True, validators=[PARTNER_NUMBER])
    country = models.CharField(_("country"), max_length=2)
    city = models.CharField(_("city"), max_length=100, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = LocationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "id"], name="location_of_partner")]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    """People."""

    def visible_to(self, user: "User") -> Self:
        """Colleagues of one's own organisation; administrators see everybody."""
        if user.role in OF_PARTNER:
            return self.filter(partner_id=user.partner_id)
        return self if user.role == Role.ADMINISTRATOR else self.filter(pk=user.pk)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Creates people with a hashed password."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who signs in by e-mail; without a password the invitation sets one."""
        user: User = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a person by e-mail, whatever its case."""
        found: User = self.get(email__iexact=username or "")
        return found


class User(AbstractBaseUser):
    """A person with one role."""

    public_id = models.UUIDField(db_default=Func(function="gen_random_uuid"), unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("partner")
    )
    scope = models.CharField(_("scope"), max_length=10, choices=Scope.choices, default=Scope.OWN, db_default=Scope.OWN)
    team_name = models.CharField(_("team"), max_length=80, blank=True, db_default="")
    location = models.ForeignKey(
        Location,
        models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("location"),
    )
    language = models.CharField(
        _("language"), max_length=2, choices=[("en", "English"), ("de", "Deutsch")], default="en"
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "role"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_whatever_case"),
            models.CheckConstraint(
                name="user_partner_iff_partner_role",
                condition=Q(role__in=sorted(OF_PARTNER)) & Q(partner__isnull=False)
                | ~Q(role__in=sorted(OF_PARTNER)) & Q(partner__isnull=True),
                violation_error_message=_("Partner roles belong to a partner, and only they do."),
            ),
            models.CheckConstraint(
                name="user_place_of_partner",
                condition=Q(location__isnull=True) | Q(partner__isnull=False),
                violation_error_message=_("A location belongs to a partner."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_of_partner(self) -> bool:
        """Whether the person works for a partner."""
        return self.role in OF_PARTNER

    @property
    def is_program(self) -> bool:
        """Whether an API client acts as this person (docs/adr/0014)."""
        return self.email.endswith(f"@{OF_PROGRAMS}")

    @cached_property
    def covers(self) -> dict[str, list[str]]:
        """Countries by segment of a channel manager, read once; the database asks anew with every statement."""
        found: dict[str, list[str]] = {}
        for segment, country in self.scopes.values_list("segment", "country"):
            found.setdefault(segment, []).append(country)
        return found

    @property
    def is_erased(self) -> bool:
        """Whether name and addresses were taken out for good."""
        return self.email.endswith(f"@{ERASED}")

    @property
    def is_staff(self) -> bool:
        """Django's admin is for administrators; the role says so, not a flag."""
        return self.is_active and self.role == Role.ADMINISTRATOR

    @property
    def context(self) -> Context:
        """For whom this person's transactions act in the database."""
        return Context(SIDES[Role(self.role)], self.partner_id, self.pk)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's admin asks this; rooms ask the role."""
        return self.is_staff

    def has_perms(self, perm_list: Iterable[str], obj: object = None) -> bool:
        """See `has_perm`."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """See `has_perm`."""
        return self.is_staff


class ChannelScope(models.Model):
    """One country and segment that a channel manager is responsible for."""

    user = models.ForeignKey(User, models.CASCADE, related_name="scopes", verbose_name=_("channel manager"))
    country = models.CharField(_("country"), max_length=2)
    segment = models.CharField(_("segment"), max_length=20, choices=Segment.choices)

    class Meta:
        verbose_name = _("channel scope")
        verbose_name_plural = _("channel scopes")
        constraints = [models.UniqueConstraint(fields=["user", "country", "segment"], name="scope_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.country} {self.segment}"
