"""Which column is which: guessed by headers and cells, corrected by the partner."""

from pathlib import Path

import pytest

from motions.imports.findings import FileRefused
from motions.imports.mapping import FIELDS, guess, resolve
from motions.imports.reading import Table, open_table
from motions.imports.wording import sentence

REAL = Path(__file__).resolve().parents[4] / "shared" / "data"


def table(*rows: list[str], has_header: bool = True) -> Table:
    """A table as it was opened, of which only header and sample are looked at."""
    header = tuple(rows[0]) if has_header else tuple(f"Column {number}" for number in range(1, len(rows[0]) + 1))
    sample = [list(row) for row in (rows[1:] if has_header else rows)]
    return Table("csv", "utf-8", ";", header, has_header, sample, lambda: iter(()), 0)


@pytest.mark.parametrize(
    ("header", "cell", "name"),
    [
        ("Firma", "Müller AG", "name"),
        ("Kundenname", "Müller AG", "name"),
        ("Security", "3M", "name"),
        ("Company Name", "Müller AG", "name"),
        ("Unternehmen", "Müller AG", "name"),
        ("Name des Kunden", "Müller AG", "name"),
        ("Land", "Deutschland", "country"),
        ("Country Code", "DE", "country"),
        ("ISO3166-1-Alpha-2", "DE", "country"),
        ("Website", "https://foo.de", "domain"),
        ("HRB", "HRB 123", "registration_number"),
        ("employees", "6136.0", "seats"),
        ("Mitarbeiter", "1.200", "seats"),
        ("Arbeitsplätze", "12", "seats"),
        ("Number of employees (2025)", "12", "seats"),
        ("Lizenzen", "12", "seats"),
        ("Azure-Jahresnutzung", "1,2 Mio €", "azure_annual"),
        ("ACR", "12", "azure_annual"),
        ("Azure consumption (EUR)", "12", "azure_annual"),
        ("Währung", "EUR", "currency"),
        ("Contract needs", "multi-tenant", "needs"),
        ("Self-Service", "ja", "prefers_self_service"),
        ("Projekt", "M365", "deal_name"),
        ("Opportunity ID", "O-1", "deal_key"),
    ],
)
def test_german_and_english_headers_are_recognised(header: str, cell: str, name: str) -> None:
    assert guess(table([header], [cell])).get(name) == header


@pytest.mark.parametrize(
    ("header", "cell"),
    [("code", "DE1"), ("Land", "Bayern"), ("Headquarters Location", "Saint Paul"), ("Mitarbeiter", "Frau Schulz")],
)
def test_cells_that_do_not_fit_their_header_are_not_taken(header: str, cell: str) -> None:
    assert guess(table(["Firma", header], ["Müller AG", cell])) == {"name": "Firma"}


@pytest.mark.parametrize("cell", ["29.02.2025", "=SUM(A1)", "-5", "zwölf"])
def test_mistakes_below_the_fields_own_name_are_mapped_so_that_they_are_told(cell: str) -> None:
    assert guess(table(["name", "seats"], ["Müller AG", cell]))["seats"] == "seats"


def test_no_column_stands_for_two_fields() -> None:
    found = guess(table([*FIELDS, "Firma", "Land"], [""] * 13))
    assert found == {name: name for name in FIELDS}


def test_the_better_fitting_of_two_columns_is_taken() -> None:
    rows = [["Firma", "Land", "Country"], ["Müller AG", "Bayern", "DE"], ["Meier AG", "Hessen", "AT"]]
    assert guess(table(*rows))["country"] == "Country"


def test_without_a_header_the_cells_speak() -> None:
    rows = [["Müller AG", "DE", "120", "mueller.de"], ["Meier AG", "AT", "8", "meier.at"]]
    assert guess(table(*rows, has_header=False)) == {
        "name": "Column 1",
        "country": "Column 2",
        "seats": "Column 3",
        "domain": "Column 4",
    }


@pytest.mark.parametrize("codes", [["1", "2", "3"], ["50667", "80331", "10115"], ["1999", "2001", "2019"]])
def test_without_a_header_running_numbers_postcodes_and_years_are_no_seats(codes: list[str]) -> None:
    rows = [[f"Muster {code} AG", code] for code in codes]
    assert guess(table(*rows, has_header=False)) == {"name": "Column 1"}


def test_the_real_files_are_understood() -> None:
    if not REAL.is_dir():
        pytest.skip("the real files are not on this machine")
    germany, sp500, countries = (
        guess(open_table(REAL / name, name=name, max_bytes=2**26))
        for name in ("germany_largest_by_state_pdl2019.csv", "sp500_constituents.csv", "iso_country_codes.csv")
    )
    assert germany == {"name": "name", "seats": "employees"}
    assert sp500 == {"name": "Security"}
    assert countries["country"] == "ISO3166-1-Alpha-2"


def test_columns_are_chosen_by_header_in_any_case_or_by_number() -> None:
    small = table(["Firma", "Land", "3"], ["Müller AG", "DE", "1"])
    assert resolve(small, {"name": "firma", "country": "2", "seats": "3", "domain": ""}) == {
        "name": 0,
        "country": 1,
        "seats": 2,
    }


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"name": "Kunde"}, "column_unknown"),
        ({"name": "0"}, "column_unknown"),
        ({"name": "3"}, "column_unknown"),
        ({"name": "Firma", "country": "Firma"}, "column_twice"),
        ({"name": "Firma", "colour": "Land"}, "field_unknown"),
        ({"country": "Land"}, "name_unmapped"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_with_what_there_is(chosen: dict[str, str], code: str) -> None:
    with pytest.raises(FileRefused) as caught:
        resolve(table(["Firma", "Land"], ["Müller AG", "DE"]), chosen)
    assert caught.value.code == code
    assert sentence(caught.value.code, caught.value.params)
