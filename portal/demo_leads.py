"""Made-up leads of the demo, in every state, made by the same services as all others."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import translation

from common.isolation import acting
from customers.models import Customer
from partners.models import User
from referrals import services
from referrals.models import Programme, Referral
from referrals.states import Step

_ABOUT = (
    "Server in die Cloud",
    "Moderner Arbeitsplatz",
    "Telefonie mit Teams",
    "Datenplattform",
    "Absicherung der Endgeräte",
    "Ablösung der Dateiserver",
    "Berichte mit Power BI",
    "Anbindung der Werke",
)
_SOLUTIONS = (["Azure"], ["Microsoft365", "Teams"], ["Teams"], ["Azure", "PowerBI"], ["EnterpriseMobilityAndSecurity"])
# how far each lead has come; the steps are taken one after another
_STORIES: tuple[tuple[tuple[Step, str], ...], ...] = (
    (),
    ((Step.SUBMIT, ""),),
    ((Step.SUBMIT, ""), (Step.CLAIM, "")),
    ((Step.SUBMIT, ""), (Step.RETURN, "Wie viele Arbeitsplätze sind betroffen?")),
    ((Step.SUBMIT, ""), (Step.RETURN, "Bitte nennen Sie den Zeitplan."), (Step.RESUBMIT, "")),
    ((Step.SUBMIT, ""), (Step.ACCEPT, "")),
    ((Step.SUBMIT, ""), (Step.DECLINE, "Dieser Kunde wird bereits betreut.")),
    ((Step.SUBMIT, ""), (Step.ACCEPT, ""), (Step.WIN, "")),
)


def tell_stories(*, seller: User, reviewer: User, at: datetime) -> int:
    """Leads of one partner about its first customers, begun over the last days; returns how many."""
    with _as(seller):
        programme = Programme.objects.get(code="QRP")
        customers = list(
            Customer.objects.visible_to(seller).current().filter(country="DE").order_by("pk")[: len(_STORIES)]
        )
    for number, (customer, story) in enumerate(zip(customers, _STORIES, strict=False)):
        begun_at = at - timedelta(days=9 - number)
        with _as(seller):
            lead = services.begin(
                customer, by=seller, at=begun_at, programme=programme, facts=_facts(number, customer, at.date())
            )
        for hours, (step, text) in enumerate(story, start=1):
            lead = _taken(lead, step, text, seller=seller, reviewer=reviewer, at=begun_at + timedelta(hours=4 * hours))
    _offer(customers[0], reviewer=reviewer, at=at - timedelta(days=1))
    return len(customers) + 1


def _offer(customer: Customer, *, reviewer: User, at: datetime) -> None:
    """One lead from Microsoft, which the partner has still to take on or to decline."""
    with _as(reviewer), translation.override(reviewer.language):
        services.offer(
            by=reviewer,
            at=at,
            partner=customer.partner,
            programme=Programme.objects.get(code="SMB_OPPORTUNITIES"),
            company={name: getattr(customer, name) for name in ("name", "country", "segment", "domain")},
            facts=_facts(len(_STORIES), customer, at.date()),
            has_consent=True,
            given_by="Karla Muster",
        )


def _as(person: User) -> Any:
    return acting(person.context.side, partner_id=person.partner_id, user_id=person.pk)


def _facts(number: int, customer: Customer, today: date) -> dict[str, Any]:
    return {
        "name": _ABOUT[number % len(_ABOUT)],
        "value": Decimal(18_000 + 27_500 * number),
        "currency": "EUR",
        "close_date": today + timedelta(days=60 + 7 * number),
        "notes": f"{customer.name} will in diesem Jahr entscheiden.",
        "solutions": _SOLUTIONS[number % len(_SOLUTIONS)],
        "contact_first_name": "Karla",
        "contact_last_name": "Muster",
        "contact_email": f"k.muster@{customer.domain}",
    }


def _taken(lead: Referral, step: Step, text: str, *, seller: User, reviewer: User, at: datetime) -> Referral:
    if step == Step.SUBMIT:
        # the words that the customer agrees to are kept as they were shown
        with _as(seller), translation.override(seller.language):
            consents = ["contact", "share_with_sellers"]
            return services.submit(lead, by=seller, at=at, version=None, consents=consents, given_by="Karla Muster")
    by = seller if step in (Step.RESUBMIT, Step.WIN) else reviewer
    with _as(by):
        reason = "other" if step == Step.DECLINE else ""
        value = lead.value if step == Step.WIN else None
        return services.take_step(lead, step, by=by, at=at, text=text, reason=reason, value=value)
