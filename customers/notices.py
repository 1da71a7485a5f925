"""Who is told of what happens in this room: partners of their side of a conflict, Microsoft of what waits for an answer."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from customers import wording
from customers.models import ConflictCase, ConflictEvent, ConflictSide, CustomerEvent
from customers.policy import CaseEventKind
from customers.services import Reminder
from partners.models import User
from partners.notices import tell as tell_events
from partners.roles import OF_PARTNER, Role
from partners.services import addressees, hand_over
from partners.wording import NoticeKind, register

_MICROSOFT = frozenset({Role.CHANNEL_MANAGER, Role.ADMINISTRATOR})
# what a partner is told of; its own appeal it knows of
_PARTNERS = {
    CaseEventKind.OPENED: pgettext_lazy("notice", "A conflict case about my customer is opened"),
    CaseEventKind.ANSWERED: pgettext_lazy("notice", "A conflict case about my customer is answered"),
    CaseEventKind.APPEAL_ANSWERED: pgettext_lazy("notice", "My appeal in a conflict case is decided"),
}
# what asks Microsoft's side for an answer
_ASKING = {
    CaseEventKind.OPENED: pgettext_lazy("notice", "A conflict case waits for an answer"),
    CaseEventKind.APPEALED: pgettext_lazy("notice", "An appeal in a conflict case waits for a decision"),
}

register(
    *(
        NoticeKind(f"customers.{kind}", label, OF_PARTNER, partial(wording.notice_words, kind.value))
        for kind, label in _PARTNERS.items()
    ),
    *(
        NoticeKind(f"customers.decide_{kind}", label, _MICROSOFT, partial(wording.request_words, kind.value))
        for kind, label in _ASKING.items()
    ),
)


def tell(*, clock: Callable[[], datetime]) -> int:
    """Hand over what has happened in conflicts; returns the number of notices.

    Nothing is told before its moment: a case that was found before the end of the hour stays unknown until then.
    """
    due = ConflictEvent.objects.filter(at__lte=clock())
    return tell_events(due, _hand_over, clock=clock)


def _hand_over(event: ConflictEvent, at: datetime) -> int:
    side = ConflictSide.objects.select_related("customer", "case").get(pk=event.side_id)
    kind = CaseEventKind(event.kind)
    told = _tell_partner(side, event, kind, at) if kind in _PARTNERS else 0
    return told + (_ask_microsoft(side, event, kind, at) if kind in _ASKING else 0)


def _tell_partner(side: ConflictSide, event: ConflictEvent, kind: CaseEventKind, at: datetime) -> int:
    """In the same words for both sides; of the other one nothing is read here but that there is one."""
    params: dict[str, Any] = {"customer": side.customer.name, "stands": event.changes.get("stands")}
    made = hand_over(
        kind=f"customers.{kind}",
        to=_concerned(side),
        partner_id=side.partner_id,
        key=f"customers:conflict:{event.pk}",
        params=params | _dates(side),
        link=reverse("customers:own_conflict", args=[side.public_id]),
        at=at,
    )
    return len(made)


def _ask_microsoft(side: ConflictSide, event: ConflictEvent, kind: CaseEventKind, at: datetime) -> int:
    """A case is opened by two events and asked about once; each appeal asks by itself."""
    about = f"{side.case_id}:opened" if kind == CaseEventKind.OPENED else str(event.pk)
    made = hand_over(
        kind=f"customers.decide_{kind}",
        to=_deciders(side.case),
        partner_id=None,
        key=f"customers:decide:{about}",
        params={"customer": side.customer.name, **_dates(side)},
        link=reverse("customers:conflict", args=[side.case.public_id]),
        at=at,
    )
    return len(made)


def _dates(side: ConflictSide) -> dict[str, str]:
    until = side.appeal_until
    return {"due": side.due_date.isoformat(), "until": until.isoformat() if until else ""}


def _concerned(side: ConflictSide) -> list[User]:
    """Whoever last did something about the customer; the partner's administrators where nobody has."""
    doers = CustomerEvent.objects.filter(customer=side.customer_id, by__isnull=False).order_by("-id")
    last = doers.values_list("by_id", flat=True).first()
    return list(addressees().filter(pk=last, partner_id=side.partner_id)) if last else []


def _deciders(case: ConflictCase) -> list[User]:
    """Channel managers who may see both customers; nobody where there is none, so that the administrators are asked."""
    people = addressees().filter(role=Role.CHANNEL_MANAGER)
    for country, segment in case.sides.values_list("customer__country", "customer__segment"):
        people = people.filter(scopes__country=country, scopes__segment=segment)
    return list(people.order_by("pk").distinct())


def remind_of_relation(reminder: Reminder) -> None:
    """Remind a customer's contact, in its language, of the relationship that it was asked for."""
    with translation.override(reminder.language):
        body = render_to_string("customers/mail/relation.txt", {"reminder": reminder})
        subject = _("%(partner)s asks for a reseller relationship") % {"partner": reminder.partner}
        send_mail(subject, body, None, [reminder.email])
