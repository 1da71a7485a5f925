"""Leads about the same business: the same customer, whoever brought it, within the last twelve months (Q7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from customers.models import Customer
from customers.wording import why
from partners.models import User
from referrals import wording
from referrals.models import Referral
from referrals.states import State

VALID_FOR = timedelta(days=365)
MOST = 20
_TAKEN = (State.ACCEPTED, State.WON)


@dataclass(frozen=True)
class Alike:
    """Another lead that may be about the same business, and what speaks for it."""

    lead: Referral
    is_own_partner: bool
    solutions: list[str]
    wins: bool
    why: str


# by what a company is the same one, as the duplicate check of the customers' room has it: each key has its index;
# name and number mean something within a country, the others everywhere
_KEYS = (
    ("tenant_id", "tenant_id", False),
    ("registration_number", "number_key", True),
    ("duns", "duns", False),
    ("domain", "site_key", False),
    ("name", "name_key", True),
)


def same_company(customer: Customer) -> Q:
    """Customers of whatever partner that are the same company, by the keys that they carry."""
    same = Q(pk=customer.pk)
    for _reason, key, is_of_country in _KEYS:
        if value := getattr(customer, key):
            same |= Q(**{key: value}, **({"country": customer.country} if is_of_country else {}))
    return same


def _reasons(customer: Customer, other: Customer) -> list[str]:
    """By which keys two customers are the same company."""
    return [
        reason
        for reason, key, is_of_country in _KEYS
        if getattr(customer, key)
        and getattr(customer, key) == getattr(other, key)
        and (not is_of_country or customer.country == other.country)
    ]


def duplicates(lead: Referral, *, by: User, at: datetime) -> list[Alike]:
    """Other leads about the same company of the last twelve months; the one that was accepted first wins (Q7)."""
    companies = list(
        Customer.objects.visible_to(by).filter(same_company(lead.customer)).values_list("pk", flat=True)[: 5 * MOST]
    )
    found = (
        Referral.objects.visible_to(by)
        .filter(customer__in=companies, submitted_at__gt=at - VALID_FOR)
        .exclude(state__in=[State.ERROR, State.WITHDRAWN])
        .exclude(pk=lead.pk)
        .select_related("customer", "partner")
        .order_by("submitted_at", "pk")[:MOST]
    )
    rows = [one for one in found if one.pk != lead.appeal_of_id]
    winner = _first_accepted(lead, rows)
    return [
        Alike(
            one,
            one.partner_id == lead.partner_id,
            [wording.solution(code) for code in _shared(lead, one)],
            one is winner,
            why(_reasons(lead.customer, one.customer)),
        )
        for one in rows
    ]


def _shared(lead: Referral, other: Referral) -> list[str]:
    return [one for one in lead.solutions if one in other.solutions]


def _first_accepted(lead: Referral, rows: list[Referral]) -> Referral | None:
    """The first accepted lead with a solution in common: it stands before this one."""
    accepted = [one for one in rows if one.state in _TAKEN and one.decided_at and _shared(lead, one)]
    return min(accepted, key=lambda one: (one.decided_at, one.pk), default=None)
