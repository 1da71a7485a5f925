"""Files as they come: encodings, delimiters, quotes, titles, workbooks, and what is no table at all."""

import ast
import codecs
import csv
import gc
import io
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from motions.imports import csvfile, reading
from motions.imports.reading import FileRefused, Problem, Table, open_table
from motions.imports.wording import sentence

REAL = Path(__file__).resolve().parents[4] / "shared" / "data"
MOST = 64 * 2**20

Opener = Callable[..., Table]


@pytest.fixture
def opened(tmp_path: Path) -> Opener:
    """Open bytes as an uploaded file."""

    def open_bytes(data: bytes | str, *, name: str = "kunden.csv", max_bytes: int = MOST, **said: str) -> Table:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return open_table(path, name=name, max_bytes=max_bytes, **said)

    return open_bytes


def workbook(*rows: list[Any], titles: tuple[str, ...] = ("Tabelle1",)) -> bytes:
    book, held = Workbook(), io.BytesIO()
    book.active.title = titles[-1]
    for row in rows:
        book.active.append(row)
    for title in titles[:-1]:
        book.create_sheet(title, 0)
    book.save(held)
    return held.getvalue()


def shared(data: bytes, *, padding: int = 0) -> bytes:
    """The same workbook with its texts in a table of their own, as Excel keeps them; openpyxl writes them in place."""
    texts: list[bytes] = []
    name, held = "xl/sharedStrings.xml", io.BytesIO()

    def put(match: re.Match[bytes]) -> bytes:
        texts.append(match[1])
        return b't="s"><v>%d</v>' % (len(texts) - 1)

    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {part: old.read(part) for part in old.namelist()}
        sheet = "xl/worksheets/sheet1.xml"
        parts[sheet] = re.sub(rb't="inlineStr"><is><t>(.*?)</t></is>', put, parts[sheet])
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", _SHARED_TYPE + b"</Types>")
        table = b"".join(b"<si><t>%s</t></si>" % text for text in texts) + b" " * padding
        parts[name] = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>' % table
        for part, content in parts.items():
            new.writestr(part, content)
    return held.getvalue()


_SHARED_TYPE = (
    b'<Override PartName="/xl/sharedStrings.xml"'
    b' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one part of its archive changed."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return held.getvalue()


def refusal(opened: Opener, data: bytes | str, **said: Any) -> str:
    """The code of a refused file; its sentence can be told."""
    with pytest.raises(FileRefused) as caught:
        list(opened(data, **said).rows())
    assert sentence(caught.value.code, caught.value.params)
    return caught.value.code


def problems(table: Table) -> list[tuple[int, str, str]]:
    found = [row for row in table.rows() if isinstance(row, Problem)]
    assert all(sentence(problem.code, problem.params) for problem in found)
    return [(problem.line, problem.column, problem.code) for problem in found]


def good(table: Table) -> list[tuple[int, list[str]]]:
    return [row for row in table.rows() if not isinstance(row, Problem)]


SMALL = "Firma;Land;Seats\nMüller AG;DE;12\nÄrzte GmbH;AT;13\n"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("latin-1", "windows-1252"),
        ("windows-1252", "windows-1252"),
    ],
)
def test_encodings_and_line_ends_are_found_and_told(opened: Opener, encoding: str, told: str, line_end: str) -> None:
    table = opened(SMALL.replace("\n", line_end).encode(encoding))
    assert (table.encoding, table.delimiter, table.header) == (told, ";", ("Firma", "Land", "Seats"))
    assert good(table) == [(2, ["Müller AG", "DE", "12"]), (3, ["Ärzte GmbH", "AT", "13"])]


@pytest.mark.parametrize("said", ["latin-1", "LATIN1", "iso-8859-1", "cp1252", "UTF8", "utf-8"])
def test_an_encoding_may_be_chosen_by_any_of_its_names(opened: Opener, said: str) -> None:
    assert opened("Firma;Land\nMuster AG;DE\n", encoding=said).encoding in csvfile.ENCODINGS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_is_never_part_of_the_first_header(opened: Opener, encoding: str) -> None:
    data = codecs.encode("\ufeff" + SMALL, encoding)
    assert opened(data, encoding=encoding).header[0] == "Firma"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_chosen_encoding_that_cannot_be_is_refused(opened: Opener, encoding: str) -> None:
    assert refusal(opened, SMALL, encoding=encoding) == "encoding_unfit"


def test_unknown_choices_are_refused_with_what_is_known(opened: Opener) -> None:
    assert refusal(opened, SMALL, encoding="klingon") == "encoding_unknown"
    assert refusal(opened, SMALL, delimiter="--") == "delimiter_unknown"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_spite_of_quoted_cells(opened: Opener, delimiter: str) -> None:
    held = io.StringIO()
    csv.writer(held, delimiter=delimiter).writerows(
        [["Firma", "Ort", "Seats"], ["Muster, Meier; Söhne|KG", "Köln\nDeutz", "1"], ['"Anführung" AG', "Bonn", "2"]]
    )
    table = opened(held.getvalue())
    assert table.delimiter == delimiter
    assert good(table)[0] == (2, ["Muster, Meier; Söhne|KG", "Köln\nDeutz", "1"])
    assert good(table)[1][0] == 4  # the line of the file, not the number of the row


def test_excels_own_separator_line_settles_the_delimiter(opened: Opener) -> None:
    table = opened("sep=|\nFirma|Land\nA, B; C AG|DE\n")
    assert (table.delimiter, good(table)) == ("|", [(3, ["A, B; C AG", "DE"])])


# a first line of words only keeps the header apart from data; cells of blanks are read as empty
_CELLS = st.text(st.characters(codec="windows-1252", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=12)
_ROWS = st.lists(st.tuples(st.just("Muster AG"), _CELLS, _CELLS), min_size=1, max_size=20)


@given(
    rows=_ROWS,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "windows-1252"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_was_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, str]],
    delimiter: str,
    encoding: str,
    line_end: str,
    quoting: Any,
) -> None:
    path = tmp_path_factory.mktemp("written") / "x.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
        writer.writerows([("Firma", "Ort", "Notiz"), *rows])
    table = open_table(path, name="x.csv", encoding=encoding, delimiter=delimiter, max_bytes=MOST)
    assert good(table) == [(line, [cell.strip() for cell in row]) for line, row in enumerate(rows, start=2)]


@given(data=st.binary(max_size=400))
def test_any_bytes_are_rows_or_a_refusal(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "x.csv"
    path.write_bytes(data)
    with suppress(FileRefused):
        table = open_table(path, name="x.csv", max_bytes=MOST)
        width = len(table.header)
        assert all(isinstance(row, Problem) or len(row[1]) == width for row in table.rows())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"%PDF-1.7 ...", "file_is_pdf"),
        (b"\x89PNG\r\n\x1a\n", "file_is_image"),
        (b"\xff\xd8\xff\xe0", "file_is_image"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_is_old_excel"),
        (b"\x1f\x8b\x08", "file_is_archive"),
        (b"PK\x03\x04 and no more", "workbook_broken"),
        (b"<!DOCTYPE html><table></table>", "file_is_web_page"),
        (b"{\\rtf1 Kunden}", "file_is_office"),
        (b"\n ;;\n\n", "no_rows"),
        (b'"Firma;Land\nMuster AG;DE\n', "begins_broken"),
        (";".join(f"c{n}" for n in range(5000)).encode(), "too_many_columns"),
    ],
)
def test_what_is_no_table_is_refused_by_its_content(opened: Opener, data: bytes, code: str) -> None:
    assert refusal(opened, data) == code


def test_a_file_above_the_limit_is_refused_unread(opened: Opener) -> None:
    assert refusal(opened, b"Firma\n" * 1000, max_bytes=1000) == "file_too_large"


def test_an_archive_without_a_workbook_is_told_apart_from_other_documents(opened: Opener) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert refusal(opened, held.getvalue(), name="a.xlsx") == "file_is_office"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("kunden.csv", SMALL)
    assert refusal(opened, held.getvalue(), name="b.xlsx") == "file_is_archive"


def test_half_a_utf_16_file_loses_only_its_last_row(opened: Opener) -> None:
    table = opened(SMALL.encode("utf-16")[:-3])
    assert good(table) == [(2, ["Müller AG", "DE", "12"])]
    assert problems(table) == [(3, "Seats", "undecodable")]


def test_a_quote_that_is_never_closed_costs_one_row(opened: Opener) -> None:
    table = opened('Firma;Land\n"Offen AG;DE\nGut AG;DE\nAuch gut AG;AT\n')
    assert problems(table) == [(2, "", "quote_unclosed")]
    assert [line for line, _cells in good(table)] == [3, 4]


def test_rows_that_cannot_be_read_are_counted_and_the_rest_goes_on(opened: Opener) -> None:
    lines = [
        "Firma;Land",
        "A\x00B AG;DE",
        '"A" AG;DE',
        "Zu;viele;Zellen",
        "L" * 200_000 + ";DE",
        "",
        ";",
        "Gut AG;DE",
        "Kurz AG",
    ]
    table = opened("\n".join(lines))
    assert problems(table) == [
        (2, "Firma", "undecodable"),
        (3, "", "quote_broken"),
        (4, "", "too_many_cells"),
        (5, "", "line_too_long"),
    ]
    assert good(table) == [(8, ["Gut AG", "DE"]), (9, ["Kurz AG", ""])]


@pytest.mark.parametrize("before", [3, 50])
def test_a_row_of_five_thousand_columns_is_a_problem_of_its_own(opened: Opener, before: int) -> None:
    lines = ["Firma;Land", *(f"Muster {n} AG;DE" for n in range(before)), ";".join("x" * 5000), "Gut AG;DE"]
    table = opened("\n".join(lines))
    assert problems(table) == [(before + 2, "", "too_many_cells")]
    assert len(good(table)) == before + 1


def test_how_many_rows_stand_above_the_table_is_told(opened: Opener) -> None:
    assert opened("Bericht\nStand 2026\n\n" + SMALL).above == 2
    assert opened(SMALL).above == 0


@pytest.mark.parametrize("preamble", ["Kundenliste\n\n", "Kundenliste;;\nStand;24.11.2026;\n", "\n\n\n"])
def test_titles_and_notes_above_the_table_are_no_rows(opened: Opener, preamble: str) -> None:
    table = opened(preamble + SMALL)
    assert table.header == ("Firma", "Land", "Seats")
    assert [cells[2] for _line, cells in good(table)] == ["12", "13"]


def test_a_header_may_leave_out_a_name(opened: Opener) -> None:
    table = opened("Firma;;Seats\nMüller AG;DE;12\nÄrzte GmbH;AT;13\n")
    assert (table.header, len(good(table))) == (("Firma", "Column 2", "Seats"), 2)


@pytest.mark.parametrize(
    "data", ["Muster AG;DE;12\nMeier GmbH;AT;3\n", "Muster AG\nMeier GmbH\n", "a@b.de;x\nc@d.de;y\n"]
)
def test_the_first_row_of_a_file_without_header_is_not_lost(opened: Opener, data: str) -> None:
    table = opened(data)
    assert (table.has_header, len(good(table)), table.header[0]) == (False, 2, "Column 1")


def test_headers_are_unique_and_trailing_delimiters_make_no_column(opened: Opener) -> None:
    table = opened("Firma; Firma ;Land;;\nA AG;B AG;DE;;\nC AG;D AG;DE;;\n")
    assert table.header == ("Firma", "Firma (2)", "Land")
    assert good(table)[0] == (2, ["A AG", "B AG", "DE"])


def test_a_workbook_is_read_with_numbers_and_dates_as_they_are(opened: Opener) -> None:
    data = workbook(
        ["Kundenliste 2026"], [], ["Firma", "Land", "Seats", "Seit"], ["Müller AG", "DE", 1200.0, date(2025, 2, 28)], [],
        ["Ärzte GmbH", "AT", 12.5, None],
        titles=("leer", "Kunden"),
    )  # fmt: skip
    table = opened(data, name="kunden.xlsx")
    assert (table.kind, table.encoding, table.delimiter) == ("xlsx", "", "")
    assert table.header == ("Firma", "Land", "Seats", "Seit")
    assert good(table)[1] == (6, ["Ärzte GmbH", "AT", "12.5", ""])
    assert good(table)[0][1][2:] == ["1200", "2025-02-28 00:00:00"]


def test_a_formula_counts_by_its_stored_value_and_without_one_names_its_column(opened: Opener) -> None:
    data = workbook(["Firma", "Seats"], ["Müller AG", "=1+2"], ["Ärzte GmbH", 5])
    assert problems(opened(data, name="a.xlsx")) == [(2, "Seats", "formula_without_value")]
    sheet = "xl/worksheets/sheet1.xml"
    stored = changed(data, sheet, lambda xml: xml.replace(b"<v />", b"<v>3</v>").replace(b"<v></v>", b"<v>3</v>"))
    assert good(opened(stored, name="b.xlsx")) == [(2, ["Müller AG", "3"]), (3, ["Ärzte GmbH", "5"])]


def test_a_workbook_as_excel_keeps_it_reads_the_same(opened: Opener) -> None:
    data = workbook(["Firma", "Land"], ["Müller AG", "DE"], ["Ärzte GmbH", "AT"])
    assert good(opened(shared(data), name="a.xlsx")) == good(opened(data, name="b.xlsx")) != []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2]),
        ("xl/worksheets/sheet1.xml", lambda xml: b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + xml),
        ("xl/workbook.xml", lambda xml: b"no xml"),
        ("xl/sharedStrings.xml", lambda xml: xml[:40]),
    ],
)
def test_a_damaged_workbook_is_refused_and_never_an_error(
    opened: Opener, part: str, change: Callable[[bytes], bytes]
) -> None:
    data = changed(shared(workbook(["Firma", "Land"], ["Müller AG", "DE"])), part, change)
    assert refusal(opened, data, name="a.xlsx") == "workbook_broken"
    gc.collect()  # openpyxl leaves a file that it cannot open to the collector


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(opened: Opener) -> None:
    data = shared(workbook(["Firma"], ["Müller AG"]), padding=50_000_000)
    assert len(data) < 200_000
    assert refusal(opened, data, name="a.xlsx") == "workbook_too_large"


def test_a_part_that_unpacks_to_too_much_hides_behind_none_that_does_not_shrink(opened: Opener) -> None:
    bomb, held = shared(workbook(["Firma"], ["Müller AG"]), padding=5_000_000), io.BytesIO(b"")
    held.write(bomb)
    with zipfile.ZipFile(held, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/media/photo.bin", b"\x00\x01" * 500_000)
    assert refusal(opened, held.getvalue(), name="a.xlsx") == "workbook_too_large"


@pytest.mark.parametrize("rows", [1, 40])
def test_the_number_of_a_row_does_not_make_the_reader_count_to_two_billions(opened: Opener, rows: int) -> None:
    data = workbook(["Firma", "Land"], *(["Müller AG", "DE"] for _row in range(rows)))
    last = f'r="{rows + 1}"'.encode()
    far = changed(data, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<row " + last, b'<row r="2000000000"'))
    assert b"2000000000" in zipfile.ZipFile(io.BytesIO(far)).read("xl/worksheets/sheet1.xml")
    assert refusal(opened, far, name="a.xlsx") == "too_many_rows"


def test_a_file_that_is_one_endless_line_is_not_held(opened: Opener) -> None:
    table = opened("Firma;Land\n" + ";" * 3_000_000 + "\nGut AG;DE\n")
    assert problems(table) == [(2, "", "line_too_long")]
    assert good(table) == [(3, ["Gut AG", "DE"])]
    [kept] = [row.cells[0] for row in table.rows() if isinstance(row, Problem)]
    assert len(kept) <= csvfile.MOST_CHARACTERS + 1


def test_the_file_is_read_as_a_stream_and_any_number_of_times(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    table = opened("Firma;Land\n" + "Muster AG;DE\n" * 1000)
    read: list[int] = []
    original = table._source

    def counted() -> Any:
        for row in original():
            read.append(1)
            yield row

    table._source = counted
    next(iter(table.rows()))
    assert len(read) == 2  # the header and the row that was asked for
    assert len(list(table.rows())) == len(list(table.rows())) == 1000


def test_real_files_are_read_whole() -> None:
    if not REAL.is_dir():
        pytest.skip("the real files are not on this machine")
    rows = {"germany_largest_by_state_pdl2019.csv": 1600, "sp500_constituents.csv": 503, "iso_country_codes.csv": 249}
    for name, count in rows.items():
        table = open_table(REAL / name, name=name, max_bytes=MOST)
        assert (table.encoding, table.delimiter, table.has_header) == ("utf-8", ",", True)
        assert len(good(table)) == count


def _codes() -> set[str]:
    """Every code that the sources raise or yield, also one that stands in a table or an either-or."""
    found = {code for _magic, code in reading._DISGUISES}
    for path in sorted(Path(reading.__file__).parent.glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            name = getattr(getattr(call, "func", None), "id", "")
            at = {"FileRefused": 0, "Unfit": 0, "Problem": 2, "_guarded": 1}.get(name)
            if isinstance(call, ast.Call) and at is not None and len(call.args) > at:
                constants = (part for part in ast.walk(call.args[at]) if isinstance(part, ast.Constant))
                found |= {part.value for part in constants if isinstance(part.value, str) and part.value}
    return found


def test_every_code_has_a_sentence() -> None:
    params = dict.fromkeys(
        ("name", "size", "most", "found", "expected", "encoding", "known", "delimiter", "field", "column", "line", "value",
         "inside", "stated", "reason"), "x",
    )  # fmt: skip
    codes = _codes()
    assert {"file_is_pdf", "formula", "quote_unclosed", "workbook_broken", "encoding_unfit"} <= codes
    for code in codes:
        assert sentence(code, params).endswith((".", "?"))
