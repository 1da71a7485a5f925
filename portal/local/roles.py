"""Who may do what in the database: the owner migrates; the serving login owns nothing and takes one side."""

from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from common.isolation import Side
from portal.local.places import kept_private
from portal.local.trouble import Trouble

_CREATE = sql.SQL("CREATE ROLE {} {} PASSWORD {}")
_ALTER = sql.SQL("ALTER ROLE {} {} PASSWORD {}")
GROUPS = tuple(side.value for side in Side)
SERVING = sql.SQL("LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE")
OWNING = sql.SQL("LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS NOCREATEROLE")
Step = sql.Composed
_HELD = (
    "SELECT held.rolname, holder.rolname FROM pg_auth_members"
    " JOIN pg_roles held ON held.oid = roleid JOIN pg_roles holder ON holder.oid = member"
)
_HELD_WITH_OPTIONS = _HELD + " WHERE set_option AND NOT inherit_option"


@dataclass(frozen=True, slots=True)
class Login:
    """A login of the database and its password."""

    name: str
    password: str


def missing(connection: psycopg.Connection, owner: str, web: Login) -> list[Step]:
    """What has still to be said to the database so that `owner` owns and `web` serves; empty once done."""
    have = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    steps = [
        sql.SQL("CREATE ROLE {} NOLOGIN NOINHERIT NOBYPASSRLS").format(sql.Identifier(group))
        for group in GROUPS
        if group not in have
    ]
    if web.name not in have:
        steps.append(_login(connection, _CREATE, web, SERVING))
    return steps + _memberships(connection, owner, web.name) + _ground(connection, owner)


def _login(connection: psycopg.Connection, words: sql.SQL, login: Login, rights: sql.SQL) -> Step:
    # the verifier, not the password: it may end in a server's log or in an administrator's hands
    verifier = connection.pgconn.encrypt_password(
        login.password.encode(), login.name.encode(), b"scram-sha-256"
    ).decode()
    return words.format(sql.Identifier(login.name), rights, sql.Literal(verifier))


def _memberships(connection: psycopg.Connection, owner: str, web: str) -> list[Step]:
    """Both may take a side, neither inherits from one: an inherited policy would show every partner."""
    has_options = connection.info.server_version >= 160000
    have = set(connection.execute(_HELD_WITH_OPTIONS if has_options else _HELD).fetchall())
    manner = sql.SQL(" WITH INHERIT FALSE, SET TRUE" if has_options else "")
    members = [web] if _is_superuser(connection, owner) else [web, owner]
    return [
        sql.SQL("GRANT {} TO {}{}").format(sql.Identifier(group), sql.Identifier(member), manner)
        for member in members
        for group in GROUPS
        if (group, member) not in have
    ]


def _is_superuser(connection: psycopg.Connection, name: str) -> bool:
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    return bool(row and row[0])


def _ground(connection: psycopg.Connection, owner: str) -> list[Step]:
    """The owner makes tables in `public` and trusted extensions in the database."""
    query = (
        "SELECT current_database(), has_database_privilege(%s, current_database(), 'CREATE'),"
        " has_schema_privilege(%s, 'public', 'CREATE')"
    )
    row = connection.execute(query, [owner, owner]).fetchone()
    database, makes_extensions, makes_tables = row or ("", False, False)
    names = {"owner": sql.Identifier(owner), "database": sql.Identifier(database)}
    steps = []
    if not makes_extensions:
        steps.append(sql.SQL("GRANT CREATE ON DATABASE {database} TO {owner}").format(**names))
    if not makes_tables:
        steps.append(sql.SQL("GRANT CREATE ON SCHEMA public TO {owner}").format(**names))
    return steps


def prepared(connection: psycopg.Connection, owner: str, web: Login, advice: Path) -> None:
    """Say what is missing to the database; without the right to, leave it in a file for its administrator."""
    steps = missing(connection, owner, web)
    try:
        with connection.transaction():
            for step in steps:
                connection.execute(step)
    except psycopg.errors.InsufficientPrivilege as error:
        text = "".join(f"{step.as_string(connection)};\n" for step in steps)
        kept_private(advice, text)
        raise Trouble(
            f"The database user {owner} may not prepare the database ({error.diag.message_primary}).\n"
            f"Ask its administrator to run, in database {connection.info.dbname}: {advice}"
        ) from error


def renewed(connection: psycopg.Connection, login: Login, advice: Path) -> None:
    """Set a login's password to the one kept here."""
    step = _login(connection, _ALTER, login, sql.SQL(""))
    try:
        connection.execute(step)
    except psycopg.errors.InsufficientPrivilege as error:
        kept_private(advice, f"{step.as_string(connection)};\n")
        raise Trouble(
            f"The login {login.name} has another password. Ask the database's administrator to run {advice}"
        ) from error


def owned(connection: psycopg.Connection, owner: Login, database: str) -> None:
    """In the embedded server: the owner, and the database that it owns, in the locale of the cluster."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [owner.name]).fetchone():
        connection.execute(_login(connection, _CREATE, owner, OWNING))
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        words = sql.SQL("CREATE DATABASE {} OWNER {}")
        connection.execute(words.format(sql.Identifier(database), sql.Identifier(owner.name)))
