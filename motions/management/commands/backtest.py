"""`manage.py backtest`: foretell held-out sizes, store how far off that was, print it as JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from motions.alerts import runs


class Command(BaseCommand):
    """Measure the forecast."""

    help = "Measure the forecast against held-out sizes. Prints a JSON line for each measure."

    def handle(self, *args: Any, **options: Any) -> None:
        """Errors are medians as shares of the limit, null when there are too few histories."""
        for figure in runs.backtest(clock=now):
            errors = {"trend_error": figure.trend_error, "last_error": figure.last_error}
            line = {"measure": figure.measure, "histories": figure.histories, "held_out": figure.held_out}
            texts = {name: None if value is None else float(value) for name, value in errors.items()}
            self.stdout.write(json.dumps({**line, **texts}))
