"""Type the cells of a row. Blank is unknown, never zero; what cannot be known is refused with its column and a cure."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, NamedTuple

from babel.core import get_global

from common import money
from motions.imports.answers import flag, needs
from motions.imports.findings import FileRefused, Problem
from motions.imports.numbers import EXCEL_ERRORS, FORMULA, UNKNOWN, Unfit, amount, seats
from motions.imports.places import country_code

MOST_KEPT = 5_000  # distinct cell texts that are remembered for each column
_CURRENCY_NAMES = {
    "€": "EUR", "EURO": "EUR", "EUROS": "EUR", "$": "USD", "US$": "USD", "US-DOLLAR": "USD", "US DOLLAR": "USD",
    "£": "GBP", "SFR": "CHF", "SFR.": "CHF", "FR.": "CHF", "SCHWEIZER FRANKEN": "CHF", "ZŁ": "PLN",
}  # fmt: skip


class Record(NamedTuple):
    """A row that can be taken: None is unknown."""

    line: int
    name: str
    country: str
    domain: str
    registration_number: str
    seats: int | None
    azure_annual: Decimal | None
    currency: str
    needs: tuple[str, ...] | None
    prefers_self_service: bool | None
    deal_name: str
    deal_key: str


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where the file says nothing; `style` is asked only for a field with a number that can mean two."""

    country: str = ""
    currency: str = ""
    style: Callable[[str], str] = lambda _name: ""


_LEGAL_FORMS = re.compile(
    r"(?:gmbh|mbh|ggmbh|ag|kg|kgaa|ohg|ug|se|gbr|ltd|limited|llc|llp|inc|corp|plc|sa|sas|sarl|srl|spa|bv|nv|ab|as|oy|aps"
    r"|e\.?\s?v|e\.?\s?k|co|und|&|\s|\.|,|\+)+",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?=.{4,253}$)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?:[^\W\d_]{2,63}|xn--[a-z0-9-]{2,59})")
# line ends and tabs inside a quoted cell are spaces; what nobody sees would make two names of one
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


_CLEAN = re.compile("[0-9A-Za-z\u00c0-\u00ff][ -~\u00c0-\u00ff]*")
_CLEAN_HOST = re.compile(r"(?!www\.)(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,20}")
_LONGEST_UNKNOWN = max(map(len, UNKNOWN))


def _text(cell: str, *, most: int) -> str:
    # most cells are clean, and one look tells: no control, no formula, composed letters, single spaces
    if _CLEAN.fullmatch(cell) and "  " not in cell and cell[-1] != " " and len(cell) <= most:
        return cell
    if _CONTROL.search(cell):
        raise Unfit("control_character")
    if cell.startswith(("'+", "'-", "'@", "'=")):
        cell = cell[1:]  # as our own result file, and careful programs, keep a spreadsheet from calculating
    text = " ".join((cell if cell.isascii() else unicodedata.normalize("NFC", cell)).split())
    if len(text) > most:
        raise Unfit("too_long", found=str(len(text)), most=str(most))
    if (text[:1] in "=@" and text) or FORMULA.match(text) or text in EXCEL_ERRORS:
        raise Unfit("formula", value=text[:40])
    return text


def _optional_text(cell: str, *, most: int) -> str:
    return "" if len(cell) <= _LONGEST_UNKNOWN and cell.lower() in UNKNOWN else _text(cell, most=most)


def company(cell: str) -> str:
    """A company name: more than one character, more than a legal form (C7)."""
    text = _text(cell, most=200)
    if not text or (len(text) <= _LONGEST_UNKNOWN and text.lower() in UNKNOWN):
        raise Unfit("name_missing")
    if len(text) < 2 or not any(letter.isalnum() for letter in text):
        raise Unfit("name_too_short", value=text)
    if len(text) < 20 and _LEGAL_FORMS.fullmatch(text):
        raise Unfit("name_legal_form", value=text)
    return text


def country(cell: str) -> str:
    """A country as ISO alpha-2; '' when the cell says nothing."""
    if cell.lower() in UNKNOWN and cell.lower() != "na":
        return ""
    code = country_code(cell)
    if code is None:
        raise Unfit("country_unknown", value=cell[:40])
    return code


def host(cell: str) -> str:
    """The bare host of an address or e-mail, as people read it ('xn--...' decoded); '' when the cell says nothing."""
    if len(cell) <= 63 and _CLEAN_HOST.fullmatch(cell):
        return cell
    text = _text(cell, most=2000)
    if text.lower() in UNKNOWN:
        return ""
    text = text if text.isascii() else unicodedata.normalize("NFKC", text)
    text = re.split(r"[/?#\\]", text.lower().split("://")[-1])[0].split("@")[-1].split(":")[0]
    text = text.removeprefix("www.").rstrip(".")
    if "xn--" in text:
        text = ".".join(map(_decoded, text.split(".")))
    if not _HOST.fullmatch(text):
        raise Unfit("domain_unfit", value=cell[:60])
    if not text.isascii() and any(_is_mixed(label) for label in text.split(".")):
        raise Unfit("domain_mixed", value=cell[:60])
    return text


def _decoded(label: str) -> str:
    """A label's letters; '' for a punycode that means none or that hides ASCII."""
    if not label.startswith("xn--"):
        return label
    try:
        letters = label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return ""
    return "" if letters.isascii() else unicodedata.normalize("NFC", letters.lower())


def _is_mixed(label: str) -> bool:
    scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in label if letter.isalpha()}
    return len(scripts & {"LATIN", "CYRILLIC", "GREEK"}) > 1


@lru_cache(maxsize=1)
def _former_currencies() -> frozenset[str]:
    """Codes that were money somewhere and are not today."""
    tenders = (code for used in get_global("territory_currencies").values() for code, *_dates, tender in used if tender)
    return frozenset(tenders) - money.currencies()


def currency(cell: str) -> str:
    """A currency that exists today; '' when the cell says nothing."""
    text = cell.strip().upper()
    if text.lower() in UNKNOWN:
        return ""
    text = _CURRENCY_NAMES.get(text, text)
    if text not in money.currencies():
        raise Unfit("currency_withdrawn" if text in _former_currencies() else "currency_unknown", value=cell[:20])
    return text


def _checked(defaults: Defaults) -> Defaults:
    """The partner's own choices for the whole file; `FileRefused` when they are no country or currency of today."""
    try:
        return replace(defaults, country=country(defaults.country), currency=currency(defaults.currency))
    except Unfit as unfit:
        raise FileRefused(unfit.code, dict(unfit.params)) from unfit


def _amount(cell: str, style: str) -> tuple[Decimal | None, str]:
    value, inside = amount(cell, style)
    return value, currency(inside)


Reader = Callable[[int, list[str]], tuple[Record | None, list[Problem]]]


class _Memory(dict[str, Any]):
    """Cells repeat: countries, currencies, needs, flags, and many numbers are read once."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, cell: str) -> Any:
        value = self.read(cell)
        if len(self) < MOST_KEPT:
            self[cell] = value
        return value


def _styled(read: Callable[[str, str], Any], style: Callable[[], str]) -> Callable[[str], Any]:
    """Most numbers tell their own style; only for one that does not is the whole file looked through."""

    def styled(cell: str) -> Any:
        try:
            return read(cell, "")
        except Unfit as unfit:
            if unfit.code != "number_ambiguous":
                raise
        return read(cell, style())

    return _Memory(styled).__getitem__


def _parsers(defaults: Defaults) -> dict[str, Callable[[str], Any]]:
    return {
        "name": company,
        "country": _Memory(country).__getitem__,
        "domain": host,
        "registration_number": partial(_optional_text, most=50),
        "seats": _styled(seats, partial(defaults.style, "seats")),
        "azure_annual": _styled(_amount, partial(defaults.style, "azure_annual")),
        "currency": _Memory(currency).__getitem__,
        "needs": _Memory(needs).__getitem__,
        "prefers_self_service": _Memory(flag).__getitem__,
        "deal_name": partial(_optional_text, most=200),
        "deal_key": partial(_optional_text, most=100),
    }


_BLANK: tuple[Any, ...] = ("", "", "", "", None, (None, ""), "", None, None, "", "")
_COUNTRY, _AMOUNT, _CURRENCY = (Record._fields.index(name) - 1 for name in ("country", "azure_annual", "currency"))


def reader(columns: Mapping[str, int], defaults: Defaults, header: Sequence[str]) -> Reader:
    """A function from (line, cells) to (record, []) or (None, problems); every problem of the row is named."""
    defaults = _checked(defaults)
    parsers = _parsers(defaults)
    plan = [(Record._fields.index(name) - 1, columns[name], parsers[name]) for name in columns]

    def read(line: int, cells: list[str]) -> tuple[Record | None, list[Problem]]:
        values, problems = list(_BLANK), []
        for slot, index, parse in plan:
            cell = cells[index]
            if cell or not slot:
                try:
                    values[slot] = parse(cell)
                except Unfit as unfit:
                    problems.append(Problem(line, header[index], unfit.code, unfit.params))
        if not problems:
            problems = _complete(line, values, columns, defaults, header)
        return (None, problems) if problems else (Record(line, *values), problems)

    return read


def _complete(
    line: int, values: list[Any], columns: Mapping[str, int], defaults: Defaults, header: Sequence[str]
) -> list[Problem]:
    """Fill in country and currency from the defaults; what must be there and is not is a problem."""
    stated = values[_CURRENCY]
    values[_AMOUNT], inside = values[_AMOUNT]
    values[_COUNTRY] = values[_COUNTRY] or defaults.country
    if not values[_COUNTRY]:
        return [Problem(line, _header(columns, header, "country"), "country_missing")]
    values[_CURRENCY] = ""
    if values[_AMOUNT] is None:
        return []
    if inside and stated and inside != stated:
        column = _header(columns, header, "currency")
        return [Problem(line, column, "currency_contradicts", {"inside": inside, "stated": stated})]
    values[_CURRENCY] = stated or inside or defaults.currency
    return [] if values[_CURRENCY] else [Problem(line, _header(columns, header, "currency"), "currency_missing")]


def _header(columns: Mapping[str, int], header: Sequence[str], name: str) -> str:
    return header[columns[name]] if name in columns else ""
