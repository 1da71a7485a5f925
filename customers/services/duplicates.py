"""The one duplicate check of the house: whom a partner may have already, and by what one can tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from common import keeping
from common.refusals import Refused, Unfit
from customers.models import Customer
from customers.sql.alike import ALIKE, SHOWN
from customers.wording import why
from partners.models import User


@dataclass(frozen=True)
class Likeness:
    """A customer that may be the same company, and every reason to think so, the surest first.

    Reasons: tenant_id, registration_number, duns, domain, name, similar_name.
    """

    customer: Customer
    reasons: tuple[str, ...]

    @property
    def by(self) -> str:
        """The surest reason."""
        return self.reasons[0]

    @property
    def why(self) -> str:
        """Every reason, in the reader's language."""
        return why(self.reasons)


def likenesses(*, by: User, facts: Mapping[str, Any], excluding: Customer | None = None) -> list[Likeness]:
    """Customers of the person's own partner that may be the company of `facts`, the surest first.

    `facts` holds what is known of name, country, domain, registration_number, tenant_id and duns.
    """
    found = _found(by.partner_id, facts)
    return [one for one in found if excluding is None or one.customer.pk != excluding.pk]


def plain_duns(value: str) -> str:
    """Nine digits: one that lost its leading zeros in a spreadsheet gets them back (P6)."""
    digits = "".join(value.split()).replace("-", "")
    return digits.zfill(9) if digits else ""


def plain_domain(value: str) -> str:
    """A domain as people read it: 'xn--mller-kva.de' is 'müller.de'; what means nothing stays as it is."""
    try:
        return ".".join(
            label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
            for label in value.split(".")
        )
    except UnicodeError:
        return value


def _found(partner_id: int | None, facts: Mapping[str, Any]) -> list[Likeness]:
    """Likenesses among the customers of a partner, which is whom its people may see; read in one statement."""
    tenant = facts.get("tenant_id")
    typed = {
        "name": facts.get("name") or "",
        "domain": plain_domain(facts.get("domain") or ""),
        "number": facts.get("registration_number") or "",
        "duns": plain_duns(facts.get("duns") or ""),
        "tenant": str(tenant) if tenant else None,
    }
    if not any(typed.values()):
        return []
    more = {"partner": partner_id, "country": facts.get("country") or ""}
    rows = keeping.rows(ALIKE, typed | more, is_kept=True)
    return [Likeness(Customer.from_db(connection.alias, ("id", *SHOWN), row), tuple(reasons)) for reasons, *row in rows]


class LooksAlike(Refused):
    """The partner may already have this customer; `likenesses` names the candidates."""

    def __init__(self, candidates: list[Likeness]) -> None:
        super().__init__(_("This customer may already be registered."), field="name")
        self.likenesses = candidates


class Unexplained(Unfit):
    """Somebody insists that it is another company and does not say why; `likenesses` names the candidates again."""

    def __init__(self, candidates: list[Likeness]) -> None:
        super().__init__(_("Please say in a few words why this is another company."), field="because")
        self.likenesses = candidates


def must_differ(
    *,
    by: User,
    facts: Mapping[str, Any],
    despite_likeness: bool,
    because: str,
    excluding: Customer | None = None,
) -> list[Likeness]:
    """Refuse (`LooksAlike`) what looks like a customer of the partner's, unless somebody insists and says why."""
    found = likenesses(by=by, facts=facts, excluding=excluding)
    if found and not despite_likeness:
        raise LooksAlike(found)
    if found and not because.strip():
        raise Unexplained(found)
    return found
