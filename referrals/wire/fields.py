"""Which fields can be asked for and sorted by, and what they are in the database: a fixed table."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from common.refusals import Unfit
from referrals.models import TeamMember
from referrals.models.leads import ReferralQuerySet
from referrals.states import WIRE, DealType
from referrals.wire import odata
from referrals.wire.odata import FILTER, AnyOf, Compare, Joined
from referrals.wire.shapes import refuse
from referrals.wire.words import DIRECTION_WORD, QUALIFICATION_OTHERWISE, TYPE_OTHERWISE, TYPE_WORD

NOTHING = Q(pk__in=[])
MOST_WAYS = 16
Condition = Callable[[Compare], Q]

_LOOKUPS = {"gt": "gt", "ge": "gte", "lt": "lt", "le": "lte"}
# what is kept beside the columns, with what stands for it on referrals made on our own pages
KEPT = {
    "wire_type": Coalesce(
        KT("extra__type"),
        Case(
            *(When(deal_type=DealType(kind), then=Value(word)) for kind, word in TYPE_WORD.items()),
            default=Value(TYPE_OTHERWISE),
            output_field=TextField(),
        ),
    ),
    "wire_qualification": Coalesce(KT("extra__qualification"), Value(QUALIFICATION_OTHERWISE, TextField())),
}


def _refuse(asked: Compare | AnyOf, sentence: str) -> Unfit:
    return Unfit(f"{FILTER}: {'/'.join(asked.path)[:100]}: {sentence}", field=FILTER)


def _equal(asked: Compare, condition: Callable[[Any], Q]) -> Q:
    """eq and ne; nothing else for what has no order."""
    if asked.operator not in ("eq", "ne"):
        raise _refuse(asked, _("This is compared with eq or ne alone."))
    found = condition(asked.value)
    return found if asked.operator == "eq" else ~found


def _text(column: str) -> Condition:
    def condition(value: Any) -> Q:
        return Q(**{column: "" if value is None else str(value)})

    return lambda asked: _equal(asked, condition)


def _guid(column: str) -> Condition:
    def condition(value: Any) -> Q:
        try:
            return Q(**{column: value if isinstance(value, UUID) else UUID(str(value))})
        except ValueError:
            return NOTHING

    return lambda asked: _equal(asked, condition)


def _of_pair(index: int) -> Condition:
    """status or substatus, as the states that have it (R20)."""
    return lambda asked: _equal(
        asked, lambda value: Q(state__in=[state for state, pair in WIRE.items() if pair[index] == value])
    )


def _direction(asked: Compare) -> Q:
    return _equal(
        asked, lambda value: Q(direction__in=[code for code, word in DIRECTION_WORD.items() if word == value])
    )


def _moment(column: str) -> Condition:
    def condition(asked: Compare) -> Q:
        value = odata.moment(asked.value) if isinstance(asked.value, str) else asked.value
        if not isinstance(value, datetime):
            raise _refuse(asked, _("This must be a moment, as in 2026-03-02T12:00:00Z."))
        if asked.operator in _LOOKUPS:
            return Q(**{f"{column}__{_LOOKUPS[asked.operator]}": value})
        return _equal(Compare(asked.path, asked.operator, value), lambda one: Q(**{column: one}))

    return condition


def _amount(asked: Compare) -> Q:
    if not isinstance(asked.value, Decimal):
        raise _refuse(asked, _("This must be a number."))
    if asked.operator in _LOOKUPS:
        return Q(**{f"value__{_LOOKUPS[asked.operator]}": asked.value})
    return _equal(asked, lambda value: Q(value=value))


FIELDS: dict[tuple[str, ...], Condition] = {
    ("id",): _guid("public_id"),
    ("engagementid",): _guid("engagement_id"),
    ("status",): _of_pair(0),
    ("substatus",): _of_pair(1),
    ("direction",): _direction,
    ("type",): _text("wire_type"),
    ("qualification",): _text("wire_qualification"),
    ("name",): _text("name"),
    ("externalreferenceid",): _text("external_id"),
    ("createddatetime",): _moment("created_at"),
    ("updateddatetime",): _moment("updated_at"),
    ("customerprofile", "name"): _text("customer__name"),
    ("customerprofile", "address", "country"): _text("country"),
    ("details", "dealvalue"): _amount,
    ("details", "currency"): _text("currency"),
}
MEMBER = {"email": "email", "firstname": "firstName", "lastname": "lastName", "phonenumber": "phoneNumber"}
ORDERS = {"createddatetime": "created_at", "updateddatetime": "updated_at"}


def chosen(rows: ReferralQuerySet, text: str) -> ReferralQuerySet:
    """The rows that a filter lets through."""
    return rows.alias(**KEPT).filter(condition(odata.parse(text)))


def condition(expression: odata.Expression) -> Q:
    """An expression as the database understands it; `Unfit` names a field that cannot be asked for."""
    if isinstance(expression, Joined):
        left, right = condition(expression.left), condition(expression.right)
        return left & right if expression.by == "and" else left | right
    if isinstance(expression, AnyOf):
        return _of_team(expression)
    path = tuple(part.lower() for part in expression.path)
    if path not in FIELDS:
        raise _refuse(expression, _("This is no field that can be filtered by."))
    return FIELDS[path](expression)


def _of_team(expression: AnyOf) -> Q:
    """Somebody on the team: named on the wire, or a colleague who was put on it here."""
    if tuple(part.lower() for part in expression.path) != ("team",):
        raise _refuse(expression, _("This is no field that can be filtered by."))
    found = NOTHING
    for way in _ways(expression.inner):
        found |= Q(extra__team__contains=[way])
        if set(way) == {"email"}:
            found |= Q(Exists(TeamMember.objects.filter(referral=OuterRef("pk"), user__email__iexact=way["email"])))
    return found


def _ways(inner: odata.Expression) -> list[dict[str, str]]:
    """The ways in which one member fits, each as what its document contains."""
    if isinstance(inner, AnyOf):
        raise _refuse(inner, _("“any” within “any” is not served."))
    if isinstance(inner, Compare):
        return [_member(inner)]
    left, right = _ways(inner.left), _ways(inner.right)
    if inner.by == "or":
        found = left + right
    else:
        # what two conditions say differently about one member fits nobody
        pairs = ((one, other) for one, other in product(left, right))
        found = [one | other for one, other in pairs if all(one[name] == other[name] for name in one.keys() & other)]
    if len(found) > MOST_WAYS:
        raise Unfit(f"{FILTER}: {_('This filter of the team is too long.')}", field=FILTER)
    return found


def _member(asked: Compare) -> dict[str, str]:
    name = MEMBER.get("/".join(asked.path).lower())
    if name is None:
        raise _refuse(asked, _("This is no field that can be filtered by."))
    if asked.operator != "eq" or not isinstance(asked.value, str):
        raise _refuse(asked, _("This is compared with eq and a text."))
    return {name: asked.value}


def order_of(text: str) -> tuple[str, bool]:
    """(column, whether it falls) of `$orderby`; only two fields are documented (R11)."""
    name, *direction = text.split() or [""]
    column = ORDERS.get(name.lower())
    if column is None:
        refuse(_("“%(name)s” is no field to order by.") % {"name": name[:40]}, "$orderby")
    if direction not in ([], ["asc"], ["desc"]):
        refuse(_("This must be one of: %(words)s.") % {"words": "asc, desc"}, "$orderby")
    return column, direction == ["desc"]
