"""Taking a step: the one place where an agreement changes its state, by the table of `agreements.states`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agreements.models import Acceptance, Agreement, AgreementEvent, CutOff, Link, PathRule
from agreements.policy import signatory_key
from agreements.states import STEPS, Actor, LinkEnd, Path, State, Step
from common.refusals import NotAllowed, Refused, Stale, Unfit
from partners.models import Partner, User

SIGNATORY = ("first_name", "last_name", "email", "phone")


@dataclass(frozen=True)
class Doer:
    """Who takes a step: a kind of actor, a name for the history, the person if there is one."""

    actor: Actor
    name: str
    person: User | None = None


def worker() -> Doer:
    """The portal itself."""
    return Doer(Actor.WORKER, "Wegweiser")


def doer_of(by: User, *, path: Path, on: date) -> Doer:
    """A person of a partner as an attester or a reseller, as the dated rows say for a way and a day (table 3.2)."""
    if not by.is_of_partner or by.partner is None:
        raise NotAllowed(_("Only the partner itself does something about its customer’s agreement."))
    return Doer(Actor.ATTESTER if may_attest(by.partner, path=path, on=on) else Actor.RESELLER, str(by), by)


def may_attest(partner: Partner, *, path: Path, on: date) -> bool:
    """Whether a way is open on a day to partners of this type."""
    return PathRule.objects.valid_on(on).filter(path=path, csp_types__contains=[partner.csp_type]).exists()


def held(agreements: QuerySet[Agreement], pk: int, *, version: int | None = None) -> Agreement:
    """An agreement, locked; refused when somebody has changed it since it was looked at."""
    agreement = agreements.select_for_update(of=("self",)).get(pk=pk)
    if version is not None and agreement.version != version:
        raise Stale(_("Somebody else changed this agreement meanwhile. Please look at the new state first."))
    return agreement


def must_fit(agreement: Agreement, step: Step, doer: Doer) -> None:
    """Refuse a step that the table does not have, or not for this actor."""
    rule = STEPS[step]
    if doer.actor not in rule.actors:
        if doer.actor is Actor.RESELLER:
            raise NotAllowed(_("An indirect reseller may not attest. Your indirect provider may: please ask it."))
        raise NotAllowed(_("This step is not yours to take."))
    if agreement.state not in rule.sources:
        sentence = _("“%(step)s” does not fit the state “%(state)s”.")
        raise Refused(sentence % {"step": step.label, "state": agreement.get_state_display()})


def take(
    agreement: Agreement,
    step: Step,
    *,
    doer: Doer,
    at: datetime,
    path: str = "",
    accepted_on: date | None = None,
    changes: dict[str, Any] | None = None,
) -> AgreementEvent:
    """Move a locked agreement along one row of the table, end its open link, and write the event row."""
    must_fit(agreement, step, doer)
    before = agreement.state
    agreement.state, agreement.since, agreement.version = STEPS[step].to, at, agreement.version + 1
    if step not in (Step.ASK_AGAIN, Step.REVOKE):  # these keep what was accepted
        agreement.path, agreement.accepted_on = path, accepted_on
        agreement.by_provider = doer.actor is Actor.PROVIDER and agreement.state == State.ATTESTED
    agreement.save(update_fields=["state", "since", "version", "path", "accepted_on", "by_provider"])
    _end_link(agreement, step, at=at)
    return AgreementEvent.objects.create(
        partner_id=agreement.partner_id,
        customer_id=agreement.customer_id,
        agreement=agreement,
        step=step,
        before=before,
        after=agreement.state,
        at=at,
        by=doer.person,
        by_name=doer.name,
        changes=changes or {},
    )


_ENDS = {Step.ACCEPT: LinkEnd.ACCEPTED, Step.EXPIRE_LINK: LinkEnd.EXPIRED, Step.RESEND_LINK: LinkEnd.REPLACED}


def _end_link(agreement: Agreement, step: Step, *, at: datetime) -> None:
    if step != Step.SEND_LINK:
        open_links = Link.objects.filter(agreement=agreement, ended_at__isnull=True)
        open_links.update(ended_at=at, ended_why=_ENDS.get(step, LinkEnd.OVERTAKEN))


class SameSignatory(Unfit):
    """An attestation of this signatory exists (600061 of M6)."""


def must_be_another(agreement: Agreement, facts: dict[str, Any]) -> str:
    """The key of a signatory; refused when an attestation of the same one exists (600061 of M6, M16)."""
    key = signatory_key(**{name: facts.get(name, "") for name in SIGNATORY})
    standing = Acceptance.objects.filter(agreement=agreement, signatory_key=key, revoked_at__isnull=True)
    if standing.exclude(path=Path.DIRECT).exists():
        sentence = _(
            "This signatory is confirmed already (600061). Please name another authorised person,"
            " or correct name, e-mail address or phone."
        )
        raise SameSignatory(sentence, field="email")
    return key


def cut_offs(on: date) -> Sequence[CutOff]:
    """The cut-offs in force on a day."""
    return list(CutOff.objects.filter(effective_on__lte=on))
