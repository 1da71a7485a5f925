"""The native API of this room: access tokens, and the feed of changes."""

import base64
import binascii
from datetime import datetime
from typing import Any

from allauth.idp.oidc.views import TokenView
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import serializers
from rest_framework.request import Request

from common.rest.cursors import opened, sealed
from common.rest.endpoints import Answer, Asked, operation
from common.rest.inputs import Paged
from common.rest.limits import must_be_moderate
from common.rest.problems import Problem
from partners.access import ApiView
from partners.models import Change, User
from partners.services import CHANGES_KEPT_FOR

LONGEST = 4000


@method_decorator(csrf_exempt, name="dispatch")
class Token(TokenView):  # type: ignore[misc]
    """OAuth 2.0 client credentials (RFC 6749, 4.4): a client's id and secret for an access token."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """The token, or an error as OAuth words it; a client that tries without end is told to wait."""
        if not _is_readable(request):
            return JsonResponse({"error": "invalid_request"}, status=400)
        try:
            must_be_moderate(f"token:{_client_of(request)}", most=settings.API_TOKENS_A_MINUTE)
        except Problem as problem:
            return problem.answer()
        if request.POST.get("grant_type") != "client_credentials":
            return JsonResponse({"error": "unsupported_grant_type"}, status=400)
        answer: HttpResponse = super().post(request)
        return answer


def _is_readable(request: HttpRequest) -> bool:
    values = [*request.POST.values(), _client_of(request)]
    return all("\0" not in value and len(value) <= LONGEST for value in values)


def _client_of(request: HttpRequest) -> str:
    """The client that the request names; '' when it names none."""
    scheme, _space, word = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.POST.get("client_id", "")
    try:
        return base64.b64decode(word).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


class EventOut(serializers.Serializer):  # type: ignore[misc]
    """One thing that happened; what it is about is read at its own address."""

    id = serializers.UUIDField()
    kind = serializers.CharField(help_text="For example customer.corrected, deal.changed, guidance.moved.")
    subject = serializers.CharField(help_text="The resource that it is about, for example customers.")
    subject_id = serializers.UUIDField(allow_null=True)
    customer = serializers.UUIDField(allow_null=True)
    at = serializers.DateTimeField()


class EventPage(serializers.Serializer):  # type: ignore[misc]
    """Events, and where to go on."""

    items = EventOut(many=True)
    cursor = serializers.CharField(help_text="Ask with it next time, also when there was nothing.")
    has_more = serializers.BooleanField()


class Events(ApiView):
    """What happened to the partner's things, in an order in which nothing comes in behind a reader."""

    @operation("Changes after a cursor", scope="events.read", query=Paged, answer=EventPage)
    def get(self, request: Request, asked: Asked) -> Answer:
        """From the beginning without a cursor."""
        return Answer(
            changes_after(asked.query.get("after", ""), by=request.user, limit=asked.query["limit"], at=now())
        )


COLUMNS = ("public_id", "kind", "subject", "subject_id", "of_customer", "at")
NAMES = ("id", "kind", "subject", "subject_id", "customer", "at")


def changes_after(cursor: str, *, by: User, limit: int, at: datetime) -> dict[str, Any]:
    """Settled changes in the order of (transaction, id), each exactly once for a reader that keeps its cursor."""
    xact, last = _place(cursor, at)
    rows = Change.objects.visible_to(by).after(xact, last)
    found = list(rows.values_list("xact", "id", *COLUMNS)[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if found:
        xact, last = found[-1][:2]
    return {
        "items": [dict(zip(NAMES, row[2:], strict=True)) for row in found],
        "cursor": sealed("events", xact, last, int(at.timestamp())),
        "has_more": more,
    }


def _place(cursor: str, at: datetime) -> tuple[int, int]:
    if not cursor:
        return 0, 0
    xact, last, given = opened("events", cursor)
    if given < (at - CHANGES_KEPT_FOR).timestamp():
        days = CHANGES_KEPT_FOR.days
        raise Problem("gone", _("Changes are kept for %(days)s days; read everything again.") % {"days": days})
    return xact, last
