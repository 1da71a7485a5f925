"""The doctor: each thing is broken once, and found with its cure."""

import json
import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.timezone import now

from partners.models import AuditCheck, JobRun
from portal import doctor, jobs
from portal.doctor import data, surroundings
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
Break = Callable[[Any, pytest.MonkeyPatch, Path], None]


def execute(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)


@pytest.fixture(autouse=True)
def healthy(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Everything as it should be; tests connect as the owner, whom the roles check would blame."""
    settings.HTTPS, settings.PORTAL_URL, settings.SECRET_KEY = True, "https://portal.example", "k" * 50
    settings.DATA_DIR, settings.AUDIT_SEALS = tmp_path, tmp_path / "seals.jsonl"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    monkeypatch.setattr(surroundings, "LITTLE_ROOM", 1)
    monkeypatch.setattr(jobs, "queues", lambda: {"bulk": 0})
    monkeypatch.setattr(jobs, "workers", lambda: frozenset(jobs.NODES))
    monkeypatch.setitem(doctor.CHECKS, "roles", lambda: iter(()))
    for one in {entry["task"] for entry in jobs.SCHEDULE.values()}:
        JobRun.objects.create(name=one, started_at=now(), ended_at=now())
    AuditCheck.objects.create(at=now(), entries=1, seals=0, findings=0)


def test_a_healthy_portal_has_no_findings() -> None:
    assert doctor.examine() == []


def _old_catalogue(_settings: Any, _patch: pytest.MonkeyPatch, folder: Path) -> None:
    place = folder / "locale/de/LC_MESSAGES"
    place.mkdir(parents=True)
    for name, age in (("django.po", 0), ("django.mo", 100)):
        (place / name).touch()
        os.utime(place / name, (time.time() - age,) * 2)


def _no_catalogue(_settings: Any, _patch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "locale/de/LC_MESSAGES").mkdir(parents=True)
    (folder / "locale/de/LC_MESSAGES/django.po").touch()


def _altered(_settings: Any, _patch: pytest.MonkeyPatch, _folder: Path) -> None:
    """The entry of this partner alone: what other tests have left would fill the few that the doctor names."""
    partner = factories.PartnerFactory()
    execute("ALTER TABLE partners_auditentry DISABLE TRIGGER USER")
    execute("UPDATE partners_auditentry SET actor = 1 WHERE subject = 'partners_partner' AND row_id = %s", partner.pk)
    execute("ALTER TABLE partners_auditentry ENABLE TRIGGER USER")


def _unsealed(_settings: Any, patch: pytest.MonkeyPatch, _folder: Path) -> None:
    factories.PartnerFactory()
    patch.setattr(data, "SEAL_WITHIN", timedelta(0))


def _restored(_settings: Any, _patch: pytest.MonkeyPatch, _folder: Path) -> None:
    execute(
        "INSERT INTO partners_auditseal (at, from_xact, until_xact, entries, last_id, last_at, digest)"
        " VALUES (now(), 0, 9e15::bigint, 0, 0, now(), '')"
    )


def _wrong_clock(_settings: Any, patch: pytest.MonkeyPatch, _folder: Path) -> None:
    patch.setattr(time, "time", lambda: 0.0)


def _away(_settings: Any, patch: pytest.MonkeyPatch, _folder: Path) -> None:
    def refuse() -> Any:
        raise OperationalError("the server is not there")

    patch.setitem(doctor.CHECKS, "database", refuse)


def _no_mail(settings: Any, _patch: pytest.MonkeyPatch, _folder: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


def _set(name: str, value: Any) -> Break:
    return lambda settings, _patch, _folder: setattr(settings, name, value)


def _patched(owner: Any, name: str, value: Any) -> Break:
    return lambda _settings, patch, _folder: patch.setattr(owner, name, value)


BROKEN: list[tuple[str, str, Break]] = [
    ("settings", "DEBUG is on", _set("DEBUG", True)),
    ("settings", "secret key is short", _set("SECRET_KEY", "short")),
    ("settings", "Any host name", _set("ALLOWED_HOSTS", ["*"])),
    ("settings", "plain HTTP", _set("HTTPS", False)),
    ("settings", "Links in mails", _set("PORTAL_URL", "http://localhost:8000")),
    ("storage", "cannot be written to", _set("DATA_DIR", Path("/nonexistent"))),
    ("storage", "MB are free", _patched(surroundings, "LITTLE_ROOM", 10**18)),
    ("translations", "has not been compiled", _no_catalogue),
    ("translations", "older than its source", _old_catalogue),
    ("mail", "only shown", _set("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")),
    ("mail", "does not answer", _no_mail),
    ("broker", "does not answer", _patched(jobs, "queues", lambda: None)),
    ("workers", "“bulk”", _patched(jobs, "workers", lambda: frozenset({"interactive"}))),
    ("workers", "“interactive”", _patched(jobs, "workers", lambda: None)),
    ("database", "the server is not there", _away),
    ("database", "too old", _patched(data, "OLDEST_SERVER", 10**9)),
    ("isolation", "motions_deal", lambda *_: execute("ALTER TABLE motions_deal DISABLE ROW LEVEL SECURITY")),
    (
        "migrations",
        "0053_editors",
        lambda *_: MigrationRecorder(connection).record_unapplied("motions", "0053_editors"),
    ),
    ("clock", "ahead of", _wrong_clock),
    ("beat", "ever run", lambda *_: JobRun.objects.all().delete()),
    ("beat", "Late by", lambda *_: JobRun.objects.filter(name="motions.sweep").update(started_at=NOON)),
    ("beat", "broken", lambda *_: JobRun.objects.filter(name="motions.sweep").update(error="broken")),
    ("marks", "stale marks wait", lambda *_: factories.MarkFactory(made_at=NOON)),
    ("parked", "recomputes: 1", lambda *_: factories.SetAsideFactory(failures=3)),
    ("audit", "altered: partners_partner", _altered),
    ("audit", "Nothing has been sealed", _unsealed),
    ("audit", "below the last seal", _restored),
    ("audit", "found 3", lambda *_: AuditCheck.objects.update(findings=3)),
    ("audit", "not been verified", lambda *_: AuditCheck.objects.update(at=NOON)),
]


@pytest.mark.parametrize(("area", "says", "broken"), BROKEN, ids=[f"{area}: {says}" for area, says, _broken in BROKEN])
def test_what_is_broken_is_found_with_its_cure(
    area: str, says: str, broken: Break, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken(settings, monkeypatch, tmp_path)
    found = [finding for finding in doctor.examine() if finding.area == area and says in finding.what]
    assert found
    assert all(finding.cure for finding in found)


def test_the_owner_as_serving_login_is_found() -> None:
    """As which the tests connect."""
    found = list(data.login_is_weak())
    assert any("owns tables" in finding.what for finding in found)
    assert any("may do too much" in finding.what for finding in found)


def test_the_command_prints_for_people_and_for_machines_and_fails_on_errors_alone(
    settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.HTTPS = False
    call_command("doctor")
    assert "warning  settings" in capsys.readouterr().out
    settings.DEBUG = True
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", "--json")
    told = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1
    assert told["errors"] == 1
    assert {finding["area"] for finding in told["findings"]} == {"settings"}
    assert set(told["checks"]) == set(doctor.CHECKS)
