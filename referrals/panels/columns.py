"""The columns of the list of leads, for the page and for the chooser."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.lists import Column
from common.money import country_name
from common.templatetags.figures import day
from partners.models import User
from referrals import wording

COLUMNS: tuple[Column, ...] = (
    Column("partner", _("Partner"), lambda row: row.partner.name, only="reader"),
    Column("customer", _("Customer"), lambda row: row.customer.name),
    Column("state", pgettext_lazy("lead", "State"), lambda row: str(row.get_state_display())),
    Column("value", _("Value"), lambda row: str(row.value or ""), is_number=True),
    Column("due", _("Due"), lambda row: ""),
    Column("created", _("Created"), lambda row: day(row.created_at)),
    Column("country", _("Country"), lambda row: country_name(row.country)),
    Column("solutions", _("Solutions"), lambda row: ", ".join(map(wording.solution, row.solutions))),
    Column("close_date", _("Estimated close"), lambda row: day(row.close_date) if row.close_date else ""),
    Column("stage", _("Sales stage"), lambda row: str(row.get_sales_stage_display())),
    Column("reason", _("Reason"), lambda row: wording.reason(row.reason)),
    Column("reviewer", _("Reviewer"), lambda row: row.reviewer_name),
    Column("assigned", _("Assigned to"), lambda row: row.routed_to_name),
    Column("updated", _("Last change"), lambda row: day(row.updated_at)),
)
USUAL = ("partner", "customer", "state", "value", "due", "created")


def columns_for(user: User) -> list[Column]:
    """The columns that somebody may choose from."""
    hidden = "reader" if user.is_of_partner else "partner"
    return [column for column in COLUMNS if column.only != hidden]


def texts(row: Any, columns: list[Column]) -> list[tuple[Column, str]]:
    """The cells of a row; some are shown richer than their text."""
    return [(column, column.text(row)) for column in columns]
