"""The partner's own steps: attest an acceptance of the past, finalise one that came by link, ask for a direct one."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agreements.models import Acceptance, Agreement, AgreementEvent, Link, Mail, PathRule, TemplateVersion
from agreements.services import steps
from agreements.services.steps import SIGNATORY, Doer
from agreements.states import Actor, LinkEnd, MailKind, Note, Path, Step
from common.refusals import NotAllowed, Refused, Unfit
from common.templatetags.figures import day
from partners.models import User


@transaction.atomic
def attest(
    agreement: Agreement, *, by: User, at: datetime, version: int, signatory: Mapping[str, str], accepted_on: date
) -> Agreement:
    """Attest that a signatory accepted on a day, the historical path (table 3.2).

    `signatory` holds first_name, last_name, email and phone. Refused: a day to come, a day on which the path was not
    open, the same signatory twice (`Unfit`, with the field); a partner that may not attest (`NotAllowed`).
    """
    must_be_past(accepted_on, today=localdate(at))
    doer = steps.doer_of(by, path=Path.ATTESTATION, on=accepted_on)
    if doer.actor is Actor.RESELLER:
        must_be_open(accepted_on)
    agreement = steps.held(Agreement.objects.visible_to(by), agreement.pk, version=version)
    return attested(agreement, doer=doer, at=at, signatory=signatory, accepted_on=accepted_on)


def attested(
    agreement: Agreement, *, doer: Doer, at: datetime, signatory: Mapping[str, str], accepted_on: date
) -> Agreement:
    """The same on a locked agreement, for whoever may."""
    steps.must_fit(agreement, Step.ATTEST, doer)
    key = steps.must_be_another(agreement, dict(signatory))
    steps.take(agreement, Step.ATTEST, doer=doer, at=at, path=Path.ATTESTATION, accepted_on=accepted_on)
    _accept(agreement, doer, at, key, dict(signatory), path=Path.ATTESTATION, template_id=template_on(accepted_on))
    return agreement


def must_be_past(accepted_on: date, *, today: date) -> None:
    """An acceptance is a fact of the past (M1)."""
    if accepted_on > today:
        raise Unfit(_("The day of the acceptance lies in the future."), field="accepted_on")


def must_be_open(accepted_on: date) -> None:
    """Refuse a day on which nobody could attest; the rows say from when to when."""
    periods = PathRule.objects.filter(path=Path.ATTESTATION)
    if periods.valid_on(accepted_on).exists():
        return
    told = periods.order_by("-valid_from").first()
    if told is None:
        raise Refused(_("No way of attesting is on record."))
    sentence = _(
        "Partners could attest from %(first)s to %(last)s. For another day please send a link,"
        " or ask the customer to accept at Microsoft."
    )
    raise Unfit(sentence % {"first": day(told.valid_from), "last": day(told.valid_to)}, field="accepted_on")


def template_on(on: date) -> str:
    """The newest template of a day (M2)."""
    newest = TemplateVersion.objects.valid_on(on).order_by("-version_rank").first()
    return newest.template_id if newest else ""


def _accept(agreement: Agreement, doer: Doer, at: datetime, key: str, facts: dict[str, str], **more: Any) -> Acceptance:
    return Acceptance.objects.create(
        partner_id=agreement.partner_id,
        customer_id=agreement.customer_id,
        agreement=agreement,
        accepted_on=agreement.accepted_on,
        signatory_key=key,
        at=at,
        by_name=doer.name,
        **{name: facts.get(name, "") for name in SIGNATORY},
        **more,
    )


@transaction.atomic
def finalise(agreement: Agreement, *, by: User, at: datetime, version: int) -> Agreement:
    """Make the agreement of what the customer accepted by link (M8)."""
    doer = steps.doer_of(by, path=Path.ENHANCED, on=localdate(at))
    agreement = steps.held(Agreement.objects.visible_to(by), agreement.pk, version=version)
    return finalised(agreement, doer=doer, at=at)


def finalised(agreement: Agreement, *, doer: Doer, at: datetime) -> Agreement:
    """The same on a locked agreement, for whoever may."""
    steps.must_fit(agreement, Step.FINALISE, doer)
    link = Link.objects.filter(agreement=agreement, ended_why=LinkEnd.ACCEPTED).order_by("-id").first()
    if link is None:
        raise Refused(_("There is no accepted link to finalise."))
    facts = {name: getattr(link, name) for name in SIGNATORY}
    key = steps.must_be_another(agreement, facts)
    steps.take(agreement, Step.FINALISE, doer=doer, at=at, path=Path.ENHANCED, accepted_on=agreement.accepted_on)
    named = {"template_id": link.template_id, "attestation_id": link.attestation_id}
    _accept(agreement, doer, at, key, facts, path=Path.ENHANCED, **named)
    return agreement


@transaction.atomic
def invite(
    agreement: Agreement, *, by: User, at: datetime, version: int, signatory: Mapping[str, str], language: str
) -> Agreement:
    """Ask a person at the customer to accept directly at Microsoft; open to every type of partner (table 3.2)."""
    doer = steps.doer_of(by, path=Path.DIRECT, on=localdate(at))
    agreement = steps.held(Agreement.objects.visible_to(by).select_related("customer"), agreement.pk, version=version)
    steps.take(agreement, Step.INVITE, doer=doer, at=at)
    Mail.objects.create(
        partner_id=agreement.partner_id,
        customer_id=agreement.customer_id,
        kind=MailKind.DIRECT,
        company_name=agreement.customer.name,
        partner_name=by.partner.name if by.partner else "",
        language=language,
        made_at=at,
        **{name: signatory.get(name, "") for name in SIGNATORY},
    )
    return agreement


@transaction.atomic
def note_secrecy(
    agreement: Agreement, *, by: User, at: datetime, version: int, needs_amendment: bool | None
) -> Agreement:
    """Note whether the customer is bound to professional secrecy and needs the amendment (M15); None: not asked."""
    if not by.is_of_partner:
        raise NotAllowed(_("Only the partner itself does something about its customer’s agreement."))
    agreement = steps.held(Agreement.objects.visible_to(by), agreement.pk, version=version)
    if agreement.needs_amendment == needs_amendment:
        return agreement
    changes = {"needs_amendment": [agreement.needs_amendment, needs_amendment]}
    agreement.needs_amendment, agreement.version = needs_amendment, version + 1
    agreement.save(update_fields=["needs_amendment", "version"])
    note(agreement, Note.AMENDMENT, by=by, at=at, changes=changes)
    return agreement


def note(agreement: Agreement, kind: Note, *, by: User, at: datetime, changes: dict[str, Any]) -> AgreementEvent:
    """An event row of something that moves no state."""
    return AgreementEvent.objects.create(
        partner_id=agreement.partner_id,
        customer_id=agreement.customer_id,
        agreement=agreement,
        step=kind,
        before=agreement.state,
        after=agreement.state,
        at=at,
        by=by,
        by_name=str(by),
        changes=changes,
        notified_at=at,
    )
