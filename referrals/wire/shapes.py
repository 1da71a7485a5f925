"""What a referral looks like on the wire: known members with their types, read in any letter case. Pure.

Members that are not known here are kept as they came (docs/wire-referrals.md), so that a round trip loses nothing.
"""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from common.refusals import Unfit
from referrals.wire.odata import UNSTORABLE

MOST_TEXT = 10_000
MOST_ITEMS = 200
MOST_BYTES = 64 * 1024

Reader = Callable[[Any, str], Any]
Document = dict[str, Any]


def refuse(sentence: str, target: str) -> NoReturn:
    """This value cannot be taken."""
    raise Unfit(f"{target}: {sentence}" if target else sentence, field=target)


def text(value: Any, path: str) -> str:
    """Text of JSON."""
    if not isinstance(value, str):
        refuse(_("This must be text."), path)
    return str(kept(value, path))


def flag(value: Any, path: str) -> bool:
    """true or false of JSON."""
    if not isinstance(value, bool):
        refuse(_("This must be true or false."), path)
    return value


def number(value: Any, path: str) -> Any:
    """A number of JSON, or one written as text, as in the documented sample of PATCH."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        refuse(_("This must be a number."), path)
    return kept(value, path)


def word_or_number(value: Any, path: str) -> str:
    """Text, or a whole number that stands for it."""
    return str(value) if type(value) is int else text(value, path)


def one_of(*words: str) -> Reader:
    """One word of a list, in any letter case."""
    known = {word.lower(): word for word in words}

    def read(value: Any, path: str) -> str:
        found = known.get(text(value, path).lower())
        return found or refuse(_("This must be one of: %(words)s.") % {"words": ", ".join(words)}, path)

    return read


def kept(value: Any, path: str) -> Any:
    """Anything that can be stored and given back."""
    if isinstance(value, str):
        if len(value) > MOST_TEXT:
            refuse(_("This has at most %(count)d characters.") % {"count": MOST_TEXT}, path)
        if UNSTORABLE.search(value):
            refuse(_("This holds a character that cannot be stored."), path)
    elif isinstance(value, float) and not math.isfinite(value):
        refuse(_("This must be a number."), path)
    elif isinstance(value, list):
        return [kept(one, f"{path}/{index}") for index, one in enumerate(value)]
    elif isinstance(value, dict):
        return {str(kept(name, path)): kept(inner, f"{path}/{name[:100]}") for name, inner in value.items()}
    return value


def many(item: Reader) -> Reader:
    """A list of items."""

    def read(value: Any, path: str) -> list[Any]:
        if not isinstance(value, list):
            refuse(_("This must be a list."), path)
        if len(value) > MOST_ITEMS:
            refuse(_("This has at most %(count)d items.") % {"count": MOST_ITEMS}, path)
        return [item(one, f"{path}/{index}") for index, one in enumerate(value)]

    return read


def thing(**members: Reader) -> Reader:
    """An object of known members; a member that is null is there without a value, an unknown one is kept."""
    names = {name.lower(): name for name in members}

    def read(value: Any, path: str) -> Document:
        if not isinstance(value, Mapping):
            refuse(_("This must be a JSON object."), path or "body")
        found: Document = {}
        for given, inner in value.items():
            name: str = names.get(str(given).lower()) or str(given)
            place = f"{path}/{name[:100]}".lstrip("/")
            reader = members.get(name, kept)
            kept(given, place)
            found[name] = None if inner is None else reader(inner, place)
        return found

    return read


def fitting(document: Document) -> Document:
    """A document that is not too large to be kept."""
    if len(json.dumps(document)) > MOST_BYTES:
        refuse(_("A referral keeps at most %(count)d KiB.") % {"count": MOST_BYTES // 1024}, "body")
    return document


STATUSES = ("None", "New", "Active", "Closed")
SUBSTATUSES = ("None", "Pending", "Received", "Accepted", "Won", "Lost", "Declined", "Expired", "Error")
TYPES = ("Independent", "Shared")
QUALIFICATIONS = ("None", "Direct", "MarketingQualified", "SalesQualified")
ASSISTANCE = (
    "Unknown",
    "GeneralOrOther",
    "CustomerTechnicalArchitecture",
    "ProofOfConceptOrDemo",
    "QuotesOrLicensing",
    "PostSalesCustomerSuccess",
    "WorkloadSpecificValueProposition",
)
# what we say of a referral ourselves; a client that sends it back is not asked to leave it out (R4)
OURS = (
    *("@odata.context", "id", "organizationId", "organizationName", "createdDateTime", "updatedDateTime"),
    *("expirationDateTime", "acceptedDateTime", "closedDateTime", "eTag", "links", "direction", "quality", "isSpam"),
    *("registrations", "registrationStatus"),
)


def ignored(value: Any, path: str) -> None:
    """Ours to say."""


_named = thing(id=text, name=text, type=text)
_SOLUTION = thing(
    id=text, name=text, type=text, price=kept, quantity=kept, currency=text, publisherName=text, solutionType=text
)
MEMBER = thing(
    firstName=text,
    lastName=text,
    phoneNumber=text,
    email=text,
    title=text,
    contactPreference=thing(locale=text, disableNotifications=flag),
)
_REQUIREMENTS = thing(
    industries=many(_named),
    products=many(_named),
    services=many(_named),
    solutions=many(_SOLUTION),
    offers=many(kept),
    additionalRequirements=thing(attributes=many(_named)),
)
_PROFILE = thing(
    name=text,
    address=thing(
        addressLine1=text, addressLine2=text, city=text, state=text, postalCode=text, country=text, region=text
    ),
    size=text,
    team=many(MEMBER),
    ids=many(thing(profileType=text, id=text)),
)
_DETAILS = thing(
    notes=text,
    dealValue=number,
    currency=text,
    closingDateTime=text,
    customerRequestedContact=flag,
    customerAction=text,
    requirements=_REQUIREMENTS,
)
_CONSENT = thing(
    consentToContact=flag, consentToToShareInfoWithOthers=flag, consentToShareReferralWithMicrosoftSellers=flag
)
MEMBERS: dict[str, Reader] = dict.fromkeys(OURS, ignored) | {
    "engagementId": text,
    "name": text,
    "externalReferenceId": text,
    "type": one_of(*TYPES),
    "qualification": one_of(*QUALIFICATIONS),
    "status": one_of(*STATUSES),
    "substatus": one_of(*SUBSTATUSES),
    "statusReason": text,
    "salesStage": text,
    "customerProfile": _PROFILE,
    "consent": _CONSENT,
    "details": _DETAILS,
    "team": many(MEMBER),
    "inviteContext": thing(
        notes=text,
        assistanceRequestCode=one_of(*ASSISTANCE),
        invitedBy=thing(organizationId=text, organizationName=text),
    ),
    "target": many(thing(type=text, id=text)),
    "trackingInfo": thing(microsoftMsxId=text),
    "favorite": flag,
    "campaignId": text,
    "referralSource": text,
    "referralProgram": text,
    "callToAction": text,
    "tags": many(text),
    "mpnId": word_or_number,
    "createdVia": text,
    "lastModifiedVia": text,
    "lastRunId": text,
}
REFERRAL = thing(**MEMBERS)


def referral(body: Any) -> Document:
    """A referral as a client sent it, its known members checked and under their documented names."""
    found: Document = REFERRAL(body, "")
    return fitting({name: value for name, value in found.items() if name not in OURS})
