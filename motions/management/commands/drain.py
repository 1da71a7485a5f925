"""`manage.py drain`: a plain process that goes on when the broker is gone. It leaves young marks to the workers.

Mails and notices of all rooms go out by it as well.
"""

import logging
import signal
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, connection
from django.utils.module_loading import import_string
from django.utils.timezone import now

from motions import bulk

log = logging.getLogger(__name__)

CARRY_EVERY = 15.0  # seconds: as often as beat would


class Command(BaseCommand):
    """Drain old marks for ever."""

    help = "Recompute and send what no worker has taken up, without any broker. Runs until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """How old a mark must be, and how often to look."""
        parser.add_argument("--older-than", type=float, default=1.0, help="seconds a mark is left to the workers")
        parser.add_argument("--every", type=float, default=0.5, help="seconds between two looks")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, drain, sleep; a database that is away for a moment is waited for."""
        stopped: list[int] = []
        carried_at = -CARRY_EVERY
        signal.signal(signal.SIGTERM, lambda number, _frame: stopped.append(number))
        signal.signal(signal.SIGINT, lambda number, _frame: stopped.append(number))
        while not stopped:
            try:
                self.look(older_than=timedelta(seconds=options["older_than"]))
                if time.monotonic() - carried_at >= CARRY_EVERY:
                    carried_at = time.monotonic()
                    self.carry()
            except (OperationalError, InterfaceError) as error:
                log.warning("the database is away: %s", error)
                connection.close()
            time.sleep(options["every"])

    def carry(self) -> None:
        """What other rooms hand over and send (`DRAINED`): each claims its rows, so that nothing goes out twice."""
        for path in settings.DRAINED:
            import_string(path)(clock=now)

    def look(self, *, older_than: timedelta) -> None:
        """One pass over both kinds of marks and a second of the open roll-outs."""
        before = now() - older_than
        bulk.drain(clock=now, is_bulk=False, before=before)
        bulk.roll_out(clock=now, go_on=lambda: now() - before < older_than + timedelta(seconds=1))
        bulk.drain(clock=now, is_bulk=True, before=before, most=4)
