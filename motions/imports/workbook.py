"""Excel workbooks as rows of text: checked before they are unpacked, read as a stream, formulas only with their values."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import zip_longest
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from motions.imports.findings import FileRefused, Problem

MOST_UNPACKED = 200 * 2**20  # a real workbook of 100,000 rows and 12 columns unpacks to about 60 MiB
MOST_RATIO = 100
SMALL_PART = 2**20  # styles and the like are mostly repetition
MOST_ROWS = 2**20 - 1  # Excel has one more
MOST_PARTS = 5_000
MOST_COLUMNS = 500

Row = tuple[int, list[str]]


def source(path: Path, name: str) -> Callable[[], Iterator[Row | Problem]]:
    """Check the archive, then give a function that starts reading from the top."""
    has_formulas = _checked(path, name)
    return lambda: _rows(path, has_formulas=has_formulas)


def _checked(path: Path, name: str) -> bool:
    """Refuse what is no workbook or would unpack to too much; returns whether any sheet has formulas."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                is_office = bool(names & {"mimetype", "xl/workbook.bin", "word/document.xml", "ppt/presentation.xml"})
                raise FileRefused("file_is_office" if is_office else "file_is_archive", {"name": name})
            unpacked = sum(part.file_size for part in parts)
            # part by part: what does not shrink could be put beside a part that does
            is_bomb = any(part.file_size > max(SMALL_PART, part.compress_size * MOST_RATIO) for part in parts)
            if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or is_bomb:
                raise FileRefused("workbook_too_large", {"size": unpacked // 2**20, "most": MOST_UNPACKED // 2**20})
            return any(_has_formulas(archive, name) for name in names if name.startswith("xl/worksheets/"))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, EOFError) as error:
        raise FileRefused("workbook_broken", {}) from error


def _has_formulas(archive: zipfile.ZipFile, name: str) -> bool:
    read = 0
    with archive.open(name) as part:
        tail = b""
        while chunk := part.read(2**20):
            read += len(chunk)
            if read > MOST_UNPACKED:  # the directory of the archive told less than there is
                raise FileRefused("workbook_too_large", {"size": read // 2**20, "most": MOST_UNPACKED // 2**20})
            if b"<f>" in tail + chunk or b"<f " in tail + chunk:
                return True
            tail = chunk[-3:]
    return False


@contextmanager
def _opened(path: Path, *, data_only: bool) -> Iterator[Any]:
    """A workbook, by its content: an upload is stored under a name without an ending, which openpyxl would refuse."""
    with path.open("rb") as file:
        try:
            book = load_workbook(file, read_only=True, data_only=data_only, keep_links=False)
        except (InvalidFileException, KeyError, ValueError, TypeError, SyntaxError, zipfile.BadZipFile) as error:
            raise FileRefused("workbook_broken", {}) from error
        try:
            yield book
        finally:
            book.close()


def _rows(path: Path, *, has_formulas: bool) -> Iterator[Row | Problem]:
    with _opened(path, data_only=True) as values:
        sheet = _sheet(values)
        if not has_formulas:
            for line, cells in enumerate(_filled(sheet), start=1):
                yield line, _texts(cells)
            return
        with _opened(path, data_only=False) as formulas:
            pairs = zip_longest(_filled(sheet), _filled(_sheet(formulas)))
            for line, (cells, behind) in enumerate(pairs, start=1):
                yield _calculated(line, cells or (), behind or ())


def _filled(sheet: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of a sheet, those that it leaves out as empty ones: a number of a row must not count to billions."""
    for number, cells in enumerate(sheet.iter_rows(max_row=MOST_ROWS + 1, values_only=True), start=1):
        if number > MOST_ROWS:
            raise FileRefused("too_many_rows", {"most": MOST_ROWS})
        yield cells


def _sheet(book: Any) -> Any:
    """The first visible sheet that holds anything; most workbooks have their table there."""
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    for sheet in sheets:
        sheet.reset_dimensions()
        if any(cell is not None for row in sheet.iter_rows(max_row=50, values_only=True) for cell in row):
            return sheet
    if not sheets:
        raise FileRefused("no_rows", {})
    return sheets[0]


def _calculated(line: int, cells: tuple[Any, ...], behind: tuple[Any, ...]) -> Row | Problem:
    """A formula counts with the value that Excel stored; without one nobody knows what it would give."""
    for index, formula in enumerate(behind):
        value = cells[index] if index < len(cells) else None
        if value is None and _is_formula(formula):
            return Problem(line, "", "formula_without_value", {"column": str(index + 1)}, tuple(_texts(cells)))
    return line, _texts(cells)


def _is_formula(value: Any) -> bool:
    return (isinstance(value, str) and value.startswith("=")) or type(value).__name__ in {
        "ArrayFormula",
        "DataTableFormula",
    }


def _texts(cells: tuple[Any, ...]) -> list[str]:
    texts = [_text(cell) for cell in cells[: MOST_COLUMNS + 1]]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)


def _number(value: float) -> str:
    if abs(value) < 1e15 and value == int(value):
        return str(int(value))
    text = format(value, ".15g")  # what Excel shows: 0.1 + 0.2 is 0.3
    # three decimals would look like a group of thousands to whoever reads text
    return f"{text}0" if len(text.rpartition(".")[2]) == 3 else text
