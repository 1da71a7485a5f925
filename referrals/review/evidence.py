"""Everything about one lead that a decision rests on, apart from what other rooms know."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import ConflictCase
from partners.models import User
from referrals import panels, wording
from referrals.models import Comment, Referral
from referrals.review.duplicates import duplicates
from referrals.review.forms import AssignForm, SnoozeForm, StepForm
from referrals.review.queue import age, hot
from referrals.services import lacks, may_take, missing_consents
from referrals.services.completeness import required
from referrals.sql import responsible
from referrals.states import STEPS, Step

MOST_COMMENTS = 50
MOST_CONFLICTS = 10
# in the order of the buttons, each with its single key
KEYS: dict[Step, str] = {
    Step.CLAIM: "c",
    Step.ACCEPT: "a",
    Step.RETURN: "r",
    Step.DECLINE: "d",
    Step.CLOSE_AS_ERROR: "u",
    Step.RELEASE: "x",
}


@dataclass(frozen=True)
class Choice:
    """One step that may be taken now: the button, its key, what it asks for."""

    step: Step
    key: str
    label: str
    form: StepForm
    asks: bool
    is_main: bool


@dataclass(frozen=True)
class Completeness:
    """How much of what the programme asks for is there, and the sentences about the rest."""

    asked: int
    given: int
    missing: list[str]


def evidence(lead: Referral, *, by: User, at: datetime) -> dict[str, Any]:
    """The panels of this room about one lead."""
    alike = duplicates(lead, by=by, at=at)
    said = Comment.objects.visible_to(by).filter(referral=lead)
    return {
        "lead": lead,
        "contact": lead.contact(by),
        "hides_contact": lead.hides_person(by),
        "age": age(lead, at),
        "hot": hot(lead, at),
        "completeness": completeness(lead, at=at),
        "clock": panels.clock(lead, at=at),
        "solutions": [wording.solution(one) for one in lead.solutions],
        "duplicates": [one for one in alike if not one.is_own_partner],
        "siblings": [one for one in alike if one.is_own_partner],
        "conflicts": conflicts(lead, by=by),
        "happenings": panels.timeline(lead, by=by),
        "comments": list(said.order_by("-pk").prefetch_related("files")[:MOST_COMMENTS]),
    }


def conflicts(lead: Referral, *, by: User) -> list[ConflictCase]:
    """Cases of the customer with another partner's, the newest first; those without an answer are to be answered first."""
    about = Q(low_id=lead.customer_id) | Q(high_id=lead.customer_id)
    return list(ConflictCase.objects.visible_to(by).filter(about).order_by("-opened_at", "-pk")[:MOST_CONFLICTS])


def completeness(lead: Referral, *, at: datetime) -> Completeness:
    """What a lead lacks, consents counted in."""
    asked = len(required(lead)) + 1
    missing = [sentence for _field, sentence in lacks(lead, at=at, by=None)]
    if missing_consents(lead):
        missing.append(_("The customer’s consent is missing."))
    return Completeness(asked, max(asked - len(missing), 0), missing)


def choices(lead: Referral, *, by: User, bound: StepForm | None = None) -> list[Choice]:
    """The steps of the table that a person may take now, in the order of the buttons."""
    initial = {"version": lead.version}
    return [
        Choice(
            step=step,
            key=key,
            label=str(_("Duplicate or error") if step == Step.CLOSE_AS_ERROR else step.label),
            form=bound if bound is not None and bound.prefix == step.value else StepForm(step=step, initial=initial),
            asks=step not in (Step.CLAIM, Step.RELEASE),
            is_main=step == Step.ACCEPT,
        )
        for step, key in KEYS.items()
        if may_take(STEPS[step], lead, by)
    ]


def beside(lead: Referral, *, by: User) -> dict[str, Any]:
    """What can be done beside deciding."""
    people = {pk: name for pk, name in responsible(lead.country, lead.segment).items() if pk != lead.routed_to_id}
    return {
        "snooze": SnoozeForm(auto_id="id_snooze_%s"),
        "assign": AssignForm(people=people, initial={"version": lead.version}) if people else None,
    }
