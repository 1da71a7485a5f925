"""The whole portal as it runs in earnest: its own database, web, worker and beat as processes, on a free port."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from tests.migrated import HOUSE, copied, elsewhere, template

COMMANDS = {
    "web": ["gunicorn", "portal.wsgi", "--log-level", "error"],
    "worker": ["celery", "--quiet", "-A", "portal", "worker", "-Q", "interactive", "-c", "1", "-n", "interactive-j@%h"],
    "bulk": ["celery", "--quiet", "-A", "portal", "worker", "-Q", "bulk,notices", "-c", "1", "-n", "bulk-j@%h"],
    "beat": ["celery", "--quiet", "-A", "portal", "beat"],
    "drainer": ["python", "manage.py", "drain"],
}
USUAL = ("web", "worker", "bulk", "beat")


class Site:
    """Starts, kills and stops the processes; only those that it started itself."""

    def __init__(self, folder: Path, *, name: str, broker: int | str) -> None:
        owner = os.environ["OWNER_DATABASE_URL"]
        self.name = name
        self.admin_url = owner
        self.owner_url = elsewhere(owner, name)
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.redis_url = broker if isinstance(broker, str) else _other_broker(os.environ["REDIS_URL"], broker)
        self.environment = {
            **os.environ,
            "DATABASE_URL": elsewhere(os.environ["DATABASE_URL"], name),
            "OWNER_DATABASE_URL": self.owner_url,
            "REDIS_URL": self.redis_url,
            "DATA_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "HTTPS": "0",
            "CONFLICT_GRID_MINUTES": "0",  # nobody waits an hour for a story
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.passwords: dict[str, str] = {}

    def build(self) -> None:
        """A database with its tables, and the demo people."""
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            _drop(connection, self.name)
            copied(connection, self.name, of=template(os.environ))
        told = self.manage("demo", "--customers", "60")
        self.passwords = dict(re.findall(r"(\S+@\S+)\s+(\S+)", told))

    def manage(self, *words: str) -> str:
        """Run a command of manage.py in the site's surroundings."""
        command = [sys.executable, "-W", "ignore", "manage.py", *words]
        done = subprocess.run(command, cwd=HOUSE, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def start(self, *names: str) -> None:
        """Start processes, each in a group of its own."""
        environment = {name: value for name, value in self.environment.items() if name != "OWNER_DATABASE_URL"}
        for name in names or USUAL:
            words = COMMANDS[name] + (["--bind", f"127.0.0.1:{self.port}"] if name == "web" else [])
            log = (self.folder / f"{name}.log").open("ab")
            self.processes[name] = subprocess.Popen(
                [str(Path(sys.executable).parent / words[0]), *words[1:]],
                cwd=HOUSE, env=environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
            log.close()

    def restart(self, name: str) -> None:
        """kill -9, and up again."""
        self.kill(name)
        self.start(name)

    def kill(self, *names: str) -> None:
        """kill -9 of processes and everything that they started."""
        for name in names:
            process = self.processes.pop(name)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def wait_ready(self, *, seconds: float = 60) -> None:
        """Until web, workers, broker and database answer."""
        wait_until(lambda: _answers(self.url + "/readyz"), seconds=seconds, what="the site to be ready")

    def stop(self) -> None:
        """Stop what was started, and drop the database."""
        self.kill(*list(self.processes))
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            wait_until(lambda: _drop(connection, self.name), seconds=20, what="the database to be free")


def wait_until(holds: Callable[[], bool], *, seconds: float, what: str) -> float:
    """Wait until a condition holds; returns how many seconds it took."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if holds():
            return time.monotonic() - started
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _drop(connection: psycopg.Connection, name: str) -> bool:
    try:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
    except psycopg.errors.ObjectInUse:
        return False
    return True


def _other_broker(url: str, number: int) -> str:
    return re.sub(r"/\d+$", "", url.rstrip("/")) + f"/{number}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
