"""Which column means what: guessed from German and English headers and from the cells, corrected by the partner."""

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

from motions.imports.findings import FileRefused
from motions.imports.numbers import UNKNOWN, style_of, take_apart
from motions.imports.places import country_code, folded
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


def _words(joined: str) -> tuple[str, ...]:
    return tuple(joined.split("|"))


# words of a header, folded; the first field whose words fit takes the column, exact headers before parts of headers
_WORDS: dict[str, tuple[str, ...]] = {
    "name": _words(
        "name|firma|firmenname|unternehmen|unternehmensname|kunde|kundenname|company|company name|"
        "customer|customer name|account|account name|organisation|organization|security|employer|"
        "arbeitgeber|legal name|business name|firma kunde|firmierung|endkunde|endkundenname|"
        "unternehmung|gesellschaft|client|kunde name|display name|organisation name|organization name|"
        "name des unternehmens|name der firma"
    ),
    "country": _words(
        "country|land|staat|country code|laendercode|iso|iso2|nation|countryregion|staat land|"
        "land code|landeskennzeichen|lkz|country iso|countrycode|iso 3166 1 alpha 2|iso3166 1 alpha 2|"
        "alpha 2|alpha 2 code|alpha 3|alpha 3 code|iso code|iso3|country name|laendername|sitzland"
    ),
    "domain": _words(
        "domain|domaene|website|webseite|web|url|homepage|internet|tenant domain|internetseite|"
        "web site|e mail domain|email domain|mail domain"
    ),
    "registration_number": _words(
        "registration number|registration no|registernummer|handelsregisternummer|hrb|handelsregister|"
        "company number|reg no|regno|vat|ust id|organisationsnummer|hr nummer|hr nr|hrb nr|"
        "hrb nummer|registrierungsnummer|vat id|vat number|ust idnr|ust id nr|umsatzsteuer id|"
        "company registration number|crn|siren|siret"
    ),
    "seats": _words(
        "seats|seat|users|user|lizenzen|licences|licenses|arbeitsplaetze|arbeitsplatz|nutzer|"
        "benutzer|employees|mitarbeiter|mitarbeiterzahl|anzahl mitarbeiter|beschaeftigte|headcount|"
        "employee count|number of employees|anzahl seats|anzahl lizenzen|staff|anzahl user|"
        "anzahl nutzer|anzahl benutzer|anzahl arbeitsplaetze|anzahl beschaeftigte|angestellte|personal|"
        "belegschaft|fte|full time employees|employees total|total employees|no of employees|"
        "anzahl angestellte|lizenzanzahl|plaetze|benutzeranzahl|nutzerzahl|user count|seat count|"
        "license count|licence count"
    ),
    "azure_annual": _words(
        "azure annual|azure|azure jahresnutzung|azure consumption|azure verbrauch|jahresnutzung|"
        "annual consumption|azure annual consumption|azure spend|azure umsatz|acr|azure usd|azure eur|"
        "annual azure|azure jahr|azure jahresverbrauch|azure annual spend|azure p a|azure pro jahr|"
        "azure annual usage|jahresverbrauch azure|jahresverbrauch|azure nutzung|azure jahresumsatz|"
        "azure kosten|azure arr|annual azure consumption|azure consumed revenue"
    ),
    "currency": _words(
        "currency|waehrung|currency code|waehrungscode|whg|curr|iso waehrung|currency iso code|waehrungskuerzel|devise"
    ),
    "needs": _words(
        "needs|contract needs|vertragliche anforderungen|anforderungen|requirements|"
        "special requirements|besondere anforderungen|vertragsanforderungen|vertragsbedarf|bedarf|"
        "vertragliche anpassungen|contract requirements|special needs"
    ),
    "prefers_self_service": _words(
        "prefers self service|self service|selfservice|online kauf|kauft online|buys online|"
        "selbstbedienung|self service bevorzugt|bevorzugt self service|selbstbedienung bevorzugt|"
        "online selbst|prefers online"
    ),
    "deal_name": _words(
        "deal name|deal|dealname|opportunity|opportunity name|verkaufschance|projekt|project|"
        "geschaeft|vorhaben|bezeichnung|geschaeftsname|deal titel"
    ),
    "deal_key": _words(
        "deal key|deal id|dealid|opportunity id|schluessel|externe id|external id|crm id|dealnummer|"
        "deal nr|deal nummer|opportunity number|vorgangsnummer|referenz|external key"
    ),
}
_HOST_OR_MAIL = re.compile(r"[\w-]\.[^\W\d]{2,}(?:[/:?]|$)")
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


def guess(table: Table) -> dict[str, str]:
    """field -> header; no column twice, and no field for a column whose cells do not fit it."""
    found: dict[str, str] = {}
    free = dict(enumerate(table.header))
    for is_exact in (True, False):
        for name in FIELDS if is_exact else _PARTS:
            if name not in found and (index := _best(table, name, free, is_exact=is_exact)) is not None:
                found[name] = free.pop(index)
    if not table.has_header:
        _by_cells(table, found, free)
    if "name" not in found and (index := _wordiest(table, free)) is not None:
        found["name"] = free[index]
    return found


def _best(table: Table, name: str, free: Mapping[int, str], *, is_exact: bool) -> int | None:
    """Of the columns with a fitting header, the first whose cells fit best; None when no column is left."""
    shares = {}
    for index, header in free.items():
        if _named(name, header, is_exact=is_exact):
            share = _share(name, _cells(table, index), is_exact=is_exact)
            # under its own name a column is taken as it is: a cell that does not fit is refused, not passed over
            shares[index] = share or float(is_exact and folded(header) == folded(name))
    best = max(shares, key=lambda index: shares[index], default=None)
    return best if best is not None and shares[best] > (0 if is_exact else 0.5) else None


def _named(name: str, header: str, *, is_exact: bool) -> bool:
    words = folded(header)
    if is_exact:
        return words == folded(name) or words in _WORDS[name]
    return any(f" {word} " in f" {words} " for word in _WORDS[name] if len(word) > 3)


def _cells(table: Table, index: int) -> list[str]:
    return [row[index] for row in table.sample if index < len(row) and row[index].lower() not in UNKNOWN]


def _is_number(cell: str) -> bool:
    return style_of(take_apart(cell).digits) != "none"


def _has_digit(cell: str) -> bool:
    return any(map(str.isdigit, cell))


def _share(name: str, cells: list[str], *, is_exact: bool) -> float:
    """How many of a column's cells can be what its header says: 'code' with DE1, DE2 is no country."""
    tests: dict[str, Callable[[str], bool]] = {
        "country": lambda cell: country_code(cell) is not None,
        # below an exact header a number that cannot be read is a mistake to tell, not another meaning of the column
        "seats": _has_digit if is_exact else _is_number,
        "azure_annual": _has_digit if is_exact else _is_number,
        "name": lambda cell: any(map(str.isalpha, cell)),  # 3M is no amount
        "currency": lambda cell: len(cell) == 3 and cell.isalpha(),
        "domain": lambda cell: bool(_HOST_OR_MAIL.search(cell)),
    }
    test = tests.get(name)
    return sum(map(test, cells)) / len(cells) if test and cells else 1.0


def _by_cells(table: Table, found: dict[str, str], free: dict[int, str]) -> None:
    """Without a header only the cells speak: countries, hosts, and numbers when a single column has any."""
    for name in ("country", "domain"):
        shares = {index: _share(name, cells, is_exact=False) for index in free if (cells := _cells(table, index))}
        fitting = [index for index, share in shares.items() if share == 1]
        if len(fitting) == 1:
            found[name] = free.pop(fitting[0])
    numeric = [index for index in free if (cells := _cells(table, index)) and all(map(_is_number, cells))]
    if len(numeric) == 1 and not _are_codes(_cells(table, numeric[0])):
        found["seats"] = free.pop(numeric[0])


def _are_codes(cells: list[str]) -> bool:
    """Postcodes, years and running numbers: all of one length, or each one more than the one before."""
    numbers = [int(cell) for cell in cells if cell.isdecimal()]
    is_running = len(numbers) > 1 and all(after - before == 1 for before, after in pairwise(numbers))
    return is_running or (len(cells) > 2 and {len(cell) for cell in cells} in ({4}, {5}))


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
