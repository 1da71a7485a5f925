"""What an API client may do, and how its secrets are kept: digests with a last day, two while one is rotated. Pure."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher
from django.utils.crypto import constant_time_compare
from django.utils.timezone import now

SCOPES = (
    "customers.read",
    "customers.write",
    "contacts.read",
    "contacts.write",
    "deals.read",
    "deals.write",
    "guidance.read",
    "alerts.read",
    "alerts.write",
    "choices.read",
    "choices.write",
    "imports.read",
    "imports.write",
    "exports.read",
    "exports.write",
    "agreements.read",
    "agreements.write",
    "referrals.read",
    "referrals.write",
    "events.read",
    "webhooks.read",
    "webhooks.write",
    "notices.read",
    "notices.write",
    "views.read",
    "views.write",
)
# a program that was given it has an inbox of its own
READS_NOTICES = "notices.read"
ALGORITHM = "api_secret"


def new_secret() -> str:
    """A secret that nobody guesses; shown once, kept as a digest."""
    return secrets.token_urlsafe(32)


def _digest(secret: str) -> str:
    # a secret of 256 random bits needs no slow hash, and clients ask for tokens often
    return hashlib.sha256(secret.encode()).hexdigest()


def kept(secret: str, *, until: datetime) -> str:
    """A secret as it is stored, good until a moment."""
    return f"{ALGORITHM}${_digest(secret)}@{int(until.timestamp())}"


def rotated(former: str, secret: str, *, until: datetime, overlap_until: datetime) -> str:
    """A new secret beside the former ones, which end with the overlap; what has ended is dropped."""
    most, at = int(overlap_until.timestamp()), int(now().timestamp())
    older = [(digest, min(end, most)) for digest, end in _parts(former) if end > at]
    return "$".join([kept(secret, until=until), *(f"{digest}@{end}" for digest, end in older[:1])])


def _parts(stored: str) -> list[tuple[str, int]]:
    algorithm, *parts = stored.split("$")
    if algorithm != ALGORITHM:
        return []
    return [(digest, int(end)) for digest, _at, end in (part.partition("@") for part in parts)]


class ApiSecretHasher(BasePasswordHasher):
    """Reads what `kept` and `rotated` wrote, where Django looks for a password."""

    algorithm = ALGORITHM

    def encode(self, password: str, salt: str) -> str:
        """Secrets are made here, not chosen by people."""
        raise NotImplementedError

    def verify(self, password: str, encoded: str) -> bool:
        """Whether one of the secrets is this one and still good."""
        digest, at = _digest(password), now().timestamp()
        found = [constant_time_compare(digest, known) and end > at for known, end in _parts(encoded)]
        return any(found)

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        """Nothing of the digests."""
        return {"algorithm": ALGORITHM, "secrets": len(_parts(encoded))}

    def must_update(self, encoded: str) -> bool:
        """Never: a secret cannot be hashed again without knowing it."""
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        """One digest costs what another does."""
