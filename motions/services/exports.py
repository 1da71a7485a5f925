"""Exports as jobs: asked for by a program, made by a worker as its partner, forgotten after a week."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from tempfile import TemporaryFile

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from common.isolation import Side, acting
from common.refusals import NotAllowed
from common.sheets import sheet, workbook
from customers.models import Customer, CustomerQuerySet
from customers.scoping import narrowed
from motions.models import Export
from motions.scoping import with_freshness
from motions.sql.freshness import in_force
from motions.sql.progress import teller
from motions.states import ExportKind, ExportState
from partners.models import User

MOST_ATTEMPTS = 3
KEPT_FOR = timedelta(days=7)
CHUNK = 1000
COLUMNS = (
    "public_id", "name", "country", "domain", "registration_number", "segment", "city", "vetting", "standing__motion",
    "is_fresh", "standing__motion_since", "created_at",
)  # fmt: skip
HEADINGS = ("id", *COLUMNS[1:8], "motion", "is_fresh", "motion_since", "created_at")


@transaction.atomic
def ask_export(*, by: User, at: datetime, kind: ExportKind, filters: Mapping[str, str]) -> Export:
    """Ask for a file of the partner's customers; `filters` are those of `customers.scoping.narrowed`, and `motion`."""
    if not by.is_of_partner or by.partner is None:
        raise NotAllowed(_("Only the partner itself takes its customers away as a file."))
    return Export.objects.create(partner=by.partner, kind=kind, filters=dict(filters), at=at, by=by, by_name=str(by))


def waiting() -> list[tuple[int, int]]:
    """(export, partner) of every file that somebody waits for."""
    return list(Export.objects.filter(state=ExportState.WAITING).order_by("pk").values_list("pk", "partner_id"))


def make(*, export_id: int, partner_id: int, clock: Callable[[], datetime]) -> bool:
    """Make a file as its partner; whether there was one to make. A third failure is the last."""
    with acting(Side.PARTNER, partner_id=partner_id):
        export = _held(export_id)
        if export is None:
            return False
        # it counts although making may fail, or its worker be killed
        export.attempts += 1
        person = export.by
        export.done_rows, export.all_rows = 0, _rows(export, by=person).count() if person else 0
        if export.attempts > MOST_ATTEMPTS or person is None:
            export.state, export.ended_at = ExportState.FAILED, clock()
        export.save(update_fields=["attempts", "state", "ended_at", "done_rows", "all_rows"])
        if person is None or export.state == ExportState.FAILED:
            return True
    with acting(Side.PARTNER, partner_id=partner_id, user_id=person.pk):
        held = _held(export_id)
        if held is None:
            return False
        _write(held, by=person, at=clock())
    return True


def _held(export_id: int) -> Export | None:
    """The export, if it waits and nobody else makes it. Its row stays free, so that it can be said how far it is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 11))", [f"export {export_id}"])
        if not cursor.fetchone()[0]:
            return None
    return Export.objects.filter(pk=export_id, state=ExportState.WAITING).select_related("by").first()


def _write(export: Export, *, by: User, at: datetime) -> None:
    lines = _lines(export, by=by, progress=teller(export))
    with TemporaryFile() as file:
        for chunk in workbook(lines, title="Customers") if export.kind == ExportKind.XLSX else sheet(lines):
            file.write(chunk)
        file.seek(0)
        export.stored_as = default_storage.save(f"exports/{export.public_id}.{export.kind}", File(file))
    export.state, export.rows, export.ended_at = ExportState.DONE, export.done_rows, at
    export.all_rows = export.done_rows
    export.save(update_fields=["stored_as", "state", "rows", "ended_at", "done_rows", "all_rows"])


def _rows(export: Export, *, by: User) -> CustomerQuerySet:
    chosen = dict(export.filters)
    motion = chosen.pop("motion", "")
    rows = narrowed(Customer.objects.visible_to(by).current(), by=by, **chosen)
    return rows.filter(standing__motion=motion) if motion else rows


def _lines(export: Export, *, by: User, progress: Callable[[int], None]) -> Iterator[list[str]]:
    """A heading and a line for each customer, in the order in which they were registered."""
    yield list(HEADINGS)
    rows = with_freshness(_rows(export, by=by), in_force(localdate()))
    found = rows.order_by("pk").values_list(*COLUMNS).iterator(chunk_size=CHUNK)
    for count, row in enumerate(found, start=1):
        yield ["" if value is None else str(value) for value in row]
        progress(count)


def forget_exports(*, at: datetime) -> int:
    """Delete files whose time is over, and their rows; returns how many."""
    gone = list(Export.objects.filter(at__lt=at - KEPT_FOR)[:CHUNK])
    for export in gone:
        if export.stored_as:
            default_storage.delete(export.stored_as)
        export.delete()
    return len(gone)
