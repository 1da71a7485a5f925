"""Register a deal that was won, and decide about it; the lead stays closed, its history goes on (R38 to R41)."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from common.calendars import working_day_after
from common.refusals import NotAllowed, Refused, Stale, Unfit
from partners.models import User
from referrals import wording
from referrals.models import EventKind, Referral, Registration
from referrals.models.registrations import MOST_EXCEPTION
from referrals.registration import MOST_DAYS, checklist
from referrals.services.recording import locked, must_be_of_partner, record, side_of
from referrals.states import ACTS, Act, RegistrationState, State

MOST_SINCE_START = timedelta(days=90)
# from this annual value on a person decides (R40); in another currency one cannot say, and a person decides too
LEAST_FOR_REVIEW = Decimal(1_000_000)
DAYS_TO_DECIDE = 14


@dataclass(frozen=True)
class Contract:
    """What the partner says of the contract (R41); an end of None is none, a value is of one year."""

    annual_value: Decimal
    currency: str
    sign_date: date
    start_date: date
    end_date: date | None = None
    is_pay_as_you_go: bool = False
    has_other_partners: bool = False


@transaction.atomic
def register(referral: Referral, *, by: User, at: datetime, contract: Contract, exception: str = "") -> Registration:
    """Register a deal once. It is approved at once unless a person has to look (R40).

    Refused: what is not won, or not shared, or registered already (409); dates that do not fit (422, R39); a condition
    that is not met without the request for an exception, of which there is one for a deal (422, field `exception`).
    """
    must_be_of_partner(by)
    lead = locked(referral, by)
    _must_be_registrable(lead)
    _must_fit(lead, contract, on=localdate(at))
    missing = _unmet(lead, contract, at=at)
    if missing and not exception.strip():
        raise Unfit(wording.needs_exception(missing), field="exception")
    if len(exception) > MOST_EXCEPTION:
        raise Unfit(_("At most 5,000 characters."), field="exception")
    asked = exception.strip() if missing else ""
    state = RegistrationState.PENDING if asked or needs_person(contract) else RegistrationState.APPROVED
    made = Registration.objects.create(
        partner_id=lead.partner_id,
        referral=lead,
        state=state,
        exception=asked,
        decide_by_date=working_day_after(localdate(at), DAYS_TO_DECIDE, country=lead.country) if asked else None,
        registered_at=at,
        by=by,
        by_name=wording.name_of(by),
        **asdict(contract),
    )
    _told(lead, "", state, by=by, at=at, text="")
    return made


@transaction.atomic
def move_registration(
    referral: Referral, act: Act, *, by: User, at: datetime, version: int, text: str = ""
) -> Registration:
    """Take one act of the table. Refused: another's act (403), a state that does not fit (409), an old version (412)."""
    rule = ACTS[act]
    lead = locked(referral, by)
    if side_of(by) is not rule.actor:
        raise NotAllowed(wording.not_for_you())
    found = Registration.objects.filter(referral=lead).first()
    if found is None or found.state not in rule.sources:
        raise Refused(wording.registration_misfit(act, found.state if found else ""))
    if version != found.version:
        raise Stale(wording.stale())
    if rule.asks and not text.strip():
        raise Unfit(_("Please explain it in a few words."), field="text")
    before, found.state, found.version = found.state, rule.target, found.version + 1
    found.save(update_fields=["state", "version"])
    _told(lead, before, rule.target, by=by, at=at, text=text.strip())
    return found


def _told(lead: Referral, before: str, after: str, *, by: User, at: datetime, text: str) -> None:
    changes = {"registration": [before, after]}
    record(lead, EventKind.REGISTRATION, by=by, at=at, text=text, changes=changes)


def _must_be_registrable(lead: Referral) -> None:
    if lead.state != State.WON or not lead.is_shared:
        raise Refused(_("Only a deal that is won and shared with Microsoft can be registered."))
    if Registration.objects.filter(referral=lead).exists():
        raise Refused(_("This deal is registered already."))


def _must_fit(lead: Referral, contract: Contract, *, on: date) -> None:
    """The dates of R39; an exception does not cure them, because it has to be asked for in the same time (R40)."""
    signed, starts, ends = contract.sign_date, contract.start_date, contract.end_date
    if signed > on:
        raise Unfit(_("The contract has not been signed yet."), field="sign_date")
    if signed < localdate(lead.created_at):
        raise Unfit(_("The contract was signed before the lead was made."), field="sign_date")
    if on - signed > MOST_DAYS:
        raise Unfit(_("A deal is registered within 60 days after signing."), field="sign_date")
    if on - starts > MOST_SINCE_START:
        raise Unfit(_("The contract began more than 90 days ago."), field="start_date")
    if ends is not None and ends < starts:
        raise Unfit(_("The contract ends after it starts."), field="end_date")


def _unmet(lead: Referral, contract: Contract, *, at: datetime) -> list[str]:
    """The conditions that are known not to be met (R38); what the portal cannot know hinders nobody."""
    won_at = lead.closed_at or at
    checks = checklist(
        is_won=True,
        is_shared=True,
        value=contract.annual_value,
        currency=contract.currency,
        age=won_at - lead.created_at,
        since_won=at - won_at,
    )
    return [check.text for check in checks if check.is_met is False]


def needs_person(contract: Contract) -> bool:
    """Whether a registration is not approved at once (R40)."""
    is_small = contract.currency == "USD" and contract.annual_value <= LEAST_FOR_REVIEW
    return contract.is_pay_as_you_go or contract.has_other_partners or not is_small
