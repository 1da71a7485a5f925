"""Numbers as people write them; asked for where nobody can know."""

from collections.abc import Iterable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motions.imports.findings import Problem
from motions.imports.numbers import Unfit, amount, seats, style_of, survey, take_apart
from motions.imports.reading import Table


def table(*cells: Iterable[str]) -> Table:
    """Columns for seats and azure_annual, from line 2."""
    rows = [(line, list(row)) for line, row in enumerate(cells, start=2)]
    return Table("csv", "utf-8", ";", ("Seats", "Azure"), True, [], lambda: iter(rows), 1)


def refusal(cell: str, *, style: str = "", of: str = "amount") -> str:
    with pytest.raises(Unfit) as caught:
        amount(cell, style) if of == "amount" else seats(cell, style)
    return caught.value.code


@pytest.mark.parametrize(
    ("cell", "value", "currency"),
    [
        ("1.234,56", "1234.56", ""),
        ("1,234.56", "1234.56", ""),
        ("1'234.50", "1234.50", ""),
        ("1’234.50", "1234.50", ""),
        ("1\u202f234,5", "1234.50", ""),
        ("1\u00a0234\u2009567", "1234567.00", ""),
        ("€ 1.200.000", "1200000.00", "EUR"),
        ("1.200.000 €", "1200000.00", "EUR"),
        ("USD 12,5", "12.50", "USD"),
        ("CHF 1'200.-", "1200.00", "CHF"),
        ("1200,-", "1200.00", ""),
        ("1,2 Mio", "1200000.00", ""),
        ("1,2 Mio. €", "1200000.00", "EUR"),
        ("2.5M", "2500000.00", ""),
        ("1.5k", "1500.00", ""),
        ("500 Tsd. EUR", "500000.00", "EUR"),
        ("500 TEUR", "500000.00", "EUR"),
        ("500 T€", "500000.00", "EUR"),
        ("12 kEUR", "12000.00", "EUR"),
        ("1 million", "1000000.00", ""),
        ("0", "0.00", ""),
        ("-0", "0.00", ""),
        ("5.0000", "5.00", ""),
        ("9999999999999.99", "9999999999999.99", ""),
    ],
)
def test_amounts_are_read_with_their_separators_units_and_currency(cell: str, value: str, currency: str) -> None:
    found, inside = amount(cell, "")
    assert (str(found), inside) == (value, currency)


@pytest.mark.parametrize("cell", ["", "-", "–", "n/a", "N/A", "unbekannt", "k.A.", "keine Angabe", "null"])
def test_what_says_nothing_is_unknown_and_never_zero(cell: str) -> None:
    assert seats(cell, "") is None
    assert amount(cell, "") == (None, "")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("-5", "negative"),
        ("\u22125", "negative"),
        ("(500)", "negative"),
        ("500-", "negative"),
        ("29.02.2025", "date_for_number"),
        ("2025-02-28 00:00:00", "date_for_number"),
        ("=SUM(A1)", "formula"),
        ("+A1", "formula"),
        ("-SUM(B2)", "formula"),
        ("@cmd", "formula"),
        ("#REF!", "formula"),
        ("#N/A", "formula"),
        ("#WERT!", "formula"),
        ("zwölf", "number_unfit"),
        ("1e30", "number_unfit"),
        ("1e+30", "number_unfit"),
        ("1,234,56", "number_unfit"),
        ("5 EUR USD", "number_unfit"),
        ("1.234", "number_ambiguous"),
        ("$1,000", "number_ambiguous"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(cell: str, code: str) -> None:
    assert refusal(cell) == code
    if "$" not in cell:
        assert refusal(cell, of="seats") == code


def test_seats_are_whole_and_bounded() -> None:
    assert seats("6136.0", "") == 6136
    assert seats("1.234.567", "") == 1234567
    assert seats("100000000", "") == 100_000_000
    assert refusal("6136.5", of="seats") == "seats_not_whole"
    assert refusal("100000001", of="seats") == "seats_too_many"
    assert refusal("5." + "0" * 40 + "1", of="seats") == "seats_not_whole"
    assert refusal("9" * 5000, of="seats") == "seats_too_many"
    assert refusal("12 EUR", of="seats") == "number_unfit"


def test_amounts_have_cents_and_a_bound() -> None:
    assert refusal("1.2345") == "amount_decimals"
    assert refusal("10000000000000") == "amount_too_large"
    assert refusal("10000000000000.00") == "amount_too_large"
    assert refusal("9" * 5000) == "amount_too_large"


@pytest.mark.parametrize(("style", "value"), [("comma", "1234.00"), ("point", "1.23")])
def test_the_columns_style_settles_what_a_number_alone_cannot(style: str, value: str) -> None:
    assert amount("1.234" if style == "comma" else "1.230", style)[0] == Decimal(value)


@given(cents=st.integers(0, 10**15 - 1), style=st.sampled_from(["point", "comma"]), is_grouped=st.booleans())
def test_any_amount_is_read_as_it_was_written(cents: int, style: str, is_grouped: bool) -> None:
    value = Decimal(cents).scaleb(-2)
    text = f"{value:,.2f}" if is_grouped else f"{value:.2f}"
    text = text if style == "point" else text.translate(str.maketrans(",.", ".,"))
    assert amount(text, "") == (value, "")
    assert style_of(take_apart(text).digits) == style
    assert amount(f"{text} EUR", "") == (value, "EUR")


@given(text=st.text(max_size=20))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    for read in (seats, amount):
        try:
            read(text, "point")
        except Unfit as unfit:
            assert unfit.params  # noqa: PT017 - both ends are welcome


def test_the_survey_finds_each_columns_style_and_counts_every_row() -> None:
    found = survey(table(["6136.0", "1.234,56"], ["12", "7"], ["", "n/a"]), {"name": 0, "seats": 0, "azure_annual": 1})
    assert found.styles == {"seats": "point", "azure_annual": "comma"}
    assert (found.rows, found.ambiguous, found.contradictions) == (3, {}, {})


def test_problems_of_the_file_count_as_rows_of_the_survey() -> None:
    small = table(["1", "2"])
    source = small._source
    small._source = [*source(), Problem(3, "", "quote_broken", {})].__iter__
    assert survey(small, {"seats": 0}).rows == 2


def test_what_nobody_can_know_is_named_with_line_and_text() -> None:
    found = survey(table(["", "1.234"], ["", "2.500"]), {"azure_annual": 1})
    assert found.styles == {}
    assert found.ambiguous == {"azure_annual": [(2, "1.234"), (3, "2.500")]}


def test_one_clear_number_settles_the_whole_column_and_the_other_one() -> None:
    found = survey(table(["1.000", "1.234"], ["", "1.234,5"]), {"seats": 0, "azure_annual": 1})
    assert found.styles == {"seats": "comma", "azure_annual": "comma"}


def test_seats_are_whole_so_that_a_group_of_three_is_thousands() -> None:
    assert survey(table(["1.234"], ["1.000"]), {"seats": 0}).styles == {"seats": "comma"}
    assert survey(table(["1,234"]), {"seats": 0}).styles == {"seats": "point"}
    assert survey(table(["1.000"]), {"seats": 0}).ambiguous == {"seats": [(2, "1.000")]}
    assert survey(table(["1.5k"], ["1.234k"]), {"seats": 0}).styles == {"seats": "point"}
    assert "seats" in survey(table(["1.234"], ["1,234"]), {"seats": 0}).ambiguous


def test_a_column_that_contradicts_itself_is_named_with_both_lines() -> None:
    found = survey(table(["", "1.234,56"], ["", "1,234.56"], ["", "1.234"]), {"azure_annual": 1})
    assert found.contradictions == {"azure_annual": ((3, "1,234.56"), (2, "1.234,56"))}
    assert found.styles == {}
    assert refusal("1.234", style=found.styles.get("azure_annual", "")) == "number_ambiguous"
