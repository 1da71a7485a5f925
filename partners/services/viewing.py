"""Looking at the portal as somebody else: for a reason, for a time, reading alone."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Unfit
from partners.models import User, Viewing
from partners.roles import SEES_ALL, Role

LASTS = timedelta(minutes=30)


@transaction.atomic
def view_as(whom: User, *, by: User, at: datetime, reason: str) -> Viewing:
    """Begin to look on as somebody; administrators and auditors cannot be looked on as."""
    if by.role != Role.ADMINISTRATOR:
        raise NotAllowed(_("Only the office looks on as somebody else."))
    if whom.role in SEES_ALL or not whom.is_active:
        raise NotAllowed(_("Nobody can look on as this person."))
    if len(reason.strip()) < 5:
        raise Unfit(_("Please say why, so that others understand it later."), field="reason")
    return Viewing.objects.create(
        by=by,
        by_name=str(by),
        whom=whom,
        whom_name=str(whom),
        reason=reason.strip()[:300],
        started_at=at,
        until=at + LASTS,
    )


def running(public_id: str, *, by: User, at: datetime) -> Viewing | None:
    """The viewing of a session while it lasts, with the person and the organisation."""
    open_ones = Viewing.objects.visible_to(by).filter(by=by, ended_at__isnull=True, until__gt=at)
    found = open_ones.filter(public_id=public_id).select_related("whom__partner").first()
    if found is None or not found.whom.is_active or (found.whom.partner and not found.whom.partner.is_active):
        return None
    return found


@transaction.atomic
def end_viewing(public_id: str, *, by: User, at: datetime) -> None:
    """Be oneself again."""
    Viewing.objects.visible_to(by).filter(by=by, public_id=public_id, ended_at__isnull=True).update(ended_at=at)
