"""What is said about leads: refusals, what is missing, what the customer agrees to, and what people are told."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.money import country_name
from common.templatetags.figures import day
from partners.models import User
from partners.wording import Words
from referrals.models.reviewing import RoutingRule
from referrals.states import (
    CLOSED,
    Act,
    ConsentKind,
    DealType,
    ErrorReason,
    Field,
    Intent,
    Reason,
    RegistrationState,
    SalesStage,
    Solution,
    State,
    Step,
)


def name_of(by: User) -> str:
    """Who it was, as it is kept for both sides: by name, else by the work alone, never by an address."""
    return by.name or str(by.get_role_display())


def label(state: str) -> str:
    """A state by name."""
    return str(State(state).label)


def wrong_state(step: Step, state: str, reviewer: str) -> str:
    """Why a step does not fit the present state."""
    if state in CLOSED:
        return _("This lead is closed (%(state)s). Nothing more can be done with it.") % {"state": label(state)}
    if state == State.IN_REVIEW and step == Step.CLAIM:
        return held_by(reviewer)
    text = _("“%(step)s” does not fit here: the lead is in the state “%(state)s”.")
    return text % {"step": step.label, "state": label(state)}


def held_by(reviewer: str) -> str:
    """Somebody else has the lead in review."""
    return _("%(name)s has this lead in review.") % {"name": reviewer}


def not_yours(step: Step) -> str:
    """The step belongs to the other side."""
    return _("“%(step)s” is not yours to do.") % {"step": step.label}


def no_such_lead() -> str:
    """The same for a stranger's lead and for none."""
    return _("There is no such lead.")


def stale() -> str:
    """Somebody was quicker."""
    return _("Somebody else changed this lead meanwhile. Please look at the new values first.")


def not_for_you() -> str:
    """The whole matter belongs to others."""
    return _("This is not yours to do.")


def decided_already(state: str) -> str:
    """Nothing can be done about a lead that is not under review."""
    return _("This lead is not waiting for a decision (%(state)s).") % {"state": label(state)}


def rule_name(rule: RoutingRule) -> str:
    """A rule as it is read: market, solution, manager or location."""
    market = country_name(rule.country) if rule.country else _("all markets")
    product = solution(rule.solution) if rule.solution else _("all solutions")
    return _("%(market)s, %(solution)s → %(manager)s") % {
        "market": market,
        "solution": product,
        "manager": rule.goes_to,
    }


def rule_conflict(rule: RoutingRule) -> str:
    """Another rule says something about the same leads."""
    return _("There is a rule for these leads already: %(rule)s. End it first.") % {"rule": rule_name(rule)}


def needs_exception(missing: list[str]) -> str:
    """What a registration lacks, and the way that is left."""
    text = _("Not met: %(conditions)s You can ask for an exception, once.")
    return text % {"conditions": " ".join(missing)}


def registration_misfit(act: Act, state: str) -> str:
    """Why an act does not fit the present state of a registration; '' is none yet."""
    if not state:
        return _("This deal is not registered yet.")
    text = _("“%(act)s” does not fit here: the registration is in the state “%(state)s”.")
    return text % {"act": act.label, "state": RegistrationState(state).label}


def missing(field: Field) -> str:
    """What is to be filled in before the lead can go on."""
    return {
        Field.NAME: _("Please give the lead a name."),
        Field.VALUE: _("Please estimate the value, with its currency."),
        Field.CLOSE_DATE: _("Please estimate when the customer decides."),
        Field.NOTES: _("Please say in a few sentences what it is about."),
        Field.SOLUTIONS: _("Please choose at least one solution."),
        Field.INTENT: _("Please say whether the customer means to buy in the marketplace."),
        Field.CONTACT: _("Please name the person at the customer, with an e-mail address."),
        Field.TEAM: _("At least one of your own people must be on the team."),
    }[field]


def consent_sentence(kind: ConsentKind, *, partner: str) -> str:
    """The words that the customer agrees to."""
    return {
        ConsentKind.CONTACT: _("The customer agrees that Microsoft contacts the person named."),
        ConsentKind.SHARE_WITH_SELLERS: _(
            "The customer agrees that %(partner)s shows this lead to Microsoft’s sellers."
        )
        % {"partner": partner},
        ConsentKind.SHARE_WITH_OTHERS: _("The customer agrees that the lead is shared with other organisations."),
    }[kind]


def _told(kind: str) -> str:
    return {
        "offered": _("Microsoft sends you a lead: %(name)s"),
        Step.TAKE_ON.value: _("%(partner)s takes the lead on: %(name)s"),
        Step.REFUSE.value: _("%(partner)s declines the lead: %(name)s"),
        Step.RECALL.value: _("Microsoft takes the offer back: %(name)s"),
        Step.SUBMIT.value: _("New lead from %(partner)s: %(name)s"),
        Step.RELEASE.value: _("Given back to the queue: %(name)s"),
        Step.RETURN.value: _("Microsoft asks for more information: %(name)s"),
        Step.RESUBMIT.value: _("Completed by %(partner)s: %(name)s"),
        Step.ACCEPT.value: _("Accepted: %(name)s"),
        Step.DECLINE.value: _("Declined: %(name)s"),
        Step.WITHDRAW.value: _("Withdrawn: %(name)s"),
        Step.WIN.value: _("Won: %(name)s"),
        Step.LOSE.value: _("Lost: %(name)s"),
        Step.CLOSE_AS_ERROR.value: _("Closed as an error: %(name)s"),
        Step.EXPIRE.value: _("Expired without an answer: %(name)s"),
        "shared": _("%(partner)s shares more of a deal: %(name)s"),
        "team": _("You are on the team of %(name)s"),
        "commented": _("%(by)s wrote about %(name)s"),
        "assigned": _("%(by)s hands you a lead: %(name)s"),
        "reminded": _("An answer is due soon: %(name)s"),
        "registration": _("Deal registration of %(name)s"),
    }[kind]


def notice_words(kind: str, params: Mapping[str, Any]) -> Words:
    """An event as the people concerned read it; KeyError for one that nobody is told of."""
    parts = [params["customer"]]
    if params.get("reason") in Reason.values:
        parts.append(str(Reason(params["reason"]).label))
    if params.get("registration"):
        parts.append(str(RegistrationState(params["registration"]).label))
    if params.get("text"):
        parts.append(params["text"])
    return Words(_told(kind) % params, " · ".join(parts))


def nameless() -> str:
    """What a draft is called that has no name yet."""
    return _("Lead without a name")


def hours(spent: timedelta) -> str:
    """A length of business time."""
    whole, seconds = divmod(int(spent.total_seconds()), 3600)
    return _("%(hours)d h %(minutes)d min") % {"hours": whole, "minutes": seconds // 60}


def solution(code: str) -> str:
    """A product by name, a solution of a catalogue by its id."""
    return str(Solution(code).label) if code in Solution.values else code


def area(code: str) -> str:
    """What a partner does for customers (S4), in a word."""
    return {"advise": _("Advising"), "sell": _("Selling"), "build": _("Building"), "manage": _("Managing")}[code]


def reason(code: str) -> str:
    """A reason in words, '' for none."""
    if code in Reason.values:
        return str(Reason(code).label)
    return str(ErrorReason(code).label) if code in ErrorReason.values else ""


def column(name: str) -> str:
    """A column of a lead by the name that its field has on the page."""
    return {
        "name": _("Name of the lead"),
        "value": _("Estimated value"),
        "currency": _("Currency"),
        "close_date": _("Estimated close"),
        "notes": _("What it is about"),
        "solutions": _("Solutions"),
        "intent": _("Buys in the marketplace"),
        "sales_stage": _("Sales stage"),
        "deal_type": _("Deal type"),
        "external_id": _("Own reference"),
        "contact_first_name": _("First name"),
        "contact_last_name": _("Last name"),
        "contact_email": _("E-mail address"),
        "contact_phone": _("Phone"),
        "asks_contact": _("The customer asks to be contacted"),
        "routed_to": _("Assigned to"),
        "added": _("Added"),
        "removed": _("Removed"),
        "registration": pgettext("registration", "State"),
    }[name]


_LABELS = {"deal_type": DealType, "intent": Intent, "sales_stage": SalesStage, "registration": RegistrationState}
_OF_CONTACT = ("contact_first_name", "contact_last_name", "contact_email", "contact_phone")


def _shown(name: str, value: Any) -> str:
    if value in (None, "", []):
        return ""
    if name in _LABELS:
        return str(_LABELS[name](value).label)
    if name == "asks_contact":
        return _("yes") if value else _("no")
    if name == "routed_to":
        return str(value[1])
    if name == "solutions":
        return ", ".join(map(solution, value))
    return day(date.fromisoformat(value)) if name == "close_date" else str(value)


def changes_text(changes: Mapping[str, Any], *, hides_contact: bool = False) -> list[tuple[str, str, str]]:
    """What an event changed: (field, old, new); the person at the customer only where it may be seen (R22)."""
    found = []
    for name, pair in changes.items():
        if name in ("added", "removed"):
            found.append((column(name), "", pair[1]))
        elif isinstance(pair, list) and len(pair) == 2 and not (hides_contact and name in _OF_CONTACT):
            found.append((column(name), _shown(name, pair[0]), _shown(name, pair[1])))
    return found
