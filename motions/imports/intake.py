"""Whether files are taken at the moment."""

from motions.imports.findings import FileRefused
from partners.models import Intake
from partners.services import paused


def must_be_open() -> None:
    """`FileRefused` while the office has paused imports."""
    if pause := paused(Intake.IMPORTS):
        raise FileRefused("intake_paused", {"reason": pause.reason})
