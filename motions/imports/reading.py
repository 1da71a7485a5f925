"""Read a partner's file as rows of text, whatever wrote it; refuse it with a cure when it cannot be read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from motions.imports import csvfile, workbook
from motions.imports.findings import FileRefused, Problem

MOST_COLUMNS = 500
LOOK_AT = 30  # rows that are looked at to find header, delimiter and number formats

Row = tuple[int, list[str]]
Source = Callable[[], Iterator[Row | Problem]]

_DISGUISES = (
    (b"%PDF", "file_is_pdf"),
    (b"\x89PNG", "file_is_image"),
    (b"\xff\xd8\xff", "file_is_image"),
    (b"GIF8", "file_is_image"),
    (b"\xd0\xcf\x11\xe0", "file_is_old_excel"),
    (b"\x1f\x8b", "file_is_archive"),
    (b"Rar!", "file_is_archive"),
    (b"7z\xbc\xaf", "file_is_archive"),
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

    def rows(self) -> Iterator[Row | Problem]:
        """All rows below the header, streamed; a row that cannot be read is a `Problem` and counts as one."""
        width = len(self.header)
        for found in self._source():
            line = found.line if isinstance(found, Problem) else found[0]
            if line <= self._skip:
                continue
            if isinstance(found, Problem):
                yield found
            elif any(found[1]):
                yield self._fitted(found, width)

    def _fitted(self, row: Row, width: int) -> Row | Problem:
        line, cells = row
        if len(cells) > width:
            if any(cells[width:]):
                return Problem(line, "", "too_many_cells", {"found": str(len(cells)), "expected": str(width)})
            del cells[width:]
        elif len(cells) < width:
            cells += [""] * (width - len(cells))
        broken = next((index for index, cell in enumerate(cells) if "\x00" in cell or "\ufffd" in cell), None)
        if broken is not None:
            return Problem(line, self.header[broken], "undecodable", {})
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
    for magic, code in _DISGUISES:
        if head.startswith(magic):
            raise FileRefused(code, {"name": name})
    if head.startswith(b"PK\x03\x04"):
        return _table("xlsx", "", "", workbook.source(path))
    encoding = encoding or csvfile.guess_encoding(path, head)
    delimiter = delimiter or csvfile.guess_delimiter(path, encoding)
    return _table("csv", encoding, delimiter, csvfile.source(path, encoding, delimiter))


def _table(kind: Literal["csv", "xlsx"], encoding: str, delimiter: str, source: Source) -> Table:
    first = _first_rows(source)
    if not first:
        raise FileRefused("no_rows", {})
    width = max(len(cells) for _line, cells in first)
    if width > MOST_COLUMNS:
        raise FileRefused("too_many_columns", {"found": width, "most": MOST_COLUMNS})
    at = _header_at(first)
    line, cells = first[at]
    has_header = _is_header(cells, [row for _line, row in first[at + 1 :]])
    names = cells if has_header else []
    header = _unique([names[index] if index < len(names) else "" for index in range(_width(first[at:]))])
    body = first[at + 1 :] if has_header else first[at:]
    sample = [row for _line, row in body]
    return Table(kind, encoding, delimiter, header, has_header, sample, source, line if has_header else line - 1)


def _first_rows(source: Source) -> list[Row]:
    found: list[Row] = []
    for row in source():
        if not isinstance(row, Problem) and any(row[1]):
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
    needed = min(2, typical) if typical < 4 else typical // 2
    return next((at for at, (_line, cells) in enumerate(first) if _filled(cells) >= needed), 0)


def _looks_like_data(cell: str) -> bool:
    return any(letter.isdigit() for letter in cell) and not any(letter.isalpha() for letter in cell)


def _is_header(cells: list[str], below: list[list[str]]) -> bool:
    if any(_looks_like_data(cell) for cell in cells):
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
