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
    AUDITOR = "auditor", _("Auditor")


OF_PARTNER = frozenset({Role.PARTNER_STAFF, Role.PARTNER_ADMIN})
EVERYBODY = frozenset(Role)
OFFICE = frozenset({Role.POLICY_OWNER, Role.ADMINISTRATOR})  # who edits what holds for all
SEES_ALL = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})  # of every partner; the auditor to read alone
READERS_OF_CHANGES = OFFICE | SEES_ALL

SIDES: dict[Role, Side] = {
    Role.PARTNER_STAFF: Side.PARTNER,
    Role.PARTNER_ADMIN: Side.PARTNER,
    Role.CHANNEL_MANAGER: Side.CHANNEL,
    Role.POLICY_OWNER: Side.OFFICE,
    Role.ADMINISTRATOR: Side.OFFICE,
    Role.AUDITOR: Side.OFFICE,  # to read alone: no route that writes is theirs
}


# which roles somebody may give and take: nobody raises a person above themselves
GIVES: dict[Role, frozenset[Role]] = {Role.PARTNER_ADMIN: OF_PARTNER, Role.ADMINISTRATOR: EVERYBODY}


class Scope(TextChoices):
    """Which of the organisation's leads a person sees (R53); an administrator of a partner sees all of them anyway."""

    OWN = "own", _("Own: where the person is on the team of the lead")
    TEAM = "team", _("Team: also what colleagues of the same team work on")
    LOCATION = "location", _("Location: also what colleagues of the same location work on")
    PARTNER = "partner", _("Whole organisation")


class ServiceArea(TextChoices):
    """What a partner does for customers (S4)."""

    ADVISE = "advise", _("Advise")
    SELL = "sell", _("Sell")
    BUILD = "build", _("Build")
    MANAGE = "manage", _("Manage")


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
