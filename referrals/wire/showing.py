"""From the lead to the wire: rows as documents, whatever a client once sent beside them included."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from partners.models import User
from referrals import wording
from referrals.models import Consent, TeamMember
from referrals.states import CLOSED, WIRE, ConsentKind, DealType, Solution, State
from referrals.wire.odata import moment
from referrals.wire.reading import CONTACT, SHARE, at, code_of
from referrals.wire.shapes import Document
from referrals.wire.words import (
    DIRECTION_WORD,
    HELP_WORD,
    INTENT_WORD,
    MARKETPLACE,
    QUALIFICATION_OTHERWISE,
    STAGE_WORD,
    STAGES,
    TYPE_OTHERWISE,
    TYPE_WORD,
)

PROFILE = {
    "addressLine1": "customer__address_line1",
    "addressLine2": "customer__address_line2",
    "city": "customer__city",
    "state": "customer__state",
    "postalCode": "customer__postal_code",
    "country": "country",
}
COLUMNS = (
    *("pk", "public_id", "engagement_id", "partner__public_id", "partner__name", "partner__partner_number", "name"),
    *("external_id", "state", "version", "direction", "deal_type", "help", "value", "currency", "close_date", "notes"),
    *("solutions", "intent", "asks_contact", "sales_stage", "reason", "reason_text", "won_value", "programme__code"),
    *("created_at", "updated_at", "submitted_at", "expires_at", "decided_at", "closed_at", "extra", "customer__name"),
    *PROFILE.values(),
    *(column for column, _most in CONTACT.values()),
)
CONSENTS = {
    ConsentKind.CONTACT: "consentToContact",
    ConsentKind.SHARE_WITH_SELLERS: SHARE,
    ConsentKind.SHARE_WITH_OTHERS: "consentToToShareInfoWithOthers",
}
Row = Mapping[str, Any]


@dataclass
class Around:
    """What stands around one lead: the colleagues on its team, and what the customer agreed to."""

    colleagues: list[tuple[str, str]] = field(default_factory=list)  # name, address
    consents: set[str] = field(default_factory=set)


def documents(rows: Sequence[Row], *, by: User, place: str) -> list[Document]:
    """Rows of `COLUMNS` as the wire shows them; `place` is the address of all referrals."""
    around = _around([row["pk"] for row in rows], by)
    return [shown(row, around[row["pk"]], place=place) for row in rows]


def _around(keys: list[int], by: User) -> dict[int, Around]:
    found: dict[int, Around] = defaultdict(Around)
    team = TeamMember.objects.visible_to(by).filter(referral__in=keys, user__api_client__isnull=True)
    for key, name, email in team.order_by("pk").values_list("referral_id", "user__name", "user__email"):
        found[key].colleagues.append((name, email))
    consents = Consent.objects.visible_to(by).filter(referral__in=keys)
    for key, kind in consents.values_list("referral_id", "kind"):
        found[key].consents.add(kind)
    return found


def shown(row: Row, around: Around, *, place: str) -> Document:
    """One lead as a document; what the columns say wins over what was kept beside them."""
    extra: Document = row["extra"]
    status, substatus = WIRE[State(row["state"])]
    ours = {
        "id": str(row["public_id"]),
        "engagementId": str(row["engagement_id"]),
        "organizationId": str(row["partner__public_id"]),
        "organizationName": row["partner__name"],
        "name": row["name"] or None,
        "externalReferenceId": row["external_id"] or None,
        "createdDateTime": told(row["created_at"]),
        "updatedDateTime": told(row["updated_at"]),
        "expirationDateTime": told(row["expires_at"]),
        "acceptedDateTime": told(row["decided_at"]) if status == "Active" or substatus in ("Won", "Lost") else None,
        "closedDateTime": told(row["closed_at"]),
        "status": status,
        "substatus": substatus,
        "statusReason": _reason(row),
        "qualification": extra.get("qualification") or QUALIFICATION_OTHERWISE,
        "type": extra.get("type") or TYPE_WORD.get(row["deal_type"], TYPE_OTHERWISE),
        "direction": DIRECTION_WORD[row["direction"]],
        "salesStage": _stage(row),
        "referralProgram": extra.get("referralProgram") or (row["programme__code"] if row["submitted_at"] else None),
        "campaignId": extra.get("campaignId"),
        "mpnId": extra.get("mpnId") or row["partner__partner_number"],
        "customerProfile": _profile(row),
        "consent": _consent(row, around),
        "details": _details(row),
        "team": _team(extra, around),
        "inviteContext": _invitation(row),
        "eTag": etag(row["version"]),
        "links": _links(row, place),
    }
    return ours | {name: value for name, value in extra.items() if name not in ours}


def etag(version: int) -> str:
    """The version as it stands in If-Match, its quotation marks included."""
    return f'"{version}"'


def told(at_moment: datetime | None) -> str | None:
    """A moment in UTC, with seven digits of a second as in the documented samples."""
    return None if at_moment is None else f"{at_moment:%Y-%m-%dT%H:%M:%S.%f}0Z"


def _reason(row: Row) -> str | None:
    said: str | None = row["extra"].get("statusReason")
    if row["state"] in CLOSED:
        return row["reason_text"] or said or wording.reason(row["reason"]) or None
    return said


def _stage(row: Row) -> str | None:
    """The client's own word while it says the same."""
    said = row["extra"].get("salesStage")
    if said and STAGES.get(said.lower()) == row["sales_stage"]:
        return str(said)
    return STAGE_WORD.get(row["sales_stage"])


def _profile(row: Row) -> Document:
    """The customer as it was told, which stays as it was (R33); the customer's own row where nothing was told."""
    said: Document = row["extra"].get("customerProfile") or {}
    address = {name: row[column] or None for name, column in PROFILE.items()}
    return {"name": row["customer__name"], "address": address, "size": None, "ids": []} | said | {"team": _people(row)}


def _people(row: Row) -> list[Document]:
    """Who is named at the customer; nobody once a lead has expired (R22)."""
    if row["state"] == State.EXPIRED:
        return []
    said: list[Document] = at(row["extra"], "customerProfile", "team") or []
    first = {name: row[column] or None for name, (column, _most) in CONTACT.items()}
    if not any(first.values()):
        return said
    return [(said[0] if said else {}) | first, *said[1:]]


def _consent(row: Row, around: Around) -> Document:
    given = {CONSENTS[ConsentKind(kind)]: True for kind in around.consents}
    nothing = dict.fromkeys(CONSENTS.values(), False)
    is_shared = row["deal_type"] != DealType.PRIVATE
    return nothing | (row["extra"].get("consent") or {}) | given | {SHARE: is_shared}


def _details(row: Row) -> Document:
    said: Document = row["extra"].get("details") or {}
    value, currency = row["value"], row["currency"]
    return (
        {"customerAction": None}
        | said
        | {
            "notes": row["notes"] or None,
            "dealValue": None if value is None else plain(value),
            "currency": currency or said.get("currency"),
            "closingDateTime": _closing(row["close_date"], said.get("closingDateTime")),
            "customerRequestedContact": row["asks_contact"],
            "requirements": _requirements(row, said.get("requirements") or {}),
        }
    )


def plain(value: Any) -> int | float:
    """An amount as a number of JSON."""
    return int(value) if value == value.to_integral_value() else float(value)


def _closing(day: date | None, said: str | None) -> str | None:
    """The client's own moment while it is on that day."""
    if day is None:
        return None
    known = moment(said) if said else None
    return said if known and known.date() == day else f"{day:%Y-%m-%d}T00:00:00Z"


def _requirements(row: Row, said: Document) -> Document:
    """Solutions and products as they were told, without those that have gone, with those that have come."""
    codes: list[str] = row["solutions"]
    lists = {kind: [one for one in said.get(kind) or [] if code_of(one) in codes] for kind in ("solutions", "products")}
    known = {code_of(one) for items in lists.values() for one in items}
    for code in codes:
        if code not in known:
            is_product = code in Solution.values
            lists["products" if is_product else "solutions"].append(
                {"id": code} if is_product else {"id": code, "name": code}
            )
    empty: Document = {"industries": [], "services": []}
    return empty | said | lists | _intent(row, said)


def _intent(row: Row, said: Document) -> Document:
    """What the customer means to do, where only our own page has asked."""
    if said.get("additionalRequirements") or not row["intent"]:
        return {}
    return {"additionalRequirements": {"attributes": [{"type": MARKETPLACE, "id": INTENT_WORD[row["intent"]]}]}}


def _team(extra: Document, around: Around) -> list[Document]:
    """Whoever was named, and the colleagues who were put on the team here."""
    said: list[Document] = extra.get("team") or []
    known = {str(one.get("email") or "").lower() for one in said}
    return [*said, *(_member(name, email) for name, email in around.colleagues if email.lower() not in known)]


def _member(name: str, email: str) -> Document:
    first, _space, last = name.rpartition(" ")
    return {"firstName": first or None, "lastName": last or None, "phoneNumber": None, "email": email}


def _invitation(row: Row) -> Document | None:
    said: Document | None = row["extra"].get("inviteContext")
    if not row["help"]:
        return said
    return (said or {}) | {"assistanceRequestCode": HELP_WORD[row["help"]]}


def _links(row: Row, place: str) -> Document:
    related = f"{place}?$filter=engagementId eq '{row['engagement_id']}'"
    return {
        "relatedReferrals": {"uri": related, "method": "GET"},
        "self": {"uri": f"{place}/{row['public_id']}", "method": "GET"},
    }
