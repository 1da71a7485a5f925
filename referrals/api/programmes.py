"""Programmes in the API: until when which leads are taken, and what they must say."""

from typing import Any

from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.request import Request

from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, operation
from common.rest.inputs import Paged
from partners.access import ApiView
from referrals.models import Programme
from referrals.states import Direction, Field

_NAMES = (
    "code", "direction", "valid_from", "valid_to", "time_zone", "required_fields", "min_value", "currency", "answer_hours",
    "expiry_days", "reminder_days",
)  # fmt: skip


class ProgrammeOut(serializers.Serializer):  # type: ignore[misc]
    """A programme with its dates, in its own time zone (Q9)."""

    code = serializers.CharField()
    name = serializers.CharField()
    direction = serializers.ChoiceField(choices=Direction.values)
    is_open = serializers.BooleanField(help_text="Whether it takes leads now.")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    time_zone = serializers.CharField()
    successor = serializers.CharField(allow_null=True, help_text="The code of the programme that follows it.")
    required_fields = serializers.ListField(child=serializers.ChoiceField(choices=Field.values))
    min_value = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    answer_hours = serializers.IntegerField(help_text="Business hours until Microsoft answers.")
    expiry_days = serializers.IntegerField()
    reminder_days = serializers.ListField(child=serializers.IntegerField())


def _shown(programme: Programme) -> dict[str, Any]:
    successor = programme.successor.code if programme.successor else None
    about = {"name": programme.title, "is_open": programme.is_open(now()), "successor": successor}
    return {name: getattr(programme, name) for name in _NAMES} | about


class Programmes(ApiView):
    """All programmes."""

    @operation("List programmes", scope="referrals.read", query=Paged, answer=ProgrammeOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """Those that are over as well."""
        page = cut("programmes", Programme.objects.all(), (), asked=asked.query)
        found = Programme.objects.select_related("successor").in_bulk([row[0] for row in page.rows])
        items = [_shown(found[row[0]]) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})
