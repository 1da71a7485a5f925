"""Numbers as people write them: 1,234.56 and 1.234,56, apostrophes and spaces, '1,2 Mio', '€ 500k'. Never guessed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from motions.imports.findings import Problem
from motions.imports.reading import Table

Style = Literal["point", "comma", ""]  # what separates decimals; '' while nobody knows

UNKNOWN = frozenset(
    {"", "-", "–", "—", "n/a", "na", "n.a.", "#n/a", "null", "none", "?", "unbekannt", "unknown", "k.a.", "k. a."}
)
FORMULA = re.compile(r"[=@]|[+-](?=[A-Za-z(])|\t")
EXCEL_ERRORS = frozenset({"#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#WERT!", "#BEZUG!", "#ZAHL!"})
DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4}|\d{4}-\d{2}-\d{2}.*|\d{1,2}/\d{1,2}/\d{2,4}")

_PLAIN = re.compile(r"[+-]?\d+")
_POINT = re.compile(
    r"[+-]?(?:\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}|\d+\.\d{1,2}|\d+\.\d{4,}|0\.\d+|\d{4,}\.\d+|\.\d+)"
)
_COMMA = re.compile(
    r"[+-]?(?:\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}|\d+,\d{1,2}|\d+,\d{4,}|0,\d+|\d{4,},\d+|,\d+)"
)
_EITHER = re.compile(r"[+-]?\d{1,3}[.,]\d{3}")
_SPACES = re.compile("[\\s\u00a0\u2007\u2009\u202f'’_]")
_UNITS: dict[str, int] = {
    **dict.fromkeys(("k", "tsd", "tsd.", "t", "tausend", "thousand"), 10**3),
    **dict.fromkeys(("m", "mio", "mio.", "million", "millionen", "millions", "mn"), 10**6),
    **dict.fromkeys(("mrd", "mrd.", "milliarden", "billion", "bn"), 10**9),
}
_UNIT = re.compile(r"(?<=\d)\s*([A-Za-z]+\.?)$")
_SIGNS = {
    "€": "EUR",
    "$": "USD",
    "£": "GBP",
    "us$": "USD",
    "fr.": "CHF",
    "sfr": "CHF",
    "sfr.": "CHF",
    "zł": "PLN",
    "¥": "JPY",
}
_CURRENCY = re.compile(
    r"^(?P<before>us\$|sfr\.?|fr\.|[€$£¥]|[a-z]{3}(?![a-z]))|(?P<after>us\$|sfr\.?|fr\.|zł|[€$£¥]|(?<![a-z])[a-z]{3})$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Written:
    """A number's text taken apart: digits with separators, factor of a unit word, currency inside ('' if none)."""

    digits: str
    factor: int
    currency: str


def take_apart(text: str) -> Written:
    """Take currency and unit words off a number's text."""
    rest, currency = text.strip(), ""
    while match := _CURRENCY.search(rest):
        word = match.group().lower()
        if word in _UNITS or (word not in _SIGNS and len(word) != 3):
            break
        currency = _SIGNS.get(word, word.upper())
        rest = (rest[: match.start()] + rest[match.end() :]).strip()
    factor = 1
    if (match := _UNIT.search(rest)) and match.group(1).lower() in _UNITS:
        factor = _UNITS[match.group(1).lower()]
        rest = rest[: match.start()]
    return Written(_SPACES.sub("", rest), factor, currency)


def style_of(digits: str) -> Style | Literal["plain", "either", "none"]:
    """What the separators of a number tell: point, comma, plain (none), either (cannot be told), none (no number)."""
    if _PLAIN.fullmatch(digits):
        return "plain"
    if _EITHER.fullmatch(digits) and not digits.lstrip("+-").startswith("0"):
        return "either"
    if _POINT.fullmatch(digits):
        return "point"
    return "comma" if _COMMA.fullmatch(digits) else "none"


def value_of(digits: str, style: str) -> Decimal | None:
    """The number, by its own separators or, where they do not tell, by the column's style; None when it is none."""
    own: str = style_of(digits)
    if own == "none":
        return None
    if own == "either":
        own = style if style in ("point", "comma") else "none"
    if own == "none":
        return None
    text = digits.replace(".", "").replace(",", ".") if own == "comma" else digits.replace(",", "")
    return Decimal(text)


@dataclass
class Survey:
    """What one pass over the number columns found.

    `styles`: the style of each field's column; `ambiguous`: fields whose style nobody can know, with (line, text) examples;
    `rows`: how many rows the file has, problems included.
    """

    styles: dict[str, str] = field(default_factory=dict)
    ambiguous: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    contradictions: dict[str, tuple[tuple[int, str], tuple[int, str]]] = field(default_factory=dict)
    rows: int = 0


def survey(table: Table, columns: Mapping[str, int]) -> Survey:
    """Read the file once and find out how its numbers are written. Memory: a few examples, whatever the file's size."""
    found = Survey()
    numeric = {name: columns[name] for name in ("seats", "azure_annual") if name in columns}
    seen: dict[str, dict[str, list[tuple[int, str]]]] = {name: {} for name in numeric}
    for row in table.rows():
        found.rows += 1
        if isinstance(row, Problem):
            continue
        line, cells = row
        for name, index in numeric.items():
            text = cells[index]
            if text and not text.isdigit():
                examples = seen[name].setdefault(style_of(take_apart(text).digits), [])
                if len(examples) < 3:
                    examples.append((line, text))
    _settle(found, seen)
    return found


def _settle(found: Survey, seen: dict[str, dict[str, list[tuple[int, str]]]]) -> None:
    """A column's own clear numbers decide; else the other column's; whole seats cannot be fractions; else ask."""
    clear = {name: [style for style in ("point", "comma") if style in kinds] for name, kinds in seen.items()}
    together = {style for styles in clear.values() for style in styles}
    for name, kinds in seen.items():
        if len(clear[name]) == 2:
            found.contradictions[name] = (kinds["point"][0], kinds["comma"][0])
        if len(clear[name]) == 1:
            found.styles[name] = clear[name][0]
        elif len(clear[name]) == 0 and len(together) == 1:
            found.styles[name] = next(iter(together))
        elif examples := kinds.get("either"):
            if name == "seats" and (style := _thousands(examples)):
                found.styles[name] = style
            else:
                found.ambiguous[name] = examples


def _thousands(examples: list[tuple[int, str]]) -> str:
    """'1.234' seats can only be a group of thousands, because seats are whole; '1.000' could be one."""
    for _line, text in examples:
        digits = take_apart(text).digits
        if not digits.endswith("000"):
            return "comma" if "." in digits else "point"
    return ""
