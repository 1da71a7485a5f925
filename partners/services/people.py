"""People of an organisation: their role and scope, let out and in again. The last administrator stays."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Refused, Unfit
from partners.models import ChannelScope, Location, Partner, User
from partners.roles import GIVES, OF_PARTNER, Role, Scope
from partners.services.recording import differences, record
from partners.states import TeamEventKind


def must_run(by: User, partner_id: int | None) -> None:
    """Only an organisation's own administrators and the office have its people in hand; Microsoft's are the office's."""
    if by.role == Role.ADMINISTRATOR or (by.role == Role.PARTNER_ADMIN and by.partner_id == partner_id):
        return
    raise NotAllowed(_("People are the business of the organisation’s administrators."))


def must_give(by: User, *roles: str) -> None:
    """Nobody gives or takes a role above their own."""
    if not set(roles) <= GIVES.get(Role(by.role), frozenset()):
        raise NotAllowed(_("You cannot give or take a role above your own."))


def fitting(facts: Mapping[str, Any], *, partner: Partner | None) -> dict[str, Any]:
    """What is to be kept of a person; `Unfit` for a role, team or location that does not go with the organisation."""
    role, scope = Role(facts["role"]), Scope(facts.get("scope") or Scope.OWN)
    if (role in OF_PARTNER) != (partner is not None):
        raise Unfit(_("Partner roles belong to a partner, and only they do."), field="role")
    if not str(facts["name"]).strip():
        raise Unfit(_("Please enter the person’s name."), field="name")
    team, location = str(facts.get("team_name") or "").strip(), facts.get("location")
    if scope == Scope.TEAM and not team:
        raise Unfit(_("Please say which team, or choose another scope."), field="team_name")
    if scope == Scope.LOCATION and location is None:
        raise Unfit(_("Please say which location, or choose another scope."), field="location")
    return {
        "name": str(facts["name"]).strip(),
        "role": role.value,
        "scope": scope.value if partner else Scope.OWN.value,
        "team_name": team if partner else "",
        "location_id": _location_id(location, partner),
    }


def _location_id(location: Location | None, partner: Partner | None) -> int | None:
    if location is None or partner is None:
        return None
    if location.partner_id != partner.pk or not location.is_active:
        raise Unfit(_("Please choose a location of the organisation."), field="location")
    return location.pk


def held(person: User, *, by: User) -> User:
    """The person as they are now, locked together with every administrator beside them, so that one of these stays."""
    chiefs = Role.PARTNER_ADMIN if person.partner_id else Role.ADMINISTRATOR
    beside = User.objects.visible_to(by).filter(role=chiefs, partner_id=person.partner_id)
    rows = User.objects.visible_to(by).filter(pk=person.pk) | beside
    found: dict[int, User] = {one.pk: one for one in rows.select_for_update(of=("self",)).order_by("pk")}
    if person.pk not in found:
        raise NotAllowed(_("There is no such person here."))
    return found[person.pk]


def _must_not_be_the_last(person: User) -> None:
    if person.role not in (Role.PARTNER_ADMIN, Role.ADMINISTRATOR) or not person.is_active:
        return
    others = User.objects.filter(role=person.role, partner_id=person.partner_id, is_active=True).exclude(pk=person.pk)
    if not others.exists():
        raise Refused(_("This is the last administrator. Please make somebody else one first."))


@transaction.atomic
def change_person(person: User, *, by: User, at: datetime, facts: Mapping[str, Any]) -> User:
    """Change name, role, scope, team and location (`name`, `role`, `scope`, `team_name`, `location`); it counts at once."""
    must_run(by, person.partner_id)
    person = held(person, by=by)
    wanted = fitting(facts, partner=person.partner)
    must_give(by, person.role, wanted["role"])
    changes = differences(person, wanted)
    if not changes:
        return person
    if "role" in changes:
        _must_not_be_the_last(person)
    places = [str(person.location or ""), str(facts.get("location") or "")]
    for name, (_before, after) in changes.items():
        setattr(person, name, after)
    person.save(update_fields=list(changes))
    if changes.pop("location_id", None):
        changes["location"] = places
    told: Any = {"partner_id": person.partner_id, "person": person, "changes": changes}
    record(TeamEventKind.CHANGED, by=by, at=at, about=str(person), **told)
    return person


@transaction.atomic
def deactivate(person: User, *, by: User, at: datetime) -> User:
    """Let somebody in no more; open sessions end with their next request."""
    must_run(by, person.partner_id)
    must_give(by, person.role)
    person = held(person, by=by)
    if not person.is_active:
        raise Refused(_("This person is deactivated already."))
    if person.pk == by.pk:
        raise Refused(_("You cannot deactivate yourself. Please ask another administrator."))
    _must_not_be_the_last(person)
    return _set_active(person, False, TeamEventKind.DEACTIVATED, by=by, at=at)


@transaction.atomic
def reactivate(person: User, *, by: User, at: datetime) -> User:
    """Let somebody in again, with the role and password of before."""
    must_run(by, person.partner_id)
    must_give(by, person.role)
    person = held(person, by=by)
    if person.is_active:
        raise Refused(_("This person is active already."))
    if person.is_erased:
        raise Refused(_("This person was erased and cannot come back. Please invite somebody anew."))
    return _set_active(person, True, TeamEventKind.REACTIVATED, by=by, at=at)


def _set_active(person: User, is_active: bool, kind: TeamEventKind, *, by: User, at: datetime) -> User:
    person.is_active = is_active
    person.save(update_fields=["is_active"])
    record(kind, by=by, at=at, about=str(person), partner_id=person.partner_id, person=person)
    return person


@transaction.atomic
def add_channel_scope(person: User, *, by: User, at: datetime, country: str, segment: str) -> ChannelScope:
    """Make a channel manager responsible for a country and segment."""
    must_run(by, person.partner_id)
    if person.role != Role.CHANNEL_MANAGER:
        raise Refused(_("Only channel managers are responsible for countries and segments."))
    scope, is_new = ChannelScope.objects.get_or_create(user=person, country=country, segment=segment)
    if is_new:
        _scope_told(scope, [None, f"{country} {segment}"], by=by, at=at)
    return scope


@transaction.atomic
def remove_channel_scope(scope: ChannelScope, *, by: User, at: datetime) -> None:
    """Take a country and segment from a channel manager; it counts with the next request."""
    must_run(by, scope.user.partner_id)
    _scope_told(scope, [f"{scope.country} {scope.segment}", None], by=by, at=at)
    scope.delete()


def _scope_told(scope: ChannelScope, change: list[str | None], *, by: User, at: datetime) -> None:
    person = scope.user
    record(TeamEventKind.CHANGED, by=by, at=at, about=str(person), person=person, changes={"responsible": change})
