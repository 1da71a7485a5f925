"""One appeal against a decline: the closed lead stays closed (R24), a linked successor carries the reason."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import Refused, Unfit
from partners.models import User
from referrals.models import Consent, EventKind, Referral, TeamMember
from referrals.services.recording import locked, must_be_of_partner, record
from referrals.services.steps import take_step
from referrals.states import EDITABLE, Direction, State, Step

_COPIED = sorted(EDITABLE[State.DRAFT] - {"programme"})


@transaction.atomic
def appeal(referral: Referral, *, by: User, at: datetime, text: str) -> Referral:
    """Appeal against a decline; returns the successor, which is submitted at once. A second appeal is refused."""
    must_be_of_partner(by)
    lead = locked(referral, by)
    if lead.state != State.DECLINED or lead.direction != Direction.OUTBOUND:
        raise Refused(_("Only a decline can be appealed against."))
    if lead.appeal_of_id or Referral.objects.filter(appeal_of=lead).exists():
        raise Refused(_("There is one appeal, and it has been made."))
    if not text.strip():
        raise Unfit(_("Please say why the decision should be looked at again."), field="text")
    successor = _successor(lead, by=by, at=at)
    record(lead, EventKind.APPEALED, by=by, at=at, text=text.strip(), changes={"successor": str(successor.public_id)})
    return take_step(successor, Step.SUBMIT, by=by, at=at, text=text)


def _successor(lead: Referral, *, by: User, at: datetime) -> Referral:
    """The same lead as a new draft, with its team and what the customer agreed to."""
    successor = Referral.objects.create(
        partner_id=lead.partner_id,
        customer_id=lead.customer_id,
        programme=lead.programme,
        direction=lead.direction,
        country=lead.country,
        segment=lead.segment,
        created_at=at,
        updated_at=at,
        created_by=by,
        created_by_name=str(by),
        appeal_of=lead,
        engagement_id=lead.engagement_id,
        extra=lead.extra,
        **{name: getattr(lead, name) for name in _COPIED},
    )
    team = {member.user_id: member for member in lead.team.all()}
    names = {user_id: (member.added_at, member.added_by_name) for user_id, member in team.items()}
    names.setdefault(by.pk, (at, str(by)))
    TeamMember.objects.bulk_create(
        TeamMember(partner_id=lead.partner_id, referral=successor, user_id=user_id, added_at=added, added_by_name=name)
        for user_id, (added, name) in names.items()
    )
    consents = list(Consent.objects.filter(referral=lead))
    for consent in consents:
        consent.pk, consent.referral = None, successor
    Consent.objects.bulk_create(consents)
    record(successor, EventKind.BEGUN, by=by, at=at, to_state=State.DRAFT)
    return successor
