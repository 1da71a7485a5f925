"""Read a partner's file as rows of text, whatever wrote it; refuse it with a cure when it cannot be read."""

import codecs
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from motions.imports import csvfile, workbook
from motions.imports.findings import FileRefused, Problem

MOST_COLUMNS = 500
LOOK_AT = 30  # rows that are looked at to find header, delimiter and number formats

_COMPANY_OR_ADDRESS = re.compile(
    r"\S\s+(?:g?gmbh|ag|kg|kgaa|se|ohg|ltd|inc|llc|corp|plc|e\.\s?[vk])\.?$|\w@\w|://|^www\.", re.IGNORECASE
)

Row = tuple[int, list[str]]
Source = Callable[[], Iterator[Row | Problem]]

# what openpyxl, zipfile and the codecs raise over damaged files; DefusedXmlException is a ValueError
_STUMBLES = (
    ArithmeticError, AttributeError, EOFError, LookupError, NotImplementedError, OSError, SyntaxError, TypeError, ValueError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip
_CONTROL = bytes([*range(1, 9), *range(14, 32)])
_DISGUISES = (
    (b"%PDF", "file_is_pdf"),
    (b"\x89PNG", "file_is_image"),
    (b"\xff\xd8\xff", "file_is_image"),
    (b"GIF8", "file_is_image"),
    (b"\xd0\xcf\x11\xe0", "file_is_old_excel"),
    (b"\x1f\x8b", "file_is_archive"),
    (b"Rar!", "file_is_archive"),
    (b"7z\xbc\xaf", "file_is_archive"),
    (b"PK\x05\x06", "file_is_archive"),
    (b"PK\x07\x08", "file_is_archive"),
    (b"BZh", "file_is_archive"),
    (b"\xfd7zXZ", "file_is_archive"),
    (b"SQLite format 3", "file_is_binary"),
    (b"{\\rtf", "file_is_office"),
    (b"\x7fELF", "file_is_binary"),
    (b"MZ\x90", "file_is_binary"),
)


@dataclass
class Table:
    """A file as rows of cells. `encoding` and `delimiter` are '' for a workbook; `header` names are unique."""

    kind: Literal["csv", "xlsx"]
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    has_header: bool
    sample: list[list[str]]
    _source: Source = field(repr=False)
    _skip: int = field(repr=False)
    above: int = 0  # rows with titles or notes above the table; they are no rows of it

    def rows(self) -> Iterator[Row | Problem]:
        """All rows below the header, streamed; a row that cannot be read is a `Problem` and counts as one."""
        width = len(self.header)
        for found in self._source():
            line = found.line if isinstance(found, Problem) else found[0]
            if line <= self._skip:
                continue
            if isinstance(found, Problem):
                yield self._named(found)
            elif any(found[1]):
                yield self._fitted(found, width)

    def _named(self, problem: Problem) -> Problem:
        """A problem of the source knows the number of its column; people know its header."""
        number = int(problem.params.get("column", 0))
        return replace(problem, column=self.header[number - 1]) if 0 < number <= len(self.header) else problem

    def _fitted(self, row: Row, width: int) -> Row | Problem:
        line, cells = row
        if len(cells) > width:
            if any(cells[width:]):
                return Problem(
                    line, "", "too_many_cells", {"found": str(len(cells)), "expected": str(width)}, tuple(cells)
                )
            del cells[width:]
        elif len(cells) < width:
            cells += [""] * (width - len(cells))
        together = "".join(cells)
        if "\x00" in together or "\ufffd" in together:
            broken = next(index for index, cell in enumerate(cells) if "\x00" in cell or "\ufffd" in cell)
            return Problem(line, self.header[broken], "undecodable", {}, tuple(cells))
        return row


def open_table(path: Path, *, name: str, encoding: str = "", delimiter: str = "", max_bytes: int) -> Table:
    """Open a CSV file or an Excel workbook by its content. `FileRefused` names what is wrong and the cure."""
    size = path.stat().st_size
    if size == 0:
        raise FileRefused("file_empty", {"name": name})
    if size > max_bytes:
        raise FileRefused("file_too_large", {"size": size // 2**20, "most": max_bytes // 2**20})
    with path.open("rb") as file:
        head = file.read(2**16)
    if head.startswith(b"PK\x03\x04"):
        return _table("xlsx", "", "", _guarded(workbook.source(path, name), "workbook_broken"))
    if code := _disguise(head):
        raise FileRefused(code, {"name": name})
    encoding = _chosen(encoding, head) if encoding else csvfile.guess_encoding(path, head)
    try:
        delimiter = delimiter or csvfile.guess_delimiter(path, encoding)
        return _table("csv", encoding, delimiter, _guarded(csvfile.source(path, encoding, delimiter), "encoding_unfit"))
    except UnicodeError as error:
        raise FileRefused("encoding_unfit", {}) from error


def _chosen(encoding: str, head: bytes) -> str:
    """The encoding that the partner chose, by the name that the house uses; a byte order mark is never a letter."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return encoding
    known = next((known for known in csvfile.ENCODINGS if codecs.lookup(known).name == name), encoding)
    marked = {
        "utf-8": (codecs.BOM_UTF8, "utf-8-sig"),
        "utf-16-le": (codecs.BOM_UTF16_LE, "utf-16"),
        "utf-16-be": (codecs.BOM_UTF16_BE, "utf-16"),
    }
    mark, with_mark = marked.get(known, (b"", ""))
    return with_mark if mark and head.startswith(mark) else known


def _guarded(source: Source, code: str) -> Source:
    """The source, refusing the file where a library stumbles over its bytes on the way."""

    def rows() -> Iterator[Row | Problem]:
        try:
            yield from source()
        except _STUMBLES as error:
            raise FileRefused(code, {}) from error

    return rows


def _disguise(head: bytes) -> str:
    """What a file is that is no table, by its first bytes; '' for a table."""
    for magic, code in _DISGUISES:
        if head.startswith(magic):
            return code
    start = head[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table", b"<meta")):
        return "file_is_web_page"
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE))
    zeros = min(head[0::2].count(0), head[1::2].count(0))  # UTF-16 has them on one side
    control = len(head) - len(head.translate(None, _CONTROL))
    return "file_is_binary" if not is_wide and (zeros > len(head) // 20 or control > len(head) // 10) else ""


def _table(kind: Literal["csv", "xlsx"], encoding: str, delimiter: str, source: Source) -> Table:
    first = _first_rows(source)
    if not first:
        raise FileRefused("no_rows", {})
    at = _header_at(first)
    width = _width(first[at:])
    if width > MOST_COLUMNS:
        raise FileRefused("too_many_columns", {"found": width, "most": MOST_COLUMNS})
    line, cells = first[at]
    has_header = _is_header(cells, [row for _line, row in first[at + 1 :]])
    names = cells if has_header else []
    header = _unique([names[index] if index < len(names) else "" for index in range(width)])
    body = first[at + 1 :] if has_header else first[at:]
    sample = [row for _line, row in body]
    return Table(kind, encoding, delimiter, header, has_header, sample, source, line if has_header else line - 1, at)


def _first_rows(source: Source) -> list[Row]:
    found: list[Row] = []
    for row in source():
        if isinstance(row, Problem):
            if not found:
                raise FileRefused("begins_broken", {"line": row.line})
        elif any(row[1]):
            found.append((row[0], list(row[1])))
        if len(found) == LOOK_AT:
            break
    return found


def _filled(cells: list[str]) -> int:
    return sum(1 for cell in cells if cell)


def _width(rows: list[Row]) -> int:
    """Columns that the header row or most rows fill; a single overlong row does not widen the table."""
    widths = sorted(_last_filled(cells) for _line, cells in rows)
    return max(_last_filled(rows[0][1]), widths[len(widths) // 2])


def _last_filled(cells: list[str]) -> int:
    return max((index + 1 for index, cell in enumerate(cells) if cell), default=0)


def _header_at(first: list[Row]) -> int:
    """The first row that is about as full as the table below: titles and notes above it are no rows of the table."""
    typical = sorted(_filled(cells) for _line, cells in first)[len(first) // 2]
    full = next((at for at, (_line, cells) in enumerate(first) if _filled(cells) * 4 >= typical * 3), 0)
    # a header with blank cells stands right above the first full row
    above = first[full - 1][1] if full and _is_data(first[full][1]) else []
    is_above = _filled(above) * 2 >= max(typical, 3) and not _is_data(above)
    return full - 1 if is_above else full


def _looks_like_data(cell: str) -> bool:
    if any(letter.isdigit() for letter in cell) and not any(letter.isalpha() for letter in cell):
        return True
    return bool(_COMPANY_OR_ADDRESS.search(cell))


def _is_data(cells: list[str]) -> bool:
    return any(map(_looks_like_data, cells))


def _is_header(cells: list[str], below: list[list[str]]) -> bool:
    if _is_data(cells):
        return False
    # a name that stands again below in the same column is data
    return not any(cell and row[index : index + 1] == [cell] for row in below for index, cell in enumerate(cells))


def _unique(names: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for index, given in enumerate(names, start=1):
        name = " ".join(given.split())[:100] or f"Column {index}"
        candidate, number = name, 2
        while candidate in found:
            candidate, number = f"{name} ({number})", number + 1
        found.append(candidate)
    return tuple(found)


__all__ = ["FileRefused", "Problem", "Row", "Table", "open_table"]
