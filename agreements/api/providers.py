"""What an indirect provider is asked by its resellers, in the API."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.request import Request

from agreements import requests, services
from agreements.api.agreements import SIGNATORY, SignatoryOut
from agreements.models import ProviderTask
from agreements.services.providers import answers_to
from agreements.states import Answer as Said
from agreements.states import Language, RequestState, State
from common.money import countries
from common.rest.cursors import cut, next_address
from common.rest.endpoints import Answer, Asked, etag_of, operation
from common.rest.inputs import Paged, Shape, Text
from partners.access import ApiView

_NAMES = (
    "reseller_name", "company_name", "country", "domain", *SIGNATORY, "language", "accepted_on", "note", "state",
    "agreement_state", "at", "answer", "answer_on", "answer_note", "answered_at", "is_overtaken",
)  # fmt: skip


class TaskOut(SignatoryOut):
    """One's own copy of a reseller's request; nothing else of the reseller's is seen."""

    id = serializers.UUIDField()
    reseller_name = serializers.CharField()
    company_name = serializers.CharField()
    country = serializers.ChoiceField(choices=sorted(countries()))
    domain = serializers.CharField(allow_blank=True)
    language = serializers.ChoiceField(choices=Language.values)
    accepted_on = serializers.DateField(allow_null=True)
    note = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=RequestState.values)
    agreement_state = serializers.ChoiceField(choices=State.values)
    at = serializers.DateTimeField()
    answer = serializers.ChoiceField(choices=["", *Said.values])
    answer_on = serializers.DateField(allow_null=True)
    answer_note = serializers.CharField(allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    is_overtaken = serializers.BooleanField(help_text="The answer came when the agreement had moved on.")
    answers = serializers.ListField(child=serializers.ChoiceField(choices=Said.values), help_text="What fits now.")


class TaskFilter(Paged):
    """Which requests."""

    state = serializers.ChoiceField(choices=RequestState.values, required=False)


class AnswerBody(Shape):
    """The answer: declining needs a note, attesting its day."""

    answer = serializers.ChoiceField(choices=Said.values)
    accepted_on = serializers.DateField(required=False, allow_null=True, default=None)
    note = Text(max_length=500, allow_blank=True, required=False, default="")


def _shown(task: ProviderTask) -> dict[str, Any]:
    values = {name: getattr(task, name) for name in _NAMES}
    return {"id": task.public_id, **values, "answers": answers_to(task)}


def _own(request: Request, public_id: UUID) -> ProviderTask:
    task: ProviderTask = get_object_or_404(ProviderTask.objects.visible_to(request.user), public_id=public_id)
    return task


class ProviderTasks(ApiView):
    """Requests of resellers."""

    @operation("List requests of resellers", scope="agreements.read", query=TaskFilter, answer=TaskOut, is_list=True)
    def get(self, request: Request, asked: Asked) -> Answer:
        """In the order in which they came."""
        tasks = ProviderTask.objects.visible_to(request.user)
        if "state" in asked.query:
            tasks = tasks.filter(state=asked.query["state"])
        page = cut("provider-tasks", tasks, (), asked=asked.query)
        found = tasks.in_bulk([row[0] for row in page.rows])
        items = [_shown(found[row[0]]) for row in page.rows]
        return Answer({"items": items, "next": next_address(request, page.after)})


class ProviderTaskDetail(ApiView):
    """One request of a reseller."""

    @operation("Read a request of a reseller", scope="agreements.read", answer=TaskOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """With the answers that fit now."""
        return Answer(_shown(_own(request, public_id)))


class ProviderTaskAnswer(ApiView):
    """The answer to a request."""

    @operation(
        "Answer a request of a reseller", scope="agreements.write", body=AnswerBody, answer=TaskOut, is_once=True,
        must_match=True,
    )  # fmt: skip
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """A worker carries it out."""
        task = _own(request, public_id)
        asked.must_match(etag_of(_shown(task)), lambda: _shown(task))
        task = services.answer_request(task, by=request.user, at=now(), **asked.body)
        requests.post_soon()
        return Answer(_shown(task))
