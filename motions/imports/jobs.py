"""Imports in the background: what a worker does with a batch, and how the page sees it move."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection

from common.isolation import Context, Side, acting, assume
from motions.imports import steps
from motions.models import ImportBatch
from motions.sql.progress import teller, told
from motions.states import ImportState

ASKING = (ImportState.CHECKING, ImportState.COMMITTING, ImportState.UNDOING)


def waiting() -> list[tuple[int, int]]:
    """(batch, partner) of every import that asks for a step."""
    return list(ImportBatch.objects.filter(state__in=ASKING).order_by("pk").values_list("pk", "partner_id"))


def work(*, batch_id: int, partner_id: int, clock: Callable[[], datetime]) -> bool:
    """Take a batch's next step as its partner; whether there was one to take. Run twice, the second finds nothing to do."""
    with acting(Side.PARTNER, partner_id=partner_id):
        if not steps.claim(partner_id):
            return False
        batch = ImportBatch.objects.filter(pk=batch_id, state__in=ASKING).first()
        if batch is None:
            return False
        if batch.attempts >= steps.MOST_ATTEMPTS:
            steps.give_up(batch)
            return True
        # the audit names the person on whose behalf it is done
        assume(connection, Context(Side.PARTNER, partner_id, steps.asker(batch).user_id))
        batch.attempts += 1
        told(batch, "attempts")  # it counts although the step may fail, or its worker be killed
        steps.take(batch, at=clock(), progress=teller(batch))
    return True
