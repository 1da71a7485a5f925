"""What a lead still lacks before it can go on, as sentences at the fields to cure."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from common.refusals import Unfit
from customers.services import email_misfit
from partners.models import User
from referrals import wording
from referrals.models import Consent, Programme, Referral, TeamMember
from referrals.states import ConsentKind, DealType, Field, State

# what the customer must have agreed to before Microsoft sees anything
NEEDED_CONSENTS = (ConsentKind.CONTACT, ConsentKind.SHARE_WITH_SELLERS)
FORM_FIELD = {Field.CONTACT: "contact_email"}


class Incomplete(Unfit):
    """The lead lacks something; `lacks` holds (field, sentence) pairs, a field of '' being the lead as a whole."""

    def __init__(self, lacks: list[tuple[str, str]]) -> None:
        super().__init__(" ".join(sentence for _field, sentence in lacks), field=lacks[0][0])
        self.lacks = lacks


_PRESENT: dict[Field, Callable[[Referral], bool]] = {
    Field.NAME: lambda lead: bool(lead.name.strip()),
    Field.VALUE: lambda lead: lead.value is not None,
    Field.CLOSE_DATE: lambda lead: lead.close_date is not None,
    Field.NOTES: lambda lead: bool(lead.notes.strip()),
    Field.SOLUTIONS: lambda lead: bool(lead.solutions),
    Field.INTENT: lambda lead: bool(lead.intent),
    Field.CONTACT: lambda lead: bool(lead.contact_last_name.strip() and lead.contact_email),
    Field.TEAM: lambda lead: TeamMember.objects.filter(referral=lead).exists(),
}


def lacks(lead: Referral, *, at: datetime, by: User | None) -> list[tuple[str, str]]:
    """(field, sentence) of everything to cure, consents aside; an empty list for a complete lead."""
    return [*_missing(lead, by=by), *_wrong(lead, by=by), *_late(lead, at=at)]


def required(lead: Referral, *, by: User | None = None) -> frozenset[Field]:
    """What the programme asks for; without Microsoft nobody needs to be named at the customer (R32)."""
    asked = set() if _is_kept_in_step(lead, by) else {Field(one) for one in lead.programme.required_fields}
    if lead.deal_type == DealType.CO_SELL:
        asked.add(Field.CONTACT)
    if lead.deal_type == DealType.PRIVATE:
        asked.discard(Field.CONTACT)
    return frozenset(asked)


def _is_kept_in_step(lead: Referral, by: User | None) -> bool:
    """Whether a program keeps a deal of the partner's own in step with another system.

    The pages ask for what a reader needs; a program says what its system knows (1.4), and no programme judges the deal.
    """
    is_own = lead.deal_type == DealType.PRIVATE or (lead.state == State.ACCEPTED and lead.submitted_at is None)
    return by is not None and by.is_program and is_own


def _missing(lead: Referral, *, by: User | None) -> Iterator[tuple[str, str]]:
    asked = required(lead, by=by)
    for one in Field:
        if one in asked and not _PRESENT[one](lead):
            yield FORM_FIELD.get(one, one.value), wording.missing(one)


def _late(lead: Referral, *, at: datetime) -> Iterator[tuple[str, str]]:
    today = at.astimezone(ZoneInfo(lead.programme.time_zone)).date()
    if lead.close_date and lead.close_date < today:
        yield "close_date", _("The estimated close lies in the past.")


def _wrong(lead: Referral, *, by: User | None) -> Iterator[tuple[str, str]]:
    if not _is_kept_in_step(lead, by) and is_too_small(lead.value, lead.currency, lead.programme):
        yield (
            "value",
            _("The programme takes leads from %(value)s %(currency)s on.")
            % {
                "value": lead.programme.min_value,
                "currency": lead.programme.currency,
            },
        )
    if by and lead.contact_email and (misfit := email_misfit(lead.contact_email, by=by)):
        yield "contact_email", misfit


def is_too_small(value: Decimal | None, currency: str, programme: Programme) -> bool:
    """Whether a value is under the programme's minimum; one in another currency is not compared here."""
    if value is None or programme.min_value is None or currency != programme.currency:
        return False
    return value < programme.min_value


def missing_consents(lead: Referral) -> list[ConsentKind]:
    """What the customer has not agreed to yet, of what must be agreed to."""
    given = set(Consent.objects.filter(referral=lead).values_list("kind", flat=True))
    return [kind for kind in NEEDED_CONSENTS if kind not in given]


def must_be_complete(lead: Referral, *, at: datetime, by: User | None, is_new: bool) -> None:
    """Raise `Incomplete` with everything that is to be cured.

    A new lead also needs an open programme and a close that is still to come; what is open already goes on after a
    programme's end, and an appeal takes over what was said before.
    """
    found = [*_missing(lead, by=by), *_wrong(lead, by=by)]
    if is_new and not lead.appeal_of_id and not _is_kept_in_step(lead, by):
        found += _late(lead, at=at)
        if not lead.programme.is_open(at):
            found.append(("programme", closed_programme(lead.programme)))
    if lead.deal_type != DealType.PRIVATE and missing_consents(lead):
        found.append(("consents", _("Without the customer’s consent the lead cannot be shared with Microsoft.")))
    if found:
        raise Incomplete(found)


def closed_programme(programme: Programme) -> str:
    """Why a programme takes no lead now, and what follows it."""
    text = _("%(programme)s takes no leads at this time.") % {"programme": programme.title}
    if programme.successor:
        text += " " + _("It is followed by %(programme)s.") % {"programme": programme.successor.title}
    return text
