"""The addresses of referrals on the wire (R1 to R5)."""

import re
from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.utils.translation import gettext as _

from common.refusals import Refused, Stale
from common.wire.bodies import value_of
from common.wire.faults import Fault
from partners.access import WireRequest, WireView, sent
from referrals import services, wording
from referrals.models import Referral
from referrals.states import State
from referrals.wire import exchange, shapes
from referrals.wire.listing import page
from referrals.wire.patches import patched
from referrals.wire.showing import COLUMNS, documents, etag

Change = Callable[[shapes.Document], shapes.Document]


def place_of(request: HttpRequest) -> str:
    """The address of all referrals, under the version that was spoken."""
    return request.build_absolute_uri(f"/{request.path_info.split('/')[1]}/engagements/referrals")


class Referrals(WireView):
    """All referrals of the program's partner."""

    reads, writes = "referrals.read", "referrals.write"

    def get(self, request: WireRequest) -> HttpResponse:
        """A page of the list."""
        return sent(page(request, by=request.user, place=place_of(request)))

    def post(self, request: WireRequest) -> HttpResponse:
        """A new referral; 200, because the contract knows no other answer of success."""
        said = shapes.referral(value_of(request))
        lead = _done(lambda: exchange.take_in(said, by=request.user, moment=now()))
        return _told(request, lead)


class ReferralDetail(WireView):
    """One referral."""

    reads, writes = "referrals.read", "referrals.write"

    def get(self, request: WireRequest, public_id: UUID) -> HttpResponse:
        """As it stands."""
        return _told(request, _lead(request, public_id))

    def put(self, request: WireRequest, public_id: UUID) -> HttpResponse:
        """The whole referral as it shall be, or a part of it; on the version that was seen alone (R4)."""
        lead = _lead(request, public_id)
        if not request.headers.get("If-Match", "").strip():
            raise Fault(428, "MatchMissing", _("Send the eTag that you have seen as If-Match."), data=["If-Match"])
        said = shapes.referral(value_of(request))
        return _told(request, _changed(request, lead, lambda document: exchange.overlaid(document, said)))

    def patch(self, request: WireRequest, public_id: UUID) -> HttpResponse:
        """A JSON Patch; If-Match counts when it is sent (R5)."""
        lead, body = _lead(request, public_id), value_of(request)
        lead = _changed(request, lead, lambda document: shapes.referral(patched(document, body)))
        if "return=representation" not in request.headers.get("Prefer", "").replace(" ", "").lower():
            return HttpResponse(status=204, headers={"ETag": etag(lead.version)})
        answer = _told(request, lead)
        answer.headers["Preference-Applied"] = "return=representation"
        return answer


def _lead(request: WireRequest, public_id: UUID) -> Referral:
    """A lead of the program's partner; a draft is not on the wire."""
    on_the_wire = Referral.objects.visible_to(request.user).exclude(state=State.DRAFT)
    found: Referral = get_object_or_404(on_the_wire, public_id=public_id)
    return found


def _changed(request: WireRequest, lead: Referral, change: Change) -> Referral:
    """The lead after a change that is made of nothing older than itself."""
    lead = services.hold(lead, by=request.user)
    _must_match(request, lead)
    before = _document(request, lead)
    plain = shapes.referral(before)
    after = change(before)
    return _done(lambda: exchange.bring_in_line(lead, plain, shapes.referral(after), by=request.user, moment=now()))


def _must_match(request: HttpRequest, lead: Referral) -> None:
    """Refuse a change of a version that has passed; the eTag is taken with and without its quotation marks."""
    given = re.sub(r'W/|["\\\s]', "", request.headers.get("If-Match", ""))
    if given and "*" not in given.split(",") and str(lead.version) not in given.split(","):
        raise Stale(wording.stale())


def _done(work: Callable[[], Referral]) -> Referral:
    try:
        return work()
    except Refused as refusal:
        raise exchange.placed(refusal) from refusal


def _document(request: WireRequest, lead: Referral) -> shapes.Document:
    rows = list(Referral.objects.visible_to(request.user).filter(pk=lead.pk).values(*COLUMNS))
    [found] = documents(rows, by=request.user, place=place_of(request))
    return found


def _told(request: WireRequest, lead: Referral) -> HttpResponse:
    context = f"{place_of(request).rpartition('/engagements')[0]}/$metadata#Referrals/$entity"
    document = {"@odata.context": context, **_document(request, lead)}
    return sent(document, etag=str(lead.version))
