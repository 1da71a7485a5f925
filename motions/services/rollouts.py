"""Steer a roll-out: pause, resume, cancel, or have everybody judged once more."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Refused
from motions.models import Fanout, FanoutCause, FanoutEnd
from motions.sql import slices
from partners.models import User
from partners.roles import Role


def _open(fanout: Fanout, by: User) -> Fanout:
    if by.role not in (Role.POLICY_OWNER, Role.ADMINISTRATOR):
        raise NotAllowed(_("Only policy owners and administrators steer roll-outs."))
    fanout = Fanout.objects.select_for_update().get(pk=fanout.pk)
    if fanout.ended_at:
        raise Refused(_("This roll-out has ended already."))
    return fanout


@transaction.atomic
def pause(fanout: Fanout, *, by: User, at: datetime) -> Fanout:
    """Take no further slice; the ones being judged come to their end. What is stale is shown as stale meanwhile."""
    fanout = _open(fanout, by)
    if fanout.paused_at:
        raise Refused(_("This roll-out is paused already."))
    fanout.paused_at = at
    fanout.save(update_fields=["paused_at"])
    return fanout


@transaction.atomic
def resume(fanout: Fanout, *, by: User) -> Fanout:
    """Go on where it was paused."""
    fanout = _open(fanout, by)
    if not fanout.paused_at:
        raise Refused(_("This roll-out is not paused."))
    fanout.paused_at = None
    fanout.save(update_fields=["paused_at"])
    return fanout


@transaction.atomic
def cancel(fanout: Fanout, *, by: User, at: datetime) -> Fanout:
    """End a pass over everybody before its time; what has been judged stays.

    A policy or rates cannot be cancelled: their answers would stay stale. Pause it, or publish another version.
    """
    fanout = _open(fanout, by)
    if fanout.cause != FanoutCause.ALL:
        raise Refused(
            _("A roll-out of a policy or of rates cannot be cancelled, only paused: its answers would stay outdated.")
        )
    slices.give_up(fanout)
    fanout.ended_at, fanout.end = at, FanoutEnd.CANCELLED
    fanout.save(update_fields=["ended_at", "end"])
    return fanout


@transaction.atomic
def start_again(*, by: User, at: datetime) -> Fanout:
    """Have everybody judged once more; answers that are right stay as they are."""
    if by.role not in (Role.POLICY_OWNER, Role.ADMINISTRATOR):
        raise NotAllowed(_("Only policy owners and administrators steer roll-outs."))
    return Fanout.objects.create(cause=FanoutCause.ALL, made_at=at, by_name=str(by))
