"""Cells become facts; blank is unknown; what cannot be known is refused with column and cure."""

import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import money
from motions.imports.findings import FileRefused, Problem
from motions.imports.mapping import FIELDS
from motions.imports.rows import Defaults, Record, reader
from motions.imports.wording import sentence
from motions.states import Need

GOOD = {"name": "Müller AG", "country": "DE"}


def read(defaults: Defaults | None = None, **cells: str) -> tuple[Record | None, list[Problem]]:
    """One row whose columns are called like their fields, in capitals."""
    header = [name.upper() for name in cells]
    columns = {name: index for index, name in enumerate(cells)}
    return reader(columns, defaults or Defaults(), header)(7, list(cells.values()))


def record(defaults: Defaults | None = None, **cells: str) -> Record:
    found, problems = read(defaults, **{**GOOD, **cells})
    assert not problems
    assert found is not None
    return found


def refusal(defaults: Defaults | None = None, **cells: str) -> tuple[str, str]:
    """(column, code) of the only problem of a row; its sentence can be told."""
    found, problems = read(defaults, **{**GOOD, **cells})
    assert found is None
    (problem,) = problems
    assert problem.line == 7
    assert sentence(problem.code, problem.params)
    return problem.column, problem.code


def test_a_full_row_becomes_a_record() -> None:
    found = record(
        domain="https://www.Mueller.de/kontakt", registration_number="HRB 123", seats="6136.0", azure_annual="1.234,50 €",
        currency="eur", needs="Dual-Use-Rechte; multi tenant", prefers_self_service="nein", deal_name="M365", deal_key="D-1",
    )  # fmt: skip
    assert found == Record(
        7, "Müller AG", "DE", "mueller.de", "HRB 123", 6136, Decimal("1234.50"), "EUR", ("dual_use_rights", "multi_tenant"),
        False, "M365", "D-1",
    )  # fmt: skip


def test_blank_is_unknown_and_never_zero() -> None:
    for cell in ("", "n/a", "-", "unbekannt"):
        unknown = {name: cell for name in FIELDS if name not in GOOD}
        assert record(**unknown) == Record(7, "Müller AG", "DE", "", "", None, None, "", None, None, "", "")


def test_every_problem_of_a_row_is_named() -> None:
    found, problems = read(name="X", country="Atlantis", seats="-1")
    assert found is None
    assert [(problem.column, problem.code) for problem in problems] == [
        ("NAME", "name_too_short"),
        ("COUNTRY", "country_unknown"),
        ("SEATS", "negative"),
    ]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "name_missing"),
        ("n/a", "name_missing"),
        ("X", "name_too_short"),
        ("***", "name_too_short"),
        ("GmbH", "name_legal_form"),
        ("GmbH & Co. KG", "name_legal_form"),
        ("A" * 201, "too_long"),
        ("Mül\x00ler", "control_character"),
        ("Mül\u200bler", "control_character"),
        ("Mül\x1bler", "control_character"),
        ("=SUM(A1)", "formula"),
        ("@SUM(A1)", "formula"),
        ("-cmd|' /C calc'!A0", "formula"),
        ("+A1", "formula"),
        ("#BEZUG!", "formula"),
    ],
)
def test_names_that_are_none_are_refused(cell: str, code: str) -> None:
    assert refusal(name=cell) == ("NAME", code)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (unicodedata.normalize("NFD", "Größe Äpfel AG"), "Größe Äpfel AG"),
        ("  Müller \t &\r\nSöhne  ", "Müller & Söhne"),
        ("3M", "3M"),
        ("+pluswerk AG", "+pluswerk AG"),
        ("A" * 200, "A" * 200),
    ],
)
def test_names_are_composed_and_their_spaces_collapsed(cell: str, name: str) -> None:
    assert record(name=cell).name == name


@given(name=st.text(max_size=40))
def test_a_name_that_is_taken_is_clean_and_taken_again(name: str) -> None:
    found, problems = read(name=name, country="DE")
    assert (found is None) == bool(problems)
    if found is not None:
        assert found.name == " ".join(unicodedata.normalize("NFC", found.name).split())
        assert record(name=found.name).name == found.name


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("de", "DE"), ("DEU", "DE"), ("Deutschland", "DE"), ("Germany", "DE"), ("Österreich", "AT"), ("OESTERREICH", "AT"),
        ("Schweiz", "CH"), ("United States", "US"), ("USA", "US"), ("NA", "NA"), ("Côte d’Ivoire", "CI"), ("Türkei", "TR"),
    ],
)  # fmt: skip
def test_countries_are_known_by_code_and_by_german_and_english_name(cell: str, code: str) -> None:
    assert record(country=cell).country == code


def test_every_countrys_names_lead_to_it() -> None:
    read_country = reader({"name": 0, "country": 1}, Defaults(), ["N", "C"])
    for language in ("de", "en"):
        for code in sorted(money.countries()):
            name = money.Locale(language).territories[code]
            found, _problems = read_country(1, ["Müller AG", name])
            assert found is not None, name
            assert found.country == code, name


def test_a_country_is_asked_for_when_neither_row_nor_partner_says_one() -> None:
    assert refusal(country="Atlantis") == ("COUNTRY", "country_unknown")
    assert refusal(country="") == ("COUNTRY", "country_missing")
    assert record(Defaults(country="AT"), country="").country == "AT"


@pytest.mark.parametrize(
    ("cell", "domain"),
    [
        ("https://www.Foo.de/x?y=z", "foo.de"),
        ("info@foo.de", "foo.de"),
        ("http://user:word@foo.de:8080/", "foo.de"),
        ("https://foo.de/a@b", "foo.de"),
        ("foo.de#top", "foo.de"),
        ("foo.de.", "foo.de"),
        ("STRAßE.de", "straße.de"),
        ("xn--strae-oqa.de", "straße.de"),
        (unicodedata.normalize("NFD", "müller.de"), "müller.de"),
        ("ｆｏｏ.de", "foo.de"),
        ("пример.рф", "пример.рф"),
    ],
)
def test_a_domain_is_the_host_of_whatever_was_pasted(cell: str, domain: str) -> None:
    assert record(domain=cell).domain == domain


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("foo", "domain_unfit"),
        ("192.168.0.1", "domain_unfit"),
        ("foo bar.de", "domain_unfit"),
        ("-foo.de", "domain_unfit"),
        ("xn--foo-.de", "domain_unfit"),
        ("a" * 64 + ".de", "domain_unfit"),
        ("соntоsо.com", "domain_mixed"),
        ("cοntoso.com", "domain_mixed"),
        ("xn--ontoso-2xf.com", "domain_mixed"),
    ],
)
def test_what_is_no_domain_or_only_looks_like_one_is_refused(cell: str, code: str) -> None:
    assert refusal(domain=cell) == ("DOMAIN", code)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"azure_annual": "5"}, ("", "currency_missing")),
        ({"azure_annual": "5", "currency": ""}, ("CURRENCY", "currency_missing")),
        ({"azure_annual": "5", "currency": "DEM"}, ("CURRENCY", "currency_withdrawn")),
        ({"azure_annual": "5", "currency": "XYZ"}, ("CURRENCY", "currency_unknown")),
        ({"azure_annual": "5", "currency": "XAU"}, ("CURRENCY", "currency_unknown")),
        ({"azure_annual": "5 DEM"}, ("AZURE_ANNUAL", "currency_withdrawn")),
        ({"azure_annual": "5 XYZ"}, ("AZURE_ANNUAL", "currency_unknown")),
        ({"azure_annual": "5 €", "currency": "USD"}, ("CURRENCY", "currency_contradicts")),
    ],
)
def test_an_amount_needs_one_currency_of_today(cells: dict[str, str], problem: tuple[str, str]) -> None:
    assert refusal(**cells) == problem


@pytest.mark.parametrize(
    ("cells", "currency"),
    [
        ({"azure_annual": "5 €"}, "EUR"),
        ({"azure_annual": "5 €", "currency": "Euro"}, "EUR"),
        ({"azure_annual": "5", "currency": " usd "}, "USD"),
        ({"azure_annual": "5"}, "CHF"),
        ({"azure_annual": "", "currency": "USD"}, ""),
    ],
)
def test_the_currency_is_taken_from_column_cell_or_partner(cells: dict[str, str], currency: str) -> None:
    assert record(Defaults(currency="CHF"), **cells).currency == currency


@pytest.mark.parametrize("said", [{"currency": "DEM"}, {"currency": "EUX"}, {"country": "Atlantis"}])
def test_a_choice_for_the_whole_file_that_cannot_be_refuses_the_file(said: dict[str, str]) -> None:
    with pytest.raises(FileRefused) as caught:
        read(Defaults(**said), **GOOD)
    assert sentence(caught.value.code, caught.value.params)


@pytest.mark.parametrize(
    ("cell", "needs"),
    [
        ("keine", ()), ("none", ()), ("nein", ()), (";", None), ("", None),
        ("Multi-Affiliate, Sondergenehmigung", ("multi_affiliate", "special_approval")),
        ("vertragliche Anpassung | lead-status", ("contract_amendment", "lead_status_skus")),
        ("multi_tenant/multi tenant", ("multi_tenant",)),
    ],
)  # fmt: skip
def test_needs_are_read_in_both_languages(cell: str, needs: Any) -> None:
    assert record(needs=cell).needs == needs


def test_every_need_is_read_by_its_code() -> None:
    assert record(needs=";".join(Need.values)).needs == tuple(sorted(Need.values))
    assert refusal(needs="multi-tenant; Einhorn") == ("NEEDS", "need_unknown")


@pytest.mark.parametrize(
    ("cells", "flag"),
    [
        (("ja", "YES", "true", "WAHR", "1", "x"), True),
        (("nein", "No", "false", "falsch", "0"), False),
        (("", "?"), None),
    ],
)
def test_flags_are_yes_no_or_unknown(cells: tuple[str, ...], flag: bool | None) -> None:
    assert {record(prefers_self_service=cell).prefers_self_service for cell in cells} == {flag}
    assert refusal(prefers_self_service="vielleicht") == ("PREFERS_SELF_SERVICE", "flag_unfit")


def test_texts_are_bounded_and_hold_no_formula() -> None:
    assert refusal(registration_number="1" * 51) == ("REGISTRATION_NUMBER", "too_long")
    assert refusal(deal_name="=A1") == ("DEAL_NAME", "formula")
    assert refusal(deal_key="x\x07") == ("DEAL_KEY", "control_character")


@given(cells=st.lists(st.text(max_size=15), min_size=len(FIELDS), max_size=len(FIELDS)))
def test_any_row_is_a_record_or_has_problems_that_can_be_told(cells: list[str]) -> None:
    found, problems = read(**dict(zip(FIELDS, cells, strict=True)))
    assert (found is None) == bool(problems)
    assert all(sentence(problem.code, problem.params) for problem in problems)


def test_a_cell_that_was_refused_once_is_refused_again() -> None:
    read_seats = reader({"name": 0, "country": 1, "seats": 2}, Defaults(), ["N", "C", "S"])
    for line in (2, 3):
        assert read_seats(line, ["Müller AG", "DE", "-5"])[1][0].line == line
