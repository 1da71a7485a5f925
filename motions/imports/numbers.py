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
    {
        "", "-", "--", "–", "—", "n/a", "na", "n.a.", "n. a.", "null", "none", "nan", "?", "unbekannt", "nicht bekannt",
        "unknown", "not known", "k.a.", "k. a.", "k.a", "keine angabe", "tbd", "offen",
    }
)  # fmt: skip
MOST_SEATS = 100_000_000
MOST_AMOUNT = Decimal(10) ** 13
# '=...' anywhere; '+', '-' and '@' only before what a spreadsheet would calculate: '+pluswerk AG' is a company
FORMULA = re.compile(r"=|[+\-@](?=.*[(!|])|[+-]\s*\$?[A-Z]{1,3}\$?\d+\b")
EXCEL_ERRORS = frozenset(
    {
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "#N/A",
        "#WERT!",
        "#BEZUG!",
        "#ZAHL!",
        "#NV",
        "#SPILL!",
    }
)
DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{2,4}|\d{4}-\d{2}-\d{2}.*|\d{1,2}/\d{1,2}/\d{2,4}")

_PLAIN = re.compile(r"[+-]?\d+")
_POINT = re.compile(
    r"[+-]?(?:\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}|\d+\.\d{1,2}|\d+\.\d{4,}|0\.\d+|\d{4,}\.\d+|\.\d+)"
)
_COMMA = re.compile(
    r"[+-]?(?:\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}|\d+,\d{1,2}|\d+,\d{4,}|0,\d+|\d{4,},\d+|,\d+)"
)
_EITHER = re.compile(r"[+-]?\d{1,3}[.,]\d{3}")
# most amounts look like this, and need no taking apart: two decimals tell the style, group 1 a point
_CENTS = re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d{1,12}),\d\d|((?:\d{1,3}(?:,\d{3})+|\d{1,12})\.\d\d)", re.ASCII)
_SPACES = re.compile("[\\s\u00a0\u2007\u2009\u202f'’_]")
_UNITS: dict[str, int] = {
    **dict.fromkeys(("k", "tsd", "tsd.", "t", "tausend", "thousand"), 10**3),
    **dict.fromkeys(("m", "mio", "mio.", "million", "millionen", "millions", "mn"), 10**6),
    **dict.fromkeys(("mrd", "mrd.", "milliarden", "billion", "bn"), 10**9),
}
_UNIT = re.compile(r"(?<=\d)\s*([A-Za-z]+\.?)$")
_TOGETHER = re.compile(r"(?<![a-z])([tk]|mio|mrd)(?=(?:eur|usd|chf|gbp)\b)", re.IGNORECASE)  # 'TEUR', 'kEUR'
_NO_CENTS = re.compile(r"(?<=\d)(?P<point>[.,])\s?[-–—]{1,2}$")  # '1.200,-'
_BELOW_ZERO = re.compile(r"\((?P<inside>[^()]+)\)|(?P<before>[^()]*\d)-")  # '(500)' and '500-', as ledgers write it
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
    rest, currency = _TOGETHER.sub(r"\1 ", text.strip().replace("\u2212", "-")), ""
    while match := _CURRENCY.search(rest):
        word = match.group().lower()
        code = _SIGNS.get(word, word.upper())
        if word in _UNITS or len(code) != 3 or currency not in ("", code):
            break
        currency = code
        rest = (rest[: match.start()] + rest[match.end() :]).strip()
    rest = _NO_CENTS.sub(r"\g<point>00", rest)
    if below := _BELOW_ZERO.fullmatch(rest):
        rest = "-" + (below["inside"] or below["before"]).lstrip("+-")
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
                examples = seen[name].setdefault(_kind(text), [])
                if len(examples) < 3:
                    examples.append((line, text))
    _settle(found, seen)
    return found


def _kind(text: str) -> str:
    """The style of a number's text; 'either' with the separator that it has."""
    if clear := _CENTS.fullmatch(text):
        return "point" if clear[1] else "comma"
    digits = take_apart(text).digits
    style = style_of(digits)
    return style if style != "either" else "either." if "." in digits else "either,"


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
        elif examples := [*kinds.get("either.", ()), *kinds.get("either,", ())]:
            if name == "seats" and (style := _thousands(examples)):
                found.styles[name] = style
            else:
                found.ambiguous[name] = examples


def _thousands(examples: list[tuple[int, str]]) -> str:
    """'1.234' seats can only be a group of thousands, because seats are whole; '1.000' could be one. '' to ask."""
    written = [take_apart(text) for _line, text in examples]
    whole = {"comma" if "." in each.digits else "point" for each in written}
    is_clear = any(each.factor == 1 and not each.digits.endswith("000") for each in written)
    return whole.pop() if is_clear and len(whole) == 1 else ""


class Unfit(Exception):
    """A cell that cannot be taken."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def _number(cell: str, style: str) -> tuple[Decimal | None, str]:
    """The number and the currency inside the cell; (None, '') when it says nothing."""
    if cell.lower() in UNKNOWN:
        return None, ""
    if cell in EXCEL_ERRORS or cell.startswith("@") or FORMULA.match(cell):
        raise Unfit("formula", value=cell[:40])
    if DATE.fullmatch(cell):
        raise Unfit("date_for_number", value=cell[:40])
    written = take_apart(cell)
    value = value_of(written.digits, style)
    if value is None:
        is_open = style_of(written.digits) == "either"
        raise Unfit("number_ambiguous" if is_open else "number_unfit", value=cell[:40])
    if value < 0:
        raise Unfit("negative", value=cell[:40])
    # a product is rounded to the context's digits, so that numbers without a unit word are kept from it
    if written.factor != 1:
        value *= written.factor
    return (value or Decimal(0)), written.currency


def seats(cell: str, style: str) -> int | None:
    """A whole number of seats; None when it is not known."""
    if cell.isdecimal() and cell.isascii() and len(cell) <= 8:
        return int(cell)
    value, currency = _number(cell, style)
    if value is None:
        return None
    if currency:
        raise Unfit("number_unfit", value=cell[:40])
    if value != value.to_integral_value():
        raise Unfit("seats_not_whole", value=cell[:40])
    if value > MOST_SEATS:
        raise Unfit("seats_too_many", value=cell[:40], most=str(MOST_SEATS))
    return int(value)


def amount(cell: str, style: str) -> tuple[Decimal | None, str]:
    """An annual amount in whole cents and the currency in the cell."""
    if len(cell) <= 16 and (clear := _CENTS.fullmatch(cell)):
        plain = cell.replace(",", "") if clear[1] else cell.replace(".", "").replace(",", ".")
        return Decimal(plain), ""
    value, currency = _number(cell, style)
    if value is None:
        return None, ""
    if value >= MOST_AMOUNT:
        raise Unfit("amount_too_large", value=cell[:40])
    rounded = value.quantize(Decimal("0.01"))
    if rounded != value:
        raise Unfit("amount_decimals", value=cell[:40])
    return rounded, currency
