"""The life of a lead as a table: from which state which step leads where, who takes it, what it needs, whom it tells.

Everything that follows the life reads this table: the service, the buttons, the queue, docs/states.md and the tests. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.roles import Role
from referrals.states.codes import ErrorReason, Reason


class State(TextChoices):
    """Where a lead stands."""

    DRAFT = "draft", pgettext_lazy("lead", "Draft")
    OFFERED = "offered", pgettext_lazy("lead", "Offered to the partner")
    SUBMITTED = "submitted", pgettext_lazy("lead", "Submitted")
    IN_REVIEW = "in_review", pgettext_lazy("lead", "In review")
    RETURNED = "returned", pgettext_lazy("lead", "Returned for information")
    RESUBMITTED = "resubmitted", pgettext_lazy("lead", "Resubmitted")
    ACCEPTED = "accepted", pgettext_lazy("lead", "Accepted")
    DECLINED = "declined", pgettext_lazy("lead", "Declined")
    EXPIRED = "expired", pgettext_lazy("lead", "Expired")
    WITHDRAWN = "withdrawn", pgettext_lazy("lead", "Withdrawn")
    WON = "won", pgettext_lazy("lead", "Won")
    LOST = "lost", pgettext_lazy("lead", "Lost")
    ERROR = "error", pgettext_lazy("lead", "Closed as an error")


# status and substatus on the wire, patched together (R20); a draft is not on the wire. The wire has no word for
# "withdrawn": of what a new lead may become there, "declined" is the nearest (1.5). "Error" stands in files alone (R34).
WIRE: dict[State, tuple[str, str]] = {
    State.DRAFT: ("None", "None"),
    State.OFFERED: ("New", "Pending"),
    State.SUBMITTED: ("New", "Pending"),
    State.IN_REVIEW: ("New", "Received"),
    State.RETURNED: ("New", "Received"),
    State.RESUBMITTED: ("New", "Pending"),
    State.ACCEPTED: ("Active", "Accepted"),
    State.DECLINED: ("Closed", "Declined"),
    State.EXPIRED: ("Closed", "Expired"),
    State.WITHDRAWN: ("Closed", "Declined"),
    State.WON: ("Closed", "Won"),
    State.LOST: ("Closed", "Lost"),
    State.ERROR: ("Closed", "Error"),
}

CLOSED = frozenset({State.DECLINED, State.EXPIRED, State.WITHDRAWN, State.WON, State.LOST, State.ERROR})
QUEUED = frozenset({State.SUBMITTED, State.RESUBMITTED})
# what a partner has submitted, and Microsoft has not decided
_SENT = QUEUED | {State.IN_REVIEW, State.RETURNED}
UNDECIDED = _SENT | {State.OFFERED}
OPEN = UNDECIDED | {State.ACCEPTED}


class Step(TextChoices):
    """What somebody does with a lead; the label is the word on the button."""

    TAKE_ON = "take_on", pgettext_lazy("step", "Take the lead on")
    REFUSE = "refuse", pgettext_lazy("step", "Decline the lead")
    RECALL = "recall", pgettext_lazy("step", "Take the offer back")
    SUBMIT = "submit", pgettext_lazy("step", "Submit")
    KEEP = "keep", pgettext_lazy("step", "Keep as a private deal")
    CLAIM = "claim", pgettext_lazy("step", "Take into review")
    RELEASE = "release", pgettext_lazy("step", "Give back to the queue")
    RETURN = "return", pgettext_lazy("step", "Return for information")
    RESUBMIT = "resubmit", pgettext_lazy("step", "Submit again")
    ACCEPT = "accept", pgettext_lazy("step", "Accept")
    DECLINE = "decline", pgettext_lazy("step", "Decline")
    WITHDRAW = "withdraw", pgettext_lazy("step", "Withdraw")
    WIN = "win", pgettext_lazy("step", "Mark as won")
    LOSE = "lose", pgettext_lazy("step", "Mark as lost")
    CLOSE_AS_ERROR = "close_as_error", pgettext_lazy("step", "Close as an error")
    EXPIRE = "expire", pgettext_lazy("step", "Let expire")


class Actor(StrEnum):
    """Who takes a step; the clock is a worker that finds a time has come."""

    PARTNER = "partner"
    REVIEWER = "reviewer"
    OFFICE = "office"
    CLOCK = "clock"


ACTORS: dict[Role, Actor] = {
    Role.PARTNER_STAFF: Actor.PARTNER,
    Role.PARTNER_ADMIN: Actor.PARTNER,
    Role.CHANNEL_MANAGER: Actor.REVIEWER,
    Role.ADMINISTRATOR: Actor.OFFICE,
}


class Hold(StrEnum):
    """What a reviewer has to do with the claim before a step may be taken."""

    ANY = "any"
    FREE = "free"  # nobody has claimed it, and this step claims it
    FREE_OR_OWN = "free_or_own"
    OWN = "own"


class Need(StrEnum):
    """What a step asks for beside the lead itself."""

    COMPLETE = "complete"  # what the programme asks for, while it is open
    SHARED = "shared"  # a deal type that Microsoft may see
    PRIVATE = "private"
    REASON = "reason"  # a code of the step's own list
    TEXT = "text"
    VALUE = "value"
    OVERDUE = "overdue"  # the time to answer has passed


class Audience(StrEnum):
    """Who is told of a step."""

    TEAM = "team"
    REVIEWERS = "reviewers"  # all who are responsible for the customer's country and segment
    CLAIMANT = "claimant"


@dataclass(frozen=True)
class Rule:
    """One line of the table. A target of None leads back to where the lead was claimed from."""

    step: Step
    sources: frozenset[State]
    target: State | None
    actors: frozenset[Actor]
    hold: Hold = Hold.ANY
    needs: frozenset[Need] = frozenset()
    tells: frozenset[Audience] = field(default_factory=frozenset)


def _rule(
    step: Step,
    sources: Iterable[State],
    target: State | None,
    *actors: Actor,
    hold: Hold = Hold.ANY,
    needs: Iterable[Need] = (),
    tells: Iterable[Audience] = (),
) -> Rule:
    return Rule(step, frozenset(sources), target, frozenset(actors), hold, frozenset(needs), frozenset(tells))


_PARTNER, _REVIEWER, _OFFICE, _CLOCK = Actor.PARTNER, Actor.REVIEWER, Actor.OFFICE, Actor.CLOCK
_TEAM, _REVIEWERS, _CLAIMANT = Audience.TEAM, Audience.REVIEWERS, Audience.CLAIMANT
_DECIDABLE = QUEUED | {State.IN_REVIEW}

STEPS: dict[Step, Rule] = {
    rule.step: rule
    for rule in (
        # a lead from Microsoft is the partner's to decide, within the same time (R21, R22)
        _rule(Step.TAKE_ON, {State.OFFERED}, State.ACCEPTED, _PARTNER, tells={_TEAM, _CLAIMANT}),
        _rule(
            Step.REFUSE,
            {State.OFFERED},
            State.DECLINED,
            _PARTNER,
            needs={Need.REASON, Need.TEXT},
            tells={_TEAM, _CLAIMANT},
        ),
        _rule(Step.RECALL, {State.OFFERED}, State.WITHDRAWN, _REVIEWER, needs={Need.TEXT}, tells={_TEAM}),
        _rule(
            Step.SUBMIT,
            {State.DRAFT},
            State.SUBMITTED,
            _PARTNER,
            needs={Need.COMPLETE, Need.SHARED},
            tells={_REVIEWERS},
        ),
        # a partner's own deal needs nobody's decision and starts as accepted (R23)
        _rule(Step.KEEP, {State.DRAFT}, State.ACCEPTED, _PARTNER, needs={Need.COMPLETE, Need.PRIVATE}),
        _rule(Step.CLAIM, QUEUED, State.IN_REVIEW, _REVIEWER, hold=Hold.FREE),
        _rule(Step.RELEASE, {State.IN_REVIEW}, None, _REVIEWER, _OFFICE, _CLOCK, hold=Hold.OWN, tells={_CLAIMANT}),
        _rule(
            Step.RETURN, _DECIDABLE, State.RETURNED, _REVIEWER, hold=Hold.FREE_OR_OWN, needs={Need.TEXT}, tells={_TEAM}
        ),
        _rule(Step.RESUBMIT, {State.RETURNED}, State.RESUBMITTED, _PARTNER, needs={Need.COMPLETE}, tells={_REVIEWERS}),
        _rule(Step.ACCEPT, _DECIDABLE, State.ACCEPTED, _REVIEWER, hold=Hold.FREE_OR_OWN, tells={_TEAM}),
        _rule(
            Step.DECLINE,
            _DECIDABLE,
            State.DECLINED,
            _REVIEWER,
            hold=Hold.FREE_OR_OWN,
            needs={Need.REASON, Need.TEXT},
            tells={_TEAM},
        ),
        _rule(Step.WITHDRAW, _SENT, State.WITHDRAWN, _PARTNER, tells={_TEAM, _CLAIMANT}),
        _rule(Step.WIN, {State.ACCEPTED}, State.WON, _PARTNER, needs={Need.VALUE}, tells={_TEAM, _CLAIMANT}),
        _rule(Step.LOSE, {State.ACCEPTED}, State.LOST, _PARTNER, needs={Need.REASON}, tells={_TEAM, _CLAIMANT}),
        _rule(
            Step.CLOSE_AS_ERROR,
            OPEN,
            State.ERROR,
            _PARTNER,
            _REVIEWER,
            hold=Hold.FREE_OR_OWN,
            needs={Need.REASON},
            tells={_TEAM, _CLAIMANT},
        ),
        _rule(Step.EXPIRE, UNDECIDED, State.EXPIRED, _CLOCK, needs={Need.OVERDUE}, tells={_TEAM, _CLAIMANT}),
    )
}


def target_of(rule: Rule, claimed_from: str) -> State:
    """Where a step leads; back to where it was claimed from when the table leaves it open."""
    return rule.target or State(claimed_from)


# the list of codes that a step's reason comes from
REASONS: dict[Step, type[TextChoices]] = {
    Step.DECLINE: Reason,
    Step.REFUSE: Reason,
    Step.LOSE: Reason,
    Step.CLOSE_AS_ERROR: ErrorReason,
}


class Holder(TextChoices):
    """Who holds the ball."""

    PARTNER = "partner", _("With the partner")
    MICROSOFT = "microsoft", _("With Microsoft")
    NOBODY = "nobody", _("Paused")


HOLDERS: dict[State, Holder] = {
    state: Holder.MICROSOFT
    if state in _DECIDABLE
    else Holder.PARTNER
    if state in (State.DRAFT, State.OFFERED, State.RETURNED)
    else Holder.NOBODY
    for state in State
}

_DETAILS = frozenset(
    {"name", "value", "currency", "close_date", "notes", "solutions", "intent", "external_id", "asks_contact"}
)
_CONTACT = frozenset({"contact_first_name", "contact_last_name", "contact_email", "contact_phone"})
# what may still be changed in which state (R19, R33); a lead that was returned is there to be completed
EDITABLE: dict[State, frozenset[str]] = {
    State.DRAFT: _DETAILS | _CONTACT | {"deal_type", "help", "programme"},
    State.RETURNED: _DETAILS | _CONTACT,
    State.ACCEPTED: frozenset({"value", "currency", "close_date", "notes", "solutions", "external_id", "sales_stage"}),
}


def actor_of(role: str | None) -> Actor | None:
    """As what a person takes steps; no person is the clock; a role without a part in it is nobody."""
    return Actor.CLOCK if role is None else ACTORS.get(Role(role))
