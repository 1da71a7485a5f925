"""Whether a default domain of a new tenant is still free; asked of whoever the settings name."""

from enum import StrEnum
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

SUFFIX = ".onmicrosoft.com"


class Availability(StrEnum):
    """What is known about a domain."""

    FREE = "free"
    TAKEN = "taken"
    UNKNOWN = "unknown"


class Domains(Protocol):
    """Asks for a domain as `HEAD /v1/domains/{domain}` does."""

    def status(self, domain: str) -> int | None:
        """The HTTP status of the answer; None when nobody could be asked."""


class Offline:
    """Nobody is asked: this installation has no connection to Microsoft."""

    def status(self, domain: str) -> int | None:
        """Never known."""
        return None


class Table:
    """Answers from `DOMAIN_ANSWERS` of the settings (domain: status), for tests and demonstrations."""

    def status(self, domain: str) -> int | None:
        """As it stands there."""
        answers: dict[str, int] = settings.DOMAIN_ANSWERS
        return answers.get(domain)


def availability(prefix: str) -> Availability:
    """Whether `prefix`.onmicrosoft.com is free. The answer is the other way round than one expects: 200 means that the
    domain exists and is taken, 404 that it is free; every other answer tells nothing (C3).
    """
    client: Domains = import_string(settings.DOMAIN_CLIENT)()
    status = client.status(prefix.lower() + SUFFIX)
    return {200: Availability.TAKEN, 404: Availability.FREE}.get(status or 0, Availability.UNKNOWN)
