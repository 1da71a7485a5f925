"""One row of a file of leads: its cells as facts of a lead, or what is wrong with them. Nothing is written here."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as made
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, Value

from common.money import currency_choices
from customers.models import CompanyKey, Customer
from motions.imports.answers import flag
from motions.imports.numbers import Unfit as NoNumber
from motions.imports.numbers import take_apart, value_of
from motions.imports.places import folded
from partners.models import User
from referrals.imports.columns import choices
from referrals.models import Programme, Referral
from referrals.models.leads import MOST_SOLUTIONS, MOST_VALUE

_CATALOGUE = re.compile(r"SOL-[A-Za-z0-9-]{1,56}")
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y")  # with slashes the month comes first (R45)
_PLAIN = ("name", "notes", "external_id", "contact_first_name", "contact_last_name", "contact_email", "contact_phone")
_SHOWN = 40


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row: the field ('' for the row as a whole), a code, and what the sentence tells."""

    field: str
    code: str
    params: dict[str, Any] = made(default_factory=dict)


@dataclass
class Wish:
    """A lead as a row wants it."""

    customer: Customer | None = None
    programme: Programme | None = None
    facts: dict[str, Any] = made(default_factory=dict)
    has_consent: bool = False
    given_by: str = ""
    key: str = ""
    problems: list[Problem] = made(default_factory=list)


def read(cells: Mapping[str, str], *, by: User, programmes: Iterable[Programme]) -> Wish:
    """A row, by field; each cell that cannot be taken is one problem, and the others are read all the same."""
    wish = Wish(given_by=cells.get("given_by", "")[:200])
    for name in _PLAIN:
        _take(wish, name, lambda name=name: _text(name, cells.get(name, "")))  # type: ignore[misc]
    for name in ("deal_type", "help", "intent"):
        if cells.get(name):
            _take(wish, name, lambda name=name: _choice(name, cells[name]))  # type: ignore[misc]
    _take(wish, "solutions", lambda: _solutions(cells.get("solutions", "")))
    _take(wish, "close_date", lambda: _date(cells.get("close_date", "")))
    _take(wish, "asks_contact", lambda: bool(flag(cells.get("asks_contact", ""))))
    _money(wish, cells)
    _consent(wish, cells)
    wish.customer = _take(wish, "", lambda: _customer(cells, by=by), name_of_cell="customer")
    wish.programme = _take(
        wish, "", lambda: _programme(cells.get("programme", ""), programmes), name_of_cell="programme"
    )
    wish.key = _key(wish)
    return wish


class _Wrong(Exception):
    """A cell cannot be taken."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def _take(wish: Wish, name: str, read_cell: Callable[[], Any], *, name_of_cell: str = "") -> Any:
    """Read one cell into the facts of the wish, or give it back where it is no fact; what is wrong is noted."""
    try:
        value = read_cell()
    except _Wrong as wrong:
        wish.problems.append(Problem(name or name_of_cell, wrong.code, wrong.params))
        return None
    except NoNumber:
        wish.problems.append(Problem(name or name_of_cell, "flag_unfit"))
        return None
    if name:
        wish.facts[name] = value
    return value


def _text(name: str, cell: str) -> str:
    """A text as the column of the lead takes it."""
    column: Any = Referral._meta.get_field(name)
    if len(cell) > column.max_length:
        raise _Wrong("too_long", most=column.max_length)
    try:
        return str(column.clean(cell, None))
    except ValidationError as error:
        raise _Wrong("email_unfit", value=cell[:_SHOWN]) from error


def _choice(name: str, cell: str) -> str:
    known = choices(name)
    found = known.get(folded(cell))
    if found is None:
        raise _Wrong("choice_unknown", value=cell[:_SHOWN], known=", ".join(sorted(set(known.values()))))
    return found


def _solutions(cell: str) -> list[str]:
    """Products by name, and solutions of a catalogue by their id; each once, in the order of the cell."""
    names = [name.strip() for name in re.split(r"[;|,\n]", cell) if name.strip()]
    found = dict.fromkeys(name if _CATALOGUE.fullmatch(name) else _choice("solutions", name) for name in names)
    if len(found) > MOST_SOLUTIONS:
        raise _Wrong("too_many_solutions", found=len(found), most=MOST_SOLUTIONS)
    return list(found)


def _date(cell: str) -> date | None:
    if not cell:
        return None
    for form in _DATES:
        try:
            return datetime.strptime(cell[:10].strip(), form).date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
    raise _Wrong("date_unfit", value=cell[:_SHOWN])


def _money(wish: Wish, cells: Mapping[str, str]) -> None:
    """Value and currency belong together; the currency may stand in the cell of the value."""
    amount, written = cells.get("value", ""), cells.get("currency", "").upper()
    if not amount:
        return
    apart = take_apart(amount)
    value = _take(wish, "value", lambda: _value(apart.digits, apart.factor, amount))
    currency = written or apart.currency
    known = {code for code, _label in currency_choices()}
    if value is not None and currency not in known:
        code = "currency_unknown" if currency else "currency_missing"
        wish.problems.append(Problem("currency", code, {"value": currency[:_SHOWN]}))
    wish.facts["currency"] = currency


def _value(digits: str, factor: int, cell: str) -> Decimal:
    found = value_of(digits, "")
    if found is None:
        raise _Wrong("value_unfit", value=cell[:_SHOWN])
    value = found * factor
    if not 0 <= value <= MOST_VALUE:
        raise _Wrong("value_out_of_range", value=cell[:_SHOWN], most=MOST_VALUE)
    return round(value, 2)


def _consent(wish: Wish, cells: Mapping[str, str]) -> None:
    """'No' means that nothing may be sent (R45)."""
    agreed = _take(wish, "", lambda: flag(cells.get("consent", "")), name_of_cell="consent")
    if agreed is False:
        wish.problems.append(Problem("consent", "consent_refused"))
    wish.has_consent = bool(agreed)


def _customer(cells: Mapping[str, str], *, by: User) -> Customer:
    """The one current customer that a row means: by its own id, its number or domain, else by its name."""
    key, name = cells.get("customer_key", "").strip(), cells.get("customer", "").strip()
    if not key and not name:
        raise _Wrong("customer_missing")
    rows = Customer.objects.visible_to(by).current()
    found = list(rows.filter(_known_by(key))[:2]) if key else list(rows.filter(name_key=CompanyKey(Value(name)))[:2])
    if not found:
        raise _Wrong("customer_unknown", value=(key or name)[:_SHOWN])
    if len(found) > 1:
        raise _Wrong("customer_ambiguous", value=(key or name)[:_SHOWN])
    return found[0]


def _known_by(key: str) -> Q:
    try:
        return Q(public_id=UUID(key))
    except ValueError:
        return Q(registration_number=key) | Q(domain=key.lower())


def _programme(cell: str, programmes: Iterable[Programme]) -> Programme:
    """The named programme; the only one where none is named."""
    rows = list(programmes)
    if not cell and len(rows) == 1:
        return rows[0]
    if not cell:
        raise _Wrong("programme_missing", known=", ".join(one.code for one in rows))
    wanted = folded(cell)
    found = [one for one in rows if wanted in map(folded, (one.code, one.name_en, one.name_de))]
    if not found:
        raise _Wrong("programme_unknown", value=cell[:_SHOWN], known=", ".join(one.code for one in rows))
    return found[0]


def _key(wish: Wish) -> str:
    """By what a row is the same in another file: the partner's own reference, else everything that it says."""
    said: list[Any] = [wish.customer and wish.customer.pk, wish.programme and wish.programme.code]
    said += [wish.facts["external_id"]] if wish.facts.get("external_id") else sorted(map(str, wish.facts.items()))
    return sha256("\x1f".join(map(str, said)).encode()).hexdigest()
