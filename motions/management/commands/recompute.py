"""`manage.py recompute [--all] [--wait]`: mark and drain; prints the counts as JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import localdate, now

from common.isolation import Side, acting
from motions import bulk, requests
from motions.sql import marks
from motions.sql.freshness import count_stale


class Command(BaseCommand):
    """Recompute what is marked, or everybody."""

    help = "Recompute stale guidance. Prints marked, computed, changed and stale_left as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        """--all judges every customer, marked or not; --wait does the work here instead of waking the workers."""
        parser.add_argument("--all", action="store_true", help="every customer, not only the marked ones")
        parser.add_argument("--wait", action="store_true", help="do the work here and come back when it is done")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, or have it done."""
        if options["all"] and not options["wait"]:
            bulk.start_all(at=now())
        counts, marked = bulk.Counts(), self._waiting()
        if options["wait"]:
            if options["all"]:
                counts = bulk.recompute_all(clock=now)
                marked = counts.computed
            bulk.roll_out(clock=now)
            for is_bulk in (False, True):
                counts.join(bulk.drain(clock=now, is_bulk=is_bulk))
        else:
            requests.recompute_soon()
            requests.recompute_many_soon()
        with acting(Side.WORKER):
            stale_left = count_stale(localdate())
        report = {
            "marked": marked,
            "computed": counts.computed,
            "changed": counts.changed,
            "stale_left": stale_left,
        }
        self.stdout.write(json.dumps(report))

    def _waiting(self) -> int:
        with acting(Side.WORKER):
            return marks.waiting()[0]
