"""Stop what comes in, and open it again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Refused, Unfit
from partners.models import Intake, Pause, User
from partners.roles import Role


def paused(intake: Intake) -> Pause | None:
    """The pause of an intake; None when it is open."""
    return Pause.objects.filter(intake=intake).first()


@transaction.atomic
def pause(intake: Intake, *, by: User, at: datetime, reason: str) -> Pause:
    """Stop an intake for everybody; the reason is shown where somebody would send something."""
    _must_be_office(by)
    if not reason.strip():
        raise Unfit(_("Please say why; whoever wants to import reads it."), field="reason")
    made, is_new = Pause.objects.get_or_create(
        intake=intake, defaults={"reason": reason.strip(), "at": at, "by_name": str(by)}
    )
    if not is_new:
        raise Refused(_("Somebody else has paused it already."))
    return made


@transaction.atomic
def resume(intake: Intake, *, by: User) -> None:
    """Open an intake again; nothing to do when it is open."""
    _must_be_office(by)
    Pause.objects.filter(intake=intake).delete()


def _must_be_office(by: User) -> None:
    if by.role != Role.ADMINISTRATOR:
        raise NotAllowed(_("Only an administrator may do that."))
