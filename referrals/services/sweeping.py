"""What the clock does: let leads expire, give claims back, remind whoever holds the ball. Safe to run twice, by many."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from common.isolation import Side, acting
from referrals.models import EventKind, Referral
from referrals.services.recording import record
from referrals.services.steps import take_step
from referrals.states import Step

MOST_IN_ONE_RUN = 1000
Clock = Callable[[], datetime]


def expire_due(*, clock: Clock) -> int:
    """Close what nobody answered in time (R22); returns how many."""
    return _sweep(
        clock, Step.EXPIRE, lambda at: Referral.objects.filter(expires_at__lte=at).order_by("expires_at", "pk")
    )


def release_idle(*, clock: Clock) -> int:
    """Give back to the queue what somebody claimed and left; returns how many."""
    return _sweep(
        clock, Step.RELEASE, lambda at: Referral.objects.filter(claimed_until__lte=at).order_by("claimed_until", "pk")
    )


def _sweep(clock: Clock, step: Step, due: Callable[[datetime], QuerySet[Referral]]) -> int:
    """One lead in one transaction; what somebody holds at this instant is theirs to decide, and looked at again later."""
    done = 0
    for _turn in range(MOST_IN_ONE_RUN):
        with acting(Side.WORKER):
            at = clock()
            lead = due(at).select_for_update(of=("self",), skip_locked=True).first()
            if lead is None:
                break
            take_step(lead, step, by=None, at=at)
        done += 1
    return done


def remind_due(*, clock: Clock) -> int:
    """Remind whoever holds the ball, once for each of the programme's days; returns how many reminders."""
    done = 0
    for _turn in range(MOST_IN_ONE_RUN):
        with acting(Side.WORKER):
            at = clock()
            lead = _to_remind(at)
            if lead is None:
                break
            lead.reminders = _days_reached(lead, at)
            lead.save(update_fields=["reminders"])
            record(lead, EventKind.REMINDED, by=None, at=at, changes={"reminder": lead.reminders})
            done += 1
    return done


def _to_remind(at: datetime) -> Referral | None:
    soon = Referral.objects.filter(expires_at__gt=at).select_related("programme").order_by("expires_at", "pk")
    for lead in soon.select_for_update(of=("self",), skip_locked=True).iterator(chunk_size=200):
        if _days_reached(lead, at) > lead.reminders:
            return lead
    return None


def _days_reached(lead: Referral, at: datetime) -> int:
    """How many of the reminder days have come since the ball changed hands."""
    began = lead.may_expire_at - timedelta(days=lead.programme.expiry_days)
    return sum(at >= began + timedelta(days=day) for day in lead.programme.reminder_days)
