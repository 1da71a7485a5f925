"""What a partner's own system brings: one call, one transaction, over the same services as the pages."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import Refused
from customers.models import Customer
from customers.services import likenesses, register
from partners.models import User
from referrals import wording
from referrals.models import EventKind, Programme, Referral, TeamMember
from referrals.services.drafts import begin, change
from referrals.services.recording import locked, must_be_of_partner, record, side_of
from referrals.services.sharing import share, submit
from referrals.services.steps import take_step
from referrals.services.talk import add_member, remove_member
from referrals.sql import alone_with
from referrals.states import REASONS, DealType, Pair, State, Step, towards

# what makes two registrations one company, without asking anybody
SURE = frozenset({"tenant_id", "registration_number", "duns", "name"})


@dataclass(frozen=True)
class Brought:
    """What another system says of a lead. `facts` are columns, `extra` what no column holds, `team` addresses."""

    facts: Mapping[str, Any]
    deal_type: str
    help: str
    consents: Collection[str]
    given_by: str
    team: Collection[str]
    extra: Mapping[str, Any]
    pair: Pair
    reason: str


@transaction.atomic
def customer_for(*, by: User, at: datetime, facts: Mapping[str, Any]) -> Customer:
    """The partner's customer that a company is, registered where there is none.

    The same tenant, number or name in the same country is the same company. What is only similar, or only shares a
    domain, is registered beside it: a program cannot be asked, and people can merge (docs/conflicts.md).
    """
    must_be_of_partner(by)
    # of two calls about one new company the second finds what the first has registered
    alone_with(f"{by.partner_id} {facts['country']} {facts['name']}")
    for likeness in likenesses(by=by, facts=facts):
        if SURE & set(likeness.reasons):
            return Customer.objects.visible_to(by).get(pk=likeness.customer.pk)
    because = _("Came from %(name)s, which cannot be asked; the likeness is not certain.") % {"name": by}
    return register(by=by, at=at, facts=facts, despite_likeness=True, because=because)


@transaction.atomic
def take_in(
    customer: Customer,
    *,
    by: User,
    at: datetime,
    programme: Programme,
    is_for_review: bool,
    engagement_id: UUID | None,
    said: Brought,
) -> Referral:
    """A new lead from another system.

    For a programme's review it is submitted. Else it is the partner's own deal, accepted from the start (R23), and shared
    as far as the customer has agreed.
    """
    facts = {name: value for name, value in said.facts.items() if name != "sales_stage"} | {"extra": said.extra}
    if engagement_id:
        facts["engagement_id"] = engagement_id
    kept = {"deal_type": said.deal_type, "help": said.help} if is_for_review else {"deal_type": DealType.PRIVATE}
    lead = begin(customer, by=by, at=at, programme=programme, facts=facts | kept)
    lead = submit(lead, by=by, at=at, version=None, consents=said.consents, given_by=said.given_by)
    if lead.deal_type != said.deal_type:
        lead = _share(lead, said, by=by, at=at)
    if stage := said.facts["sales_stage"]:
        lead = change(lead, by=by, at=at, version=None, facts={"sales_stage": stage})
    _change_team(lead, set(), set(said.team), by=by, at=at)
    return lead


def hold(referral: Referral, *, by: User) -> Referral:
    """The newest row, held until the transaction ends, so that what is made of it is made of nothing older."""
    return locked(referral, by)


@transaction.atomic
def bring_in_line(referral: Referral, *, by: User, at: datetime, before: Brought, after: Brought) -> Referral:
    """Change a lead from what it was to what another system says it is; all of it, or nothing.

    `before` is the lead as it stands, held by `hold`. What is the same in both is not touched.
    """
    must_be_of_partner(by)
    lead = locked(referral, by)
    if before == after:
        return lead
    if lead.is_closed:
        raise Refused(wording.wrong_state(Step.SUBMIT, lead.state, lead.reviewer_name))
    facts = {name: value for name, value in after.facts.items() if value != before.facts[name]}
    if facts:
        lead = change(lead, by=by, at=at, version=None, facts=facts)
    if after.extra != before.extra:
        _keep(lead, after.extra, by=by, at=at)
    if (after.deal_type, after.help) != (before.deal_type, before.help):
        lead = _share(lead, after, by=by, at=at)
    _change_team(lead, set(before.team), set(after.team), by=by, at=at)
    if after.pair != before.pair:
        lead = _go(lead, after, by=by, at=at)
    return lead


def _share(lead: Referral, said: Brought, *, by: User, at: datetime) -> Referral:
    return share(
        lead,
        by=by,
        at=at,
        version=None,
        deal_type=said.deal_type,
        help=said.help,
        consents=said.consents,
        given_by=said.given_by,
    )


def _keep(lead: Referral, extra: Mapping[str, Any], *, by: User, at: datetime) -> None:
    lead.extra, lead.version, lead.updated_at = dict(extra), lead.version + 1, at
    lead.save(update_fields=["extra", "version", "updated_at"])
    record(lead, EventKind.EDITED, by=by, at=at)


def _change_team(lead: Referral, before: set[str], after: set[str], *, by: User, at: datetime) -> None:
    """Put colleagues on the team, and take them off it, by their addresses; who is no colleague is only named."""
    for person in User.objects.visible_to(by).filter(is_active=True, email__in=after - before).order_by("pk"):
        add_member(lead, by=by, at=at, person=person)
    gone = TeamMember.objects.filter(referral=lead, user__email__in=before - after).select_related("user")
    for member in gone:
        remove_member(lead, by=by, at=at, person=member.user)


def _go(lead: Referral, said: Brought, *, by: User, at: datetime) -> Referral:
    """Take the step that leads to the pair; the step itself says who may take it and what it needs."""
    step = towards(State(lead.state), said.pair, side_of(by))
    if step is None:
        names = {"state": lead.get_state_display(), "pair": " / ".join(said.pair)}
        raise Refused(_("There is no way from “%(state)s” to %(pair)s.") % names, field="status")
    reason = _reason(step, said.reason)
    return take_step(lead, step, by=by, at=at, reason=reason, text=said.reason, value=lead.value)


def _reason(step: Step, said: str) -> str:
    """The code that the words name; the list's last one, which is any other reason, for words of one's own."""
    if step not in REASONS:
        return ""
    codes = REASONS[step]
    named = [code.value for code in codes if said.casefold() in (code.value, str(code.label).casefold())]
    return named[0] if named else codes.values[-1]
