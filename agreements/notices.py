"""Who is told of what happens to an agreement: the event rows are the outbox, each handed over once."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from agreements import wording
from agreements.models import Agreement, AgreementEvent
from agreements.states import STEPS, Note, Step, Told
from common.isolation import Side, acting
from partners.models import User
from partners.roles import OF_PARTNER
from partners.services import addressees, hand_over
from partners.wording import NoticeKind, register

log = logging.getLogger(__name__)

MOST_FAILURES = 5
MOST_IN_ONE_RUN = 1000
KINDS = (
    (Step.ACCEPT, pgettext_lazy("notice", "A customer accepts by link")),
    (Step.EXPIRE_LINK, pgettext_lazy("notice", "A link expires")),
    (Step.LEARN_DIRECT, pgettext_lazy("notice", "A customer accepts at Microsoft")),
    (Step.ATTEST, pgettext_lazy("notice", "An acceptance is attested")),
    (Step.ASK_AGAIN, pgettext_lazy("notice", "An agreement must be accepted again")),
    (Step.REVOKE, pgettext_lazy("notice", "An attestation is revoked")),
    (Note.PROVIDER_DECLINED, pgettext_lazy("notice", "My provider declines a request")),
)

register(
    *(
        NoticeKind(f"agreements.{kind}", label, OF_PARTNER, partial(wording.notice_words, kind.value))
        for kind, label in KINDS
    )
)
TOLD = {kind.value for kind, _label in KINDS}


def tell(*, clock: Callable[[], datetime]) -> int:
    """Hand over what has happened, in order, each event in its own transaction; returns the number of notices."""
    made = 0
    for _turn in range(MOST_IN_ONE_RUN):
        with acting(Side.WORKER):
            event = _claim()
            if event is None:
                break
            made += _handed(event, at=clock())
    return made


def _claim() -> AgreementEvent | None:
    """The oldest event that nobody has been told of and that nobody else holds."""
    waiting = AgreementEvent.objects.filter(notified_at__isnull=True, failures__lt=MOST_FAILURES)
    return waiting.select_for_update(of=("self",), skip_locked=True).order_by("failures", "pk").first()


def _handed(event: AgreementEvent, *, at: datetime) -> int:
    row = AgreementEvent.objects.filter(pk=event.pk)
    try:
        with transaction.atomic():
            notices = _hand_over(event, at=at)
            row.update(notified_at=at)
    except Exception:
        # whatever it is: what happened to other agreements is told all the same; the row counts its failures
        log.exception("event %s of an agreement could not be told", event.pk)
        row.update(failures=event.failures + 1)
        return 0
    return notices


def _hand_over(event: AgreementEvent, *, at: datetime) -> int:
    if not is_told(event):
        return 0
    agreement = Agreement.objects.select_related("customer").get(pk=event.agreement_id)
    params: dict[str, Any] = {
        "customer": agreement.customer.name,
        "by": event.by_name,
        "reason": wording.event_detail(event),
    }
    made = hand_over(
        kind=f"agreements.{event.step}",
        to=concerned(event),
        partner_id=event.partner_id,
        key=f"agreements:{event.pk}",
        params=params,
        link=f"{reverse('customer', args=[agreement.customer.public_id])}#agreement",
        at=at,
    )
    return len(made)


def is_told(event: AgreementEvent) -> bool:
    """Whether the partner's people hear of it: by the table, and not of what one of them did."""
    if event.step not in TOLD or event.by_id is not None:
        return False
    return event.step not in Step.values or Told.PARTNER in STEPS[Step(event.step)].tells


def concerned(event: AgreementEvent) -> list[User]:
    """Whoever last did something about the agreement; the partner's administrators where nobody has."""
    doers = AgreementEvent.objects.filter(agreement=event.agreement_id, by__isnull=False).order_by("-id")
    last = doers.values_list("by_id", flat=True).first()
    return list(addressees().filter(pk=last, partner_id=event.partner_id)) if last else []
