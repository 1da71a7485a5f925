"""People at a customer: whom one talks to, in which language, and what they have agreed to."""

from typing import ClassVar, Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from customers.models.customers import Customer
from partners.models import Partner, User


class ContactRole(models.TextChoices):
    """What a person at a customer is asked about."""

    GENERAL = "general", _("General contact")
    SIGNATORY = "signatory", _("Signs agreements")
    DECISION = "decision", _("Decides on purchases")
    TECHNICAL = "technical", _("Technical contact")
    BILLING = "billing", _("Billing contact")


class Consent(models.TextChoices):
    """What a person can agree to."""

    CONTACT = "contact", _("Being contacted about offers")
    SHARING = "sharing", _("Being named to Microsoft")


class ContactQuerySet(models.QuerySet["Contact"]):
    """Contacts; every door starts at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """Those of the customers that the person may see."""
        if user.is_of_partner:
            return self.filter(partner_id=user.partner_id)
        return self.filter(customer__in=Customer.objects.visible_to(user))

    def current(self) -> Self:
        """Without the removed ones."""
        return self.filter(removed_at__isnull=True)

    def in_order(self) -> Self:
        """The primary contact first, the others by name."""
        return self.order_by("-is_primary", "last_name", "first_name", "pk")


class Contact(models.Model):
    """A person at a customer. A removed one stays as a row, because what was signed still names it."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.DO_NOTHING, db_constraint=False, related_name="contacts")
    first_name = models.CharField(_("first name"), max_length=50)
    last_name = models.CharField(_("last name"), max_length=50)
    email = models.EmailField(_("e-mail address"), max_length=254)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=[("en", "English"), ("de", "Deutsch")], default="en"
    )
    role = models.CharField(_("role"), max_length=20, choices=ContactRole.choices, default=ContactRole.GENERAL)
    is_primary = models.BooleanField(_("primary contact"), default=False)
    consents = ArrayField(
        models.CharField(max_length=20, choices=Consent.choices), verbose_name=_("has agreed to"), default=list
    )
    consent_by = models.CharField(_("who gave the consent"), max_length=150, blank=True)
    consent_date = models.DateField(_("consent given on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "id"], name="contact_of_partner"),
            models.UniqueConstraint(
                F("partner"), F("customer"), Lower("email"), condition=Q(removed_at=None), name="contact_email_once"
            ),
            models.UniqueConstraint(
                fields=["partner", "customer"],
                condition=Q(is_primary=True, removed_at=None),
                name="contact_primary_once",
            ),
            models.CheckConstraint(
                name="contact_is_named", condition=~Q(first_name="") & ~Q(last_name="") & ~Q(email="")
            ),
            models.CheckConstraint(
                name="contact_consent_has_giver",
                condition=Q(consents=[], consent_by="", consent_date=None)
                | ~Q(consents=[]) & ~Q(consent_by="") & Q(consent_date__isnull=False),
                violation_error_message=_("A consent says who gave it and when."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["partner", "customer"], name="contact_of_customer")]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def name(self) -> str:
        """First and last name."""
        return str(self)

    @property
    def consent_text(self) -> str:
        """What the person has agreed to, in the reader's language."""
        return ", ".join(str(Consent(one).label) for one in self.consents)
