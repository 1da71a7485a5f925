"""Webhooks in the API: subscriptions of the program that asks, and the log of messages to it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.request import Request

from common.refusals import Stale
from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, operation, stale
from common.rest.inputs import Paged, Shape, Text
from common.rest.json import decoded, encoded
from common.rest.operations import Operation
from partners import services
from partners.access import ApiView
from partners.models import LONGEST_URL, ApiClient, Delivery, Subscription
from partners.policy import TEST
from partners.requests import tell_soon
from partners.states import DeliveryState, Door, HookEvent, Trouble

COLUMNS = ("public_id", "url", "events", "number", "failures", "former_ends_at", "version", "created_at", "updated_at")
NAMES = ("id", "url", "events", "sequence", "failures", "former_secret_ends_at", "version", "created_at", "updated_at")
_LOGGED = (
    "public_id", "subscription__public_id", "event_id", "number", "event", "subject", "subject_id", "at", "state",
    "tries", "next_at", "ended_at", "trouble", "status", "duration_ms", "attempts",
)  # fmt: skip
_LOG = (
    "id", "webhook", "event_id", "sequence", "type", "subject", "subject_id", "at", "state",
    "tries", "next_at", "ended_at", "trouble", "status", "duration_ms", "attempts",
)  # fmt: skip


class WebhookOut(serializers.Serializer):  # type: ignore[misc]
    """A subscription."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.ChoiceField(choices=HookEvent.values))
    sequence = serializers.IntegerField(help_text="The number of its newest message.")
    failures = serializers.IntegerField(help_text="Attempts that failed since the last one that did not.")
    former_secret_ends_at = serializers.DateTimeField(allow_null=True, help_text="Until then two secrets sign.")
    version = serializers.IntegerField(help_text="The ETag without its quotation marks.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class WebhookMade(WebhookOut):
    """A subscription with its secret, which is told once."""

    secret = serializers.CharField(allow_blank=True, help_text="Empty for a retry after a later change.")


class WebhookBody(Shape):
    """What to tell, and where."""

    url = Text(max_length=LONGEST_URL)
    events = serializers.ListField(child=Text(max_length=60), max_length=len(HookEvent.values))


class WebhookPatch(WebhookBody):
    """What to change; what is left out stays."""

    url = Text(max_length=LONGEST_URL, required=False)
    events = serializers.ListField(child=Text(max_length=60), max_length=len(HookEvent.values), required=False)


class AttemptOut(serializers.Serializer):  # type: ignore[misc]
    """One attempt."""

    at = serializers.DateTimeField()
    trouble = serializers.CharField(allow_blank=True)
    status = serializers.IntegerField(allow_null=True)
    ms = serializers.IntegerField()


class DeliveryOut(serializers.Serializer):  # type: ignore[misc]
    """One message, and what came of it."""

    id = serializers.UUIDField()
    webhook = serializers.UUIDField()
    event_id = serializers.UUIDField(help_text="The id of the event in the message and in the feed.")
    sequence = serializers.IntegerField()
    type = serializers.ChoiceField(choices=[*HookEvent.values, TEST])
    subject = serializers.CharField(allow_blank=True)
    subject_id = serializers.UUIDField(allow_null=True)
    at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=DeliveryState.values)
    tries = serializers.IntegerField()
    next_at = serializers.DateTimeField(help_text="When it is tried next, while it is waiting.")
    ended_at = serializers.DateTimeField(allow_null=True)
    trouble = serializers.ChoiceField(choices=["", *Trouble.values], help_text="Why the last attempt failed.")
    status = serializers.IntegerField(allow_null=True, help_text="The HTTP status of the last answer.")
    duration_ms = serializers.IntegerField(allow_null=True)
    attempts = AttemptOut(many=True)


class DeliveryFilter(Paged):
    """Which messages."""

    webhook = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(choices=DeliveryState.values, required=False)
    type = serializers.ChoiceField(choices=[*HookEvent.values, TEST], required=False)


def _own(request: Request) -> Any:
    """Subscriptions of the program that asks: programs of one partner keep their own."""
    return Subscription.objects.visible_to(request.user).filter(client=request.auth.pk, door=Door.NATIVE)


def _of_caller(request: Request, public_id: UUID) -> Subscription:
    found: Subscription = get_object_or_404(_own(request), public_id=public_id)
    return found


def _shown(one: Subscription) -> dict[str, Any]:
    return {name: getattr(one, column) for name, column in zip(NAMES, COLUMNS, strict=True)}


class Telling(ApiView):
    """A resource that tells a secret. It is put into the answer after the answer was kept for retries, so that nothing
    kept tells it; a retry gets it as long as nothing has changed since."""

    def performed(
        self,
        what: Operation,
        request: Request,
        method: Callable[..., Answer | HttpResponseBase],
        path: Mapping[str, Any],
    ) -> HttpResponseBase:
        """The answer, with the secret."""
        answer: Any = super().performed(what, request, method, path)
        if what.answer is WebhookMade and answer.status_code < 400 and "secret" in (told := decoded(answer.content)):
            public_id = answer.headers["Location"].strip("/").rpartition("/")[2]
            version = answer.headers["ETag"].strip('"')
            one = _own(request).filter(public_id=public_id, version=version).first()
            answer.content = encoded({**told, "secret": services.secret_told(one) if one else ""})
        return answer  # type: ignore[no-any-return]


def _made(made: services.Made) -> Answer:
    one = made.subscription
    place = {"Location": reverse("api:webhook", args=[one.public_id])}
    return Answer({**_shown(one), "secret": ""}, version=one.version, headers=place)


class Webhooks(Telling):
    """The program's subscriptions."""

    @operation("List webhooks", scope="webhooks.read", query=Paged, answer=WebhookOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """In the order in which they were made."""
        page = cut("webhooks", _own(request), COLUMNS, asked=asked.query)
        items = [dict(zip(NAMES, row[1:], strict=True)) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})

    @operation(
        "Create a webhook", scope="webhooks.write", body=WebhookBody, answer=WebhookMade, status=201, is_once=True
    )
    def post(self, request: Request, asked: Asked) -> Answer:
        """The secret is in this answer alone."""
        client = get_object_or_404(ApiClient.objects.visible_to(request.user), pk=request.auth.pk)
        return _made(services.subscribe(client=client, by=request.user, at=now(), **asked.body))


class WebhookDetail(ApiView):
    """One subscription."""

    @operation("Read a webhook", scope="webhooks.read", answer=WebhookOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """With its version as ETag."""
        one = _of_caller(request, public_id)
        return Answer(_shown(one), version=one.version)

    @operation("Change a webhook", scope="webhooks.write", body=WebhookPatch, answer=WebhookOut, must_match=True)
    def patch(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """From the next message on."""
        one = _of_caller(request, public_id)
        asked.must_match(f'"{one.version}"', lambda: _shown(_of_caller(request, public_id)))
        said = {"url": one.url, "events": one.events, **asked.body}
        try:
            one = services.change_subscription(one, by=request.user, at=now(), version=one.version, **said)
        except Stale as refusal:
            raise stale(lambda: _shown(_of_caller(request, public_id))) from refusal
        return Answer(_shown(one), version=one.version)

    @operation("Delete a webhook", scope="webhooks.write", answer=None, status=204, must_match=True)
    def delete(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """With the log of its messages."""
        one = _of_caller(request, public_id)
        asked.must_match(f'"{one.version}"', lambda: _shown(_of_caller(request, public_id)))
        try:
            services.unsubscribe(one, by=request.user, version=one.version)
        except Stale as refusal:
            raise stale(lambda: _shown(_of_caller(request, public_id))) from refusal
        return Answer()


class WebhookSecret(Telling):
    """The secret of a subscription."""

    @operation("Rotate the secret of a webhook", scope="webhooks.write", answer=WebhookMade, is_once=True)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """For a day, messages are signed with the former secret as well."""
        return _made(services.renew_secret(_of_caller(request, public_id), by=request.user, at=now()))


def _logged(delivery: Delivery) -> dict[str, Any]:
    values = Delivery.objects.filter(pk=delivery.pk).values_list(*_LOGGED).get()
    return dict(zip(_LOG, values, strict=True))


class WebhookTest(ApiView):
    """Whether messages arrive."""

    @operation("Send a test message", scope="webhooks.write", answer=DeliveryOut, status=202, is_once=True)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Through the same way as every other; what came of it stands in the log."""
        delivery = services.send_test(_of_caller(request, public_id), by=request.user, at=now())
        tell_soon()
        return Answer(_logged(delivery))


class Deliveries(ApiView):
    """The log of messages."""

    @operation("List webhook deliveries", scope="webhooks.read", query=DeliveryFilter, answer=DeliveryOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """The newest first."""
        rows = Delivery.objects.visible_to(request.user).filter(subscription__in=_own(request))
        if webhook := asked.query.get("webhook"):
            rows = rows.filter(subscription__public_id=webhook)
        named = {"state": "state", "type": "event"}
        rows = rows.filter(**{column: asked.query[name] for name, column in named.items() if name in asked.query})
        page = cut("deliveries", rows, _LOGGED, asked=asked.query, is_falling=True)
        items = [dict(zip(_LOG, row[1:], strict=True)) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})


class Redelivery(ApiView):
    """A message once more."""

    @operation("Redeliver a message", scope="webhooks.write", answer=DeliveryOut, status=202, is_once=True)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """With ten new tries, under the same id."""
        rows = Delivery.objects.visible_to(request.user).filter(subscription__in=_own(request))
        delivery = get_object_or_404(rows.select_related("subscription"), public_id=public_id)
        services.send_again(delivery, by=request.user, at=now())
        tell_soon()
        return Answer(_logged(delivery))
