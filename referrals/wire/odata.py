"""The part of OData's filter language that is documented for referrals (R11): tokens, and a recursive descent. Pure.

status eq 'Active' and (direction eq 'Outgoing' or type eq 'Shared') and team/any(t: t/email eq 'jane@contoso.com')
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import NoReturn
from uuid import UUID

from django.utils.translation import gettext as _

from common.refusals import Unfit

FILTER = "$filter"
# the database takes neither NUL nor half a pair of surrogates
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
LONGEST = 2000
DEEPEST = 10
OPERATORS = ("eq", "ne", "gt", "ge", "lt", "le")

Value = str | bool | None | Decimal | UUID | datetime


@dataclass(frozen=True)
class Compare:
    """A field compared with a value; `path` are the parts between slashes."""

    path: tuple[str, ...]
    operator: str
    value: Value


@dataclass(frozen=True)
class AnyOf:
    """At least one element of a collection is as `inner` says; its paths begin inside of the element."""

    path: tuple[str, ...]
    inner: "Expression"


@dataclass(frozen=True)
class Joined:
    """Two expressions under `and` or `or`."""

    by: str
    left: "Expression"
    right: "Expression"


Expression = Compare | AnyOf | Joined

_TOKEN = re.compile(
    r"""
      (?P<text>'(?:[^']|'')*')
    | (?P<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})
    | (?P<moment>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?)
    | (?P<number>-?\d{1,20}(?:\.\d{1,10})?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_.]*)
    | (?P<sign>[()/:,])
    """,
    re.VERBOSE,
)
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True)
class Token:
    """A piece of the text; the end is a sign without text."""

    kind: str
    text: str


def parse(text: str) -> Expression:
    """The expression that a filter says. `Unfit` names what is not understood, or not served."""
    if len(text) > LONGEST:
        _refuse(_("A filter has at most %(count)d characters.") % {"count": LONGEST})
    if UNSTORABLE.search(text):
        _refuse(_("This holds a character that cannot be stored."))
    return _Reader(list(_tokens(text))).whole()


def moment(text: str) -> datetime | None:
    """A moment as clients write it: up to nine digits of a second, a day alone, no zone (UTC); None for anything else."""
    match = re.fullmatch(
        r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(\.\d{1,9})?)?(Z|z|[+-]\d\d:?\d\d)?", text.strip()
    )
    if not match:
        return None
    day, time, fraction, zone = match.groups()
    # a second has six digits here
    plain = f"{day}T{time or '00:00'}" + (fraction[:7] if fraction and time and time.count(":") == 2 else "")
    try:
        found = datetime.fromisoformat(plain + (zone or "").upper())
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _tokens(text: str) -> Iterator[Token]:
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        match = _TOKEN.match(text, place)
        if not match or not match.lastgroup:
            _refuse(_("“%(text)s” is not understood.") % {"text": text[place : place + 20]})
        yield Token(match.lastgroup, match.group())
        place = match.end()
    yield Token("end", "")


def _refuse(sentence: str) -> NoReturn:
    raise Unfit(f"{FILTER}: {sentence}", field=FILTER)


class _Reader:
    """Walks along the tokens; each method reads one thing of the grammar."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.place, self.depth = tokens, 0, 0

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        token = self.next
        self.place += token.kind != "end"
        return token

    def expect(self, sign: str) -> None:
        token = self.take()
        if token.text != sign:
            _refuse(_("“%(sign)s” is expected instead of %(found)s.") % {"sign": sign, "found": _named(token)})

    def whole(self) -> Expression:
        found = self.alternatives()
        if self.next.kind != "end":
            _refuse(_("%(found)s is not expected here.") % {"found": _named(self.next)})
        return found

    def alternatives(self) -> Expression:
        """One or several under `or`."""
        found = self.conditions()
        while self.next.text == "or":
            self.take()
            found = Joined("or", found, self.conditions())
        return found

    def conditions(self) -> Expression:
        """One or several under `and`."""
        found = self.condition()
        while self.next.text == "and":
            self.take()
            found = Joined("and", found, self.condition())
        return found

    def condition(self) -> Expression:
        """Something in parentheses, a comparison, or a lambda."""
        if self.next.text == "(":
            return self.nested(self.alternatives)
        path = self.path()
        if self.next.text == "(":
            return self.lambda_of(path)
        operator = self.take()
        if operator.text not in OPERATORS:
            _refuse_operator("“not”" if path == ("not",) else _named(operator))
        return Compare(path, operator.text, self.value())

    def nested(self, read: Callable[[], Expression]) -> Expression:
        """What stands within parentheses, not too deep."""
        self.depth += 1
        if self.depth > DEEPEST:
            _refuse(_("A filter is nested at most %(count)d levels deep.") % {"count": DEEPEST})
        self.expect("(")
        found = read()
        self.expect(")")
        self.depth -= 1
        return found

    def path(self) -> tuple[str, ...]:
        """Words between slashes."""
        parts = [self.word()]
        while self.next.text == "/":
            self.take()
            parts.append(self.word())
        return tuple(parts)

    def word(self) -> str:
        token = self.take()
        if token.kind != "word":
            _refuse(_("A field is expected instead of %(found)s.") % {"found": _named(token)})
        return token.text

    def lambda_of(self, path: tuple[str, ...]) -> Expression:
        """`team/any(t: ...)`; every other function is refused by its name."""
        *collection, function = path
        if function != "any" or not collection:
            _refuse(_("The function “%(name)s” is not served.") % {"name": function})
        return AnyOf(tuple(collection), self.nested(self.element))

    def element(self) -> Expression:
        """`t: ...`, with the paths inside beginning after `t/`."""
        variable = self.word()
        self.expect(":")
        return _without(variable, self.alternatives())

    def value(self) -> Value:
        token = self.take()
        if token.kind == "word" and token.text in _CONSTANTS:
            return _CONSTANTS[token.text]
        if token.kind == "text":
            return token.text[1:-1].replace("''", "'")
        if token.kind == "guid":
            return UUID(token.text)
        if token.kind == "number":
            return Decimal(token.text)
        if token.kind == "moment" and (found := moment(token.text)):
            return found
        sentence = _("A value is expected instead of %(found)s; text stands in single quotation marks.")
        return _refuse(sentence % {"found": _named(token)})


def _without(variable: str, inner: Expression) -> Expression:
    """The expression with its paths beginning inside of the element."""
    if isinstance(inner, Joined):
        return Joined(inner.by, _without(variable, inner.left), _without(variable, inner.right))
    first, *rest = inner.path
    if first != variable or not rest:
        names = {"variable": variable, "path": "/".join(inner.path)}
        _refuse(_("Within “any” a field begins with “%(variable)s/”, unlike “%(path)s”.") % names)
    return (
        AnyOf(tuple(rest), inner.inner)
        if isinstance(inner, AnyOf)
        else Compare(tuple(rest), inner.operator, inner.value)
    )


def _named(token: Token) -> str:
    return f"“{token.text[:40]}”" if token.text else _("the end")


def _refuse_operator(name: str) -> NoReturn:
    names = {"name": name, "known": ", ".join(OPERATORS)}
    _refuse(_("%(name)s is no operator that is served; these are: %(known)s.") % names)
