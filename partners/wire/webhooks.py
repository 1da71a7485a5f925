"""Partner Center's registration for webhooks (R58 to R62): one for each client."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.views.decorators.http import require_GET

from common.refusals import Unfit
from common.wire.bodies import Names, beyond, document_of, joined, typed
from common.wire.faults import unfit
from partners import services
from partners.access import WireRequest, WireView, sent
from partners.bulk.messages import own_certificate
from partners.models import LONGEST_URL, ApiClient, Delivery, Subscription
from partners.policy import WIRE_EVENTS
from partners.requests import tell_soon
from partners.states import DeliveryState, Door, Trouble

NAMES: Names = {
    "SubscriberId": None,
    "WebhookUrl": None,
    "WebhookEvents": None,
    "SignatureTokenToMsSignatureHeader": None,
    "LastModifiedTimestamp": None,
}
_FIELDS = {"url": "WebhookUrl", "events": "WebhookEvents"}
_Text = Annotated[str, msgspec.Meta(max_length=LONGEST_URL)]


class Said(msgspec.Struct, rename="pascal"):
    """A registration as a client sends it."""

    webhook_url: _Text
    webhook_events: Annotated[list[_Text], msgspec.Meta(max_length=100)]
    signature_token_to_ms_signature_header: bool = False


def _said(request: HttpRequest) -> dict[str, Any]:
    document = document_of(request, NAMES)
    said = typed(document, Said)
    return {
        "url": said.webhook_url,
        "events": said.webhook_events,
        "is_own_header": said.signature_token_to_ms_signature_header,
        "extra": beyond(document, NAMES),
    }


def _own(request: WireRequest) -> Subscription:
    rows = Subscription.objects.visible_to(request.user).filter(client=request.program.pk, door=Door.WIRE)
    found: Subscription = get_object_or_404(rows.select_related("partner"))
    return found


def _shown(one: Subscription) -> HttpResponse:
    told: dict[str, Any] = {"SubscriberId": one.public_id, "WebhookUrl": one.url, "WebhookEvents": one.events}
    if one.is_own_header:
        told["SignatureTokenToMsSignatureHeader"] = True
    return sent(joined({**told, "LastModifiedTimestamp": one.updated_at}, one.extra))


class Registration(WireView):
    """Where a client is told of what."""

    reads, writes = "webhooks.read", "webhooks.write"

    def get(self, request: WireRequest) -> HttpResponse:
        """As it stands."""
        return _shown(_own(request))

    def post(self, request: WireRequest) -> HttpResponse:
        """A first one; 409 when there is one already."""
        client = get_object_or_404(ApiClient.objects.visible_to(request.user), pk=request.program.pk)
        said = _said(request)
        try:
            made = services.subscribe(client=client, by=request.user, at=now(), door=Door.WIRE, **said)
        except Unfit as refusal:
            raise unfit(_FIELDS[refusal.field], refusal.sentence) from refusal
        return _shown(made.subscription)

    def put(self, request: WireRequest) -> HttpResponse:
        """Another in its place."""
        one, said = _own(request), _said(request)
        try:
            return _shown(services.change_subscription(one, by=request.user, at=now(), version=None, **said))
        except Unfit as refusal:
            raise unfit(_FIELDS[refusal.field], refusal.sentence) from refusal

    def delete(self, request: WireRequest) -> HttpResponse:
        """None any more."""
        services.unsubscribe(_own(request), by=request.user)
        return HttpResponse(status=204)


class Events(WireView):
    """What can be asked for."""

    reads = writes = "webhooks.read"

    def get(self, request: WireRequest) -> HttpResponse:
        """The names of the events."""
        return sent(list(WIRE_EVENTS))


class Validation(WireView):
    """A test message."""

    reads = writes = "webhooks.write"

    def post(self, request: WireRequest) -> HttpResponse:
        """Send one; two a minute."""
        delivery = services.send_test(_own(request), by=request.user, at=now())
        tell_soon()
        return sent({"correlationId": delivery.public_id})


class ValidationEvent(WireView):
    """What came of a test message."""

    reads = writes = "webhooks.read"

    def get(self, request: WireRequest, public_id: UUID) -> HttpResponse:
        """Its attempts so far."""
        one = _own(request)
        tests = Delivery.objects.visible_to(request.user).filter(subscription=one, subject="")
        delivery = tests.filter(public_id=public_id).first()
        if delivery is None:
            raise Http404
        return sent(
            {
                "correlationId": delivery.public_id,
                "partnerId": one.partner.public_id,
                "status": "pending" if delivery.state == DeliveryState.WAITING else "completed",
                "callbackUrl": one.url,
                "results": [_attempt(entry) for entry in delivery.attempts],
            }
        )


def _attempt(entry: dict[str, Any]) -> dict[str, Any]:
    """As Partner Center words it; without a status the trouble was on the way."""
    status, trouble = entry["status"], entry["trouble"]
    code = _phrase(status) if status else trouble
    message = Trouble(trouble).label if trouble else ""
    return {"responseCode": code, "responseMessage": message, "systemError": not status, "dateTimeUtc": entry["at"]}


def _phrase(status: int) -> str:
    known = {one.value: one.phrase for one in HTTPStatus}
    return known[status].replace(" ", "") if status in known else str(status)


@require_GET
def certificate(request: HttpRequest) -> HttpResponse:
    """What signatures at the wire are verified with (X-MS-Certificate-Url)."""
    return HttpResponse(own_certificate(), content_type="application/pkix-cert")
