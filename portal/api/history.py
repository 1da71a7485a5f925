"""What happened to a customer in all rooms, in the API."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from rest_framework import serializers
from rest_framework.request import Request

from common.rest.endpoints import Answer, Asked, operation
from common.rest.inputs import Single
from customers.models import Customer
from partners.access import ApiView
from portal import timeline

_KINDS = [kind for kind, _label in timeline.KINDS if kind]


class ChangeOut(serializers.Serializer):  # type: ignore[misc]
    """What was there before and after, in words."""

    what = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class HappenedOut(serializers.Serializer):  # type: ignore[misc]
    """One thing that happened, worded in the language of the request."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=_KINDS)
    title = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    by = serializers.CharField(allow_blank=True)
    changes = ChangeOut(many=True)


class HistoryFilter(Single):
    """Of which kind, and before which moment."""

    kind = serializers.ChoiceField(choices=_KINDS, required=False)
    before = serializers.DateTimeField(required=False)


class CustomerTimeline(ApiView):
    """The timeline of one customer."""

    @operation(
        "Read the timeline of a customer", scope="customers.read", query=HistoryFilter, answer=HappenedOut, is_list=True
    )
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """The newest first; `next` leads to what is older."""
        customer = get_object_or_404(Customer.objects.visible_to(request.user), public_id=public_id)
        kind, before = asked.query.get("kind", ""), asked.query.get("before")
        moment = before.isoformat() if before else ""
        panel = timeline.panel(customer, by=request.user, on=localdate(), kind=kind, before=moment)
        return Answer({"items": list(map(_told, panel["entries"])), "next": _next(request, kind, panel["older"])})


def _told(entry: timeline.Entry) -> dict[str, Any]:
    changes = [{"what": what, "before": before, "after": after} for what, before, after in entry.changes]
    return {
        "at": entry.at, "kind": entry.kind, "title": entry.title, "note": entry.note, "by": entry.who, "changes": changes,
    }  # fmt: skip


def _next(request: Request, kind: str, older: str) -> str | None:
    if not older:
        return None
    return f"{request.path}?{urlencode({'kind': kind, 'before': older} if kind else {'before': older})}"
