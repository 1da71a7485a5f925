"""The row of a lead that is changed, and the one event row that says so."""

from datetime import datetime
from typing import Any

from common.refusals import NotAllowed, Stale
from partners.models import User
from referrals import wording
from referrals.models import EventKind, Referral, ReferralEvent
from referrals.states import Actor, actor_of


def locked(referral: Referral, by: User | None) -> Referral:
    """The newest row, held until the transaction ends; a lead that the person may not see does not exist."""
    rows = Referral.objects.visible_to(by) if by else Referral.objects.all()
    found = rows.select_related("programme").select_for_update(of=("self",)).filter(pk=referral.pk).first()
    if found is None:
        raise NotAllowed(wording.no_such_lead())
    return found


def side_of(by: User | None) -> Actor:
    """As what somebody acts; NotAllowed for a role that has no part in leads."""
    actor = actor_of(by.role if by else None)
    if actor is None:
        raise NotAllowed(wording.no_such_lead())
    return actor


def must_be_current(lead: Referral, version: int | None) -> None:
    """Refuse what was decided on an older version; None is whatever it is."""
    if version is not None and version != lead.version:
        raise Stale(wording.stale())


def must_be_of_partner(by: User) -> None:
    """Only the partner itself writes what is the partner's."""
    if side_of(by) is not Actor.PARTNER:
        raise NotAllowed(wording.no_such_lead())


def record(referral: Referral, kind: EventKind, *, by: User | None, at: datetime, **facts: Any) -> ReferralEvent:
    """One event row; `facts` are its further columns."""
    return ReferralEvent.objects.create(
        partner_id=referral.partner_id,
        referral=referral,
        kind=kind,
        at=at,
        by=by,
        by_name=wording.name_of(by) if by else "",
        side=side_of(by),
        **facts,
    )
