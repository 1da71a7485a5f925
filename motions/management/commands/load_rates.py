"""`manage.py load_rates FILE`: euro reference rates from a file in the European Central Bank's format."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from common.isolation import Side, acting
from common.refusals import Refused
from motions import requests, services


class Command(BaseCommand):
    """Load exchange rates."""

    help = "Load the days of exchange rates that are not there yet."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and how many of its newest days to read."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--newest", type=int, default=None, help="read only so many of the newest days")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and wake the workers."""
        try:
            with acting(Side.OFFICE):
                new = services.load_rates(options["file"], at=now(), newest=options["newest"])
                requests.recompute_many_soon()
        except (Refused, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{new} new days of exchange rates")
