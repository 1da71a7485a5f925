"""`manage.py audit verify|seal`: whether the audit holds, and a seal at once."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from partners import services


class Command(BaseCommand):
    """Prints one JSON object; exits with 1 when the audit does not hold."""

    help = "Verify the audit's chains and seals, or seal it now. Prints JSON; findings make the exit code 1."

    def add_arguments(self, parser: CommandParser) -> None:
        """One verb."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("verify", help="compute every hash again and compare the seals, also with their file")
        verbs.add_parser("seal", help="seal what is finished and write the seal to its file")

    def handle(self, *args: Any, **options: Any) -> None:
        """As a worker."""
        getattr(self, options["verb"])()

    def verify(self) -> None:
        """Every entry and every seal; what does not hold, and where."""
        began = perf_counter()
        verdict = services.check(clock=now)
        seconds = perf_counter() - began
        told = {
            "entries": verdict.entries,
            "seals": verdict.seals,
            "seconds": round(seconds, 3),
            "entries_per_second": round(verdict.entries / seconds),
            "findings": [dict(_told(finding)) for finding in verdict.findings],
        }
        self.stdout.write(json.dumps(told, indent=1))
        if verdict.findings:
            raise CommandError(f"The audit does not hold: {len(verdict.findings)} findings.")

    def seal(self) -> None:
        """At once, instead of waiting for beat."""
        made = services.seal()
        self.stdout.write(json.dumps({"seal": made.pk, "entries": made.entries} if made else {"seal": None}))


def _told(finding: services.Finding) -> Iterator[tuple[str, Any]]:
    for name, value in asdict(finding).items():
        if value:
            yield name, value if isinstance(value, int | str) else value.isoformat()
