"""The registration of a deal in the API: what the contract says, where it stands, and the partner's own acts (R38 to R41)."""

from dataclasses import fields
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.request import Request

from common.money import currencies
from common.rest.endpoints import Answer, Asked, operation
from common.rest.inputs import Shape, Text, YesNo
from partners.access import ApiView
from referrals import panels, services
from referrals.api.leads import of_caller
from referrals.models import Referral
from referrals.models.registrations import MOST_EXCEPTION
from referrals.states import Act, RegistrationState

CONTRACT = tuple(field.name for field in fields(services.Contract))
_SHOWN = ("state", *CONTRACT, "exception", "decide_by_date", "registered_at", "version")


class RegistrationOut(serializers.Serializer):  # type: ignore[misc]
    """A deal's registration; `acts` are what the partner can do now."""

    state = serializers.ChoiceField(choices=RegistrationState.values)
    annual_value = serializers.CharField()
    currency = serializers.CharField()
    sign_date = serializers.DateField()
    start_date = serializers.DateField()
    end_date = serializers.DateField(allow_null=True, help_text="null: the contract has no end")
    is_pay_as_you_go = serializers.BooleanField()
    has_other_partners = serializers.BooleanField()
    exception = serializers.CharField(allow_blank=True)
    decide_by_date = serializers.DateField(allow_null=True, help_text="Of a request for an exception (R40)")
    registered_at = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="The ETag begins with it.")
    acts = serializers.ListField(child=serializers.ChoiceField(choices=Act.values))


class RegistrationBody(Shape):
    """What the contract says; `exception` only where a condition of the checklist is not met."""

    annual_value = serializers.DecimalField(max_digits=15, decimal_places=2, min_value=0)
    currency = serializers.ChoiceField(choices=sorted(currencies()))
    sign_date = serializers.DateField()
    start_date = serializers.DateField()
    end_date = serializers.DateField(allow_null=True, required=False, default=None)
    is_pay_as_you_go = YesNo(required=False, default=False)
    has_other_partners = YesNo(required=False, default=False)
    exception = Text(max_length=MOST_EXCEPTION, allow_blank=True, required=False, default="")


class RegistrationAnswerBody(Shape):
    """The answer to what Microsoft asked."""

    text = Text(max_length=4000)


def _whole(request: Request, lead: Referral) -> Answer:
    found = panels.registered(lead, by=request.user)
    if found is None:
        raise Http404
    values: dict[str, Any] = {name: getattr(found, name) for name in _SHOWN}
    return Answer(values | {"acts": panels.acts_for(found, by=request.user)}, version=found.version, is_wider=True)


class LeadRegistration(ApiView):
    """The registration of a deal that was won."""

    @operation("Read the registration of a deal", scope="referrals.read", answer=RegistrationOut)
    def get(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """404 while the deal is not registered; the checklist says what it would lack."""
        return _whole(request, of_caller(request, public_id))

    @operation(
        "Register a deal",
        scope="referrals.write",
        body=RegistrationBody,
        answer=RegistrationOut,
        status=201,
        is_once=True,
    )
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """Approved at once, unless a person has to look at it; once for each deal."""
        lead, said = of_caller(request, public_id), dict(asked.body)
        exception = said.pop("exception")
        services.register(lead, by=request.user, at=now(), contract=services.Contract(**said), exception=exception)
        answer = _whole(request, lead)
        place = reverse("api:referral_registration", args=[public_id])
        return Answer(answer.data, version=answer.version, is_wider=True, headers={"Location": place})


class LeadRegistrationAnswer(ApiView):
    """What the partner answers when Microsoft asks for something."""

    @operation(
        "Answer about the registration of a deal", scope="referrals.write", body=RegistrationAnswerBody,
        answer=RegistrationOut, is_once=True, must_match=True,
    )  # fmt: skip
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """It goes back into review."""
        lead = of_caller(request, public_id)
        before = _whole(request, lead)
        with asked.resting_on(f'"{before.version}"', lambda: _whole(request, lead).data):
            version = before.version or 0
            services.move_registration(
                lead, Act.ANSWER, by=request.user, at=now(), version=version, text=asked.body["text"]
            )
        return _whole(request, lead)
