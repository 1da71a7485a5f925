"""From the wire to the lead: what a document says of the columns, and what is kept beside them. Pure."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from common.money import currencies
from referrals.models.leads import MOST_SOLUTIONS, MOST_VALUE
from referrals.states import DealType, Help, Intent
from referrals.wire.odata import moment
from referrals.wire.shapes import Document, refuse
from referrals.wire.words import HELP, INTENTS, MARKETPLACE, STAGES

REQUIRED = ("customerProfile", "consent", "details", "type")
SHARE = "consentToShareReferralWithMicrosoftSellers"
CONTACT = {
    "firstName": ("contact_first_name", 100),
    "lastName": ("contact_last_name", 100),
    "email": ("contact_email", 254),
    "phoneNumber": ("contact_phone", 40),
}
# columns that a document says everything about, so that two documents can be compared by them
TEXTS = {"name": ("name", 200), "externalReferenceId": ("external_id", 100)}


def at(document: Mapping[str, Any], *path: str) -> Any:
    """What stands at a path; None where something on the way is missing."""
    found: Any = document
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def must_have_required(document: Document) -> None:
    """Refuse a new referral without the members that the contract asks for (1.4)."""
    for name in REQUIRED:
        if document.get(name) is None:
            refuse(_("This is required."), name)


def facts_of(document: Document) -> dict[str, Any]:
    """The columns of a lead, each with its value or its emptiness; help and deal type aside."""
    facts: dict[str, Any] = {column: _limited(document.get(name), most, name) for name, (column, most) in TEXTS.items()}
    facts |= _money(document) | _contact(document)
    facts["close_date"] = _close_date(document)
    facts["notes"] = _limited(at(document, "details", "notes"), 4000, "details/notes")
    facts["solutions"] = _solutions(document)
    facts["intent"] = _intent(document)
    facts["asks_contact"] = bool(at(document, "details", "customerRequestedContact"))
    facts["sales_stage"] = _stage(document)
    return facts


def sharing(document: Document) -> tuple[str, str]:
    """(deal type, help) as consent and invitation say (1.6)."""
    code = at(document, "inviteContext", "assistanceRequestCode")
    wanted: Help | None = HELP.get(code) if code else None
    if not at(document, "consent", SHARE):
        if wanted:
            refuse(_("Microsoft helps only with what is shared with its sellers."), f"consent/{SHARE}")
        return DealType.PRIVATE, ""
    return (DealType.CO_SELL, wanted.value) if wanted else (DealType.PARTNER_LED, "")


def engagement_of(document: Document) -> UUID | None:
    """The engagement that a new referral joins (R26), if it names one."""
    said = document.get("engagementId")
    try:
        return UUID(said) if said else None
    except ValueError:
        refuse(_("This must be a GUID."), "engagementId")


def emails_of(document: Document) -> list[str]:
    """The addresses of the own team, in small letters."""
    return [str(member["email"]).lower() for member in document.get("team") or [] if member.get("email")]


def leftover(document: Document) -> Document:
    """What no column holds: kept with the referral and given back."""
    rest = deepcopy(document)
    for name in ("status", "substatus", "engagementId", *TEXTS):
        rest.pop(name, None)
    details = rest.get("details") or {}
    for name in ("notes", "customerRequestedContact"):
        details.pop(name, None)
    if details.pop("dealValue", None) is not None:
        details.pop("currency", None)
    invite = rest.get("inviteContext") or {}
    if invite.get("assistanceRequestCode") in HELP:
        del invite["assistanceRequestCode"]
    people = at(rest, "customerProfile", "team") or []
    for name in CONTACT:
        if people:
            people[0].pop(name, None)
    return rest


def _limited(value: str | None, most: int, target: str) -> str:
    if value and len(value) > most:
        refuse(_("This has at most %(count)d characters.") % {"count": most}, target)
    return (value or "").strip()


def _money(document: Document) -> dict[str, Any]:
    said, currency = at(document, "details", "dealValue"), at(document, "details", "currency")
    if currency and currency.upper() not in currencies():
        refuse(_("This must be a currency of ISO 4217."), "details/currency")
    if said is None or said == "":
        return {"value": None, "currency": ""}
    try:
        value = Decimal(str(said))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 <= value <= MOST_VALUE:
        refuse(_("This must be an amount from 0 to %(most)d.") % {"most": MOST_VALUE}, "details/dealValue")
    if not currency:
        refuse(_("An amount needs a currency."), "details/currency")
    return {"value": value.quantize(Decimal("0.01"), ROUND_HALF_UP), "currency": currency.upper()}


def _contact(document: Document) -> dict[str, str]:
    """The first person at the customer; the others are kept beside."""
    people = at(document, "customerProfile", "team") or [{}]
    place = "customerProfile/team/0"
    found = {column: _limited(people[0].get(name), most, f"{place}/{name}") for name, (column, most) in CONTACT.items()}
    if found["contact_email"]:
        try:
            validate_email(found["contact_email"])
        except ValidationError:
            refuse(_("This must be an e-mail address."), f"{place}/email")
    return found


def _close_date(document: Document) -> date | None:
    said = at(document, "details", "closingDateTime")
    if not said:
        return None
    found = moment(said)
    return (
        found.date()
        if found
        else refuse(_("This must be a moment, as in 2026-03-02T12:00:00Z."), "details/closingDateTime")
    )


def _solutions(document: Document) -> list[str]:
    """Solutions and products by their ids; a solution without an id by its name."""
    found = list(dict.fromkeys(_codes(document)))
    if len(found) > MOST_SOLUTIONS:
        refuse(_("This has at most %(count)d items.") % {"count": MOST_SOLUTIONS}, "details/requirements/solutions")
    return found


def _codes(document: Document) -> Iterator[str]:
    for kind in ("solutions", "products"):
        for index, item in enumerate(at(document, "details", "requirements", kind) or []):
            place = f"details/requirements/{kind}/{index}"
            yield code_of(item) or refuse(_("This needs an id or a name."), place)
            if len(code_of(item)) > 60:
                refuse(_("This has at most %(count)d characters.") % {"count": 60}, f"{place}/id")


def code_of(item: Mapping[str, Any] | None) -> str:
    """What a solution or product goes by."""
    return ((item or {}).get("id") or (item or {}).get("name") or "").strip()


def _intent(document: Document) -> str:
    attributes = at(document, "details", "requirements", "additionalRequirements", "attributes") or []
    said = [one.get("id") or "" for one in attributes if one and one.get("type") == MARKETPLACE]
    found: Intent | None = INTENTS.get(said[-1].lower()) if said else None
    return found.value if found else ""


def _stage(document: Document) -> str:
    said = document.get("salesStage")
    if not said:
        return ""
    if said.lower() not in STAGES:
        refuse(_("This must be one of: %(words)s.") % {"words": "Qualify, Develop, Propose, Close"}, "salesStage")
    return STAGES[said.lower()].value
