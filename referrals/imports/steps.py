"""The life of a file of leads as people ask for it: upload, write, undo. The work itself is done by `jobs`."""

import hashlib
from collections import Counter
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from common.files import Upload
from common.refusals import Refused, Unfit
from motions.imports.findings import FileRefused, Problem
from motions.imports.reading import Row, Table, open_table
from motions.imports.wording import sentence as sentence_of_file
from motions.states import ImportState
from partners.models import User
from referrals.imports.columns import NAMES, recognised
from referrals.models import LeadImport, LeadImportRow
from referrals.services.recording import must_be_of_partner
from referrals.states import LeadRowOutcome

MOST_ROWS = 1000  # R45
MOST_BYTES = 5 * 2**20
NEEDED = ("customer", "customer_key")
_STANDING = (ImportState.CHECKING, ImportState.CHECKED, ImportState.COMMITTING, ImportState.COMMITTED)


@transaction.atomic
def upload(file: Upload, *, by: User, at: datetime, submits: bool) -> LeadImport:
    """Take a file in, to be checked; `Unfit` (field `file`) when it cannot be read or has more than 1,000 rows (R45).

    The same content again gives the import that there is, unless it was undone or failed.
    """
    must_be_of_partner(by)
    assert by.partner_id is not None
    content = file.read(MOST_BYTES + 1)
    digest = hashlib.sha256(content).hexdigest()
    known = LeadImport.objects.visible_to(by).filter(sha256=digest, submits=submits, by=by, state__in=_STANDING)
    if found := known.order_by("-pk").first():
        return found
    table, rows = _read(content, Path(file.name or "").name)
    mapping = recognised(table.header)
    if not any(name in mapping for name in NEEDED):
        raise Unfit(_no_customer(table), field="file")
    batch = LeadImport.objects.create(
        partner_id=by.partner_id,
        by=by,
        by_name=str(by),
        at=at,
        file_name=Path(file.name or "").name[:200],
        sha256=digest,
        encoding=table.encoding,
        header=list(table.header),
        mapping=mapping,
        submits=submits,
    )
    LeadImportRow.objects.bulk_create(_row(batch, row) for row in rows)
    return batch


def _read(content: bytes, name: str) -> tuple[Table, list[Row | Problem]]:
    try:
        with NamedTemporaryFile() as place:
            place.write(content)
            place.flush()
            table = open_table(Path(place.name), name=name, max_bytes=MOST_BYTES)
            rows = []
            for row in table.rows():
                rows.append(row)
                if len(rows) > MOST_ROWS:
                    raise Unfit(_too_many(), field="file")
    except FileRefused as refused:
        raise Unfit(sentence_of_file(refused.code, refused.params), field="file") from refused
    if not rows:
        raise Unfit(sentence_of_file("no_rows", {}), field="file")
    return table, rows


def _too_many() -> str:
    text = _("The file has more than %(most)s rows. Please split it: a file with too many rows is not taken at all.")
    return text % {"most": MOST_ROWS}


def _no_customer(table: Table) -> str:
    text = _("The file has no column with the customer (“%(wanted)s”). Its columns are: %(known)s.")
    return text % {"wanted": NAMES["customer"][0], "known": ", ".join(table.header)}


def _row(batch: LeadImport, row: Row | Problem) -> LeadImportRow:
    facts: dict[str, Any] = {"partner_id": batch.partner_id, "batch": batch}
    if isinstance(row, Problem):
        said = [[row.column, row.code, row.params]]
        return LeadImportRow(
            line=row.line, cells=_plain(row.cells), outcome=LeadRowOutcome.REFUSED, problems=said, **facts
        )
    return LeadImportRow(line=row[0], cells=row[1], **facts)


def _plain(cells: tuple[str, ...]) -> list[str]:
    """Cells as the database can hold them."""
    return [cell.replace("\x00", "\ufffd") for cell in cells]


@transaction.atomic
def ask_commit(batch: LeadImport, *, by: User) -> None:
    """Have the rows written that the check found good."""
    _move(batch, by=by, source=ImportState.CHECKED, target=ImportState.COMMITTING)


@transaction.atomic
def ask_undo(batch: LeadImport, *, by: User) -> None:
    """Have the leads taken back that nobody has touched since."""
    _move(batch, by=by, source=ImportState.COMMITTED, target=ImportState.UNDOING)


def _move(batch: LeadImport, *, by: User, source: ImportState, target: ImportState) -> None:
    """Compare and set: of two people, or two windows of one, the first moves an import on."""
    must_be_of_partner(by)
    own = LeadImport.objects.visible_to(by).filter(pk=batch.pk, state=source)
    if not own.update(state=target, attempts=0):
        raise Refused(_("This import has moved on meanwhile. Please look at its present state."))
    batch.refresh_from_db()


def counts(batch: LeadImport) -> Counter[str]:
    """How many rows there are of each outcome; '' are those that are still to be looked at."""
    return counts_of([batch])[batch.pk]


def counts_of(batches: Collection[LeadImport]) -> dict[int, Counter[str]]:
    """The same of several imports by their numbers, for one query."""
    rows = LeadImportRow.objects.filter(batch__in=[batch.pk for batch in batches])
    found: dict[int, Counter[str]] = {batch.pk: Counter() for batch in batches}
    for key, outcome, count in rows.order_by().values_list("batch", "outcome").annotate(Count("pk")):
        found[key][outcome] = count
    return found
