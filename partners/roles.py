"""Roles of people, and the side of the house each of them stands on. Pure."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.isolation import Side


class Role(TextChoices):
    """What a person is here for."""

    PARTNER_STAFF = "partner_staff", _("Partner staff")
    PARTNER_ADMIN = "partner_admin", _("Partner administrator")
    CHANNEL_MANAGER = "channel_manager", _("Channel manager")
    POLICY_OWNER = "policy_owner", _("Policy owner")
    ADMINISTRATOR = "administrator", _("Administrator")


OF_PARTNER = frozenset({Role.PARTNER_STAFF, Role.PARTNER_ADMIN})
EVERYBODY = frozenset(Role)

SIDES: dict[Role, Side] = {
    Role.PARTNER_STAFF: Side.PARTNER,
    Role.PARTNER_ADMIN: Side.PARTNER,
    Role.CHANNEL_MANAGER: Side.CHANNEL,
    Role.POLICY_OWNER: Side.OFFICE,
    Role.ADMINISTRATOR: Side.OFFICE,
}


class Segment(TextChoices):
    """Kinds of customers that a channel manager may be responsible for (C8)."""

    COMMERCIAL = "commercial", _("Commercial")
    PUBLIC_SECTOR = "public_sector", _("Public sector")
    EDUCATION = "education", _("Education")
    NONPROFIT = "nonprofit", _("Nonprofit")


class CspType(TextChoices):
    """How a partner takes part in the Cloud Solution Provider programme (P4)."""

    DIRECT_BILL = "direct_bill", _("Direct-bill partner")
    INDIRECT_PROVIDER = "indirect_provider", _("Indirect provider")
    INDIRECT_RESELLER = "indirect_reseller", _("Indirect reseller")
