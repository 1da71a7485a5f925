"""Leads from Microsoft to a partner: a channel manager offers one, with the customer's consent, and the partner decides."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Unfit
from customers.models import Customer
from customers.services.introduction import introduce
from partners.models import Partner, User
from partners.roles import Role
from referrals import wording
from referrals.models import EventKind, Programme, Referral
from referrals.services.completeness import closed_programme
from referrals.services.recording import record
from referrals.services.sharing import record_consents
from referrals.states import ConsentKind, Direction, State


@transaction.atomic
def offer(
    *,
    by: User,
    at: datetime,
    partner: Partner,
    programme: Programme,
    company: Mapping[str, str],
    facts: Mapping[str, Any],
    has_consent: bool,
    given_by: str,
) -> Referral:
    """Offer a partner a lead about a company (name, country, segment, domain), which becomes the partner's customer.

    The partner takes it on or declines it within the programme's days, else it expires (R21, R22). Refused: without the
    customer's consent to be passed on, outside the person's countries and segments, to a partner or in a programme that
    takes none (422); for everybody but channel managers (403).
    """
    if by.role != Role.CHANNEL_MANAGER:
        raise NotAllowed(wording.not_for_you())
    _must_fit(by=by, at=at, partner=partner, programme=programme, company=company)
    if not has_consent:
        raise Unfit(_("Without the customer’s consent nothing is passed on to a partner."), field="has_consent")
    customer = introduce(partner, at=at, facts=company)
    lead = _offered(customer, programme, by=by, at=at, facts=facts)
    record_consents(lead, by=by, at=at, kinds=[ConsentKind.SHARE_WITH_OTHERS], given_by=given_by)
    record(lead, EventKind.OFFERED, by=by, at=at, to_state=State.OFFERED)
    return lead


def _offered(customer: Customer, programme: Programme, *, by: User, at: datetime, facts: Mapping[str, Any]) -> Referral:
    """The row: sent, and with the partner for the programme's days."""
    return Referral.objects.create(
        partner_id=customer.partner_id,
        customer=customer,
        programme=programme,
        direction=Direction.INBOUND,
        state=State.OFFERED,
        country=customer.country,
        segment=customer.segment,
        created_at=at,
        updated_at=at,
        submitted_at=at,
        expires_at=at + timedelta(days=programme.expiry_days),
        created_by=by,
        created_by_name=wording.name_of(by),
        reviewer=by,
        reviewer_name=wording.name_of(by),
        **facts,
    )


def _must_fit(*, by: User, at: datetime, partner: Partner, programme: Programme, company: Mapping[str, str]) -> None:
    if not partner.is_active:
        raise Unfit(_("This partner takes no leads."), field="partner")
    if programme.direction != Direction.INBOUND or not programme.is_open(at):
        raise Unfit(closed_programme(programme), field="programme")
    if not by.scopes.filter(country=company["country"], segment=company["segment"]).exists():
        raise Unfit(_("You are not responsible for this country and segment."), field="country")
