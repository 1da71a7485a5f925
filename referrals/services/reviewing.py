"""What a reviewer does beside deciding: put a lead off, and choose how to work."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Refused, Unfit
from partners.models import User
from referrals import wording
from referrals.models import Referral, ReviewPreference, Snooze
from referrals.services.recording import side_of
from referrals.states import UNDECIDED, Actor


def _must_be_reviewer(by: User) -> None:
    if side_of(by) not in (Actor.REVIEWER, Actor.OFFICE):
        raise NotAllowed(wording.not_for_you())


@transaction.atomic
def snooze(referral: Referral, *, by: User, at: datetime, until: datetime) -> Snooze:
    """Put a lead off in one's own queue; whoever else reviews sees it as before, and the clock runs on."""
    _must_be_reviewer(by)
    lead = Referral.objects.visible_to(by).get(pk=referral.pk)
    if lead.state not in UNDECIDED:
        raise Refused(wording.decided_already(lead.state))
    if until <= at:
        raise Unfit(_("Please choose a time in the future."), field="until")
    found, _is_new = Snooze.objects.update_or_create(user=by, lead=lead.public_id, defaults={"until": until})
    return found


@transaction.atomic
def wake(referral: Referral, *, by: User) -> None:
    """Show a lead in one's queue again."""
    _must_be_reviewer(by)
    Snooze.objects.visible_to(by).filter(lead=referral.public_id).delete()


@transaction.atomic
def use_keys(*, by: User, uses_keys: bool) -> None:
    """Switch single keys on or off for oneself (WCAG 2.1.4)."""
    _must_be_reviewer(by)
    ReviewPreference.objects.update_or_create(user=by, defaults={"uses_keys": uses_keys})
