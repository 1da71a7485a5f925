"""Comments, the team, favourites: what people do around a lead."""

import dataclasses
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from common import files
from common.files import Upload
from common.refusals import Refused, Unfit
from partners.models import User
from partners.models.people import OF_PROGRAMS
from partners.roles import Role
from referrals import wording
from referrals.models import Comment, CommentFile, EventKind, Favourite, Referral, TeamMember
from referrals.services.recording import locked, must_be_of_partner, record, side_of
from referrals.states import State, Step


def _must_be_open(lead: Referral) -> None:
    if lead.is_closed:
        raise Refused(wording.wrong_state(Step.SUBMIT, lead.state, lead.reviewer_name))


def mentionable(lead: Referral, by: User) -> list[User]:
    """Whom a person can call: those of their own organisation who see the lead (R53)."""
    if not by.is_of_partner:
        return []
    on_team = Q(pk__in=TeamMember.objects.filter(referral=lead).values("user"))
    people = User.objects.visible_to(by).filter(on_team | Q(role=Role.PARTNER_ADMIN), is_active=True)
    people = people.exclude(email__endswith=f"@{OF_PROGRAMS}")  # a program is nobody's colleague (ADR 14)
    return list(people.exclude(pk=by.pk).order_by("name", "pk"))


@transaction.atomic
def comment(
    referral: Referral,
    *,
    by: User,
    at: datetime,
    text: str,
    is_internal: bool = False,
    mentions: Collection[int] = (),
    upload: Upload | None = None,
) -> Comment:
    """Say something about a lead, to both sides or to the partner's own team alone.

    With it may go one PDF, PNG or JPEG of at most 10 MB; `Unfit` (field `file`) for anything else.
    """
    lead = locked(referral, by)
    side = side_of(by)
    _must_be_open(lead)
    if not text.strip():
        raise Unfit(_("Please write something."), field="text")
    if set(mentions) - {person.pk for person in mentionable(lead, by)}:
        raise Unfit(_("Only people who see this lead can be called."), field="mentions")
    said = Comment.objects.create(
        partner_id=lead.partner_id,
        referral=lead,
        text=text.strip(),
        is_internal=is_internal and by.is_of_partner,
        mentions=sorted(mentions),
        at=at,
        by=by,
        by_name=wording.name_of(by),
        side=side,
    )
    if upload is not None:
        _keep(upload, said)
    changes = {"comment": said.pk, "mentions": said.mentions}
    record(lead, EventKind.COMMENTED, by=by, at=at, text=said.text, changes=changes, is_internal=said.is_internal)
    return said


def _keep(upload: Upload, said: Comment) -> None:
    stored = files.store(upload, folder="referrals")
    CommentFile.objects.create(
        partner_id=said.partner_id, referral_id=said.referral_id, comment=said, **dataclasses.asdict(stored)
    )


@transaction.atomic
def add_member(referral: Referral, *, by: User, at: datetime, person: User) -> TeamMember:
    """Put a colleague on the team of a lead; from then on they see it (R53)."""
    must_be_of_partner(by)
    lead = locked(referral, by)
    _must_be_open(lead)
    colleague = User.objects.visible_to(by).filter(pk=person.pk, is_active=True).first()
    if colleague is None:
        raise Unfit(_("Only colleagues of your own organisation can be on the team."), field="person")
    member, is_new = TeamMember.objects.get_or_create(
        referral=lead,
        user=colleague,
        defaults={"partner_id": lead.partner_id, "added_at": at, "added_by_name": str(by)},
    )
    if is_new:
        changes = {"added": [colleague.pk, str(colleague)]}
        record(lead, EventKind.TEAM, by=by, at=at, changes=changes, is_internal=True)
    return member


@transaction.atomic
def remove_member(referral: Referral, *, by: User, at: datetime, person: User) -> None:
    """Take a colleague off the team; the last one stays."""
    must_be_of_partner(by)
    lead = locked(referral, by)
    _must_be_open(lead)
    team = TeamMember.objects.filter(referral=lead)
    member = team.filter(user=person).first()
    if member is None:
        return
    if team.count() == 1:
        raise Refused(_("Somebody must stay on the team."))
    member.delete()
    changes = {"removed": [person.pk, str(person)]}
    record(lead, EventKind.TEAM, by=by, at=at, changes=changes, is_internal=True)


@transaction.atomic
def favour(referral: Referral, *, by: User, is_favourite: bool) -> None:
    """Keep an eye on a lead, or no longer."""
    lead = Referral.objects.visible_to(by).get(pk=referral.pk)
    if is_favourite and lead.state != State.ERROR:
        Favourite.objects.get_or_create(referral=lead, user=by, defaults={"partner_id": lead.partner_id})
    else:
        Favourite.objects.filter(referral=lead, user=by).delete()
