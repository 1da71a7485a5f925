"""What a program of the partner reports as confirmed at Partner Center (M3), kept as it is reported."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agreements.models import Acceptance, Agreement, PathRule
from agreements.services import attesting, steps
from agreements.services.steps import SIGNATORY, Doer
from agreements.states import SIGNED, Actor, Note, Path, Step
from common.refusals import NotAllowed
from partners.models import User


@dataclass(frozen=True)
class Confirmation:
    """Who accepted, when, and which text; `signatory` holds first_name, last_name, email and phone."""

    signatory: Mapping[str, str]
    accepted_on: date
    template_id: str
    attestation_id: str = ""
    extra: Mapping[str, Any] | None = None


@transaction.atomic
def confirm(agreement: Agreement, *, by: User, at: datetime, said: Confirmation) -> Acceptance:
    """Keep a confirmation; another signatory of a signed agreement is kept beside the first.

    The day is taken as it is said: the confirmation is a fact of another system, and what it is worth is judged by the
    cut-offs whenever it is read. Refused: a day to come, the same signatory twice (`SameSignatory`), a type of partner
    to which no way of attesting is open (`NotAllowed`), a state from which nobody attests.
    """
    attesting.must_be_past(said.accepted_on, today=localdate(at))
    doer = _reporter(by)
    agreement = steps.held(Agreement.objects.visible_to(by), agreement.pk)
    key = steps.must_be_another(agreement, dict(said.signatory))
    path = path_on(said.accepted_on)
    if agreement.state in SIGNED:
        _add(agreement, said.accepted_on, by=by, at=at)
    else:
        steps.take(agreement, Step.ATTEST, doer=doer, at=at, path=path, accepted_on=said.accepted_on)
    return _kept(agreement, said, path, key, by_name=doer.name, at=at)


def _reporter(by: User) -> Doer:
    """Whoever may attest on any day; an indirect reseller may on none (table 3.2)."""
    if not by.is_of_partner or by.partner is None:
        raise NotAllowed(_("Only the partner itself does something about its customer’s agreement."))
    ways = PathRule.objects.exclude(path=Path.DIRECT).filter(csp_types__contains=[by.partner.csp_type])
    if not ways.exists():
        raise NotAllowed(_("An indirect reseller may not attest. Your indirect provider may: please ask it."))
    return Doer(Actor.ATTESTER, str(by), by)


def path_on(day: date) -> Path:
    """The way that was open on a day; by the partner's own word where none was."""
    rules = PathRule.objects.valid_on(day)
    is_enhanced = rules.filter(path=Path.ENHANCED).exists() and not rules.filter(path=Path.ATTESTATION).exists()
    return Path.ENHANCED if is_enhanced else Path.ATTESTATION


def _add(agreement: Agreement, accepted_on: date, *, by: User, at: datetime) -> None:
    changes = {}
    if agreement.accepted_on and agreement.accepted_on < accepted_on:
        changes["accepted_on"] = [agreement.accepted_on.isoformat(), accepted_on.isoformat()]
        agreement.accepted_on = accepted_on
    agreement.version += 1
    agreement.save(update_fields=["accepted_on", "version"])
    attesting.note(agreement, Note.CONFIRMED_AGAIN, by=by, at=at, changes=changes)


def _kept(agreement: Agreement, said: Confirmation, path: Path, key: str, *, by_name: str, at: datetime) -> Acceptance:
    return Acceptance.objects.create(
        partner_id=agreement.partner_id,
        customer_id=agreement.customer_id,
        agreement=agreement,
        path=path,
        accepted_on=said.accepted_on,
        template_id=said.template_id,
        attestation_id=said.attestation_id,
        signatory_key=key,
        extra=dict(said.extra or {}),
        at=at,
        by_name=by_name,
        **{name: said.signatory.get(name, "") for name in SIGNATORY},
    )
