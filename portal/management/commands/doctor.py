"""`manage.py doctor [--json]`: what is wrong with this portal, and what helps."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.doctor import CHECKS, examine


class Command(BaseCommand):
    """Exits with 1 when there is an error, with 0 when there are at most warnings."""

    help = "Check settings, database, workers and everything else that the portal needs; each finding with its cure."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """For people, or for machines."""
        parser.add_argument("--json", action="store_true", help="one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at everything, whatever is found on the way."""
        findings = examine()
        errors = sum(finding.is_error for finding in findings)
        if options["json"]:
            told = {"checks": list(CHECKS), "errors": errors, "findings": [asdict(finding) for finding in findings]}
            self.stdout.write(json.dumps(told, indent=1, ensure_ascii=False))
        else:
            for finding in findings:
                self.stdout.write(f"{'ERROR  ' if finding.is_error else 'warning'}  {finding.area}: {finding.what}")
                self.stdout.write(f"         → {finding.cure}")
            self.stdout.write(f"{len(CHECKS)} checks, {errors} errors, {len(findings) - errors} warnings.")
        if errors:
            raise SystemExit(1)
