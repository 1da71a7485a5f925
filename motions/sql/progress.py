"""How far a job is, over a connection of its own: what the job itself writes is not seen before its end."""

from collections.abc import Callable
from time import monotonic

from django.db import connection

from common.isolation import Context, Side, assume
from motions.models import Export, ImportBatch

TELL_EVERY = 0.5  # seconds


def told(job: Export | ImportBatch, *fields: str) -> None:
    """Write fields of a job so that everybody of its partner sees them at once; the job's row must not be locked."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        assume(other, Context(Side.PARTNER, job.partner_id))
        with other.cursor() as cursor:
            values = ", ".join(f"{field} = %s" for field in fields)
            cursor.execute(
                f"UPDATE {job._meta.db_table} SET {values} WHERE id = %s",
                [*(getattr(job, field) for field in fields), job.pk],
            )
        other.commit()
    finally:
        other.close()


def teller(job: Export | ImportBatch) -> Callable[[int], None]:
    """Takes how many rows are done, and says so now and then."""
    last = monotonic()

    def tell(done: int) -> None:
        nonlocal last
        job.done_rows = done
        if monotonic() - last > TELL_EVERY:
            last = monotonic()
            told(job, "done_rows", "all_rows")

    return tell
