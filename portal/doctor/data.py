"""The doctor on the database: who may do what in it, and whether what the workers do gets done."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.timezone import now

from common.isolation import Side, acting
from partners import services
from partners.models import AuditCheck, AuditEntry, AuditSeal
from portal import jobs
from portal.doctor.findings import Finding, error, warning

OLDEST_SERVER = 150_000
MOST_SKEW = 2.0  # seconds
SEAL_WITHIN = timedelta(hours=1)
CHECK_WITHIN = timedelta(days=2)
NEWEST = 20_000  # entries of the audit that are looked at here; `audit verify` looks at all
_ROOMS = ("partners", "customers", "agreements", "motions", "referrals")
_MIGHTY = """
SELECT rolname FROM pg_roles WHERE (rolname = session_user OR rolname = ANY (%(sides)s))
AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)
"""
_INHERITS = "SELECT 1 FROM pg_roles WHERE rolname = session_user AND rolinherit"
_MISSING = """
SELECT side FROM unnest(%(sides)s::text[]) AS side
WHERE NOT coalesce(pg_has_role(session_user, to_regrole(side), 'MEMBER'), false)
"""
_OWNED = "SELECT relname FROM pg_class JOIN pg_roles AS o ON o.oid = relowner WHERE o.rolname = session_user LIMIT 3"
_OPEN = """
SELECT c.relname FROM pg_class AS c WHERE c.relname = ANY (%(tables)s) AND c.relkind = 'r' AND NOT c.relrowsecurity
AND EXISTS (SELECT 1 FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'partner_id' AND NOT a.attisdropped)
ORDER BY 1
"""
_SETUP = "Run the set-up of the roles again (make run does, or portal/local/roles.py says what to tell the database)."


def _names(statement: str, **values: Any) -> list[str]:
    with acting(Side.WORKER), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [str(row[0]) for row in cursor.fetchall()]


def database_answers() -> Iterator[Finding]:
    """It takes connections, and is new enough."""
    (version,) = _names("SHOW server_version_num")
    if int(version) < OLDEST_SERVER:
        yield error("database", f"PostgreSQL {version} is too old.", "Move to PostgreSQL 15 or newer.")


def login_is_weak() -> Iterator[Finding]:
    """The serving login can do nothing by itself, and may take every side."""
    sides = [side.value for side in Side]
    if mighty := _names(_MIGHTY, sides=sides):
        what = f"{', '.join(mighty)} may do too much: row-level security does not bind everybody."
        yield error("roles", what, _SETUP)
    if _names(_INHERITS):
        yield error("roles", "The serving login inherits: it sees every partner without taking a side.", _SETUP)
    if missing := _names(_MISSING, sides=sides):
        yield error("roles", f"The serving login may not act as {', '.join(missing)}.", _SETUP)
    if owned := _names(_OWNED):
        cure = "Let the portal serve with DATABASE_URL of the serving login, never with the owner's."
        yield error("roles", f"The serving login owns tables ({', '.join(owned)} ...): policies do not bind it.", cure)


def tables_are_guarded() -> Iterator[Finding]:
    """Every table of a room with a partner's key has row-level security."""
    models = (model for room in _ROOMS for model in apps.get_app_config(room).get_models())
    tables = [model._meta.db_table for model in models]
    if unguarded := _names(_OPEN, tables=tables):
        cure = "ALTER TABLE ... ENABLE ROW LEVEL SECURITY, and find out who switched it off."
        yield error("isolation", f"Without row-level security: {', '.join(unguarded)}.", cure)


def tables_are_up_to_date() -> Iterator[Finding]:
    """No migration waits."""
    with acting(Side.WORKER):
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = ", ".join(str(migration) for migration, _backwards in plan[:5])
        cure = "Run manage.py migrate --database owner."
        yield error("migrations", f"{len(plan)} migrations wait: {names}.", cure)


def clocks_agree() -> Iterator[Finding]:
    """The database and this process live at the same time."""
    before = time.time()
    (text,) = _names("SELECT extract(epoch FROM clock_timestamp())")
    skew = float(text) - (before + time.time()) / 2
    if abs(skew) > MOST_SKEW:
        what = f"The database's clock is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} this machine's."
        yield error("clock", what, "Let both keep time by NTP; deadlines and freshness hang on it.")


def beat_sends() -> Iterator[Finding]:
    """Scheduled jobs run, and end well."""
    with acting(Side.WORKER):
        runs = jobs.runs(at=now())
    if not any(one.run for one in runs):
        yield error("beat", "No scheduled job has ever run.", "Start beat and the workers as in the Procfile.")
    if late := [one.name for one in runs if one.is_late]:
        cure = "Start beat, and exactly one of it; look at the length of the queues."
        yield error("beat", f"Late by more than three turns: {', '.join(late)}.", cure)
    for one in runs:
        if one.run and one.run.error:
            cure = "Look at the worker's last lines about this task."
            yield warning("beat", f"{one.name} failed when it ran last: {one.run.error}", cure)


def marks_move() -> Iterator[Finding]:
    """No stale mark waits for long."""
    waiting, age = jobs.stale_marks()
    if age > jobs.OLD_MARK:
        what = f"{waiting} stale marks wait, the oldest for {age:.0f} s."
        yield error("marks", what, "Look at the workers; manage.py recompute --wait does their work here.")


def nothing_is_parked() -> Iterator[Finding]:
    """Nothing was given up."""
    for kind, count in jobs.parked():
        if count:
            cure = "Look at the reason on /jobs/, mend it, and have it tried again there."
            yield warning("parked", f"{kind.code}: {count} set apart.", cure)


def audit_holds() -> Iterator[Finding]:
    """The newest entries are whole, seals are made, and the last verification found nothing."""
    for finding in services.verify(newest=NEWEST).findings[:5]:
        yield error("audit", f"{finding.kind}: {finding.subject} {finding.row_id} (entry {finding.id}).", _TAMPERED)
    with acting(Side.WORKER):
        oldest = AuditEntry.objects.order_by("at").first()
        seal, check = AuditSeal.objects.order_by("pk").last(), AuditCheck.objects.order_by("pk").last()
    waits = oldest is not None and now() - oldest.at > SEAL_WITHIN
    if waits and (seal is None or _unsealed_since(seal)):
        yield error(
            "audit", "Nothing has been sealed for more than an hour.", "Start beat; manage.py audit seal does it now."
        )
    if seal and int(_names("SELECT pg_snapshot_xmax(pg_current_snapshot())")[0]) < seal.until_xact:
        cure = "After a restore into a new cluster, raise its transaction counter with pg_resetwal -x above the last seal's."
        yield error(
            "audit", "The database counts transactions below the last seal: new entries cannot be sealed.", cure
        )
    if check is None or now() - check.at > CHECK_WITHIN:
        yield warning("audit", "The audit has not been verified for two days.", "Run manage.py audit verify.")
    elif check.findings:
        yield error("audit", f"The verification of {check.at:%Y-%m-%d %H:%M} found {check.findings}.", _TAMPERED)


_TAMPERED = "Run manage.py audit verify, compare with a backup, and find out who could write past the portal."


def _unsealed_since(seal: AuditSeal) -> bool:
    with acting(Side.WORKER):
        waiting = AuditEntry.objects.filter(xact__gte=seal.until_xact, at__lt=now() - SEAL_WITHIN)
        return waiting.exists()
