"""The life of an import: upload, check (a dry run), commit, undo. Each step is one transaction and safe to repeat."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from common.isolation import Side, acting
from common.refusals import NotAllowed, Refused
from motions import bulk
from motions.imports import mapping, numbers, staging
from motions.imports.findings import FileRefused
from motions.imports.reading import Table, open_table
from motions.imports.rows import Defaults
from motions.imports.staging import Progress, Who
from motions.models import ImportBatch, ImportMapping, Standing
from motions.states import ImportState, Motion
from partners.models import Partner, User
from partners.roles import Role


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
    """Keep a file for an import. `FileRefused` when it is too large or cannot be opened; nothing is kept then."""
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
    if batch.state not in (ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED):
        raise Refused(_("This import is under way or done; its columns can no longer be changed."))
    batch.options = vars(options)
    table = open_batch(batch)
    mapping.resolve(table, chosen)
    batch.mapping, batch.encoding, batch.delimiter = dict(chosen), table.encoding, table.delimiter
    batch.state, batch.problem, batch.done_rows = ImportState.CHECKING, {}, 0
    batch.save(update_fields=["mapping", "options", "encoding", "delimiter", "state", "problem", "done_rows"])


def move(batch: ImportBatch, *, source: ImportState, target: ImportState) -> None:
    """Take a batch from one state to the next, or refuse because somebody else did."""
    taken = ImportBatch.objects.filter(pk=batch.pk, partner_id=batch.partner_id, state=source).update(state=target)
    if not taken:
        raise Refused(_("This import has moved on meanwhile. Please look at its present state."))


def ask_undo(batch: ImportBatch, *, by: User) -> None:
    """Have an import undone: by whoever did it, or by the partner's administrator."""
    if by.role != Role.PARTNER_ADMIN and batch.by_id != by.pk:
        raise NotAllowed(_("Only the person who imported the file or your administrator can undo it."))
    move(batch, source=ImportState.COMMITTED, target=ImportState.UNDOING)


def take(batch: ImportBatch, *, who: Who, at: datetime, progress: Progress) -> ImportBatch:
    """Do what the batch's state asks for; a batch that is being worked on elsewhere is left alone."""
    steps = {
        ImportState.CHECKING: _check,
        ImportState.COMMITTING: _commit,
        ImportState.UNDOING: _undo,
    }
    step = steps.get(ImportState(batch.state))
    if step is None or not _is_mine(batch):
        return batch
    try:
        with transaction.atomic():
            step(batch, who, at, progress)
    except FileRefused as refused:
        batch.state, batch.problem = ImportState.FAILED, {"code": refused.code, "params": refused.params}
    batch.save()
    return batch


def _is_mine(batch: ImportBatch) -> bool:
    """One worker for one batch, as long as its transaction lives."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('motions_import'), %s::int)", [batch.pk % 2**31])
        is_mine: bool = cursor.fetchone()[0]
    return is_mine


def _stage(batch: ImportBatch, progress: Progress) -> None:
    table = open_batch(batch)
    columns = mapping.resolve(table, batch.mapping)
    options = Options.of(batch)
    batch.all_rows = _about_rows(batch, table)
    defaults = Defaults(options.country, options.currency, _styles(table, columns, options))
    staging.stage(table, columns, defaults, progress=progress)


def _about_rows(batch: ImportBatch, table: Table) -> int:
    """Lines of a text file, for the progress bar until the rows are counted; 0 for a workbook."""
    if table.kind != "csv":
        return 0
    with stored_path(batch).open("rb") as file:
        return sum(max(chunk.count(b"\n"), chunk.count(b"\r")) for chunk in iter(partial(file.read, 2**20), b""))


def _styles(table: Table, columns: Mapping[str, int], options: Options) -> Callable[[str], str]:
    """How a field's numbers are written; asks (`numbers_ambiguous`) when neither file nor partner tells."""

    @cache
    def found() -> numbers.Survey:
        return numbers.survey(table, columns)

    def style(name: str) -> str:
        if name in found().styles or options.decimal:
            return found().styles.get(name) or options.decimal
        line, text = found().ambiguous[name][0]
        raise FileRefused("numbers_ambiguous", {"line": line, "column": table.header[columns[name]], "value": text})

    return style


def _check(batch: ImportBatch, who: Who, at: datetime, progress: Progress) -> None:
    """Stage, recognise, keep the report, and try out which guidance would move. Nothing else is written."""
    _stage(batch, progress)
    tally = staging.classify(who)
    batch.all_rows = tally.rows
    batch.counts = {**tally.counts, **_preview(who, at=at)}
    staging.keep(batch.pk, who)
    batch.state = ImportState.CHECKED


class _TriedOut(Exception):
    """Ends the savepoint of a preview."""


def _preview(who: Who, *, at: datetime) -> dict[str, Any]:
    """Customers of the file by motion, before and after, judged for real in a savepoint that is rolled back."""
    found: dict[str, Any] = {}
    try:
        with transaction.atomic():
            known = staging.staged_customers()
            before = dict(Standing.objects.filter(customer_id__in=known).values_list("customer_id", "motion"))
            staging.apply(who, at=at, day=localdate(at), note={})
            customers = staging.staged_customers()
            with acting(Side.WORKER):
                bulk.judge_all(customers, bulk.Counts(), at=at)
                after = dict(Standing.objects.filter(customer_id__in=customers).values_list("customer_id", "motion"))
            moved = [(before[key], after[key]) for key in before if after.get(key, before[key]) != before[key]]
            found = {"motions_after": count_motions(after.values()), "moved": len(moved), "moves": _moves(moved)}
            raise _TriedOut
    except _TriedOut:
        return found


def count_motions(motions: Iterable[str]) -> dict[str, int]:
    """How many customers there are of each motion."""
    counts = {motion.value: 0 for motion in Motion}
    for motion in motions:
        counts[motion] += 1
    return counts


def _moves(moved: list[tuple[str, str]]) -> list[list[Any]]:
    """[from, to, how many] for each kind of move."""
    pairs = sorted(set(moved))
    return [[before, after, moved.count((before, after))] for before, after in pairs]


def _commit(batch: ImportBatch, who: Who, at: datetime, progress: Progress) -> None:
    """Recognise again, because things may have changed since the check; then write everything at once."""
    staging.stage_again(batch.pk)
    _write(batch, who, at)
    progress(batch.all_rows)


def _write(batch: ImportBatch, who: Who, at: datetime) -> None:
    tally = staging.classify(who)
    batch.all_rows = tally.rows
    batch.counts = {**batch.counts, **tally.counts}
    staging.apply(who, at=at, day=localdate(at), note={"import": str(batch.public_id)})
    staging.keep(batch.pk, who)
    batch.state, batch.committed_at = ImportState.COMMITTED, at
    _remember(batch, at)


def _remember(batch: ImportBatch, at: datetime) -> None:
    ImportMapping.objects.update_or_create(
        partner_id=batch.partner_id,
        header_hash=_header_hash(open_batch(batch)),
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
        _stage(batch, lambda _done: None)
        if is_commit:
            _write(batch, who, at)
        else:
            tally = staging.classify(who)
            batch.all_rows, batch.counts = tally.rows, tally.counts
            staging.keep(batch.pk, who)
            batch.state = ImportState.CHECKED
        batch.save()
    return batch
