"""Which column means what: guessed from German and English headers and from the cells, corrected by the partner."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from unicodedata import normalize

from babel import Locale

from common import money
from motions.imports.findings import FileRefused
from motions.imports.numbers import UNKNOWN, style_of, take_apart
from motions.imports.reading import Table

FIELDS = (
    "name",
    "country",
    "domain",
    "registration_number",
    "seats",
    "azure_annual",
    "currency",
    "needs",
    "prefers_self_service",
    "deal_name",
    "deal_key",
)

# words of a header, folded; the first field whose words fit takes the column, exact headers before parts of headers
_WORDS: dict[str, tuple[str, ...]] = {
    "name": (
        "name",
        "firma",
        "firmenname",
        "unternehmen",
        "unternehmensname",
        "kunde",
        "kundenname",
        "company",
        "company name",
        "customer",
        "customer name",
        "account",
        "account name",
        "organisation",
        "organization",
        "security",
        "employer",
        "arbeitgeber",
        "legal name",
        "business name",
    ),
    "country": ("country", "land", "staat", "country code", "laendercode", "iso", "iso2", "nation", "countryregion"),
    "domain": ("domain", "domaene", "website", "webseite", "web", "url", "homepage", "internet", "tenant domain"),
    "registration_number": (
        "registration number",
        "registration no",
        "registernummer",
        "handelsregisternummer",
        "hrb",
        "handelsregister",
        "company number",
        "reg no",
        "regno",
        "vat",
        "ust id",
        "organisationsnummer",
    ),
    "seats": (
        "seats",
        "seat",
        "users",
        "user",
        "lizenzen",
        "licences",
        "licenses",
        "arbeitsplaetze",
        "arbeitsplatz",
        "nutzer",
        "benutzer",
        "employees",
        "mitarbeiter",
        "mitarbeiterzahl",
        "anzahl mitarbeiter",
        "beschaeftigte",
        "headcount",
        "employee count",
        "number of employees",
        "anzahl seats",
        "anzahl lizenzen",
        "staff",
    ),
    "azure_annual": (
        "azure annual",
        "azure",
        "azure jahresnutzung",
        "azure consumption",
        "azure verbrauch",
        "jahresnutzung",
        "annual consumption",
        "azure annual consumption",
        "azure spend",
        "azure umsatz",
        "acr",
        "azure usd",
        "azure eur",
        "annual azure",
        "azure jahr",
    ),
    "currency": ("currency", "waehrung", "currency code", "waehrungscode", "whg", "curr"),
    "needs": (
        "needs",
        "contract needs",
        "vertragliche anforderungen",
        "anforderungen",
        "requirements",
        "special requirements",
        "besondere anforderungen",
        "vertragsanforderungen",
    ),
    "prefers_self_service": (
        "prefers self service",
        "self service",
        "selfservice",
        "online kauf",
        "kauft online",
        "buys online",
        "selbstbedienung",
    ),
    "deal_name": (
        "deal name",
        "deal",
        "dealname",
        "opportunity",
        "opportunity name",
        "verkaufschance",
        "projekt",
        "project",
        "geschaeft",
    ),
    "deal_key": (
        "deal key",
        "deal id",
        "dealid",
        "opportunity id",
        "schluessel",
        "externe id",
        "external id",
        "crm id",
        "dealnummer",
    ),
}
_PARTS = (
    "azure_annual",
    "seats",
    "name",
    "country",
    "domain",
    "currency",
    "registration_number",
    "prefers_self_service",
)


def folded(text: str) -> str:
    """A header's words for comparing: lower case, umlauts spelled out, punctuation as spaces."""
    text = normalize("NFC", text).lower()
    for letter, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(letter, letters)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """Everything that names a country: alpha-2, alpha-3, German, English and French names, folded; to alpha-2."""
    known = money.countries()
    names: dict[str, str] = {}
    for language in ("en", "de", "fr"):
        for code, name in Locale(language).territories.items():
            if code in known:
                names[folded(name)] = str(code)
    names |= {code.lower(): code for code in known}
    return names | _ALSO


_ALSO = {
    "uk": "GB", "usa": "US", "u s a": "US", "u s": "US", "deu": "DE", "ger": "DE", "d": "DE", "aut": "AT", "a": "AT",
    "che": "CH", "fra": "FR", "gbr": "GB", "ita": "IT", "esp": "ES", "nld": "NL", "bel": "BE", "lux": "LU", "pol": "PL",
    "cze": "CZ", "dnk": "DK", "swe": "SE", "nor": "NO", "fin": "FI", "irl": "IE", "prt": "PT", "hun": "HU", "rou": "RO",
    "bgr": "BG", "grc": "GR", "hrv": "HR", "svn": "SI", "svk": "SK", "est": "EE", "lva": "LV", "ltu": "LT", "can": "CA",
    "jpn": "JP", "aus": "AU", "chn": "CN", "ind": "IN", "bra": "BR", "mex": "MX", "tur": "TR", "ukr": "UA", "lie": "LI",
    "bundesrepublik deutschland": "DE", "united states of america": "US", "great britain": "GB", "england": "GB",
    "czech republic": "CZ", "tschechische republik": "CZ", "holland": "NL", "niederlande": "NL", "the netherlands": "NL",
}  # fmt: skip


def guess(table: Table) -> dict[str, str]:
    """field -> header; no column twice, and no field for a column whose cells do not fit it."""
    found: dict[str, str] = {}
    free = dict(enumerate(table.header))
    for is_exact in (True, False):
        for name in FIELDS if is_exact else _PARTS:
            if name in found:
                continue
            fitting = (index for index, header in free.items() if _named(name, header, is_exact=is_exact))
            index = next((index for index in fitting if _fits(name, _cells(table, index))), None)
            if index is not None:
                found[name] = free.pop(index)
    if "name" not in found and (index := _wordiest(table, free)) is not None:
        found["name"] = free[index]
    return found


def _named(name: str, header: str, *, is_exact: bool) -> bool:
    words = folded(header)
    if is_exact:
        return words == folded(name) or words in _WORDS[name]
    return any(f" {word} " in f" {words} " for word in _WORDS[name] if len(word) > 3)


def _cells(table: Table, index: int) -> list[str]:
    return [row[index] for row in table.sample if index < len(row) and row[index].lower() not in UNKNOWN]


def _is_number(cell: str) -> bool:
    return style_of(take_apart(cell).digits) != "none"


def _mostly(test: Callable[[str], bool], cells: list[str]) -> bool:
    return not cells or sum(map(test, cells)) * 2 > len(cells)


def _fits(name: str, cells: list[str]) -> bool:
    """Whether a column's cells can be what its header says: 'code' with DE1, DE2 is no country."""
    if name == "country":
        return _mostly(lambda cell: folded(cell) in countries(), cells)
    if name in ("seats", "azure_annual"):
        return _mostly(_is_number, cells)
    if name == "name":
        return not cells or not _mostly(_is_number, cells)
    if name == "currency":
        return _mostly(lambda cell: len(cell) == 3 and cell.isalpha(), cells)
    return True


def _wordiest(table: Table, free: Mapping[int, str]) -> int | None:
    """Without any fitting header the name is the column whose cells are mostly different words."""

    def worth(index: int) -> int:
        cells = _cells(table, index)
        return len({cell for cell in cells if not _is_number(cell) and len(cell) > 2 and " " not in cell[:1]})

    best = max(free, key=worth, default=None)
    return best if best is not None and worth(best) * 2 > len(table.sample) else None


def resolve(table: Table, chosen: Mapping[str, str]) -> dict[str, int]:
    """field -> column index, from header texts or column numbers counted from 1. `FileRefused` for what is not there."""
    found: dict[str, int] = {}
    for name, column in chosen.items():
        if not column:
            continue
        if name not in FIELDS:
            raise FileRefused("field_unknown", {"field": name, "known": ", ".join(FIELDS)})
        index = _index(table, column)
        if index is None:
            raise FileRefused("column_unknown", {"column": column, "known": ", ".join(table.header[:30])})
        if index in found.values():
            raise FileRefused("column_twice", {"column": table.header[index]})
        found[name] = index
    if "name" not in found:
        raise FileRefused("name_unmapped", {"known": ", ".join(table.header[:30])})
    return found


def _index(table: Table, column: str) -> int | None:
    if column in table.header:
        return table.header.index(column)
    lowered = [header.lower() for header in table.header]
    if column.strip().lower() in lowered:
        return lowered.index(column.strip().lower())
    if column.isdecimal() and 1 <= int(column) <= len(table.header):
        return int(column) - 1
    return None
