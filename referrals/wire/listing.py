"""The list: what of OData's options is served (R11), and pages that neither skip nor repeat while leads arrive (R12)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from common.rest.cursors import opened, sealed
from common.rest.problems import Problem
from partners.models import User
from referrals.models import Referral
from referrals.states import State
from referrals.wire.fields import chosen, order_of
from referrals.wire.shapes import MEMBERS, Document, refuse
from referrals.wire.showing import COLUMNS, documents

PAGE = 100
_SELECTABLE = {name.lower(): name for name in MEMBERS}


@dataclass(frozen=True)
class Asked:
    """The options of a list, read. `after` is where the page before ended: moment, key, rows left, rows altogether."""

    filter: str = ""
    column: str = "created_at"
    is_falling: bool = True
    top: int | None = None
    skip: int = 0
    members: tuple[str, ...] = ()
    is_counted: bool = True
    after: tuple[datetime, int, int | None, int | None] | None = None

    @property
    def kind(self) -> str:
        """Which order a token belongs to."""
        return f"referrals {self.column} {self.is_falling}"


def asked_of(query: QueryDict) -> Asked:
    """The options of an address; a fault names one that is not served, or not understood."""
    options = {name.lower(): str(query[name]).strip() for name in query if name.startswith("$")}
    known = {"$filter", "$orderby", "$top", "$skip", "$select", "$count", "$expand", "$skiptoken"}
    if unknown := sorted(options.keys() - known):
        refuse(_("This option is not served."), unknown[0][:40])
    if options.get("$expand"):
        refuse(_("There is nothing to expand."), "$expand")
    order = order_of(options["$orderby"]) if options.get("$orderby") else ("created_at", True)
    asked = Asked(
        filter=options.get("$filter", ""),
        column=order[0],
        is_falling=order[1],
        top=_whole("$top", options),
        skip=_whole("$skip", options) or 0,
        members=_members(options.get("$select", "")),
        is_counted=_is_counted(options.get("$count", "")),
    )
    token = options.get("$skiptoken")
    return Asked(**{**vars(asked), "skip": 0, "after": _place(asked.kind, token)}) if token else asked


def _whole(name: str, options: Mapping[str, str]) -> int | None:
    value = options.get(name)
    if not value:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", value):
        refuse(_("This must be a whole number from 0."), name)
    return int(value)


def _members(value: str) -> tuple[str, ...]:
    names = [name.strip() for name in value.split(",") if name.strip()]
    for name in names:
        if name != "*" and name.lower() not in _SELECTABLE:
            refuse(_("There is no member “%(name)s” here.") % {"name": name[:40]}, "$select")
    return () if "*" in names else tuple(_SELECTABLE[name.lower()] for name in names)


def _is_counted(value: str) -> bool:
    if value.lower() not in ("", "true", "false"):
        refuse(_("This must be true or false."), "$count")
    return value.lower() != "false"


def _place(kind: str, token: str) -> Any:
    try:
        moment, *rest = opened(kind, token)
    except Problem:
        refuse(_("This token is not of this list."), "$skiptoken")
    return (datetime.fromisoformat(moment), *rest)


def page(request: HttpRequest, *, by: User, place: str) -> Document:
    """One page; without a filter every lead that the program's partner has on the wire, the newest first."""
    asked = asked_of(request.GET)
    rows = Referral.objects.visible_to(by).exclude(state=State.DRAFT)
    if asked.filter:
        rows = chosen(rows, asked.filter)
    _moment, _key, left, count = asked.after or (None, None, asked.top, None)
    if asked.is_counted and not asked.after:
        count = rows.count()
    most = PAGE if left is None else min(PAGE, left)
    found = _rows(rows, asked, most + 1)
    answer: Document = {"@odata.context": f"{place.rpartition('/engagements')[0]}/$metadata#Referrals"}
    if count is not None:
        answer["@odata.count"] = count
    told = documents(found[:most], by=by, place=place)
    answer["value"] = [_selected(one, asked.members) for one in told]
    rest = None if left is None else left - most
    if len(found) > most and rest != 0:
        last = found[most - 1]
        token = sealed(asked.kind, last[asked.column].isoformat(), last["pk"], rest, count)
        answer["@odata.nextLink"] = _next(request, place, token)
    return answer


def _rows(rows: Any, asked: Asked, most: int) -> list[dict[str, Any]]:
    """Keyset: the rows after the place where the page before ended, whatever has arrived meanwhile."""
    if asked.after:
        sign, column = "lt" if asked.is_falling else "gt", asked.column
        moment, key, _left, _count = asked.after
        beyond = Q(**{f"{column}__{sign}": moment}) | Q(**{column: moment, f"pk__{sign}": key})
        rows = rows.filter(beyond, **{f"{column}__{sign}e": moment})
    fall = "-" if asked.is_falling else ""
    return list(rows.order_by(f"{fall}{asked.column}", f"{fall}pk").values(*COLUMNS)[asked.skip : asked.skip + most])


def _selected(document: Document, members: tuple[str, ...]) -> Document:
    return {name: document.get(name) for name in members} if members else document


def _next(request: HttpRequest, place: str, token: str) -> str:
    query = request.GET.copy()
    for name in [name for name in query if name.lower() in ("$skip", "$skiptoken")]:
        del query[name]
    query["$skiptoken"] = token
    return f"{place}?{query.urlencode(safe='$')}"
