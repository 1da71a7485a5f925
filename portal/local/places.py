"""Where the portal keeps its data on this machine, who uses it just now, and whether there is room."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from portal.local.trouble import FULL, Trouble

CHECKOUT = Path(__file__).resolve().parents[2]
NEEDED_FIRST = 1_500_000_000
NEEDED_LATER = 200_000_000


@dataclass(frozen=True, slots=True)
class Places:
    """The data directory and what stands where in it."""

    data: Path

    @property
    def postgres(self) -> Path:
        """The embedded database's cluster."""
        return self.data / "postgres"

    @property
    def valkey(self) -> Path:
        """The embedded broker's directory."""
        return self.data / "valkey"

    @property
    def mail(self) -> Path:
        """Where mails are put while no server takes them."""
        return self.data / "mail"

    @property
    def secrets(self) -> Path:
        """Passwords and keys made on this machine."""
        return self.data / "secrets.json"

    @property
    def logins(self) -> Path:
        """What the demo printed: who can sign in."""
        return self.data / "logins.txt"

    @property
    def migrated(self) -> Path:
        """Names the libraries whose tables are up to date."""
        return self.data / "migrated"

    @property
    def demo_loaded(self) -> Path:
        """Stands once the demo is loaded."""
        return self.data / "demo-loaded"


def opened(data: str | None) -> Places:
    """The data directory, made if need be, with room in it."""
    places = Places(Path(data or CHECKOUT / ".local").expanduser().resolve())
    try:
        places.data.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise Trouble(f"{places.data} is no folder. Choose another: make run DATA_DIR=/path") from error
    require_room(places.data, NEEDED_LATER if places.postgres.exists() else NEEDED_FIRST)
    return places


def require_room(folder: Path, needed: int) -> None:
    """Refuse before the disk is so full that a half-done write would be the first to notice."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        where = f": {free / 1e9:.1f} GB free at {folder}, {needed / 1e9:.1f} GB needed"
        raise Trouble(FULL.format(where=where))


@contextmanager
def one_at_a_time(places: Places) -> Iterator[None]:
    """Only one process starts or stops the servers of a data directory at a time."""
    with (places.data / ".starting").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def in_use(places: Places) -> Iterator[IO[str]]:
    """Count as a user of the servers; the kernel forgets a user that dies, so no count can go wrong."""
    with (places.data / ".users").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield handle


def is_last_user(handle: IO[str]) -> bool:
    """Whether nobody else uses the servers. Ask only on the way out: the use is over either way."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def kept_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(path)
