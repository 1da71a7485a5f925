"""The round of the doctor: every check once; what a check stumbles over is a finding too."""

from collections.abc import Callable, Iterator

from django.db import DatabaseError

from portal.doctor import data, surroundings
from portal.doctor.findings import Finding, error

Check = Callable[[], Iterator[Finding]]

CHECKS: dict[str, Check] = {
    "settings": surroundings.settings_are_safe,
    "storage": surroundings.storage_has_room,
    "translations": surroundings.translations_are_there,
    "mail": surroundings.mail_goes_out,
    "broker": surroundings.broker_answers,
    "workers": surroundings.workers_answer,
    "database": data.database_answers,
    "roles": data.login_is_weak,
    "isolation": data.tables_are_guarded,
    "migrations": data.tables_are_up_to_date,
    "clock": data.clocks_agree,
    "beat": data.beat_sends,
    "marks": data.marks_move,
    "parked": data.nothing_is_parked,
    "audit": data.audit_holds,
}


def examine() -> list[Finding]:
    """All findings, in the order of the checks; a database that is away is said once for each check that needs it."""
    found: list[Finding] = []
    for area, check in CHECKS.items():
        try:
            found += check()
        except DatabaseError as trouble:
            said = str(trouble).strip().splitlines()
            cure = "See what the database says: it is not running, not reachable, or not migrated."
            found.append(error(area, f"The database refuses: {said[0] if said else trouble!r}", cure))
    return found
