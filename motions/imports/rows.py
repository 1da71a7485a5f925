"""Type the cells of a row. Blank is unknown, never zero; what cannot be known is refused with its column and a cure."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from common import money
from motions.imports.findings import Problem
from motions.imports.mapping import countries, folded
from motions.imports.numbers import DATE, EXCEL_ERRORS, FORMULA, UNKNOWN, take_apart, value_of

MOST_SEATS = 100_000_000
MOST_AMOUNT = Decimal(10) ** 13
MOST_KEPT = 50_000  # distinct cell texts that are remembered for each column


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
    """What holds where the file says nothing; `styles` as found by the survey or chosen by the partner."""

    country: str = ""
    currency: str = ""
    styles: Mapping[str, str] = field(default_factory=dict)


class Unfit(Exception):
    """A cell that cannot be taken."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


_LEGAL_FORMS = re.compile(
    r"(?:gmbh|mbh|ggmbh|ag|kg|kgaa|ohg|ug|se|gbr|ltd|limited|llc|llp|inc|corp|plc|sa|sas|sarl|srl|spa|bv|nv|ab|as|oy|aps"
    r"|e\.?\s?v|e\.?\s?k|co|und|&|\s|\.|,|\+)+",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?=.{4,253}$)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?:[^\W\d_]{2,63}|xn--[a-z0-9-]{2,59})")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def _text(cell: str, *, most: int) -> str:
    if _CONTROL.search(cell):
        raise Unfit("control_character")
    text = " ".join((cell if cell.isascii() else unicodedata.normalize("NFC", cell)).split())
    if len(text) > most:
        raise Unfit("too_long", found=str(len(text)), most=str(most))
    if (text[:1] in "=@" and text) or FORMULA.match(text) or text in EXCEL_ERRORS:
        raise Unfit("formula", value=text[:40])
    return text


def company(cell: str) -> str:
    """A company name: more than one character, more than a legal form (C7)."""
    text = _text(cell, most=200)
    if not text:
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
    code = countries().get(folded(cell))
    if code is None:
        raise Unfit("country_unknown", value=cell[:40])
    return code


def host(cell: str) -> str:
    """The bare host of an address or e-mail; '' when the cell says nothing."""
    text = _text(cell, most=2000)
    if text.lower() in UNKNOWN:
        return ""
    text = text.lower().split("://")[-1].split("@")[-1].split("/")[0].split("?")[0].split(":")[0]
    text = text.removeprefix("www.").rstrip(".")
    if not _HOST.fullmatch(text):
        raise Unfit("domain_unfit", value=cell[:60])
    if not text.isascii() and any(_is_mixed(label) for label in text.split(".")):
        raise Unfit("domain_mixed", value=cell[:60])
    return text


def _is_mixed(label: str) -> bool:
    scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in label if letter.isalpha()}
    return len(scripts & {"LATIN", "CYRILLIC", "GREEK"}) > 1


def _number(cell: str, style: str) -> tuple[Decimal | None, str]:
    """The number and the currency inside the cell; (None, '') when it says nothing."""
    if cell.lower() in UNKNOWN:
        return None, ""
    if cell in EXCEL_ERRORS or FORMULA.match(cell):
        raise Unfit("formula", value=cell[:40])
    if DATE.fullmatch(cell):
        raise Unfit("date_for_number", value=cell[:40])
    written = take_apart(cell)
    value = value_of(written.digits, style)
    if value is None:
        is_open = value_of(written.digits, "point") is not None
        raise Unfit("number_ambiguous" if is_open else "number_unfit", value=cell[:40])
    if value < 0:
        raise Unfit("negative", value=cell[:40])
    return value * written.factor, written.currency


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
    value, currency = _number(cell, style)
    if value is None:
        return None, ""
    rounded = value.quantize(Decimal("0.01")) if value < MOST_AMOUNT else value
    if value >= MOST_AMOUNT:
        raise Unfit("amount_too_large", value=cell[:40])
    if rounded != value:
        raise Unfit("amount_decimals", value=cell[:40])
    return rounded, currency


def currency(cell: str) -> str:
    """A currency that exists today; '' when the cell says nothing."""
    text = cell.strip().upper()
    if text.lower() in UNKNOWN:
        return ""
    text = {"€": "EUR", "EURO": "EUR", "$": "USD", "US$": "USD", "£": "GBP", "SFR": "CHF", "FR.": "CHF"}.get(text, text)
    if text not in money.currencies():
        was_one = text in money.locale().currencies
        raise Unfit("currency_withdrawn" if was_one else "currency_unknown", value=cell[:20])
    return text


_NEEDS: dict[str, str] = {
    **dict.fromkeys(("dual use", "dual use rights", "dual use rechte", "dual use right"), "dual_use_rights"),
    **dict.fromkeys(("lead status", "lead status sku", "lead status skus"), "lead_status_skus"),
    **dict.fromkeys(("multi tenant", "multitenant", "multi mandant", "mehrere mandanten"), "multi_tenant"),
    **dict.fromkeys(("multi affiliate", "multiaffiliate", "affiliates", "mehrere gesellschaften"), "multi_affiliate"),
    **dict.fromkeys(
        (
            "special approval",
            "special approvals",
            "spezielle genehmigung",
            "spezielle genehmigungen",
            "sondergenehmigung",
        ),
        "special_approval",
    ),
    **dict.fromkeys(
        ("contract amendment", "amendment", "vertragliche anpassung", "vertragliche anpassungen", "vertragsanpassung"),
        "contract_amendment",
    ),
}
_NO_NEEDS = frozenset({"none", "keine", "no", "nein", "kein", "0", "false", "falsch"})
_YES = frozenset({"yes", "ja", "true", "wahr", "1", "x", "y", "j"})
_NO = frozenset({"no", "nein", "false", "falsch", "0", "n"})


def needs(cell: str) -> tuple[str, ...] | None:
    """Contract needs by code; () when there are known to be none, None when nobody says."""
    if cell.lower() in _NO_NEEDS:
        return ()
    if cell.lower() in UNKNOWN:
        return None
    found = set()
    for token in re.split(r"[;,|/\n+]", cell):
        words = folded(token)
        if not words:
            continue
        code = _NEEDS.get(words) or (words.replace(" ", "_") if words.replace(" ", "_") in _NEEDS.values() else None)
        if code is None:
            raise Unfit("need_unknown", value=token.strip()[:40])
        found.add(code)
    return tuple(sorted(found))


def flag(cell: str) -> bool | None:
    """Yes, no, or unknown."""
    text = cell.lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    if text in UNKNOWN:
        return None
    raise Unfit("flag_unfit", value=cell[:40])


Reader = Callable[[int, list[str]], tuple[Record | None, list[Problem]]]


def _remembered(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Cells repeat: countries, currencies, needs, flags, and many numbers are read once."""
    known: dict[str, Any] = {}

    def remembered(cell: str) -> Any:
        try:
            return known[cell]
        except KeyError:
            value = read(cell)
            if len(known) < MOST_KEPT:
                known[cell] = value
            return value

    return remembered


def _parsers(defaults: Defaults) -> dict[str, Callable[[str], Any]]:
    styles = defaults.styles
    return {
        "name": company,
        "country": _remembered(country),
        "domain": host,
        "registration_number": lambda cell: "" if cell.lower() in UNKNOWN else _text(cell, most=50),
        "seats": _remembered(lambda cell: seats(cell, styles.get("seats", ""))),
        "azure_annual": _remembered(lambda cell: amount(cell, styles.get("azure_annual", ""))),
        "currency": _remembered(currency),
        "needs": _remembered(needs),
        "prefers_self_service": _remembered(flag),
        "deal_name": lambda cell: _text(cell, most=200),
        "deal_key": lambda cell: _text(cell, most=100),
    }


_BLANK: dict[str, Any] = {
    "name": "",
    "country": "",
    "domain": "",
    "registration_number": "",
    "seats": None,
    "azure_annual": (None, ""),
    "currency": "",
    "needs": None,
    "prefers_self_service": None,
    "deal_name": "",
    "deal_key": "",
}


def reader(columns: Mapping[str, int], defaults: Defaults, header: Sequence[str]) -> Reader:
    """A function from (line, cells) to (record, []) or (None, problems); every problem of the row is named."""
    parsers = _parsers(defaults)
    plan = [(name, columns[name], parsers[name]) for name in columns]

    def read(line: int, cells: list[str]) -> tuple[Record | None, list[Problem]]:
        values, problems = dict(_BLANK), []
        for name, index, parse in plan:
            cell = cells[index]
            if cell or name == "name":
                try:
                    values[name] = parse(cell)
                except Unfit as unfit:
                    problems.append(Problem(line, header[index], unfit.code, unfit.params))
        if not problems:
            problems = _complete(line, values, columns, defaults, header)
        return (None, problems) if problems else (Record(line, **values), problems)

    return read


def _complete(
    line: int, values: dict[str, Any], columns: Mapping[str, int], defaults: Defaults, header: Sequence[str]
) -> list[Problem]:
    """Fill in country and currency from the defaults; what must be there and is not is a problem."""
    value, inside = values["azure_annual"]
    stated = values["currency"]
    values["azure_annual"] = value
    values["country"] = values["country"] or defaults.country
    if not values["country"]:
        return [Problem(line, _header(columns, header, "country"), "country_missing")]
    if value is None:
        values["currency"] = ""
        return []
    if inside and stated and inside != stated:
        column = _header(columns, header, "currency")
        return [Problem(line, column, "currency_contradicts", {"inside": inside, "stated": stated})]
    values["currency"] = stated or inside or defaults.currency
    if not values["currency"]:
        return [Problem(line, _header(columns, header, "currency"), "currency_missing")]
    if values["currency"] not in money.currencies():
        return [
            Problem(line, _header(columns, header, "azure_annual"), "currency_unknown", {"value": values["currency"]})
        ]
    return []


def _header(columns: Mapping[str, int], header: Sequence[str], name: str) -> str:
    return header[columns[name]] if name in columns else ""
