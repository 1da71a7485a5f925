"""Passwords and keys that this machine makes for itself, once."""

import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from portal.local.places import kept_private
from portal.local.trouble import Trouble


def _word() -> str:
    return secrets.token_urlsafe(36)


@dataclass(frozen=True, slots=True)
class Keys:
    """One secret for each door of this data directory."""

    django: str = field(default_factory=_word)
    owner: str = field(default_factory=_word)
    web: str = field(default_factory=_word)
    broker: str = field(default_factory=_word)


def kept_keys(path: Path) -> Keys:
    """The keys in the file, which is made on the first call; nobody but its owner can read it."""
    if not path.exists():
        kept_private(path, json.dumps(asdict(Keys()), indent=1))
    try:
        return Keys(**json.loads(path.read_text()))
    except (ValueError, TypeError) as error:
        raise Trouble(
            f"{path} is broken. Remove it: the next start makes new keys, and everybody signs in again."
        ) from error
