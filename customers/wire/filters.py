"""The filter of the list: JSON in the two dialects that clients speak (C11). What is not served is named."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Value
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError

from common.rest.json import decoded
from common.wire.bodies import fitted
from common.wire.faults import unfit
from customers.models import CustomerQuerySet
from customers.models.folding import Fold

LONGEST = 2000
NAMES = {"Field": None, "Value": None, "Operator": None}
Narrowing = Callable[[CustomerQuerySet, str], CustomerQuerySet]


@dataclass(frozen=True)
class Filter:
    """One comparison."""

    field: str
    operator: str
    value: str

    def narrow(self, rows: CustomerQuerySet) -> CustomerQuerySet:
        """The rows for which it holds."""
        return SERVED[self.field, self.operator](rows, self.value)


def _name_begins(rows: CustomerQuerySet, value: str) -> CustomerQuerySet:
    return rows.beginning_with(value) if value else rows


def _name_is(rows: CustomerQuerySet, value: str) -> CustomerQuerySet:
    return rows.filter(sort_name=Fold(Value(value)))


def _name_holds(rows: CustomerQuerySet, value: str) -> CustomerQuerySet:
    return rows.filter(sort_name__contains=Fold(Value(value)))


def _host_begins(rows: CustomerQuerySet, value: str) -> CustomerQuerySet:
    return rows.filter(known_host__startswith=value.casefold())


def _host_is(rows: CustomerQuerySet, value: str) -> CustomerQuerySet:
    return rows.filter(known_host=value.casefold())


def _host_holds(rows: CustomerQuerySet, value: str) -> CustomerQuerySet:
    return rows.filter(known_host__contains=value.casefold())


# names without underscores and in lower case, so that starts_with and StartsWith are one
SERVED: dict[tuple[str, str], Narrowing] = {
    ("companyname", "startswith"): _name_begins,
    ("companyname", "equals"): _name_is,
    ("companyname", "substring"): _name_holds,
    ("domain", "startswith"): _host_begins,
    ("domain", "equals"): _host_is,
    ("domain", "substring"): _host_holds,
}


def filter_of(text: str) -> Filter | None:
    """The filter that a text says; None for an empty one."""
    if not text.strip():
        return None
    if len(text) > LONGEST:
        raise unfit("filter", _("The filter is longer than %(most)s characters.") % {"most": LONGEST})
    try:
        said = fitted(decoded(text.encode()), NAMES)
    except (ParseError, UnicodeEncodeError) as error:
        raise unfit("filter", _("The filter is no JSON.")) from error
    if not isinstance(said, dict):
        raise unfit("filter", _("The filter must be one object with Field, Value and Operator."))
    field, operator = _word(said, "Field"), _word(said, "Operator")
    if field not in {name for name, _operator in SERVED}:
        raise unfit("filter.Field", _("There is no field “%(name)s” to filter by.") % {"name": _text(said, "Field")})
    if (field, operator) not in SERVED:
        name = _text(said, "Operator")
        raise unfit("filter.Operator", _("The operator “%(name)s” is not served for this field.") % {"name": name})
    return Filter(field, operator, _text(said, "Value"))


def _word(said: dict[str, Any], name: str) -> str:
    return _text(said, name).replace("_", "").casefold()


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or "\0" in value:
        raise unfit(f"filter.{name}", _("This must be a text."))
    return value[:LONGEST]
