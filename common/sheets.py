"""Sheets that spreadsheets open as they are meant: no cell is taken for a formula.

CSV has a byte order mark and semicolons. XLSX is written row by row into a temporary file and sent from there.
"""

import csv
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\x00")
_CHUNK = 64 * 1024


class Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        """The line itself."""
        return text


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; plain negative numbers stay."""
    if cell.startswith(_FORMULA_STARTS) and not cell.lstrip("+-").replace(".", "").replace(",", "").isdigit():
        return "'" + cell
    return cell


def sheet(rows: Iterable[Iterable[str]]) -> Iterator[bytes]:
    """Rows as the lines of a file, streamed."""
    writer: Any = csv.writer(Echo(), delimiter=";")
    yield b"\xef\xbb\xbf"
    for row in rows:
        yield writer.writerow(map(harmless, row)).encode()


def workbook(rows: Iterable[Iterable[str]], *, title: str) -> Iterator[bytes]:
    """Rows as an XLSX workbook of one sheet; memory stays flat, whatever their number."""
    book = Workbook(write_only=True)
    page = book.create_sheet(title[:31])
    for row in rows:
        page.append([ILLEGAL_CHARACTERS_RE.sub("", harmless(cell)) for cell in row])
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk
