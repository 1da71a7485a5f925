"""Documents for services, and back: what a document asks for, done by the services of the room."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.refusals import Refused, Unfit
from partners.models import User
from referrals import services
from referrals.models import Programme, Referral
from referrals.states import ConsentKind, DealType, is_pair
from referrals.wire.company import company_of
from referrals.wire.reading import (
    SHARE,
    at,
    emails_of,
    engagement_of,
    facts_of,
    leftover,
    must_have_required,
    sharing,
)
from referrals.wire.shapes import Document, refuse
from referrals.wire.showing import CONSENTS

# said once, when the referral is made (R33); the last part of a path is compared
FIXED = (
    ("type",),
    ("qualification",),
    ("engagementId",),
    ("target",),
    *(("consent", name) for name in CONSENTS.values() if name != SHARE),
    *(("customerProfile", name) for name in ("name", "address", "size", "ids")),
)
# where the input that a service refuses stands on the wire
PLACES = {
    "name": "name",
    "external_id": "externalReferenceId",
    "value": "details/dealValue",
    "currency": "details/currency",
    "close_date": "details/closingDateTime",
    "notes": "details/notes",
    "solutions": "details/requirements/solutions",
    "intent": "details/requirements/additionalRequirements",
    "asks_contact": "details/customerRequestedContact",
    "sales_stage": "salesStage",
    "contact_first_name": "customerProfile/team",
    "contact_last_name": "customerProfile/team",
    "contact_email": "customerProfile/team",
    "contact_phone": "customerProfile/team",
    "given_by": "customerProfile/team",
    "consents": "consent",
    "deal_type": f"consent/{SHARE}",
    "programme": "referralProgram",
    "team": "team",
    "reason": "statusReason",
    "text": "statusReason",
    "status": "status",
}


def take_in(document: Document, *, by: User, moment: datetime) -> Referral:
    """A new referral, and its customer where it is new too."""
    must_have_required(document)
    if document.get("status") == "Closed":
        refuse(_("A new referral is not closed yet."), "status")
    said, programme = brought(document), _programme(document)
    if programme and said.deal_type == DealType.PRIVATE:
        refuse(_("What a programme is to look at is shared with Microsoft’s sellers."), f"consent/{SHARE}")
    customer = services.customer_for(by=by, at=moment, facts=company_of(document))
    return services.take_in(
        customer,
        by=by,
        at=moment,
        programme=programme or _any_programme(moment),
        is_for_review=programme is not None,
        engagement_id=engagement_of(document),
        said=said,
    )


def bring_in_line(lead: Referral, before: Document, after: Document, *, by: User, moment: datetime) -> Referral:
    """Make a referral what a document says; `before` is the document that it was."""
    for path in FIXED:
        if not _is_same(at(before, *path), at(after, *path)):
            refuse(_("This can no longer be changed."), "/".join(path))
    old, new = brought(before), brought(after)
    if old.pair != new.pair and not is_pair(*new.pair):
        refuse(_("status and substatus do not go together; send both."), "substatus")
    return services.bring_in_line(lead, by=by, at=moment, before=old, after=new)


def brought(document: Document) -> services.Brought:
    """A document as the services take it."""
    facts = facts_of(document)
    deal_type, help_wanted = sharing(document)
    person = f"{facts['contact_first_name']} {facts['contact_last_name']}".strip()
    given = document.get("consent") or {}
    return services.Brought(
        facts=facts,
        deal_type=deal_type,
        help=help_wanted,
        consents=[kind.value for kind in ConsentKind if given.get(CONSENTS[kind])],
        given_by=person or str(at(document, "customerProfile", "name") or ""),
        team=emails_of(document),
        extra={name: value for name, value in leftover(document).items() if value is not None},
        pair=(document.get("status") or "None", document.get("substatus") or "None"),
        reason=(document.get("statusReason") or "").strip(),
    )


def overlaid(document: Any, over: Any) -> Any:
    """A document with another one over it: objects member by member, everything else as a whole."""
    if not isinstance(document, dict) or not isinstance(over, dict):
        return over
    return document | {name: overlaid(document.get(name, {}), value) for name, value in over.items()}


def placed(refusal: Refused) -> Refused:
    """A refusal of a service, with the place on the wire in the stead of the column."""
    place = PLACES.get(refusal.field)
    if place is None or not isinstance(refusal, Unfit) or str(refusal.sentence).startswith(f"{place}: "):
        return refusal
    return Unfit(f"{place}: {refusal.sentence}", field=place)


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.casefold() == other.casefold()
    return bool(one == other)


def _programme(document: Document) -> Programme | None:
    """The programme to which a new referral is submitted; None for a deal of the partner's own, whatever else is named."""
    named = (document.get("referralProgram") or "").strip().casefold()
    found = Programme.objects.outbound().order_by("code") if named else []
    return next(
        (one for one in found if named in (one.code.casefold(), one.name_en.casefold(), one.name_de.casefold())), None
    )


def _any_programme(moment: datetime) -> Programme:
    """Where a deal of the partner's own is filed: an open programme before one that has ended."""
    found = sorted(Programme.objects.outbound().order_by("code"), key=lambda one: not one.is_open(moment))
    if not found:
        raise Refused(_("No programme takes leads at this time."))
    return found[0]
