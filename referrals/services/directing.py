"""Find out whose a lead is when it is submitted, and who stands in for whom."""

from datetime import date, datetime

from django.db.models import Q

from partners.models import User
from referrals.models import Absence, LocationMember, Referral, RoutingRule
from referrals.sql import responsible, staffed
from referrals.states.routing import ANYTHING, EVERYWHERE, chosen


def rule_for(*, country: str, segment: str, solutions: list[str], at: datetime) -> RoutingRule | None:
    """The rule that a lead submitted at a moment would follow.

    A manager who may not see it gets no lead, nor does a location where nobody may: then the next rule counts.
    """
    about = Q(country__in=[EVERYWHERE, country], solution__in=[ANYTHING, *solutions])
    rules = list(RoutingRule.objects.at(at).filter(about))
    if not rules:
        return None
    people = responsible(country, segment)
    places = staffed(country, segment) if any(rule.location_id for rule in rules) else set()
    reachable = [rule for rule in rules if rule.manager_id in people or rule.location_id in places]
    return chosen(reachable, country=country, solutions=solutions)


def route(lead: Referral, at: datetime) -> dict[str, object]:
    """The columns that say whose a lead is; nobody's when no rule says anything."""
    rule = rule_for(country=lead.country, segment=lead.segment, solutions=lead.solutions, at=at)
    if rule is None:
        return {}
    return {
        "routed_to_id": rule.manager_id,
        "routed_location_id": rule.location_id,
        "routed_to_name": rule.goes_to,
    }


def stands_for(user: User, day: date) -> list[int]:
    """Whose leads are a person's on a day: one's own, and those of colleagues for whom one stands in."""
    return [user.pk, *Absence.objects.on(day).filter(substitute=user.pk).values_list("user_id", flat=True)]


def routed_to(user: User, day: date) -> Q:
    """The leads that are a person's on a day by the rules or by hand, those of their locations among them."""
    people = stands_for(user, day)
    places = LocationMember.objects.filter(user__in=people).values_list("location_id", flat=True)
    return Q(routed_to__in=people) | Q(routed_location__in=list(places))
