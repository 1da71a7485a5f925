"""What can go wrong on a machine, said so that the person at the keyboard knows what to do."""

import errno

import psycopg


class Trouble(Exception):
    """Something the person at the keyboard can put right; its text says how, in a line or two."""


class Stopped(BaseException):
    """Ctrl-C or TERM: leave, and put everything away on the way out."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


FULL = "The disk is full{where}. Free some space, or choose another disk: make run DATA_DIR=/path"
FORBIDDEN = "No permission{where}. Start as the user who owns it, or choose another place: make run DATA_DIR=/path"
_FULL_WORDS = ("No space left on device", "disk quota exceeded", "Disk quota exceeded")


def is_full_disk(text: str) -> bool:
    """Whether a program's last words say that the disk is full."""
    return any(words in text for words in _FULL_WORDS)


def sentence(error: Exception) -> str | None:
    """The advice for an error that a machine's state explains; None for one that would be ours."""
    if isinstance(error, Trouble):
        return str(error)
    if isinstance(error, psycopg.errors.DiskFull):
        return FULL.format(where=" where the database keeps its data")
    if not isinstance(error, OSError):
        return None
    where = f" at {error.filename}" if error.filename else ""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return FULL.format(where=where)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return FORBIDDEN.format(where=where)
    return None
