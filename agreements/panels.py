"""What the room shows of a customer: the banner wherever it appears, and the agreement panel on its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language

from agreements import wording
from agreements.forms.customer import AskProviderForm, AttestForm, FileForm, InviteForm, LinkForm, initial_signatory
from agreements.models import (
    Acceptance,
    Agreement,
    AgreementEvent,
    AgreementFile,
    DirectAnswer,
    Link,
    Mail,
    ProviderRequest,
)
from agreements.models.post import MOST_FAILURES
from agreements.policy import Rule, Verdict, can_order
from agreements.services.links import languages_of
from agreements.services.providers import OPEN, provider_of
from agreements.services.steps import cut_offs, may_attest
from agreements.states import Actor, FileKind, Path, State, Step, allowed
from customers.models import Contact, Customer
from customers.models.contacts import ContactRole
from partners.models import User

KINDS = {
    State.NOT_STARTED: "unknown",
    State.DIRECT_INVITED: "wait",
    State.LINK_SENT: "wait",
    State.LINK_EXPIRED: "warn",
    State.TO_FINALISE: "warn",
    State.ATTESTED: "good",
    State.DIRECT_ACCEPTED: "good",
    State.REACCEPT: "warn",
    State.REVOKED: "bad",
}


@dataclass(frozen=True)
class Banner:
    """Whether a customer may order, in words."""

    verdict: Verdict
    title: str
    text: str
    source: str
    kind: str
    state: str


def banner_of(agreement: Agreement, rules: list[Rule], *, on: date) -> Banner:
    """The one answer to whether the customer may order, for whichever place shows it."""
    verdict = can_order(agreement.state, agreement.accepted_on, rules, on=on)
    kind = "good" if verdict.may_order else "warn"
    return Banner(
        verdict,
        wording.verdict_title(verdict),
        wording.verdict_text(verdict),
        wording.source_text(verdict),
        kind,
        agreement.get_state_display(),
    )


def rules_on(on: date) -> list[Rule]:
    """The cut-offs in force, as the policy reads them."""
    return [row.rule for row in cut_offs(on)]


def banner(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """The banner on the customer's page."""
    agreement = Agreement.objects.visible_to(by).get(customer=customer)
    return {"customer": customer, "banner": banner_of(agreement, rules_on(on), on=on)}


def add_banners(customers: Sequence[Customer], *, by: User, on: date) -> None:
    """Give each customer of a list its `banner`; the same number of queries however many there are."""
    rules = rules_on(on)
    rows = Agreement.objects.visible_to(by).filter(customer__in=[customer.pk for customer in customers])
    found = {row.customer_id: banner_of(row, rules, on=on) for row in rows}
    for customer in customers:
        vars(customer)["banner"] = found[customer.pk]


def agreement(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """The agreement panel: where it stands, who holds the ball, what can be done, what happened."""
    row = Agreement.objects.visible_to(by).get(customer=customer)
    request = ProviderRequest.objects.visible_to(by).filter(agreement=row).order_by("-id").first()
    link = Link.objects.visible_to(by).filter(agreement=row).order_by("-id").first()
    is_waiting = request is not None and request.state in OPEN
    is_attester = bool(by.partner and may_attest(by.partner, path=Path.ENHANCED, on=on))
    events = AgreementEvent.objects.visible_to(by).filter(agreement=row).order_by("-id")[:8]
    kept = list(AgreementFile.objects.visible_to(by).filter(agreement=row).order_by("-id")[:10])
    return {
        "customer": customer,
        "agreement": row,
        "kind": KINDS[State(row.state)],
        "banner": banner_of(row, rules_on(on), on=on),
        "next": wording.next_text(row.state, may_attest=is_attester, is_waiting=is_waiting) if by.is_of_partner else "",
        "acceptance": Acceptance.objects.visible_to(by).filter(agreement=row).order_by("-id").first(),
        "link": link,
        "mail": _mail(link, by=by),
        "request": request,
        "files": kept,
        "lacks_amendment": not any(file.kind == FileKind.AMENDMENT for file in kept),
        "events": [(event, wording.event_title(event), wording.event_detail(event)) for event in events],
        "asks_secrecy": customer.country == "DE",
        "direct_answer": DirectAnswer.objects.filter(customer=customer).first() if by.is_staff else None,
        "is_office": by.is_staff,
        "file_form": FileForm(),
        **_actions(row, by=by, on=on, is_attester=is_attester, is_waiting=is_waiting),
    }


def _mail(link: Link | None, *, by: User) -> dict[str, Any] | None:
    """What is known of the newest mail about a link: sent, waiting, failed, or perhaps sent."""
    mail = Mail.objects.visible_to(by).filter(link=link).order_by("-id").first() if link else None
    if mail is None:
        return None
    has_failed = mail.failures >= MOST_FAILURES
    return {
        "mail": mail,
        "has_failed": has_failed,
        "is_unclear": mail.sent_at is None and mail.claimed_at is not None,
        "is_waiting": mail.claimed_at is None and not has_failed,
    }


def _actions(row: Agreement, *, by: User, on: date, is_attester: bool, is_waiting: bool) -> dict[str, Any]:
    """The buttons that the table has for this person."""
    if not by.is_of_partner:
        return {"may_write": False}
    steps = set(allowed(row.state, Actor.ATTESTER if is_attester else Actor.RESELLER))
    can_link = bool(steps & {Step.SEND_LINK, Step.RESEND_LINK})
    provider = None if is_attester else provider_of(by, on=on)
    can_ask = not is_attester and not is_waiting and bool(allowed(row.state, Actor.PROVIDER))
    return {
        "may_write": True,
        "is_attester": is_attester,
        "can_link": can_link,
        "is_resend": Step.RESEND_LINK in steps,
        "can_attest": Step.ATTEST in steps,
        "can_invite": Step.INVITE in steps,
        "can_finalise": Step.FINALISE in steps,
        "provider": provider,
        "can_ask": can_ask and provider is not None and row.state != State.TO_FINALISE,
        "lacks_provider": can_ask and provider is None,
    }


FORMS = {"link": LinkForm, "attest": AttestForm, "invite": InviteForm, "provider": AskProviderForm}


def contacts_of(customer: Customer, *, by: User) -> list[Contact]:
    """Whom a form may be filled with: those who sign first, then the primary contact."""
    known = Contact.objects.visible_to(by).current().in_order().filter(customer=customer)
    return sorted(known, key=lambda contact: contact.role != ContactRole.SIGNATORY)[:8]


def last_signatory(row: Agreement, *, by: User) -> Link | None:
    """Whom the newest link went to; a new one most often goes to the same person."""
    return Link.objects.visible_to(by).filter(agreement=row).order_by("-id").first()


def form_for(name: str, row: Agreement, *, on: date, person: Contact | Link | None, data: Any = None) -> Any:
    """One of the forms about an agreement, filled with who may sign; else in the reader's language."""
    initial = {"language": get_language(), **initial_signatory(person), "version": row.version}
    return FORMS[name](data, initial=initial, languages=languages_of(row.customer.country, on=on))
