"""Delimited text: encoding, delimiter, quotes that span lines and quotes that are never closed."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from motions.imports.findings import FileRefused, Problem

ENCODINGS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "windows-1252", "iso-8859-1", "iso-8859-15",
    "windows-1250", "cp850", "mac-roman",
)  # fmt: skip
_EIGHT_BITS = ("windows-1252", "windows-1250", "cp850", "mac-roman")
_LETTERS = frozenset("äöüÄÖÜßéèêëàâáçñôóòíîúûåæøÅÆØÉłąęśżźćńŁŚŻčšžřěůťďŠČŽ€")
DELIMITERS = (";", ",", "\t", "|")
MOST_LINES = 200  # physical lines of one record; more is a quote that nobody closed
MOST_CHARACTERS = 100_000

Row = tuple[int, list[str]]
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")


def guess_encoding(path: Path, head: bytes) -> str:
    """The encoding by byte order mark, by the pattern of zero bytes, by being valid UTF-8, else by its letters."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 5:
        return "utf-16-le" if odd > even else "utf-16-be"
    if _is_utf8(path):
        return "utf-8"
    # a few broken bytes in a file that is otherwise UTF-8 stay broken bytes; they are reported with their line
    multibyte = sum(len(match) for match in _MULTIBYTE.findall(head))
    if multibyte > 4 * (len(_HIGH.findall(head)) - multibyte):
        return "utf-8"
    return _eight_bits(head)


def _eight_bits(head: bytes) -> str:
    """The code page in which the bytes above 127 are most often letters of a European language."""
    high = b"".join(_HIGH.findall(head))
    texts = {name: high.decode(name, errors="replace") for name in _EIGHT_BITS}
    best = max(texts, key=lambda name: sum(letter in _LETTERS for letter in texts[name]))
    return best if "\ufffd" not in texts[best] else "iso-8859-1"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(2**20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def guess_delimiter(path: Path, encoding: str) -> str:
    """The delimiter that cuts the first rows into the most even table; 'sep=;' in the first line settles it."""
    lines = [line for line in islice(_lines(path, encoding), 100) if line.strip()]
    if lines and lines[0].strip().lower().startswith("sep=") and len(lines[0].strip()) == 5:
        return lines[0].strip()[4]
    return max(DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    widths = Counter(len(row) for row in _parsed(lines, delimiter))
    wide = [(count, width) for width, count in widths.items() if width > 1]
    if not wide:
        return 0.0, 0
    count, width = max(wide)
    return count / sum(widths.values()), width


def _parsed(lines: list[str], delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines, delimiter=delimiter)
    except csv.Error:
        return


def _lines(path: Path, encoding: str) -> Iterator[str]:
    if encoding not in ENCODINGS:
        raise FileRefused("encoding_unknown", {"encoding": encoding, "known": ", ".join(ENCODINGS)})
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        while line := file.readline(MOST_CHARACTERS + 1):
            yield line
            # what is longer than a line can be is passed over, never held
            while len(line) > MOST_CHARACTERS and not line.endswith(("\n", "\r")):
                line = file.readline(MOST_CHARACTERS + 1)


def source(path: Path, encoding: str, delimiter: str) -> Callable[[], Iterator[Row | Problem]]:
    """A function that starts reading from the top."""
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise FileRefused("delimiter_unknown", {"delimiter": delimiter})
    return lambda: _records(_lines(path, encoding), delimiter)


class _Unclosed(Exception):
    """More lines than a record can have."""


class _Feed:
    """Physical lines: counts them, keeps those of an open record, and takes them back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.again: list[str] = []
        self.number = 0
        self.open: list[str] = []

    def __iter__(self) -> Iterator[str]:
        """Each line once; what was taken back meanwhile comes first."""
        for line in self.lines:
            self.number += 1
            yield line
            while self.again:
                self.number += 1
                yield self.again.pop()

    def record(self) -> Iterator[str]:
        """The lines of one record, as far as the csv module asks for them."""
        size = 0
        while len(self.open) < MOST_LINES and size <= MOST_CHARACTERS:
            line = self.again.pop() if self.again else next(self.lines, "")
            if not line:
                return
            self.number += 1
            self.open.append(line)
            size += len(line)
            yield line
        raise _Unclosed

    def begin(self) -> None:
        """A new record begins."""
        self.open = []

    def back_to_second(self) -> int:
        """Give back all lines of the open record but its first; returns the first one's number."""
        first = self.number - len(self.open) + 1
        self.again += reversed(self.open[1:])
        self.number = first
        self.begin()
        return first


def _broken(feed: _Feed, error: Exception) -> Problem:
    """What stands in the way of the open record; its first line is refused, the rest is read again."""
    raw = (feed.open[0].strip(),)
    line = feed.back_to_second()
    is_open = isinstance(error, _Unclosed) or "end of data" in str(error)
    return Problem(line, "", "quote_unclosed" if is_open else "quote_broken", {}, raw)


def _records(lines: Iterator[str], delimiter: str) -> Iterator[Row | Problem]:
    feed = _Feed(lines)
    for line in feed:
        if len(line) > MOST_CHARACTERS:
            yield Problem(feed.number, "", "line_too_long", {"most": str(MOST_CHARACTERS)}, (line.strip(),))
        elif '"' in line:
            feed.again.append(line)
            feed.number -= 1
            yield _quoted(feed, delimiter)
        elif feed.number > 1 or len(line.rstrip()) > 5 or not line.lower().startswith("sep="):
            # most lines have no quotes: a cut at the delimiter is all that the csv module would do
            yield feed.number, [cell.strip() for cell in line.split(delimiter)]


def _quoted(feed: _Feed, delimiter: str) -> Row | Problem:
    """One record, with the lines over which its quotes reach."""
    feed.begin()
    started = feed.number + 1
    try:
        return started, [cell.strip() for cell in next(csv.reader(feed.record(), delimiter=delimiter, strict=True))]
    except (_Unclosed, csv.Error) as error:
        return _broken(feed, error)
