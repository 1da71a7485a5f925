"""A database with every table and no rows but those of the migrations, made once; who needs one of their own copies it."""

import fcntl
import hashlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

HOUSE = Path(__file__).resolve().parents[1]
PREFIX = "wegweiser_migrated_"
# what a migration may import
ROOMS = ("common", "partners", "customers", "agreements", "motions", "referrals", "portal")
_MODERN = 170000  # the locale that the embedded server has


def template(environ: Mapping[str, str]) -> str:
    """The name of the migrated database of today's sources, on the server of `OWNER_DATABASE_URL`."""
    owner, name = environ["OWNER_DATABASE_URL"], PREFIX + _fingerprint()
    lock = Path(tempfile.gettempdir()) / f"{PREFIX}{hashlib.sha256(owner.encode()).hexdigest()[:16]}.lock"
    with lock.open("w") as held, psycopg.connect(owner, autocommit=True) as connection:
        fcntl.flock(held, fcntl.LOCK_EX)
        there = {
            found
            for (found,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [PREFIX + "%"])
        }
        if name not in there:
            for former in there:
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(former)))
            _make(connection, name, environ)
    return name


def elsewhere(url: str, database: str) -> str:
    """The same server and login, another database."""
    return re.sub(r"^([^:]+://[^/]*/)[^?]*", rf"\g<1>{database}", url)


def copied(connection: psycopg.Connection, name: str, *, of: str) -> None:
    """A new database like another one."""
    words = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    connection.execute(words.format(sql.Identifier(name), sql.Identifier(of)))


def _fingerprint() -> str:
    read = [found for room in ROOMS for kind in ("*.py", "data/*") for found in (HOUSE / room).rglob(kind)]
    sources = sorted(path for path in read if path.is_file())
    told = hashlib.sha256()
    for path in sources:
        told.update(path.relative_to(HOUSE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return told.hexdigest()[:16]


def _make(connection: psycopg.Connection, name: str, environ: Mapping[str, str]) -> None:
    """Under another name until it is whole."""
    draft = f"{name}_draft"
    locale = "LOCALE 'C.UTF-8'"
    if connection.info.server_version >= _MODERN:
        locale = f"LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST' {locale}"
    words = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' " + locale)
    connection.execute(words.format(sql.Identifier(draft)))
    surroundings = {
        **environ,
        "DATABASE_URL": elsewhere(environ["DATABASE_URL"], draft),
        "OWNER_DATABASE_URL": elsewhere(environ["OWNER_DATABASE_URL"], draft),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    command = [sys.executable, "-W", "ignore", "manage.py", "migrate", "--database", "owner", "--verbosity", "0"]
    done = subprocess.run(command, cwd=HOUSE, env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (draft, name))))
