"""A reseller asks its indirect provider, and the provider answers on its own copy of the request.

Neither reads a row of the other: workers carry the request there and the answer back (`agreements.bulk.carrying`).
"""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agreements.models import Agreement, ProviderLink, ProviderRequest, ProviderTask
from agreements.services import attesting, steps
from agreements.services.steps import SIGNATORY
from agreements.states import Actor, Answer, Note, RequestState, Step, allowed
from common.refusals import NotAllowed, Refused, Unfit
from partners.models import User

OPEN = (RequestState.OPEN, RequestState.TAKEN)
STEP_OF = {Answer.FINALISE: Step.FINALISE, Answer.SEND_LINK: Step.SEND_LINK, Answer.ATTEST: Step.ATTEST}


def provider_of(by: User, *, on: date) -> ProviderLink | None:
    """The indirect provider behind a person's partner on a day."""
    known = ProviderLink.objects.visible_to(by).filter(valid_from__lte=on)
    return known.exclude(valid_to__lt=on).order_by("-valid_from").first()


@transaction.atomic
def ask_provider(
    agreement: Agreement,
    *,
    by: User,
    at: datetime,
    version: int,
    signatory: Mapping[str, str],
    language: str,
    accepted_on: date | None = None,
    note: str = "",
) -> ProviderRequest:
    """Ask the provider to attest, or to send the signatory a link; `accepted_on` if the customer accepted already."""
    provider = _must_have_provider(by, on=localdate(at))
    agreement = steps.held(Agreement.objects.visible_to(by), agreement.pk, version=version)
    _must_be_askable(agreement, accepted_on, today=localdate(at))
    steps.must_be_another(agreement, dict(signatory))
    request = ProviderRequest.objects.create(
        partner_id=agreement.partner_id,
        customer_id=agreement.customer_id,
        agreement=agreement,
        provider_link=provider,
        language=language,
        accepted_on=accepted_on,
        note=note.strip(),
        at=at,
        by_name=str(by),
        **{name: signatory.get(name, "") for name in SIGNATORY},
    )
    attesting.note(agreement, Note.PROVIDER_ASKED, by=by, at=at, changes={"provider": [None, provider.provider_name]})
    return request


def _must_have_provider(by: User, *, on: date) -> ProviderLink:
    if not by.is_of_partner:
        raise NotAllowed(_("Only the partner itself does something about its customer’s agreement."))
    provider = provider_of(by, on=on)
    if provider is None:
        raise Refused(_("No indirect provider is on record for you. An administrator can enter it."))
    return provider


def _must_be_askable(agreement: Agreement, accepted_on: date | None, *, today: date) -> None:
    if not allowed(agreement.state, Actor.PROVIDER):
        sentence = _("There is nothing to attest in the state “%(state)s”.")
        raise Refused(sentence % {"state": agreement.get_state_display()})
    if ProviderRequest.objects.filter(agreement=agreement, state__in=OPEN).exists():
        raise Refused(_("Your provider has been asked already and has not answered yet."))
    if accepted_on is not None:
        attesting.must_be_past(accepted_on, today=today)
        attesting.must_be_open(accepted_on)


@transaction.atomic
def withdraw_request(request: ProviderRequest, *, by: User, at: datetime) -> None:
    """Take a request back that the provider has not answered."""
    mine = ProviderRequest.objects.visible_to(by).select_for_update(of=("self",)).select_related("agreement")
    request = mine.get(pk=request.pk)
    if request.state != RequestState.OPEN:
        raise Refused(_("Your provider has answered already."))
    request.state, request.answered_at = RequestState.WITHDRAWN, at
    request.save(update_fields=["state", "answered_at"])
    attesting.note(request.agreement, Note.REQUEST_WITHDRAWN, by=by, at=at, changes={})


def answers_to(task: ProviderTask) -> list[Answer]:
    """What a provider can do about a request as things stand; nothing while an answer is on its way."""
    if task.state not in OPEN or task.answer:
        return []
    steps_open = allowed(task.agreement_state, Actor.PROVIDER)
    fitting = [answer for answer, step in STEP_OF.items() if step in steps_open]
    if Step.RESEND_LINK in steps_open and Answer.SEND_LINK not in fitting:
        fitting.insert(0, Answer.SEND_LINK)
    return [*fitting, Answer.DECLINE] if task.state == RequestState.OPEN else fitting


@transaction.atomic
def answer_request(
    task: ProviderTask, *, by: User, at: datetime, answer: str, accepted_on: date | None = None, note: str = ""
) -> ProviderTask:
    """Answer a reseller's request; a worker carries it out. A refusal needs a reason, an attestation its day."""
    if not by.is_of_partner:
        raise NotAllowed(_("Only the provider itself answers."))
    task = ProviderTask.objects.visible_to(by).select_for_update(of=("self",)).get(pk=task.pk)
    if answer not in answers_to(task):
        raise Refused(_("This answer does not fit the request any more."))
    if answer == Answer.DECLINE and not note.strip():
        raise Unfit(_("Please give a reason: the reseller reads it."), field="note")
    if answer == Answer.ATTEST:
        if accepted_on is None:
            raise Unfit(_("Please give the day of the acceptance."), field="accepted_on")
        attesting.must_be_past(accepted_on, today=localdate(at))
        attesting.must_be_open(accepted_on)
    task.answer, task.answer_on, task.answer_note = answer, accepted_on, note.strip()
    task.answered_at, task.answered_by_name, task.is_overtaken = at, str(by), False
    task.save(update_fields=["answer", "answer_on", "answer_note", "answered_at", "answered_by_name", "is_overtaken"])
    return task
