"""What the customer agreed to, and showing Microsoft more of a deal: only ever more (R29)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusals import Refused, Stale, Unfit
from partners.models import User
from referrals import wording
from referrals.models import Consent, EventKind, Referral
from referrals.services.completeness import must_be_complete
from referrals.services.recording import locked, must_be_of_partner, record
from referrals.services.steps import take_step
from referrals.states import CLOSED, ConsentKind, DealType, State, Step, is_upward


def record_consents(lead: Referral, *, by: User, at: datetime, kinds: Iterable[str], given_by: str) -> None:
    """Write down who at the customer agreed to what, in which words; once for each kind."""
    wanted = [ConsentKind(kind) for kind in kinds]
    if wanted and not given_by.strip():
        raise Unfit(_("Please name the person at the customer who agreed."), field="given_by")
    present = set(Consent.objects.filter(referral=lead).values_list("kind", flat=True))
    partner = str(by.partner)
    Consent.objects.bulk_create(
        Consent(
            partner_id=lead.partner_id,
            referral=lead,
            kind=kind,
            given_by=given_by.strip(),
            sentence=wording.consent_sentence(kind, partner=partner),
            at=at,
            by=by,
            by_name=wording.name_of(by),
        )
        for kind in wanted
        if kind not in present
    )


@transaction.atomic
def submit(
    referral: Referral, *, by: User, at: datetime, version: int | None, consents: Iterable[str] = (), given_by: str = ""
) -> Referral:
    """Submit a draft, or keep it when it is private; the customer's consents are written down with it, or not at all."""
    must_be_of_partner(by)
    lead = locked(referral, by)
    if lead.state == State.DRAFT:
        record_consents(lead, by=by, at=at, kinds=consents, given_by=given_by)
    step = Step.KEEP if lead.deal_type == DealType.PRIVATE else Step.SUBMIT
    return take_step(lead, step, by=by, at=at, version=version)


@transaction.atomic
def share(
    referral: Referral,
    *,
    by: User,
    at: datetime,
    version: int | None,
    deal_type: str,
    help: str = "",  # noqa: A002 -- the field's own name
    consents: Iterable[str] = (),
    given_by: str = "",
) -> Referral:
    """Show Microsoft more of a deal; there is no way back (R29)."""
    must_be_of_partner(by)
    lead = locked(referral, by)
    if lead.state in CLOSED or lead.state == State.DRAFT:
        raise Refused(wording.wrong_state(Step.SUBMIT, lead.state, lead.reviewer_name))
    if version is not None and version != lead.version:
        raise Stale(wording.stale())
    if not is_upward(lead.deal_type, deal_type):
        raise Unfit(_("A deal can only be shared further: what Microsoft has seen stays seen."), field="deal_type")
    before, lead.deal_type = lead.deal_type, deal_type
    lead.help = help if deal_type == DealType.CO_SELL else ""
    record_consents(lead, by=by, at=at, kinds=consents, given_by=given_by)
    must_be_complete(lead, at=at, by=by, is_new=False)
    lead.version, lead.updated_at = lead.version + 1, at
    lead.save(update_fields=["deal_type", "help", "version", "updated_at"])
    record(lead, EventKind.SHARED, by=by, at=at, changes={"deal_type": [before, deal_type]})
    return lead
