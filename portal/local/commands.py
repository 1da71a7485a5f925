"""Commands in the portal's surroundings: one asked for, and the steps that a start needs."""

import hashlib
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg

from portal.local.places import CHECKOUT, kept_private
from portal.local.servers import Surroundings, for_libpq, surroundings
from portal.local.trouble import FULL, Stopped, Trouble, is_full_disk

PATIENCE = 8


def execute(command: list[str], environ: Mapping[str, str], *, migrated: bool) -> int:
    """Run a command with database and broker behind it; answers its exit code."""
    with surroundings(environ) as around:
        if migrated:
            migrate(around)
        try:
            child = subprocess.Popen(command, env=around.owning)
        except FileNotFoundError as error:
            raise Trouble(f"There is no program {command[0]}.") from error
        try:
            code = child.wait()
        except Stopped as stop:
            _see_out(child, stop.number)
            raise
        return code if code >= 0 else 128 - code


def _see_out(child: subprocess.Popen[bytes], number: int) -> None:
    """Ctrl-C the command has heard itself, anything else is passed on; then wait, then insist."""
    heard = number == signal.SIGINT
    for word, patience in ((0 if heard else number, PATIENCE), (signal.SIGTERM, PATIENCE), (signal.SIGKILL, None)):
        if word and child.poll() is None:
            child.send_signal(word)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        return


def migrate(around: Surroundings) -> None:
    """Bring the tables up to date, as their owner; quick when they are."""
    if is_behind(around):
        step("Preparing the tables", ["migrate", "--database", "owner", "--verbosity", "0"], around)
        around.places.migrated.write_text(_libraries())


def is_behind(around: Surroundings) -> bool:
    """Whether a migration of ours is not applied, or the libraries are others than at the last time."""
    marker = around.places.migrated
    if not marker.exists() or marker.read_text() != _libraries():
        return True
    ours = {(path.parents[1].name, path.stem) for path in CHECKOUT.glob("*/migrations/[0-9]*.py")}
    try:
        with psycopg.connect(for_libpq(around.owner_url)) as connection:
            applied = set(connection.execute("SELECT app, name FROM django_migrations").fetchall())
    except psycopg.errors.UndefinedTable:
        return True
    return not ours <= applied


def _libraries() -> str:
    return hashlib.sha256((CHECKOUT / "requirements" / "base.txt").read_bytes()).hexdigest()


def step(what: str, words: list[str], around: Surroundings) -> str:
    """Run one `manage.py` command; answers what it printed. A failure is told by its last line and a file."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=CHECKOUT,
        env=around.owning,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise _failed(what, done.stdout + done.stderr, around.places.data / "failed.log")
    return done.stdout


def _failed(what: str, said: str, log: Path) -> Trouble:
    if is_full_disk(said):
        return Trouble(FULL.format(where=""))
    kept_private(log, said)
    last = (said.strip().splitlines() or ["it said nothing"])[-1]
    return Trouble(f"{what} failed: {last}\nAll that it said is in {log}")
