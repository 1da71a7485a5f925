"""What lies ahead, in the API: alerts, the forecast, and when a customer's Enterprise Agreement ends."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate, now
from rest_framework import serializers
from rest_framework.request import Request

from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, etag_of, operation
from common.rest.inputs import Paged, Shape
from customers.models import Customer
from motions import outlooks, services
from motions.models import Alert, Contract
from motions.states import AlertKind
from partners.access import ApiView

_OUTLINE = ("title", "kind", "sentence", "trend", "newest", "newest_date", "no_rate")


class AlertOut(serializers.Serializer):  # type: ignore[misc]
    """Something about a customer that its partner should look at."""

    id = serializers.UUIDField()
    customer = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=AlertKind.values)
    text = serializers.CharField()
    params = serializers.DictField(help_text="The figures behind the text.")
    made_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField(allow_null=True)
    seen_by = serializers.CharField(allow_blank=True)


class AlertFilter(Paged):
    """Which alerts."""

    customer = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(choices=AlertKind.values, required=False)
    unseen = serializers.BooleanField(required=False, default=False, help_text="Only those that nobody has seen.")


class OutlineOut(serializers.Serializer):  # type: ignore[misc]
    """One measure's way to its limit, in words."""

    title = serializers.CharField()
    kind = serializers.CharField()
    sentence = serializers.CharField()
    trend = serializers.CharField(allow_blank=True)
    newest = serializers.CharField(allow_blank=True)
    newest_date = serializers.DateField(allow_null=True)
    no_rate = serializers.CharField(allow_blank=True)


class ForecastOut(serializers.Serializer):  # type: ignore[misc]
    """The forecast of a customer: information, never a rule."""

    measures = OutlineOut(many=True)


class EnterpriseAgreementOut(serializers.Serializer):  # type: ignore[misc]
    """What is known of a customer's Enterprise Agreement; without an end none runs."""

    ea_start_date = serializers.DateField(allow_null=True)
    ea_end_date = serializers.DateField(allow_null=True)


class EnterpriseAgreementBody(Shape):
    """When it runs; both null when none does."""

    ea_start_date = serializers.DateField(allow_null=True, required=False, default=None)
    ea_end_date = serializers.DateField(allow_null=True)


def _shown(alerts: list[Alert]) -> list[dict[str, Any]]:
    return [
        {
            "id": alert.public_id,
            "customer": alert.customer.public_id,
            "kind": alert.kind,
            "text": row["text"],
            "params": alert.params,
            "made_at": alert.made_at,
            "seen_at": alert.seen_at,
            "seen_by": alert.seen_by_name,
        }
        for row in outlooks.told(alerts)
        for alert in (row["alert"],)
    ]


def _alert(request: Request, public_id: UUID) -> Alert:
    alerts = Alert.objects.visible_to(request.user).select_related("customer")
    found: Alert = get_object_or_404(alerts, public_id=public_id)
    return found


class Alerts(ApiView):
    """All alerts of current customers."""

    @operation("List alerts", scope="alerts.read", query=AlertFilter, answer=AlertOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """In the order in which they were made."""
        query = asked.query
        alerts = Alert.objects.visible_to(request.user).filter(customer__archived_at__isnull=True)
        if customer := query.get("customer"):
            alerts = alerts.filter(customer__public_id=customer)
        if "kind" in query:
            alerts = alerts.filter(kind=query["kind"])
        if query["unseen"]:
            alerts = alerts.filter(seen_at__isnull=True)
        page = cut("alerts", alerts, (), asked=query)
        found = alerts.select_related("customer").in_bulk([row[0] for row in page.rows])
        items = _shown([found[row[0]] for row in page.rows])
        return Answer({"items": items, "next": next_address(request, page.after)})


class AlertDetail(ApiView):
    """One alert."""

    @operation("Read an alert", scope="alerts.read", answer=AlertOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """And whether somebody has seen it."""
        return Answer(_shown([_alert(request, public_id)])[0])


class AlertSeen(ApiView):
    """Marking an alert as seen."""

    @operation("Mark an alert as seen", scope="alerts.write", answer=AlertOut, is_once=True)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """For everybody of the partner; who was first stands on it."""
        services.mark_alert_seen(_alert(request, public_id), by=request.user, at=now())
        return Answer(_shown([_alert(request, public_id)])[0])


def _customer(request: Request, public_id: UUID) -> Customer:
    customers = Customer.objects.visible_to(request.user).current()
    found: Customer = get_object_or_404(customers, public_id=public_id)
    return found


class Forecast(ApiView):
    """The forecast of one customer."""

    @operation("Read the forecast of a customer", scope="guidance.read", answer=ForecastOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Each measure's way to its limit."""
        panel = outlooks.ahead(_customer(request, public_id), by=request.user, on=localdate())
        measures = [{name: getattr(outline, name) for name in _OUTLINE} for outline in panel["outlines"]]
        return Answer({"measures": measures})


def _known(request: Request, customer: Customer) -> dict[str, Any]:
    newest = Contract.objects.visible_to(request.user).filter(customer=customer).order_by("-id").first()
    return {name: getattr(newest, name, None) for name in ("ea_start_date", "ea_end_date")}


class EnterpriseAgreement(ApiView):
    """A customer's Enterprise Agreement."""

    @operation("Read an enterprise agreement", scope="deals.read", answer=EnterpriseAgreementOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """What is known of it."""
        return Answer(_known(request, _customer(request, public_id)))

    @operation(
        "Record an enterprise agreement", scope="deals.write", body=EnterpriseAgreementBody,
        answer=EnterpriseAgreementOut, must_match=True,
    )  # fmt: skip
    def put(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """The former row stays as history."""
        customer = _customer(request, public_id)
        before = _known(request, customer)
        asked.must_match(etag_of(before), lambda: before)
        services.record_ea_end(customer, by=request.user, at=now(), **asked.body)
        return Answer(_known(request, customer))
