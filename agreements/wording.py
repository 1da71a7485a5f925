"""Sentences of this room, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from agreements.models import AgreementEvent
from agreements.policy import Verdict, Why
from agreements.states import MailKind, Note, State, Step
from common.templatetags.figures import day
from partners.wording import Words


def verdict_title(verdict: Verdict) -> str:
    """In three words, for a banner."""
    if verdict.may_order:
        return _("May order")
    return _("Ordering probably blocked") if verdict.rule and verdict.rule.is_information else _("Cannot order")


def verdict_text(verdict: Verdict) -> str:
    """Why the customer may order or not."""
    rule = verdict.rule
    if verdict.why is Why.ACCEPTED_TOO_EARLY:
        if rule is None or rule.accepted_before is None:
            return _("The Microsoft Customer Agreement must be accepted again.")
        sentence = _("The Microsoft Customer Agreement was accepted before %(day)s and must be accepted again.")
        return sentence % {"day": day(rule.accepted_before)}
    sentences = {
        Why.IN_ORDER: _("The Microsoft Customer Agreement is accepted."),
        Why.DATE_UNKNOWN: _("The Microsoft Customer Agreement is accepted at Microsoft; the day is not told."),
        Why.NOT_MANDATORY: _("No acceptance of the Microsoft Customer Agreement is required yet."),
        Why.TO_FINALISE: _("The customer has accepted by link; the acceptance must still be finalised."),
        Why.REVOKED: _("The attestation ended when the partner’s type changed; the customer must accept again."),
        Why.NOT_SIGNED: _("The Microsoft Customer Agreement is not accepted."),
    }
    return sentences[verdict.why]


def source_text(verdict: Verdict) -> str:
    """Where the verdict comes from when only third parties say so; '' otherwise."""
    if verdict.rule and verdict.rule.is_information:
        return _("Third-party information: %(source)s") % {"source": verdict.rule.source}
    return ""


def next_text(state: str, *, may_attest: bool, is_waiting: bool) -> str:
    """Who holds the ball and what comes next."""
    if is_waiting:
        return _("Your indirect provider has the request.")
    sentences = {
        State.DIRECT_INVITED.value: _(
            "The customer accepts in the Microsoft 365 admin centre; we learn of it from Microsoft."
        ),
        State.LINK_SENT.value: _("The signatory has the link. Reminders go out by themselves."),
        State.TO_FINALISE.value: _("You finalise the acceptance.") if may_attest else _("Your provider finalises it."),
        State.ATTESTED.value: _("Nothing to do."),
        State.DIRECT_ACCEPTED.value: _("Nothing to do."),
    }
    if state in sentences:
        return sentences[state]
    if may_attest:
        return _("Send a signatory the link, or ask the customer to accept at Microsoft.")
    return _("Ask the customer to accept at Microsoft, or ask your indirect provider.")


def event_title(event: AgreementEvent) -> str:
    """What happened, as a headline of the timeline."""
    sentences = {
        Step.INVITE.value: _("Customer asked to accept at Microsoft"),
        Step.LEARN_DIRECT.value: _("Accepted at Microsoft"),
        Step.ATTEST.value: _("Acceptance attested"),
        Step.SEND_LINK.value: _("Link sent"),
        Step.RESEND_LINK.value: _("New link sent"),
        Step.EXPIRE_LINK.value: _("Link expired"),
        Step.ACCEPT.value: _("Accepted by link"),
        Step.FINALISE.value: _("Acceptance finalised"),
        Step.ASK_AGAIN.value: _("To be accepted again"),
        Step.REVOKE.value: _("Attestation revoked by transition"),
    }
    return sentences.get(event.step) or str(Note(event.step).label)


def event_detail(event: AgreementEvent) -> str:
    """What an event carries: a file's name, a provider, a reason."""
    for name in ("file", "provider", "reason"):
        if name in event.changes:
            return str(event.changes[name][1])
    return ""


def mail_subject(kind: MailKind, *, company: str) -> str:
    """On one line, whatever names are in it."""
    sentences = {
        MailKind.LINK: _("Please accept the Microsoft Customer Agreement for %(company)s"),
        MailKind.REMINDER: _("Reminder: Microsoft Customer Agreement for %(company)s"),
        MailKind.DIRECT: _("Please accept the Microsoft Customer Agreement at Microsoft: %(company)s"),
    }
    return " ".join((sentences[kind] % {"company": company}).split())


def notice_words(kind: str, params: Mapping[str, Any]) -> Words:
    """A notice about an agreement, in the reader's language."""
    sentences = {
        Step.ACCEPT.value: _("%(customer)s has accepted by link"),
        Step.EXPIRE_LINK.value: _("The link to %(customer)s has expired"),
        Step.LEARN_DIRECT.value: _("%(customer)s has accepted at Microsoft"),
        Step.ATTEST.value: _("The acceptance of %(customer)s is attested"),
        Step.ASK_AGAIN.value: _("%(customer)s must accept again"),
        Step.REVOKE.value: _("The attestation of %(customer)s is revoked"),
        Note.PROVIDER_DECLINED.value: _("Your provider has declined the request about %(customer)s"),
    }
    texts = {
        Step.ACCEPT.value: _("Please finalise the acceptance."),
        Step.EXPIRE_LINK.value: _("Please send a new link if the agreement is still wanted."),
        Step.ASK_AGAIN.value: _("Until then orders are probably blocked."),
        Step.REVOKE.value: _("An attestation is not carried over when a partner becomes an indirect reseller."),
        Note.PROVIDER_DECLINED.value: str(params["reason"]),
    }
    return Words(sentences[kind] % {"customer": params["customer"]}, texts.get(kind, ""))
