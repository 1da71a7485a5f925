"""Seal the audit, verify it, cut what is older than it is kept, and note who looked at whose customer."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from common.isolation import Side, acting
from partners.models import AuditCheck, AuditEntry, AuditSeal, User
from partners.sql import audit as sql

STEP = 50_000  # ids in one statement
SEALS_AT_ONCE = 500
MOST_FINDINGS = 10_000


@dataclass(frozen=True)
class Finding:
    """What does not hold: an entry or a seal, what it tells of, and how it fails."""

    kind: str
    id: int
    subject: str = ""
    row_id: int = 0
    at: datetime | None = None
    missing: int = 0  # of a seal: how many entries fewer than were sealed


@dataclass(frozen=True)
class Verdict:
    """How much was verified, and what was found."""

    entries: int
    seals: int
    findings: list[Finding]


def verify(*, newest: int | None = None) -> Verdict:
    """Compute every hash again, in ranges of their own transactions; `Verdict` says what does not hold and where.

    With `newest`, only about so many entries at the end, and the seals not at all.
    """
    findings: list[Finding] = []
    entries = 0
    with acting(Side.WORKER):
        # up to what was there at the beginning: the audit grows while it is read
        last, last_seal = _newest(AuditEntry), 0 if newest else _newest(AuditSeal)
        (cut,) = _row(sql.CUT)
    for low in range(max(last - newest, 0) if newest else 0, last, STEP):
        bounds = {"low": low, "high": min(low + STEP, last), "cut": cut, "most": MOST_FINDINGS}
        with acting(Side.WORKER):
            entries += _row(sql.COUNT, bounds)[0]
            findings += [
                Finding(kind, id_, subject, row_id, at) for id_, subject, row_id, at, kind in _rows(sql.BROKEN, bounds)
            ]
    if newest:
        return Verdict(entries, 0, findings)
    findings += _broken_seals(last_seal)
    with acting(Side.WORKER):
        seals = AuditSeal.objects.filter(pk__lte=last_seal).count()
        findings += _against_file(last_seal)
    return Verdict(entries, seals, findings)


def _broken_seals(last: int) -> Iterator[Finding]:
    for low in range(0, last, SEALS_AT_ONCE):
        with acting(Side.WORKER):
            found = _rows(sql.BROKEN_SEALS, {"low": low, "high": min(low + SEALS_AT_ONCE, last)})
        yield from (Finding(kind, id_, "seal", entry, at, missing) for id_, at, entry, missing, kind in found)


def _against_file(last: int) -> Iterator[Finding]:
    """The seals that were written elsewhere stand here as well, and say the same."""
    here = {seal.pk: seal for seal in AuditSeal.objects.filter(pk__lte=last)}
    for line in _written():
        seal = here.get(line["seal"])
        if seal is None or bytes(seal.digest).hex() != line["digest"]:
            yield Finding("seal_differs_from_file", line["seal"], "seal", line["last_id"])


def check(*, clock: Callable[[], datetime]) -> Verdict:
    """Verify, and keep when that was and how it ended, for the page."""
    verdict = verify()
    with acting(Side.WORKER):
        AuditCheck.objects.create(
            at=clock(), entries=verdict.entries, seals=verdict.seals, findings=len(verdict.findings)
        )
    return verdict


def seal() -> AuditSeal | None:
    """Seal what no open transaction can add to any more, and write the seals elsewhere; None when there is nothing new.

    The file is completed from the table, so that a crash between the two leaves no seal out of it.
    """
    with acting(Side.WORKER), connection.cursor() as cursor:
        cursor.execute(sql.LOCK)
        cursor.execute(sql.SEAL)
        made = AuditSeal.objects.latest("pk") if cursor.rowcount else None
    _write(settings.AUDIT_SEALS)
    return made


def _write(path: Path) -> None:
    last = max((line["seal"] for line in _written()), default=0)
    with acting(Side.WORKER):
        new = [
            {
                "seal": seal.pk,
                "at": seal.at.isoformat(),
                "until": seal.until_xact,
                "entries": seal.entries,
                "last_id": seal.last_id,
                "digest": bytes(seal.digest).hex(),
            }
            for seal in AuditSeal.objects.filter(pk__gt=last).order_by("pk")
        ]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in new)


def _written() -> list[dict[str, Any]]:
    path: Path = settings.AUDIT_SEALS
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def cut(*, at: datetime) -> int:
    """Take away the entries of whole seals that are older than the audit is kept; the seals stay. How many there were."""
    before = at - timedelta(days=settings.AUDIT_KEEP_DAYS)
    with acting(Side.WORKER):
        (found,) = _row(sql.CUT_BEFORE, [before])
    return int(found)


def forget_sightings(*, at: datetime) -> int:
    """Forget who saw which customer longer ago than that is kept. How many rows there were."""
    before = at - timedelta(days=settings.SIGHTINGS_KEEP_DAYS)
    with acting(Side.WORKER):
        (found,) = _row(sql.FORGET_SIGHTINGS, [before])
    return int(found)


@transaction.atomic
def erase_from_audit(subject: str, rows: list[int]) -> int:
    """Take personal data out of the entries of rows; the chains hold, and say so. For the office's side."""
    (found,) = _row(sql.ERASE, [subject, rows])
    return int(found)


def note_sighting(*, by: User, customer_id: int, partner_id: int, at: datetime) -> None:
    """Note that somebody of another organisation looked at a partner's customer: one row an hour. Own people: nothing."""
    if by.is_of_partner:
        return
    with connection.cursor() as cursor:
        cursor.execute(sql.SIGHT, [by.pk, customer_id, partner_id, at])


def _newest(model: type[AuditEntry] | type[AuditSeal]) -> int:
    newest: int | None = model.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


def _rows(statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _row(statement: str, parameters: Any = None) -> tuple[Any, ...]:
    return _rows(statement, parameters)[0]
