"""What is shown of a deal's registration: what it would lack, where it stands, what can be done."""

from datetime import datetime, timedelta
from typing import Any

from partners.models import User
from referrals.models import Referral, Registration
from referrals.registration import Check, checklist
from referrals.states import ACTS, Act, DealType, RegistrationState, State, actor_of

LOOKS: dict[RegistrationState, str] = {
    RegistrationState.PENDING: "wait",
    RegistrationState.APPROVED: "good",
    RegistrationState.IN_REVIEW: "info",
    RegistrationState.ACTION_REQUIRED: "warn",
    RegistrationState.PASSED: "good",
    RegistrationState.FAILED: "bad",
    RegistrationState.CLOSED: "off",
}


def registration(lead: Referral, *, at: datetime) -> list[Check]:
    """What a deal registration would still lack (R38)."""
    return checklist(
        is_won=lead.state == State.WON,
        is_shared=lead.deal_type != DealType.PRIVATE,
        value=lead.won_value if lead.won_value is not None else lead.value,
        currency=lead.currency,
        age=(lead.closed_at or at) - lead.created_at,
        since_won=at - lead.closed_at if lead.closed_at else timedelta(),
    )


def registered(lead: Referral, *, by: User) -> Registration | None:
    """The registration of a deal, as far as the person may see it; only a deal that is won has one."""
    if lead.state != State.WON:
        return None
    found: Registration | None = Registration.objects.visible_to(by).filter(referral=lead).first()
    return found


def acts_for(found: Registration | None, *, by: User) -> list[Act]:
    """The acts that the table lets a person take now."""
    if found is None:
        return []
    return [act for act, rule in ACTS.items() if found.state in rule.sources and rule.actor is actor_of(by.role)]


def registration_panel(lead: Referral, *, by: User, at: datetime) -> dict[str, Any]:
    """The panel on the page of a lead; nothing of it for a lead that has nothing to do with registration yet."""
    found = registered(lead, by=by)
    has_checks = by.is_of_partner and lead.state in (State.ACCEPTED, State.WON)
    return {
        "checks": registration(lead, at=at) if has_checks or found else [],
        "registration": found,
        "registration_look": LOOKS[RegistrationState(found.state)] if found else "",
        "may_register": by.is_of_partner and found is None and lead.state == State.WON and lead.is_shared,
    }
