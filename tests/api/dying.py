"""A server that dies: one POST with the key k1 in a process that kills itself before its commit, or right after it."""

import os
import signal
import sys

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(moment: str, token: str) -> None:
    """Send the request of the test, and die."""
    settings.DATABASES["default"]["NAME"] = os.environ["DYING_DATABASE"]
    django.setup()
    from django.test import Client  # noqa: PLC0415 -- after the set-up

    from partners.access import repeats  # noqa: PLC0415

    if moment == "before commit":
        kept = repeats._kept
        repeats._kept = lambda *given: _die(kept(*given))  # type: ignore[assignment, return-value]
    Client().post(
        "/api/v1/customers/",
        {"name": "Contoso GmbH", "country": "DE"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k1"},
    )
    _die()


if __name__ == "__main__":
    main(*sys.argv[1:])
