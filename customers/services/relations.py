"""Ask a customer for a reseller relationship, and follow the request up until it is answered or over (C9)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from common.refusals import Refused, Unfit
from customers.models import Contact, Customer, EventKind, Relation
from customers.models.relations import RelationQuerySet
from customers.services.recording import current_of, partner_of, record
from customers.states import FOLLOW_UP_DAYS, REMINDER_DAYS, RelationState
from partners.models import Partner, User
from partners.roles import CspType

_INVITATION = "https://admin.microsoft.com/Adminportal/Home?{query}#/BillingAccounts/partner-invitation"
_CLOSING = {
    RelationState.ACCEPTED: EventKind.RELATION_ACCEPTED,
    RelationState.EXPIRED: EventKind.RELATION_EXPIRED,
    RelationState.WITHDRAWN: EventKind.RELATION_WITHDRAWN,
}


@dataclass(frozen=True)
class Reminder:
    """One letter that is due: to whom, in which language, about which request of whom."""

    email: str
    language: str
    person: str
    customer: str
    partner: str
    link: str
    expires_at: datetime


def invitation_link(partner: Partner, *, own_tenant: UUID, provider_tenant: UUID | None) -> str:
    """The address at which the customer's administrator accepts; an indirect reseller invites with its provider."""
    values = {"invType": "ResellerRelationship", "partnerId": str(own_tenant), "msppId": "0", "DAP": "false"}
    if partner.csp_type == CspType.INDIRECT_RESELLER:
        values |= {
            "invType": "IndirectResellerRelationship",
            "partnerId": str(provider_tenant),
            "msppId": partner.partner_number,
            "indirectCSPId": str(own_tenant),
        }
    return _INVITATION.format(query=urlencode(values))


@transaction.atomic
def request_relation(
    customer: Customer, *, by: User, at: datetime, own_tenant: UUID, provider_tenant: UUID | None = None
) -> Relation:
    """Begin a request; there is one open request of a customer at a time."""
    partner = partner_of(by)
    customer = current_of(customer, by=by)
    is_indirect = partner.csp_type == CspType.INDIRECT_RESELLER
    if is_indirect and provider_tenant is None:
        raise Unfit(_("An indirect reseller invites together with its provider."), field="provider_tenant")
    if Relation.objects.visible_to(by).filter(customer=customer, state=RelationState.REQUESTED).exists():
        raise Refused(_("A request is open already. Withdraw it before you begin another."))
    provider_tenant = provider_tenant if is_indirect else None
    relation = Relation.objects.create(
        partner=partner,
        customer=customer,
        state=RelationState.REQUESTED,
        own_tenant=own_tenant,
        provider_tenant=provider_tenant,
        link=invitation_link(partner, own_tenant=own_tenant, provider_tenant=provider_tenant),
        requested_at=at,
        expires_at=at + timedelta(days=FOLLOW_UP_DAYS),
        by=by,
        by_name=str(by),
    )
    record(customer, EventKind.RELATION_REQUESTED, by=by, at=at, changes={})
    return relation


@transaction.atomic
def note_acceptance(relation: Relation, *, by: User, at: datetime) -> Relation:
    """Note that the customer has accepted."""
    return _closed_by(relation, RelationState.ACCEPTED, by=by, at=at)


@transaction.atomic
def withdraw(relation: Relation, *, by: User, at: datetime) -> Relation:
    """Take the request back; nobody is reminded any more."""
    return _closed_by(relation, RelationState.WITHDRAWN, by=by, at=at)


def _open_ones() -> RelationQuerySet:
    return Relation.objects.filter(state=RelationState.REQUESTED).select_for_update(of=("self",), skip_locked=True)


@transaction.atomic
def expire_relations(*, at: datetime) -> int:
    """Let the requests expire that nobody has answered in time; returns how many."""
    found = list(_open_ones().filter(expires_at__lte=at))
    for relation in found:
        _close(relation, RelationState.EXPIRED, by=None, at=at)
    return len(found)


@transaction.atomic
def next_reminder(*, at: datetime) -> Reminder | None:
    """Count one reminder that is due and that nobody else holds; None when none is left.

    The letter is sent after the commit and never twice. A worker that was away sends one letter for all the days it missed.
    A request without a contact is not counted.
    """
    due = Q()
    for count, days in enumerate(REMINDER_DAYS):
        due |= Q(reminders__lte=count, requested_at__lte=at - timedelta(days=days))
    reachable = Exists(Contact.objects.current().filter(customer=OuterRef("customer")))
    waiting = _open_ones().filter(due, reachable, expires_at__gt=at, customer__archived_at__isnull=True)
    relation = waiting.select_related("partner", "customer").order_by("pk").first()
    return _counted(relation, at=at) if relation else None


def _counted(relation: Relation, *, at: datetime) -> Reminder:
    passed = sum(relation.requested_at + timedelta(days=days) <= at for days in REMINDER_DAYS)
    contact = Contact.objects.current().filter(customer_id=relation.customer_id).in_order()[0]
    relation.reminders, relation.reminded_at = passed, at
    relation.save(update_fields=["reminders", "reminded_at"])
    record(relation.customer, EventKind.RELATION_REMINDED, by=None, at=at, changes={"contact": contact.name})
    return Reminder(
        contact.email,
        contact.language,
        contact.name,
        relation.customer.name,
        relation.partner.name,
        relation.link,
        relation.expires_at,
    )


def _closed_by(relation: Relation, state: RelationState, *, by: User, at: datetime) -> Relation:
    partner_of(by)
    relation = Relation.objects.visible_to(by).select_for_update(of=("self",)).get(pk=relation.pk)
    if not relation.is_open:
        raise Refused(_("This request is over: %(state)s.") % {"state": RelationState(relation.state).label})
    return _close(relation, state, by=by, at=at)


def _close(relation: Relation, state: RelationState, *, by: User | None, at: datetime) -> Relation:
    relation.state, relation.closed_at = state, at
    relation.save(update_fields=["state", "closed_at"])
    customer = Customer(pk=relation.customer_id, partner_id=relation.partner_id)
    record(customer, _CLOSING[state], by=by, at=at, changes={})
    return relation
