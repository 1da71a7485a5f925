"""Organisations and their locations: added, changed, suspended and resumed by the office."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Refused, Unfit
from partners.models import Location, Partner, User
from partners.roles import Role
from partners.services.recording import differences, of_organisation, record
from partners.states import TeamEventKind

FIELDS = ("name", "partner_number", "country", "csp_type", "service_areas", "countries")
PLACE_FIELDS = ("name", "partner_number", "country", "city", "is_active")


def _must_be_office(by: User) -> None:
    if by.role != Role.ADMINISTRATOR:
        raise NotAllowed(_("Organisations are the business of the office."))


def _checked(row: Partner | Location) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise Unfit(sentences[0], field=field) from error
    _must_have_a_number_of_its_own(row)


def _must_have_a_number_of_its_own(row: Partner | Location) -> None:
    """A PartnerID names an organisation or a location, never two of them (P1)."""
    others = Location.objects if isinstance(row, Partner) else Partner.objects
    if others.filter(partner_number=row.partner_number).exists():
        raise Unfit(_("This PartnerID is in use."), field="partner_number")


@transaction.atomic
def add_organisation(*, by: User, at: datetime, facts: Mapping[str, Any]) -> Partner:
    """A new organisation (`FIELDS`); its people come by invitation."""
    _must_be_office(by)
    partner = Partner(**{name: facts[name] for name in FIELDS})
    _checked(partner)
    partner.save(force_insert=True)
    of_organisation(TeamEventKind.ADDED, partner, by=by, at=at, changes={name: ["", facts[name]] for name in FIELDS})
    return partner


@transaction.atomic
def change_organisation(partner: Partner, *, by: User, at: datetime, facts: Mapping[str, Any]) -> Partner:
    """Change what an organisation is and does (`FIELDS`)."""
    _must_be_office(by)
    partner = Partner.objects.select_for_update(of=("self",)).get(pk=partner.pk)
    changes = differences(partner, {name: facts[name] for name in FIELDS})
    if changes:
        for name, (_before, after) in changes.items():
            setattr(partner, name, after)
        _checked(partner)
        partner.save(update_fields=list(changes))
        of_organisation(TeamEventKind.CORRECTED, partner, by=by, at=at, changes=changes)
    return partner


@transaction.atomic
def suspend(partner: Partner, *, by: User, at: datetime, reason: str) -> Partner:
    """Let nobody of an organisation in, people and programs; what is theirs stays as it is."""
    _must_be_office(by)
    if not reason.strip():
        raise Unfit(_("Please say why."), field="reason")
    return _set_active(partner, False, by=by, at=at, reason=reason.strip())


@transaction.atomic
def let_in_again(partner: Partner, *, by: User, at: datetime) -> Partner:
    """Let an organisation's people in again."""
    _must_be_office(by)
    return _set_active(partner, True, by=by, at=at, reason="")


def _set_active(partner: Partner, is_active: bool, *, by: User, at: datetime, reason: str) -> Partner:
    partner = Partner.objects.select_for_update(of=("self",)).get(pk=partner.pk)
    if partner.is_active == is_active:
        raise Refused(_("That is so already."))
    partner.is_active = is_active
    partner.save(update_fields=["is_active"])
    kind = TeamEventKind.RESUMED if is_active else TeamEventKind.SUSPENDED
    of_organisation(kind, partner, by=by, at=at, changes={"reason": ["", reason]} if reason else {})
    return partner


@transaction.atomic
def keep_location(
    partner: Partner, *, by: User, at: datetime, facts: Mapping[str, Any], location: Location | None = None
) -> Location:
    """Add a location to an organisation (P2), or change one (`PLACE_FIELDS`); people stay at one that is closed."""
    _must_be_office(by)
    row = Location(partner=partner)
    if location:
        row = Location.objects.select_for_update(of=("self",)).get(pk=location.pk, partner=partner)
    changes = differences(row, {name: facts[name] for name in PLACE_FIELDS})
    for name, (_before, after) in changes.items():
        setattr(row, name, after)
    _checked(row)
    row.save()
    kind = TeamEventKind.PLACE_CORRECTED if location else TeamEventKind.PLACE_ADDED
    told = {name: change for name, change in changes.items() if location or name != "name"}
    record(kind, by=by, at=at, about=row.name, partner_id=partner.pk, changes=told)
    return row
