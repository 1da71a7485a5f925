"""Who is told of what happens to an agreement: the event rows are the outbox, each handed over once."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import pgettext_lazy

from agreements import wording
from agreements.models import Agreement, AgreementEvent
from agreements.states import STEPS, Note, Step, Told
from partners.models import User
from partners.notices import tell as tell_events
from partners.roles import OF_PARTNER
from partners.services import addressees, hand_over
from partners.wording import NoticeKind, register

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
    return tell_events(AgreementEvent.objects.all(), _hand_over, clock=clock)


def _hand_over(event: AgreementEvent, at: datetime) -> int:
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
