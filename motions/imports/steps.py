"""The life of an import: upload, check (a dry run), commit, undo. Each step is one transaction and safe to repeat."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Refused
from motions.imports import intake, mapping, previews, staging
from motions.imports.findings import FileRefused
from motions.imports.reading import Table, open_table
from motions.imports.rows import Defaults
from motions.imports.staging import Progress, Who
from motions.imports.styles import styles_of
from motions.models import ImportBatch, ImportMapping
from motions.states import ImportState
from partners.models import Partner, User
from partners.roles import Role

MOST_ATTEMPTS = 3
CHANGEABLE = (ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED)
# where a batch stands again when its step cannot be done
BACK = {
    ImportState.CHECKING: ImportState.FAILED,
    ImportState.COMMITTING: ImportState.CHECKED,
    ImportState.UNDOING: ImportState.COMMITTED,
}


@dataclass(frozen=True)
class Options:
    """What the partner says about a file beside the mapping; '' is "as found" or "as the file says"."""

    country: str = ""
    currency: str = ""
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""  # 'point' or 'comma', where the file itself does not tell

    @classmethod
    def of(cls, batch: ImportBatch) -> "Options":
        """As stored with a batch."""
        return cls(**{name: batch.options.get(name, "") for name in cls.__dataclass_fields__})


def stored_path(batch: ImportBatch) -> Path:
    """Where the file lies, outside of any web root."""
    return Path(default_storage.path(batch.stored_as))


@transaction.atomic
def upload(file: File, *, by: User | None, partner: Partner, at: datetime, by_name: str = "") -> ImportBatch:  # type: ignore[type-arg]
    """Keep a file for an import. `FileRefused` when it cannot be opened or imports are paused; nothing is kept then."""
    intake.must_be_open()
    if file.size > settings.IMPORT_MAX_BYTES:
        most = settings.IMPORT_MAX_BYTES // 2**20
        raise FileRefused("file_too_large", {"size": file.size // 2**20, "most": most})
    stored_as = default_storage.save(f"imports/{partner.pk}/{uuid4()}", file)
    try:
        path = Path(default_storage.path(stored_as))
        table = open_table(path, name=file.name or "", max_bytes=settings.IMPORT_MAX_BYTES)
        return ImportBatch.objects.create(
            partner=partner,
            by=by,
            by_name=by_name or str(by),
            at=at,
            file_name=Path(file.name or "").name[:200],
            stored_as=stored_as,
            sha256=_digest(path),
            encoding=table.encoding,
            delimiter=table.delimiter,
            mapping=_suggested(table, partner),
            options={"country": partner.country},
        )
    except BaseException:
        default_storage.delete(stored_as)
        raise


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _header_hash(table: Table) -> str:
    return hashlib.sha256("\x1f".join(table.header).encode()).hexdigest()


def _suggested(table: Table, partner: Partner) -> dict[str, str]:
    """The mapping of the last file with the same header, else the guess."""
    known = ImportMapping.objects.filter(partner=partner, header_hash=_header_hash(table)).first()
    return dict(known.mapping) if known else mapping.guess(table)


def open_batch(batch: ImportBatch) -> Table:
    """The file of a batch, with the encoding and delimiter that the partner chose."""
    options = Options.of(batch)
    return open_table(
        stored_path(batch),
        name=batch.file_name,
        encoding=options.encoding,
        delimiter=options.delimiter,
        max_bytes=settings.IMPORT_MAX_BYTES,
    )


def ask_check(batch: ImportBatch, *, chosen: Mapping[str, str], options: Options) -> None:
    """Store mapping and options and have the file checked. `FileRefused` for a column that is not there."""
    batch.options = vars(options)
    table = open_batch(batch)
    mapping.resolve(table, chosen)
    said = {
        "mapping": dict(chosen),
        "options": batch.options,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "header_hash": _header_hash(table),
    }
    if not _moved(batch, CHANGEABLE, ImportState.CHECKING, **said):
        raise Refused(_("This import is under way or done; its columns can no longer be changed."))


def _moved(batch: ImportBatch, sources: tuple[ImportState, ...], target: ImportState, **also: Any) -> bool:
    """Compare and set: of two people, or of two windows of one, the first moves a batch on."""
    mine = ImportBatch.objects.filter(pk=batch.pk, partner_id=batch.partner_id, state__in=sources)
    if not mine.update(state=target, problem={}, done_rows=0, attempts=0, **also):
        return False
    batch.refresh_from_db()
    return True


def move(batch: ImportBatch, *, source: ImportState, target: ImportState, **also: Any) -> None:
    """Take a batch from one state to the next, or refuse because somebody else did."""
    if not _moved(batch, (source,), target, **also):
        raise Refused(_("This import has moved on meanwhile. Please look at its present state."))


def ask_commit(batch: ImportBatch, *, by: User) -> None:
    """Have a checked import written, under the name of whoever asks."""
    said = {"committed_by": by, "committed_by_name": str(by)}
    move(batch, source=ImportState.CHECKED, target=ImportState.COMMITTING, **said)


def may_undo(batch: ImportBatch, by: User) -> bool:
    """Whoever brought or wrote the file, and the partner's administrator."""
    return by.role == Role.PARTNER_ADMIN or by.pk in (batch.by_id, batch.committed_by_id)


def ask_undo(batch: ImportBatch, *, by: User) -> None:
    """Have an import undone, under the name of whoever asks."""
    if not may_undo(batch, by):
        raise NotAllowed(_("Only the person who imported the file or your administrator can undo it."))
    said = {"undone_by": by, "undone_by_name": str(by)}
    move(batch, source=ImportState.COMMITTED, target=ImportState.UNDOING, **said)


def asker(batch: ImportBatch) -> Who:
    """On whose behalf the present step is done."""
    asked = {
        ImportState.COMMITTING: (batch.committed_by_id, batch.committed_by_name),
        ImportState.UNDOING: (batch.undone_by_id, batch.undone_by_name),
    }.get(ImportState(batch.state), (None, ""))
    return Who(batch.partner_id, *asked) if asked[1] else Who(batch.partner_id, batch.by_id, batch.by_name)


def claim(partner_id: int, *, is_patient: bool = False) -> bool:
    """One import of a partner at a time, until the transaction ends: two files never register one company twice.

    Whoever claims reads the batch afterwards, or it may write what another worker has just written.
    """
    with connection.cursor() as cursor:
        key = [partner_id % 2**31]
        if is_patient:
            cursor.execute("SET LOCAL lock_timeout = '10min'")
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('motions_import'), %s::int)", key)
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('motions_import'), %s::int)", key)
        is_mine: bool = cursor.fetchone()[0]
    return is_mine


def take(batch: ImportBatch, *, at: datetime, progress: Progress) -> None:
    """Do what the state of a claimed batch asks for."""
    steps = {ImportState.CHECKING: _check, ImportState.COMMITTING: _commit, ImportState.UNDOING: _undo}
    try:
        with transaction.atomic():
            steps[ImportState(batch.state)](batch, asker(batch), at, progress)
            batch.attempts = 0
    except FileRefused as refused:
        _go_back(batch, refused.code, refused.params)
    batch.save()


def give_up(batch: ImportBatch) -> None:
    """End a step that failed again and again; nothing of it was written."""
    _go_back(batch, "step_failed", {})
    batch.save()


def _go_back(batch: ImportBatch, code: str, params: Mapping[str, str | int]) -> None:
    batch.state, batch.attempts = BACK[ImportState(batch.state)], 0
    batch.problem = {"code": code, "params": dict(params)}


def _stage(batch: ImportBatch, progress: Progress) -> None:
    table = open_batch(batch)
    columns = mapping.resolve(table, batch.mapping)
    options = Options.of(batch)
    batch.all_rows = _about_rows(batch, table)
    defaults = Defaults(options.country, options.currency, styles_of(table, columns, decimal=options.decimal))
    staging.stage(table, columns, defaults, progress=progress)


def _about_rows(batch: ImportBatch, table: Table) -> int:
    """Lines of a text file, for the progress bar until the rows are counted; 0 for a workbook."""
    if table.kind != "csv":
        return 0
    with stored_path(batch).open("rb") as file:
        return sum(max(chunk.count(b"\n"), chunk.count(b"\r")) for chunk in iter(partial(file.read, 2**20), b""))


def _check(batch: ImportBatch, who: Who, at: datetime, progress: Progress) -> None:
    """Stage, recognise, keep the report, and try out which guidance would move. Nothing else is written."""
    _stage(batch, progress)
    tally = staging.classify(who, day=localdate(at))
    batch.all_rows = tally.rows
    batch.counts = {**tally.counts, **previews.preview(who, at=at)}
    staging.keep(batch.pk, who)
    batch.state = ImportState.CHECKED


def _commit(batch: ImportBatch, who: Who, at: datetime, progress: Progress) -> None:
    """Recognise again, because things may have changed since the check; then write everything at once."""
    staging.stage_again(batch.pk)
    _write(batch, who, at, progress)


def _write(batch: ImportBatch, who: Who, at: datetime, progress: Progress) -> None:
    # statements over all rows have no middle that could be told, so that the bar moves between them
    tally = staging.classify(who, day=localdate(at))
    batch.all_rows = tally.rows
    progress(tally.rows // 4)
    batch.counts = {**batch.counts, **tally.counts}
    staging.apply(who, at=at, day=localdate(at), note={"import": str(batch.public_id)})
    progress(tally.rows * 3 // 4)
    staging.keep(batch.pk, who)
    batch.state, batch.committed_at = ImportState.COMMITTED, at
    progress(tally.rows)
    _remember(batch, at)


def _remember(batch: ImportBatch, at: datetime) -> None:
    ImportMapping.objects.update_or_create(
        partner_id=batch.partner_id,
        header_hash=batch.header_hash or _header_hash(open_batch(batch)),
        defaults={"mapping": batch.mapping, "used_at": at},
    )


def _undo(batch: ImportBatch, who: Who, at: datetime, progress: Progress) -> None:
    kept = staging.undo(batch.pk, who, at=at, note={"undone_import": str(batch.public_id)})
    batch.counts = {**batch.counts, "kept": kept}
    batch.state, batch.undone_at = ImportState.UNDONE, at
    progress(batch.all_rows)


def check_and_commit(
    batch: ImportBatch, *, chosen: Mapping[str, str], options: Options, who: Who, at: datetime, is_commit: bool
) -> ImportBatch:
    """All steps at once, for the command: without a preview, and committed only when asked. `FileRefused` goes through."""
    batch.options, batch.mapping = vars(options), dict(chosen)
    with transaction.atomic():
        claim(batch.partner_id, is_patient=True)
        _stage(batch, _untold)
        if is_commit:
            _write(batch, who, at, _untold)
            batch.committed_by_id, batch.committed_by_name = who.user_id, who.name
        else:
            tally = staging.classify(who, day=localdate(at))
            batch.all_rows, batch.counts = tally.rows, tally.counts
            staging.keep(batch.pk, who)
            batch.state = ImportState.CHECKED
        batch.save()
    return batch


def _untold(_done: int) -> None:
    """Nobody watches a command."""
