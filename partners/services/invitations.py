"""Invitations: sent with a link that is good once, sent anew, withdrawn, and used.

A token is signed and names one invitation and one of its links. It is made again from the row whenever a mail is written,
so the database keeps none.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common.refusals import Refused, Unfit
from common.waking import WAKE_UP_SECONDS, ask
from partners.models import Invitation, Partner, User
from partners.services.people import fitting, must_give, must_run
from partners.services.recording import record
from partners.states import TeamEventKind

LASTS = timedelta(hours=72)
PAUSE = timedelta(minutes=10)  # between two mails to one address
SALT = "partners.invitation"


def token_of(invitation: Invitation) -> str:
    """The token of the newest link of an invitation."""
    return signing.Signer(salt=SALT).sign_object([invitation.public_id.hex, invitation.number])


def read_token(token: str) -> tuple[UUID, int] | None:
    """(invitation, number of the link) that a token names; None when nobody of ours has signed it."""
    try:
        name, number = signing.Signer(salt=SALT).unsign_object(token)
        return UUID(name), int(number)
    except (signing.BadSignature, ValueError, TypeError):
        return None


@transaction.atomic
def invite(*, partner: Partner | None, by: User, at: datetime, email: str, facts: Mapping[str, Any]) -> Invitation:
    """Ask somebody in: `facts` are name, role, scope, team_name, location and language. The mail goes out after commit."""
    must_run(by, partner.pk if partner else None)
    wanted = fitting(facts, partner=partner)
    if "://" in wanted["name"] or "www." in wanted["name"].lower():
        # the name stands in the mail: nobody sends links of their own in ours
        raise Unfit(_("A name holds no web address."), field="name")
    must_give(by, wanted["role"])
    email = email.strip().lower()
    colleagues = User.objects.visible_to(by).filter(partner_id=partner.pk if partner else None)
    if colleagues.filter(email=email).exists():
        raise Unfit(_("This person is here already. Please look at the list."), field="email")
    invitation = Invitation(
        partner=partner, email=email, language=facts["language"], made_at=at, by_name=str(by), expires_at=at + LASTS,
        **wanted,
    )  # fmt: skip
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as error:
        raise Unfit(_("This person is invited already. You can send the invitation again."), field="email") from error
    _told(TeamEventKind.INVITED, invitation, by=by, at=at)
    return invitation


def _told(kind: TeamEventKind, invitation: Invitation, *, by: User, at: datetime) -> None:
    told = {"email": invitation.email, "role": invitation.role}
    record(kind, by=by, at=at, about=invitation.name, partner_id=invitation.partner_id, changes=told)
    if kind is not TeamEventKind.WITHDRAWN:
        ask("partners.mail_invitations", expires=WAKE_UP_SECONDS)


def _held(invitation: Invitation, *, by: User) -> Invitation:
    must_run(by, invitation.partner_id)
    found = Invitation.objects.visible_to(by).select_for_update(of=("self",)).get(pk=invitation.pk)
    if found.used_at:
        raise Refused(_("This invitation was used already."))
    if found.withdrawn_at:
        raise Refused(_("This invitation is withdrawn."))
    return found


@transaction.atomic
def resend(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """Send a new link; the former one is void from now on."""
    found = _held(invitation, by=by)
    must_give(by, found.role)
    if found.mailed_at and at - found.mailed_at < PAUSE:
        raise Refused(_("The invitation was sent a moment ago. Please give the mail ten minutes to arrive."))
    found.number, found.expires_at, found.mailed_at, found.failures = found.number + 1, at + LASTS, None, 0
    found.save(update_fields=["number", "expires_at", "mailed_at", "failures"])
    _told(TeamEventKind.RESENT, found, by=by, at=at)
    return found


@transaction.atomic
def withdraw(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """Take an invitation back; its link is void at once."""
    found = _held(invitation, by=by)
    found.withdrawn_at = at
    found.save(update_fields=["withdrawn_at"])
    _told(TeamEventKind.WITHDRAWN, found, by=by, at=at)
    return found


@transaction.atomic
def join(token: str, *, at: datetime, password: str) -> User:
    """Use an invitation: the person exists from now on, with this password. Called on the side of whoever has the link.

    `Refused` when the link is used, void or too old; `Unfit` (field `password`) for a password that is too weak, and (no
    field) when the address has an account by now.
    """
    named = read_token(token)
    found = Invitation.objects.select_for_update(of=("self",)).filter(public_id=named[0]).first() if named else None
    if found is None or named is None or named[1] != found.number or not found.is_open(at):
        raise Refused(_("This link is no longer good."))
    try:
        validate_password(password)
    except ValidationError as error:
        raise Unfit(" ".join(error.messages), field="password") from error
    person = _person_of(found, password)
    found.used_at = at
    found.save(update_fields=["used_at"])
    told: Any = {"partner_id": found.partner_id, "person": person, "about": found.name}
    record(TeamEventKind.JOINED, by=person, at=at, **told)
    return person


def _person_of(found: Invitation, password: str) -> User:
    person = User(
        email=found.email.lower(), name=found.name, role=found.role, partner_id=found.partner_id, scope=found.scope,
        team_name=found.team_name, location_id=found.location_id, language=found.language,
        password=make_password(password),
    )  # fmt: skip
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        sentence = _(
            "There is an account with this address already. Please sign in with it, or ask the administrators."
        )
        raise Unfit(sentence) from error
    return person
