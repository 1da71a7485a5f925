"""The columns of the customer list: for the page, for the chooser, and for the files that are taken away."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.lists import Column
from common.money import country_name
from common.templatetags.figures import day, percent
from customers.models import Customer
from partners.models import User


def _state(row: Any) -> str:
    if row.archived_at:
        return gettext("Archived")
    if not row.is_fresh:
        return gettext("Being recomputed")
    return gettext("Provisional") if row.standing.is_provisional else gettext("Current")


def tags_of(row: Customer) -> list[str]:
    """The words on a customer, in order; fetched together with the rows."""
    return sorted((tag.name for tag in row.tags.all()), key=str.casefold)


COLUMNS: tuple[Column, ...] = (
    Column("partner", _("Partner"), lambda row: row.partner.name, only="reader"),
    Column("country", _("Country"), lambda row: country_name(row.country)),
    Column("motion", _("Motion"), lambda row: str(row.standing.get_motion_display())),
    Column("share", _("Of the limit"), lambda row: percent(row.share_of_limit), is_number=True),
    Column("since", _("Since"), lambda row: day(row.standing.motion_since)),
    Column("state", _("State"), _state),
    Column("ordering", _("Ordering"), lambda row: f"{row.banner.title}: {row.banner.text}"),
    Column("domain", _("Domain"), lambda row: row.domain),
    Column("number", _("Registration number"), lambda row: row.registration_number),
    Column("segment", _("Segment"), lambda row: str(row.get_segment_display())),
    Column("city", _("City"), lambda row: row.city),
    Column("vetting", _("Vetting"), lambda row: str(row.get_vetting_display())),
    Column("tags", _("Tags"), lambda row: ", ".join(tags_of(row)), only="partner"),
    Column("registered", _("Registered"), lambda row: day(row.created_at)),
)
USUAL = ("partner", "country", "motion", "share", "since", "state", "ordering")


def columns_for(user: User) -> list[Column]:
    """The columns that somebody may choose from."""
    hidden = "reader" if user.is_of_partner else "partner"
    return [column for column in COLUMNS if column.only != hidden]
