"""The result file of an import: the original rows, what happened to each, and why."""

import csv
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from common.sheets import Echo, harmless
from motions.imports.findings import Problem
from motions.imports.steps import open_batch
from motions.imports.wording import sentence
from motions.models import ImportBatch, ImportRow
from motions.states import RowOutcome


def lines(batch: ImportBatch) -> Iterator[bytes]:
    """The result file, streamed: UTF-8 with byte order mark, semicolons, outcome and reason at the end of each row."""
    writer: Any = csv.writer(Echo(), delimiter=";")
    table = open_batch(batch)
    width = len(table.header)
    told = _told(batch)
    yield b"\xef\xbb\xbf" + writer.writerow([*map(harmless, table.header), _("Outcome"), _("Reason")]).encode()
    for row in table.rows():
        line, cells = (row.line, row.cells) if isinstance(row, Problem) else row
        outcome, reason = next(told, (line, "", ""))[1:]
        own = [*map(harmless, cells), *[""] * (width - len(cells))]
        yield writer.writerow([*own[:width], outcome, reason, *own[width:]]).encode()


def _told(batch: ImportBatch) -> Iterator[tuple[int, str, str]]:
    """(line, outcome, reason) in the order of the file; the rows of file and report are the same ones."""
    rows = ImportRow.objects.filter(batch=batch).order_by("line", "id")
    for row in rows.values_list("line", "outcome", "column", "code", "params").iterator(chunk_size=2000):
        line, outcome, column, code, params = row
        reason = sentence(code, params) if code else ""
        label = str(RowOutcome(outcome).label) if outcome else ""
        yield line, label, harmless(f"{column}: {reason}") if column and reason else reason
