"""The customer's choice in the API (S3)."""

from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.request import Request

from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, operation
from common.rest.inputs import Paged, Shape, Text
from customers.models import Customer
from motions import services
from motions.models import Choice
from motions.states import Motion, Reason
from partners.access import ApiView

CHOOSABLE = [motion for motion in Motion.values if motion != Motion.UNKNOWN]
_NAMES = ("customer", "motion", "reason", "note", "guided_motion", "at", "by")
_COLUMNS = ("customer__public_id", "motion", "reason", "note", "guided_motion", "at", "by_name")


class ChoiceOut(serializers.Serializer):  # type: ignore[misc]
    """What a customer decided, beside what the guidance said then."""

    customer = serializers.UUIDField()
    motion = serializers.ChoiceField(choices=CHOOSABLE)
    reason = serializers.ChoiceField(choices=Reason.values)
    note = serializers.CharField(allow_blank=True)
    guided_motion = serializers.ChoiceField(choices=Motion.values)
    at = serializers.DateTimeField()
    by = serializers.CharField()


class ChoiceBody(Shape):
    """A choice to record."""

    customer = serializers.UUIDField()
    motion = serializers.ChoiceField(choices=CHOOSABLE)
    reason = serializers.ChoiceField(choices=Reason.values)
    note = Text(max_length=500, allow_blank=True, required=False)


class ChoiceFilter(Paged):
    """Whose choices."""

    customer = serializers.UUIDField(required=False)


class Choices(ApiView):
    """All choices; the newest of a customer holds."""

    @operation("List choices", scope="choices.read", query=ChoiceFilter, answer=ChoiceOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """In the order in which they were recorded."""
        rows = Choice.objects.visible_to(request.user)
        if customer := asked.query.get("customer"):
            rows = rows.filter(customer__public_id=customer)
        page = cut("choices", rows, _COLUMNS, asked=asked.query)
        items = [dict(zip(_NAMES, row[1:], strict=True)) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})

    @operation("Record a choice", scope="choices.write", body=ChoiceBody, answer=ChoiceOut, status=201, is_once=True)
    def post(self, request: Request, asked: Asked) -> Answer:
        """Guidance never overwrites it."""
        said = dict(asked.body)
        customers = Customer.objects.visible_to(request.user).current()
        customer = get_object_or_404(customers, public_id=said.pop("customer"))
        choice = services.record_choice(customer, by=request.user, at=now(), **said)
        values = {name: getattr(choice, column) for name, column in zip(_NAMES[1:], _COLUMNS[1:], strict=True)}
        return Answer({"customer": customer.public_id, **values})
