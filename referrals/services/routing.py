"""Whose a new lead is: rules that are ended and followed, never changed; assigning by hand; absences (R55)."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Refused, Unfit
from partners.models import User
from partners.roles import Role
from referrals import wording
from referrals.models import Absence, EventKind, LocationMember, Referral, ReviewLocation, RoutingRule
from referrals.services.recording import locked, must_be_current, record, side_of
from referrals.services.steps import take_step
from referrals.sql import alone_with, responsible, staffed
from referrals.states import UNDECIDED, Actor, State, Step


def _must_be_office(by: User) -> None:
    """Rules are the administrator's (R55: whoever has the whole company in view); managers read them."""
    if by.role != Role.ADMINISTRATOR:
        raise NotAllowed(wording.not_for_you())


@transaction.atomic
def add_rule(
    *,
    by: User,
    at: datetime,
    country: str,
    solution: str,
    manager: int | None = None,
    location: int | None = None,
    starts_at: datetime | None = None,
) -> RoutingRule:
    """A rule for new leads from now or later on, to a manager or to a location.

    Refused with the name of the rule that says something about the same (409), and where nobody whom it names is
    responsible for customers of the market (422).
    """
    _must_be_office(by)
    starts_at = starts_at or at
    if starts_at < at:
        raise Unfit(_("A rule starts now or later: leads that came before stay where they are."), field="starts_at")
    target = _target(country, manager=manager, location=location)
    other = RoutingRule.objects.filter(country=country, solution=solution, ends_at__isnull=True).first()
    if other:
        raise Refused(wording.rule_conflict(other), field="country")
    return RoutingRule.objects.create(
        country=country,
        solution=solution,
        **target,
        starts_at=starts_at,
        created_at=at,
        by=by,
        by_name=wording.name_of(by),
    )


def _target(country: str, *, manager: int | None, location: int | None) -> dict[str, Any]:
    """The columns that say to whom a rule sends leads."""
    if location is None:
        managers = responsible(country)
        if manager not in managers:
            raise Unfit(_("This person is not responsible for any customers there."), field="to")
        return {"manager_id": manager, "manager_name": managers[manager]}
    if location not in staffed(country):
        raise Unfit(_("Nobody at this location is responsible for any customers there."), field="to")
    return {"location_id": location, "location_name": ReviewLocation.objects.get(pk=location).name}


@transaction.atomic
def add_location(*, by: User, at: datetime, name: str, people: Collection[int]) -> ReviewLocation:
    """A location of the channel side with the channel managers who work there."""
    _must_be_office(by)
    name = " ".join(name.split())
    if ReviewLocation.objects.filter(name__iexact=name).exists():
        raise Unfit(_("There is a location of this name already."), field="name")
    place = ReviewLocation.objects.create(name=name, created_at=at, by=by, by_name=wording.name_of(by))
    _staff(place, people)
    return place


@transaction.atomic
def staff_location(location: ReviewLocation, *, by: User, people: Collection[int]) -> None:
    """Say who works at a location from now on; the leads that it has are theirs."""
    _must_be_office(by)
    alone_with(f"location {location.pk}")
    LocationMember.objects.filter(location=location).exclude(user__in=people).delete()
    _staff(location, people)


def _staff(place: ReviewLocation, people: Collection[int]) -> None:
    if set(people) - set(responsible()):
        raise Unfit(_("Please choose colleagues."), field="people")
    present = set(LocationMember.objects.filter(location=place).values_list("user_id", flat=True))
    LocationMember.objects.bulk_create(
        LocationMember(location=place, user_id=person) for person in people if person not in present
    )


@transaction.atomic
def end_rule(rule: RoutingRule, *, by: User, at: datetime) -> RoutingRule:
    """End a rule at once; the leads that it has sent stay where they are."""
    _must_be_office(by)
    found = RoutingRule.objects.select_for_update().get(pk=rule.pk)
    if found.ends_at is not None:
        raise Refused(_("This rule has ended already."))
    found.ends_at, found.ended_by_name = max(at, found.starts_at), wording.name_of(by)
    found.save(update_fields=["ends_at", "ended_by_name"])
    return found


@transaction.atomic
def assign(referral: Referral, *, by: User, at: datetime, version: int | None, to: int) -> Referral:
    """Give an undecided lead to a colleague who is responsible for its customer; a claim of one's own ends with it."""
    if side_of(by) not in (Actor.REVIEWER, Actor.OFFICE):
        raise NotAllowed(wording.not_for_you())
    lead = locked(referral, by)
    if lead.state not in UNDECIDED:
        raise Refused(wording.decided_already(lead.state))
    must_be_current(lead, version)
    people = responsible(lead.country, lead.segment)
    if to not in people:
        raise Unfit(_("This person is not responsible for the customer’s country and segment."), field="to")
    if lead.state == State.IN_REVIEW:
        lead = take_step(lead, Step.RELEASE, by=by, at=at)
    before = [lead.routed_to_id, lead.routed_to_name]
    lead.routed_to_id, lead.routed_to_name, lead.routed_location_id = to, people[to], None
    lead.version, lead.updated_at = lead.version + 1, at
    lead.save(update_fields=["routed_to", "routed_to_name", "routed_location", "version", "updated_at"])
    record(lead, EventKind.ASSIGNED, by=by, at=at, changes={"routed_to": [before, [to, people[to]]]})
    return lead


@transaction.atomic
def stand_in(*, by: User, person: int, substitute: int, first_day: date, last_day: date) -> Absence:
    """While a manager is away, what is theirs is also the substitute's; entered by themselves or by the office."""
    if by.role != Role.ADMINISTRATOR and person != by.pk:
        raise NotAllowed(wording.not_for_you())
    if last_day < first_day:
        raise Unfit(_("The last day comes after the first."), field="last_day")
    people = responsible()
    if person == substitute or person not in people or substitute not in people:
        raise Unfit(_("Please choose a colleague."), field="substitute")
    return Absence.objects.create(
        user_id=person,
        user_name=people[person],
        substitute_id=substitute,
        substitute_name=people[substitute],
        first_day=first_day,
        last_day=last_day,
    )


@transaction.atomic
def cancel_absence(absence: Absence, *, by: User) -> None:
    """Take an absence back; whoever is away, or the office."""
    if by.role != Role.ADMINISTRATOR and absence.user_id != by.pk:
        raise NotAllowed(wording.not_for_you())
    absence.delete()
