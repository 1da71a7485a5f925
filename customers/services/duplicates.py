"""The one duplicate check of the house."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from common.refusals import Refused
from customers.models import Customer
from customers.sql import SAME_COMPANY
from partners.models import User


@dataclass(frozen=True)
class Likeness:
    """A customer that may be the same company, and by what it was recognised: name, domain, registration_number."""

    customer: Customer
    by: str


def likenesses(*, by: User, facts: Mapping[str, str], excluding: Customer | None = None) -> list[Likeness]:
    """Customers of the person's own partner that may be the same company as `facts` (name, country, domain, number)."""
    with connection.cursor() as cursor:
        cursor.execute(
            SAME_COMPANY,
            {
                "partner": by.partner_id,
                "name": facts["name"],
                "country": facts["country"],
                "domain": facts.get("domain", ""),
                "number": facts.get("registration_number", ""),
            },
        )
        found = dict(cursor.fetchall())
    rows = Customer.objects.visible_to(by).filter(pk__in=found)
    if excluding:
        rows = rows.exclude(pk=excluding.pk)
    return [Likeness(row, found[row.pk]) for row in rows.order_by("sort_name", "pk")]


class LooksAlike(Refused):
    """The partner may already have this customer; `likenesses` names the candidates."""

    def __init__(self, candidates: list[Likeness]) -> None:
        super().__init__(_("This customer may already be registered."), field="name")
        self.likenesses = candidates
