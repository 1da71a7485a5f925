"""The two servers behind the portal, and the environment that leads to them."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit

import psycopg

from portal.local import places, postgres, roles, valkey
from portal.local.keys import Keys, kept_keys
from portal.local.places import Places
from portal.local.roles import Login
from portal.local.trouble import Trouble

OWNER = "wegweiser_owner"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The environments of what serves and of what may also change tables."""

    places: Places
    serving: dict[str, str]

    owner_url: str

    @property
    def owning(self) -> dict[str, str]:
        """For migrations, tests and commands alone."""
        return {**self.serving, "OWNER_DATABASE_URL": self.owner_url}


@contextmanager
def surroundings(environ: Mapping[str, str]) -> Iterator[Surroundings]:
    """Servers that answer, roles that are prepared; the last user stops what is embedded."""
    if environ.get("WEGWEISER_PRODUCTION", "0") not in {"", "0"}:
        _require_own_servers(environ)
    at = places.opened(environ.get("DATA_DIR"))
    with places.in_use(at) as handle:
        try:
            yield started(at, environ)
        finally:
            with places.one_at_a_time(at):
                if places.is_last_user(handle):
                    _stop(at, environ)


def started(at: Places, environ: Mapping[str, str]) -> Surroundings:
    """Start what does not run and prepare what is not prepared; quick, and safe to say again."""
    with places.one_at_a_time(at):
        keys = kept_keys(at.secrets)
        owner_url = environ.get("DATABASE_URL") or _embedded(at, keys)
        serving_url = _serving(at, keys, owner_url, is_embedded="DATABASE_URL" not in environ)
        return Surroundings(at, _environment(at, environ, keys, serving_url), owner_url)


def _require_own_servers(environ: Mapping[str, str]) -> None:
    lacking = [name for name in ("DATABASE_URL", "REDIS_URL") if not environ.get(name)]
    if lacking:
        raise Trouble(f"The embedded servers are for trying; with WEGWEISER_PRODUCTION set {' and '.join(lacking)}.")


def _embedded(at: Places, keys: Keys) -> str:
    folder = postgres.running(at.postgres)
    owner, database = Login(OWNER, keys.owner), postgres.DATABASE
    with psycopg.connect(_of_superuser(folder, "postgres"), autocommit=True) as connection:
        roles.owned(connection, owner, database)
        url = f"postgresql://{owner.name}:{quote(owner.password)}@/{database}?host={quote(str(folder))}"
        if not _takes(url):
            roles.renewed(connection, owner, at.data / "prepare.sql")
    return url


def _serving(at: Places, keys: Keys, owner_url: str, *, is_embedded: bool) -> str:
    """The serving login's URL, once the database has been prepared for it."""
    parts = urlsplit(owner_url)
    database = parts.path.lstrip("/")
    web = Login(f"{database}_web", keys.web)
    url = _with_login(parts, web)
    advice = at.data / "prepare.sql"
    target = _of_superuser(postgres.running(at.postgres), database) if is_embedded else for_libpq(owner_url)
    with _connected(target, parts) as connection:
        roles.prepared(connection, OWNER if is_embedded else connection.info.user, web, advice)
        if not _takes(url):
            roles.renewed(connection, web, advice)
    _connected(for_libpq(url), parts).close()
    return url


def _of_superuser(folder: Path, database: str) -> str:
    return f"postgresql://{postgres.SUPERUSER}@/{database}?host={quote(str(folder))}"


def _with_login(parts: SplitResult, login: Login) -> str:
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(login.name)}:{quote(login.password)}@{place}").geturl()


def for_libpq(url: str) -> str:
    """django-environ takes more names for PostgreSQL than its own library does."""
    return urlsplit(url)._replace(scheme="postgresql").geturl()


def _takes(url: str) -> bool:
    try:
        psycopg.connect(for_libpq(url), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _connected(url: str, parts: SplitResult) -> psycopg.Connection:
    try:
        return psycopg.connect(url, connect_timeout=5, autocommit=True)
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        said, place = str(error).strip().splitlines()[-1], parts.hostname or "this machine"
        raise Trouble(
            f"The database {parts.path.lstrip('/')} at {place} does not answer: {said}\n"
            "Start it, correct DATABASE_URL, or unset DATABASE_URL to use the embedded one."
        ) from error


def _environment(at: Places, environ: Mapping[str, str], keys: Keys, serving_url: str) -> dict[str, str]:
    ours = {key: value for key, value in environ.items() if key != "OWNER_DATABASE_URL"}
    return {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DJANGO_SECRET_KEY": keys.django,
        "HTTPS": "0",
        **ours,
        "DATABASE_URL": serving_url,
        "REDIS_URL": _broker(at, environ, keys),
        "DATA_DIR": str(at.data),
        "PATH": f"{Path(sys.executable).parent}:{environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
    }


def _broker(at: Places, environ: Mapping[str, str], keys: Keys) -> str:
    url = environ.get("REDIS_URL")
    if not url:
        return valkey.running(at.valkey, keys.broker)
    if not valkey.answers(url):
        place = urlsplit(url).netloc.rpartition("@")[2]
        raise Trouble(
            f"The broker at {place or url} does not answer.\n"
            "Start it, correct REDIS_URL, or unset REDIS_URL to use the embedded one."
        )
    return url


def _stop(at: Places, environ: Mapping[str, str]) -> None:
    if not environ.get("REDIS_URL") and at.secrets.exists():
        valkey.stopped(at.valkey, kept_keys(at.secrets).broker)
    if not environ.get("DATABASE_URL"):
        postgres.stopped(at.postgres)
