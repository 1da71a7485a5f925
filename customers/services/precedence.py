"""Who was first: since when each side of a conflict case has been recognisable as the company that both claim."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from customers.models import ConflictCase, ConflictSide, Customer, CustomerEvent, EventKind

# reason of a case -> the column that it rests on, and the function that says when two texts of it are one ('': themselves)
_RESTS_ON = {
    "tenant_id": ("tenant_id", ""),
    "registration_number": ("registration_number", "number_key"),
    "duns": ("duns", ""),
    "domain": ("domain", "site_key"),
    "name": ("name", "company_key"),
    "similar_name": ("name", "company_key"),
}


@dataclass(frozen=True, slots=True)
class Claimant:
    """One side of a case, and since when its customer has had what the case rests on."""

    side: ConflictSide
    since: datetime

    @property
    def was_another(self) -> bool:
        """Whether it was registered as something else and became this company by a correction."""
        return self.since > self.side.customer.created_at


def in_order(case: ConflictCase) -> list[Claimant]:
    """The two sides, the earlier one first. A registration counts from when one of the case's reasons held for it:
    who registers a placeholder and corrects it into somebody else's customer was not there before."""
    sides = list(case.sides.select_related("customer", "partner"))
    claimants = [Claimant(side, _since(side.customer, case.reasons)) for side in sides]
    return sorted(claimants, key=lambda one: (one.since, one.side.customer_id))


def _since(customer: Customer, reasons: Iterable[str]) -> datetime:
    columns = {_RESTS_ON[reason] for reason in reasons}
    corrected = CustomerEvent.objects.filter(customer=customer, kind=EventKind.CORRECTED).order_by("-pk")
    events = list(corrected.values_list("at", "changes"))
    return min((_stood_since(customer, events, *column) for column in columns), default=customer.created_at)


def _stood_since(
    customer: Customer, events: Iterable[tuple[datetime, dict[str, list[str | None]]]], column: str, function: str
) -> datetime:
    """When a column last became what it is; a spelling of the same key is no change."""
    pairs = [(at, [text or "" for text in changes[column]]) for at, changes in events if column in changes]
    keys = _keys(function, [text for _at, texts in pairs for text in texts])
    return next((at for at, (before, after) in pairs if keys[before] != keys[after]), customer.created_at)


def _keys(function: str, texts: list[str]) -> dict[str, str]:
    if not function or not texts:
        return {text: text for text in texts}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT text, {function}(text) FROM unnest(%s::text[]) AS text", [texts])  # noqa: S608
        return dict(cursor.fetchall())
