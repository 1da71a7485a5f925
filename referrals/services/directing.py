"""Find out whose a lead is when it is submitted, and who stands in for whom."""

from datetime import date, datetime

from django.db.models import Q

from partners.models import User
from referrals.models import Absence, Referral, RoutingRule
from referrals.sql import responsible
from referrals.states.routing import ANYTHING, EVERYWHERE, chosen


def rule_for(*, country: str, segment: str, solutions: list[str], at: datetime) -> RoutingRule | None:
    """The rule that a lead submitted at a moment would follow; a manager who may not see it gets no lead."""
    people = responsible(country, segment)
    about = Q(country__in=[EVERYWHERE, country], solution__in=[ANYTHING, *solutions], manager__in=list(people))
    return chosen(RoutingRule.objects.at(at).filter(about), country=country, solutions=solutions)


def route(lead: Referral, at: datetime) -> dict[str, object]:
    """The columns that say whose a lead is; nobody's when no rule says anything."""
    rule = rule_for(country=lead.country, segment=lead.segment, solutions=lead.solutions, at=at)
    return {"routed_to_id": rule.manager_id, "routed_to_name": rule.manager_name} if rule else {}


def stands_for(user: User, day: date) -> list[int]:
    """Whose leads are a person's on a day: one's own, and those of colleagues for whom one stands in."""
    return [user.pk, *Absence.objects.on(day).filter(substitute=user.pk).values_list("user_id", flat=True)]
