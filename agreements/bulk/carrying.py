"""Carrying requests from resellers to providers and answers back, from committed rows, so that nothing is lost."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agreements.models import Agreement, AgreementEvent, ProviderRequest, ProviderTask
from agreements.services import attesting, links, steps
from agreements.services.links import Wish
from agreements.services.providers import OPEN
from agreements.services.steps import SIGNATORY, Doer
from agreements.sql import CLOSE_REQUESTS, SYNC_TASKS
from agreements.states import Actor, Answer, Note, RequestState
from common.isolation import Side, acting
from common.refusals import Refused

Clock = Callable[[], datetime]


def carry(*, clock: Clock, most: int = 200) -> int:
    """Carry what is new: requests to providers, answers back, and how far things have come; returns how many."""
    carried = 0
    while carried < most and (_deliver(at=clock()) or _carry_out(at=clock())):
        carried += 1
    with acting(Side.WORKER), connection.cursor() as cursor:
        cursor.execute(CLOSE_REQUESTS, {"at": clock()})
        cursor.execute(SYNC_TASKS)
    return carried


def _deliver(*, at: datetime) -> bool:
    """One request to its provider, as a copy with what a provider must know."""
    with acting(Side.WORKER):
        waiting = ProviderRequest.objects.filter(delivered_at__isnull=True).order_by("id")
        request = waiting.select_for_update(of=("self",), skip_locked=True).select_related("provider_link").first()
        if request is None:
            return False
        agreement = Agreement.objects.select_related("customer", "partner").get(pk=request.agreement_id)
        customer = agreement.customer
        ProviderTask.objects.create(
            partner_id=request.provider_link.provider_id,
            request_number=request.pk,
            reseller_name=agreement.partner.name,
            company_name=customer.name,
            country=customer.country,
            domain=customer.domain,
            language=request.language,
            accepted_on=request.accepted_on,
            note=request.note,
            agreement_state=agreement.state,
            at=request.at,
            state=request.state,
            **{name: getattr(request, name) for name in SIGNATORY},
        )
        request.delivered_at = at
        request.save(update_fields=["delivered_at"])
        return True


def _carry_out(*, at: datetime) -> bool:
    """One provider's answer, on the reseller's agreement."""
    with acting(Side.WORKER):
        answered = ProviderTask.objects.exclude(answer="").order_by("id")
        task = answered.select_for_update(of=("self",), skip_locked=True).select_related("partner").first()
        if task is None:
            return False
        request = ProviderRequest.objects.select_for_update(of=("self",)).get(pk=task.request_number)
        try:
            with transaction.atomic():
                state = _done(task, request, at=at)
        except Refused:
            # the agreement moved on between answer and worker: the provider sees it and decides anew
            state, task.is_overtaken = RequestState(request.state), True
        request.state, request.answered_at, request.answer_note = state, at, task.answer_note
        request.save(update_fields=["state", "answered_at", "answer_note"])
        task.state, task.answer = state, ""
        task.save(update_fields=["state", "answer", "is_overtaken"])
        return True


def _done(task: ProviderTask, request: ProviderRequest, *, at: datetime) -> RequestState:
    """Take the provider's step, at the moment of the answer."""
    doer = Doer(Actor.PROVIDER, task.partner.name)
    agreement = steps.held(Agreement.objects.select_related("customer"), request.agreement_id)
    facts = {name: getattr(request, name) for name in SIGNATORY}
    if request.state not in OPEN:
        raise Refused(_("The request was withdrawn."))
    if task.answer == Answer.DECLINE:
        _note_decline(agreement, task, doer, at=at)
        return RequestState.DECLINED
    if task.answer == Answer.ATTEST:
        on = task.answer_on or localdate(at)
        attesting.attested(agreement, doer=doer, at=at, signatory=facts, accepted_on=on)
        return RequestState.DONE
    if task.answer == Answer.FINALISE:
        attesting.finalised(agreement, doer=doer, at=at)
        return RequestState.DONE
    languages = links.languages_of(agreement.customer.country, on=localdate(at))
    wish = Wish(facts, request.language, languages[0])
    links.link_sent(agreement, doer=doer, at=at, wish=wish, partner_name=task.reseller_name)
    return RequestState.TAKEN


def _note_decline(agreement: Agreement, task: ProviderTask, doer: Doer, *, at: datetime) -> None:
    AgreementEvent.objects.create(
        partner_id=agreement.partner_id,
        customer_id=agreement.customer_id,
        agreement=agreement,
        step=Note.PROVIDER_DECLINED,
        before=agreement.state,
        after=agreement.state,
        at=at,
        by_name=doer.name,
        changes={"reason": [None, task.answer_note]},
    )
