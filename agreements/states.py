"""The life of an agreement as a table (M13): source states, step, who takes it, target, what it needs, whom it tells. Pure.

Services, buttons, the overview, the diagram in docs/agreement-states.md and the tests all read this one table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(TextChoices):
    """Where an agreement stands (M13)."""

    NOT_STARTED = "not_started", _("Not started")
    DIRECT_INVITED = "direct_invited", _("Asked to accept at Microsoft")
    LINK_SENT = "link_sent", _("Link sent")
    LINK_EXPIRED = "link_expired", _("Link expired")
    TO_FINALISE = "to_finalise", _("Accepted, to be finalised")
    ATTESTED = "attested", _("Attested")
    DIRECT_ACCEPTED = "direct_accepted", _("Accepted at Microsoft")
    REACCEPT = "reaccept", _("To be accepted again")
    REVOKED = "revoked", _("Revoked by transition")


class Path(TextChoices):
    """The three ways to accept (table 3.2)."""

    DIRECT = "direct", _("accepted directly at Microsoft")
    ATTESTATION = "attestation", _("attested by the partner")
    ENHANCED = "enhanced", _("accepted by link and attested")


class Actor(TextChoices):
    """Who takes a step; a person of a partner is an attester or a reseller, as the dated rows say of its CSP type."""

    ATTESTER = "attester", _("Partner that may attest")
    RESELLER = "reseller", _("Partner that may not attest")
    PROVIDER = "provider", _("Indirect provider, for its reseller")
    CUSTOMER = "customer", _("Customer, by link")
    WORKER = "worker", _("Portal")
    OFFICE = "office", _("Administrator")


class Need(TextChoices):
    """What a step needs besides the agreement itself."""

    SIGNATORY = "signatory", _("signatory")
    DATE = "date", _("day of acceptance")
    OPEN_LINK = "open_link", _("open link")
    CUT_OFF = "cut_off", _("cut-off in force")


class Told(TextChoices):
    """Who hears of a step."""

    CONTACT = "contact", _("signatory, by mail")
    PARTNER = "partner", _("people of the partner")


class Step(TextChoices):
    """What can happen to an agreement."""

    INVITE = "invite", _("Ask to accept at Microsoft")
    LEARN_DIRECT = "learn_direct", _("Learn of the acceptance at Microsoft")
    ATTEST = "attest", _("Attest the acceptance")
    SEND_LINK = "send_link", _("Send a link")
    RESEND_LINK = "resend_link", _("Send a new link")
    EXPIRE_LINK = "expire_link", _("Let the link expire")
    ACCEPT = "accept", _("Accept by link")
    FINALISE = "finalise", _("Finalise")
    ASK_AGAIN = "ask_again", _("Ask for a new acceptance")
    REVOKE = "revoke", _("Revoke by transition")


class Note(TextChoices):
    """What else is kept in an agreement's history; it moves nothing."""

    FILE_ADDED = "file_added", _("File added")
    AMENDMENT = "amendment", _("Professional secrecy noted")
    PROVIDER_ASKED = "provider_asked", _("Provider asked")
    PROVIDER_DECLINED = "provider_declined", _("Provider declined")
    REQUEST_WITHDRAWN = "request_withdrawn", _("Request to the provider withdrawn")
    CONFIRMED_AGAIN = "confirmed_again", _("Another signatory confirmed")


@dataclass(frozen=True)
class Rule:
    """One row of the table."""

    sources: frozenset[State]
    to: State
    actors: frozenset[Actor]
    needs: tuple[Need, ...] = ()
    tells: tuple[Told, ...] = ()


_UNSIGNED = frozenset(
    {State.NOT_STARTED, State.DIRECT_INVITED, State.LINK_EXPIRED, State.REACCEPT, State.REVOKED},
)
_ATTESTERS = frozenset({Actor.ATTESTER, Actor.PROVIDER})
SIGNED = frozenset({State.ATTESTED, State.DIRECT_ACCEPTED})

STEPS: Mapping[Step, Rule] = MappingProxyType(
    {
        Step.INVITE: Rule(
            _UNSIGNED,
            State.DIRECT_INVITED,
            frozenset({Actor.ATTESTER, Actor.RESELLER}),
            (Need.SIGNATORY,),
            (Told.CONTACT,),
        ),
        Step.LEARN_DIRECT: Rule(
            _UNSIGNED | {State.LINK_SENT, State.TO_FINALISE},
            State.DIRECT_ACCEPTED,
            frozenset({Actor.WORKER}),
            (),
            (Told.PARTNER,),
        ),
        Step.ATTEST: Rule(
            _UNSIGNED | {State.LINK_SENT}, State.ATTESTED, _ATTESTERS, (Need.SIGNATORY, Need.DATE), (Told.PARTNER,)
        ),
        Step.SEND_LINK: Rule(_UNSIGNED, State.LINK_SENT, _ATTESTERS, (Need.SIGNATORY,), (Told.CONTACT,)),
        Step.RESEND_LINK: Rule(
            frozenset({State.LINK_SENT, State.LINK_EXPIRED}),
            State.LINK_SENT,
            _ATTESTERS,
            (Need.SIGNATORY,),
            (Told.CONTACT,),
        ),
        Step.EXPIRE_LINK: Rule(
            frozenset({State.LINK_SENT}), State.LINK_EXPIRED, frozenset({Actor.WORKER}), (), (Told.PARTNER,)
        ),
        Step.ACCEPT: Rule(
            frozenset({State.LINK_SENT}),
            State.TO_FINALISE,
            frozenset({Actor.CUSTOMER}),
            (Need.OPEN_LINK,),
            (Told.PARTNER,),
        ),
        Step.FINALISE: Rule(frozenset({State.TO_FINALISE}), State.ATTESTED, _ATTESTERS),
        Step.ASK_AGAIN: Rule(SIGNED, State.REACCEPT, frozenset({Actor.WORKER}), (Need.CUT_OFF,), (Told.PARTNER,)),
        # a direct acceptance is carried over, an attestation is not (M10)
        Step.REVOKE: Rule(
            frozenset({State.ATTESTED, State.TO_FINALISE, State.LINK_SENT}),
            State.REVOKED,
            frozenset({Actor.WORKER}),
            (),
            (Told.PARTNER,),
        ),
    }
)


def allowed(state: str, actor: Actor) -> tuple[Step, ...]:
    """The steps that somebody may take from a state, in the order of the table."""
    return tuple(step for step, rule in STEPS.items() if state in rule.sources and actor in rule.actors)


class LinkEnd(TextChoices):
    """Why a link is no longer open."""

    ACCEPTED = "accepted", _("accepted")
    EXPIRED = "expired", _("expired")
    REPLACED = "replaced", _("replaced by a new one")
    OVERTAKEN = "overtaken", _("no longer needed")


class RequestState(TextChoices):
    """The life of a request to the indirect provider, on both sides."""

    OPEN = "open", pgettext_lazy("request", "Open")
    TAKEN = "taken", _("Link is under way")
    DONE = "done", pgettext_lazy("request", "Done")
    DECLINED = "declined", pgettext_lazy("request", "Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Answer(TextChoices):
    """What an indirect provider can do about a request."""

    ATTEST = "attest", _("Attest an acceptance of the past")
    SEND_LINK = "send_link", _("Send the link to the signatory")
    FINALISE = "finalise", _("Finalise")
    DECLINE = "decline", _("Decline")


class MailKind(TextChoices):
    """What a signatory is written."""

    LINK = "link", _("Link")
    REMINDER = "reminder", _("Reminder")
    DIRECT = "direct", _("Invitation to accept at Microsoft")


class FileKind(TextChoices):
    """What a file is kept for."""

    EVIDENCE = "evidence", _("Evidence of the acceptance")
    AMENDMENT = "amendment", _("Amendment for professional secrecy")


class Language(TextChoices):
    """Languages in which the portal writes to a signatory."""

    EN = "en", _("English")
    DE = "de", _("German")


class Outcome(TextChoices):
    """What becomes of one row of a bulk reminder."""

    REMINDED = "reminded", _("Reminder on its way")
    TODAY_ALREADY = "today_already", _("Written to today already")
    NO_LINK = "no_link", _("No open link")
    UNKNOWN = "unknown", _("Not found")
