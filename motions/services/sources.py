"""Where new exchange rates come from by themselves; which source it is, the settings say."""

import logging
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

from common import outgoing
from motions.services.rates import load_rates

log = logging.getLogger(__name__)

MOST_BYTES = 16 * 1024 * 1024
NEWEST = 90  # days; whoever was away for longer loads a file by hand


class Source(Protocol):
    """Gives a file of euro reference rates."""

    name: str  # as people know it; '' for no source at all

    def file(self) -> bytes | None:
        """The file; None where there is none to get."""


class Offline:
    """No source: rates come as files, by hand."""

    name = ""

    def file(self) -> bytes | None:
        """Nothing, and it says so."""
        log.info("no source of exchange rates is connected; rates come as files")
        return None


class Web:
    """The file at `RATES_URL`."""

    def __init__(self) -> None:
        self.name = urlsplit(settings.RATES_URL).hostname or ""

    def file(self) -> bytes | None:
        """Raises `NotFetched` if it does not come."""
        return outgoing.fetch(settings.RATES_URL, most=MOST_BYTES)


def the_source() -> Source:
    """The source that the settings name."""
    made: Source = import_string(settings.RATES_SOURCE)()
    return made


def fetch_rates(*, at: datetime) -> int | None:
    """Load what the source has that is new; how many days came into force, or None without a source."""
    source = the_source()
    body = source.file()
    if body is None:
        return None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rates.csv"
        path.write_bytes(body)
        return load_rates(path, at=at, newest=NEWEST)
