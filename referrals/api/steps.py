"""What moves a lead, in the API: the steps of the table, each by the service of the page."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.request import Request

from common.rest.endpoints import Answer, Asked, operation
from common.rest.inputs import Shape, Text
from common.rest.problems import Problem
from partners.access import ApiView
from referrals import services
from referrals.api.leads import WholeLeadOut, current, of_caller, version_of, whole
from referrals.models import Referral
from referrals.services.completeness import NEEDED_CONSENTS
from referrals.states import REASONS, STEPS, UPWARD, Actor, Help, Step

# submitting has more to say, and keeping is what submitting does with a private deal
OWN_STEPS = [
    step for step, rule in STEPS.items() if Actor.PARTNER in rule.actors and step not in (Step.SUBMIT, Step.KEEP)
]
_REASONS = sorted({reason for step in OWN_STEPS if step in REASONS for reason in REASONS[step].values})
WRITE: dict[str, Any] = {"scope": "referrals.write", "answer": WholeLeadOut, "is_once": True, "must_match": True}


class Consented(Shape):
    """What the customer has agreed to, and who said so."""

    consents = serializers.ListField(
        child=serializers.ChoiceField(choices=[kind.value for kind in NEEDED_CONSENTS]), required=False, default=list
    )
    given_by = Text(max_length=200, allow_blank=True, required=False, default="")


class ShareBody(Consented):
    """How much more Microsoft sees."""

    deal_type = serializers.ChoiceField(choices=[one.value for one in UPWARD])
    help = serializers.ChoiceField(choices=["", *Help.values], required=False, default="")


class StepBody(Shape):
    """A step, and what it asks for: losing and closing as an error a reason, winning the value."""

    step = serializers.ChoiceField(choices=[step.value for step in OWN_STEPS])
    reason = serializers.ChoiceField(choices=["", *_REASONS], required=False, default="")
    text = Text(max_length=4000, allow_blank=True, required=False, default="")
    value = serializers.DecimalField(max_digits=15, decimal_places=2, min_value=0, required=False, allow_null=True)


class LeadAppealBody(Shape):
    """Why the decision should be looked at again."""

    text = Text(max_length=4000)


def _done(request: Request, asked: Asked, public_id: UUID, work: Callable[[Referral], object]) -> Answer:
    """Do something that rests on the version that was seen; the new state is the answer."""
    lead = of_caller(request, public_id)
    with asked.resting_on(version_of(lead), current(request, public_id)):
        try:
            work(lead)
        except services.Incomplete as refusal:
            raise _incomplete(refusal) from refusal
    return whole(request, public_id)


def _incomplete(refusal: services.Incomplete) -> Problem:
    """Everything that is to be cured, each at its field."""
    errors = [{"field": field, "code": "incomplete", "detail": sentence} for field, sentence in refusal.lacks]
    return Problem("invalid", refusal.sentence, errors=errors)


class LeadSubmit(ApiView):
    """Submitting a draft, or keeping it when it is private."""

    @operation("Submit a lead", body=Consented, **WRITE)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """422 with everything that is missing."""
        said = asked.body

        def work(lead: Referral) -> None:
            services.submit(lead, by=request.user, at=now(), version=lead.version, **said)

        return _done(request, asked, public_id, work)


class LeadSteps(ApiView):
    """The steps of the table that are the partner's."""

    @operation("Take a step of a lead", body=StepBody, **WRITE)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """`steps` of the lead says which fit now."""
        said = dict(asked.body)
        step = Step(said.pop("step"))

        def work(lead: Referral) -> None:
            services.take_step(lead, step, by=request.user, at=now(), version=lead.version, **said)

        return _done(request, asked, public_id, work)


class LeadShare(ApiView):
    """Showing Microsoft more of a deal."""

    @operation("Share a lead further", body=ShareBody, **WRITE)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """There is no way back (R29)."""
        said = asked.body

        def work(lead: Referral) -> None:
            services.share(lead, by=request.user, at=now(), version=lead.version, **said)

        return _done(request, asked, public_id, work)


class LeadAppeal(ApiView):
    """One appeal against a decline."""

    @operation("Appeal against a decline", body=LeadAppealBody, status=201, **WRITE)
    def post(self, request: Request, asked: Asked, public_id: UUID) -> Answer:
        """The answer is the successor, which is submitted at once; the closed lead stays closed (R24)."""
        lead = of_caller(request, public_id)
        with asked.resting_on(version_of(lead), current(request, public_id)):
            successor = services.appeal(lead, by=request.user, at=now(), text=asked.body["text"])
        answer = whole(request, successor.public_id)
        place = reverse("api:referral", args=[successor.public_id])
        return Answer(answer.data, version=answer.version, is_wider=True, headers={"Location": place})
