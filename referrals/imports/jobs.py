"""What a worker does with a file of leads: try each row, write it, or take it back; some rows at a time, resumable.

A try is the real thing taken back: the row goes through the same services as when it is written, in a savepoint that
ends in a rollback. So a row that the check lets through fails later only when something has changed meanwhile.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import override

from common.isolation import Side, acting
from common.refusals import Refused
from motions.states import ImportState
from partners.models import User
from referrals import services
from referrals.imports import rows
from referrals.imports.rows import Problem, Wish
from referrals.models import LeadImport, LeadImportRow, Programme, Referral
from referrals.services.completeness import NEEDED_CONSENTS
from referrals.states import ErrorReason, LeadRowOutcome, State, Step

AT_ONCE = 20
MOST_ATTEMPTS = 5
ASKING = (ImportState.CHECKING, ImportState.COMMITTING, ImportState.UNDOING)
AFTER = {
    ImportState.CHECKING: ImportState.CHECKED,
    ImportState.COMMITTING: ImportState.COMMITTED,
    ImportState.UNDOING: ImportState.UNDONE,
}
# where an import stands again when a step is given up; what is written of it stays and can be undone
BACK = {
    ImportState.CHECKING: ImportState.FAILED,
    ImportState.COMMITTING: ImportState.CHECKED,
    ImportState.UNDOING: ImportState.COMMITTED,
}
# which rows a step still has to do: what it has done no longer answers to this
LEFT = {
    ImportState.CHECKING: Q(outcome=""),
    ImportState.COMMITTING: Q(outcome=LeadRowOutcome.NEW, referral__isnull=True),
    ImportState.UNDOING: Q(outcome=LeadRowOutcome.NEW, referral__isnull=False),
}
Clock = Callable[[], datetime]


class _TakenBack(Exception):
    """The end of a try."""


def waiting() -> list[tuple[int, int, int]]:
    """(import, partner, person) of everything that asks for work; the worker reads it."""
    asking = LeadImport.objects.filter(state__in=ASKING, by__isnull=False).order_by("pk")
    return list(asking.values_list("pk", "partner_id", "by_id"))


def work(*, batch_id: int, partner_id: int, user_id: int, clock: Clock) -> None:
    """Do what an import asks for, to its end; a second worker finds it taken, a later one goes on where one was killed."""
    who = {"partner_id": partner_id, "user_id": user_id}
    while _attempted(batch_id, **who) and _slice(batch_id, clock=clock, **who):
        pass


def _attempted(batch_id: int, *, partner_id: int, user_id: int) -> bool:
    """Count an attempt before it is made, so that rows which kill their worker are given up at last."""
    with acting(Side.PARTNER, partner_id=partner_id, user_id=user_id):
        batch = _claimed(batch_id, partner_id)
        if batch is None:
            return False
        batch.attempts += 1
        is_hopeless = batch.attempts > MOST_ATTEMPTS or batch.by is None or not batch.by.is_active
        if is_hopeless:
            batch.state = BACK[ImportState(batch.state)]
        batch.save(update_fields=["attempts", "state"])
        return not is_hopeless


def _claimed(batch_id: int, partner_id: int) -> LeadImport | None:
    """One import of a partner at a time, so that two files never make one lead twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('referrals_import'), %s::int)", [partner_id % 2**31])
        if not cursor.fetchone()[0]:
            return None
    asking = LeadImport.objects.filter(pk=batch_id, state__in=ASKING).select_related("by__partner")
    return asking.select_for_update(of=("self",)).first()


def _slice(batch_id: int, *, partner_id: int, user_id: int, clock: Clock) -> bool:
    """Some rows in one transaction; whether there may be more."""
    with acting(Side.PARTNER, partner_id=partner_id, user_id=user_id):
        batch = _claimed(batch_id, partner_id)
        if batch is None or batch.by is None:
            return False
        step, at = ImportState(batch.state), clock()
        left = LeadImportRow.objects.filter(LEFT[step], batch=batch).order_by("line", "pk")
        found = list(left.select_related("referral")[:AT_ONCE])
        do = {ImportState.CHECKING: _check, ImportState.COMMITTING: _commit, ImportState.UNDOING: _undo}[step]
        programmes = list(Programme.objects.outbound().order_by("code"))
        for row in found:
            do(row, batch, batch.by, programmes, at)
            row.save(update_fields=["outcome", "problems", "key", "referral", "version"])
        batch.attempts = 0
        if len(found) < AT_ONCE:
            batch.state = AFTER[step]
            _stamp(batch, step, at)
        batch.save(update_fields=["state", "attempts", "committed_at", "undone_at"])
        return len(found) == AT_ONCE


def _stamp(batch: LeadImport, step: ImportState, at: datetime) -> None:
    if step == ImportState.COMMITTING:
        batch.committed_at = at
    if step == ImportState.UNDOING:
        batch.undone_at = at


def cells_of(row: LeadImportRow, batch: LeadImport) -> dict[str, str]:
    """The cells of a row by field."""
    return {name: row.cells[number].strip() for name, number in batch.mapping.items() if number < len(row.cells)}


def _check(row: LeadImportRow, batch: LeadImport, by: User, programmes: Iterable[Programme], at: datetime) -> None:
    _judge(row, batch, by, programmes, at=at, is_kept=False)


def _commit(row: LeadImportRow, batch: LeadImport, by: User, programmes: Iterable[Programme], at: datetime) -> None:
    _judge(row, batch, by, programmes, at=at, is_kept=True)


def _judge(
    row: LeadImportRow, batch: LeadImport, by: User, programmes: Iterable[Programme], *, at: datetime, is_kept: bool
) -> None:
    """What becomes of a row: refused, known already, or a lead."""
    wish = rows.read(cells_of(row, batch), by=by, programmes=programmes)
    row.key, row.problems = wish.key, [[one.field, one.code, one.params] for one in wish.problems]
    if row.problems:
        row.outcome = LeadRowOutcome.REFUSED
    elif _is_known(row, batch):
        row.outcome = LeadRowOutcome.KNOWN
    else:
        _try(row, wish, batch, by, at=at, is_kept=is_kept)


def _is_known(row: LeadImportRow, batch: LeadImport) -> bool:
    """Whether this row has made a lead before, in another file or further up in this one."""
    made = (LeadRowOutcome.NEW, LeadRowOutcome.KEPT)
    same = LeadImportRow.objects.filter(partner_id=batch.partner_id, key=row.key, outcome__in=made)
    return bool(same.filter(Q(referral__isnull=False) | Q(batch=batch, line__lt=row.line)).exclude(pk=row.pk).exists())


def _try(row: LeadImportRow, wish: Wish, batch: LeadImport, by: User, *, at: datetime, is_kept: bool) -> None:
    said: dict[str, list[tuple[str, str]]] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            try:
                lead = _made(wish, batch, by, at=at, is_kept=is_kept)
            except Refused as refusal:
                said[language] = _sentences(refusal)
                continue
        row.outcome = LeadRowOutcome.NEW
        if lead is not None:
            row.referral, row.version = lead, lead.version
        return
    row.outcome, row.problems = LeadRowOutcome.REFUSED, _by_language(said)


def _made(wish: Wish, batch: LeadImport, by: User, *, at: datetime, is_kept: bool) -> Referral | None:
    """The lead, begun and submitted as if it were typed; None when it was only a try."""
    assert wish.customer is not None
    assert wish.programme is not None
    try:
        with transaction.atomic():
            lead = services.begin(wish.customer, by=by, at=at, programme=wish.programme, facts=wish.facts)
            if batch.submits:
                consents = NEEDED_CONSENTS if wish.has_consent else ()
                lead = services.submit(lead, by=by, at=at, version=None, consents=consents, given_by=wish.given_by)
            if not is_kept:
                raise _TakenBack
    except _TakenBack:
        return None
    return lead


def _sentences(refusal: Refused) -> list[tuple[str, str]]:
    if isinstance(refusal, services.Incomplete):
        return refusal.lacks
    return [(refusal.field, str(refusal.sentence))]


def _by_language(said: dict[str, list[tuple[str, str]]]) -> list[list[Any]]:
    """The same refusals in each language, side by side."""
    languages = list(said)
    together = zip(*said.values(), strict=True)
    return [
        [pairs[0][0], "said", dict(zip(languages, (text for _field, text in pairs), strict=True))] for pairs in together
    ]


def _undo(row: LeadImportRow, batch: LeadImport, by: User, _programmes: Iterable[Programme], at: datetime) -> None:
    """Take a lead back that nobody has touched since: a draft is thrown away, another closed as an error (R34)."""
    lead = row.referral
    if lead is None or lead.version != row.version:
        row.outcome = LeadRowOutcome.KEPT if lead else LeadRowOutcome.UNDONE
        return
    try:
        with transaction.atomic():
            _take_back(lead, batch, by, at=at)
    except Refused:
        row.outcome = LeadRowOutcome.KEPT  # somebody was quicker; the lead tells who
        return
    if lead.state == State.DRAFT:
        row.referral = None
    row.outcome = LeadRowOutcome.UNDONE


def _take_back(lead: Referral, batch: LeadImport, by: User, *, at: datetime) -> None:
    if lead.state == State.DRAFT:
        services.discard(lead, by=by)
        return
    services.take_step(
        lead,
        Step.CLOSE_AS_ERROR,
        by=by,
        at=at,
        version=lead.version,
        reason=ErrorReason.WRONG_DATA,
        text=batch.file_name,
    )


__all__ = ["Problem", "cells_of", "waiting", "work"]
