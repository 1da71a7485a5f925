"""The registration of a deal as a table: which act leads from which state where, and whose it is (R40). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from referrals.states.life import Actor


class RegistrationState(TextChoices):
    """Where the registration of a deal stands (R40)."""

    PENDING = "pending", pgettext_lazy("registration", "Registered, not decided yet")
    APPROVED = "approved", pgettext_lazy("registration", "Approved")
    IN_REVIEW = "in_review", pgettext_lazy("registration", "In review")
    ACTION_REQUIRED = "action_required", pgettext_lazy("registration", "Action required")
    PASSED = "passed", pgettext_lazy("registration", "Review passed")
    FAILED = "failed", pgettext_lazy("registration", "Review failed")
    CLOSED = "closed", pgettext_lazy("registration", "Closed")


class Act(TextChoices):
    """What somebody does with a registration; the label is the word on the button."""

    APPROVE = "approve", pgettext_lazy("act", "Approve")
    SELECT = "select", pgettext_lazy("act", "Select for review")
    PASS = "pass", pgettext_lazy("act", "Let the review pass")
    FAIL = "fail", pgettext_lazy("act", "Let the review fail")
    ASK = "ask", pgettext_lazy("act", "Ask for something")
    ANSWER = "answer", pgettext_lazy("act", "Answer")
    CLOSE = "close", pgettext_lazy("act", "Close")


@dataclass(frozen=True)
class ActRule:
    """One line of the table; with `asks` the other side is owed a sentence."""

    sources: frozenset[RegistrationState]
    target: RegistrationState
    actor: Actor
    asks: bool = False


def _rule(
    sources: Iterable[RegistrationState], target: RegistrationState, actor: Actor, *, asks: bool = False
) -> ActRule:
    return ActRule(frozenset(sources), target, actor, asks)


_S = RegistrationState
# Microsoft decides, the partner registers and answers what it is asked (R40, R53)
ACTS: dict[Act, ActRule] = {
    Act.APPROVE: _rule({_S.PENDING}, _S.APPROVED, Actor.REVIEWER),
    Act.SELECT: _rule({_S.PENDING, _S.APPROVED}, _S.IN_REVIEW, Actor.REVIEWER),
    Act.PASS: _rule({_S.IN_REVIEW}, _S.PASSED, Actor.REVIEWER),
    Act.FAIL: _rule({_S.IN_REVIEW}, _S.FAILED, Actor.REVIEWER, asks=True),
    Act.ASK: _rule({_S.IN_REVIEW}, _S.ACTION_REQUIRED, Actor.REVIEWER, asks=True),
    Act.ANSWER: _rule({_S.ACTION_REQUIRED}, _S.IN_REVIEW, Actor.PARTNER, asks=True),
    Act.CLOSE: _rule({_S.APPROVED, _S.PASSED, _S.FAILED}, _S.CLOSED, Actor.REVIEWER),
}
# of which states the team of the lead is told (R51)
TOLD = frozenset({_S.ACTION_REQUIRED, _S.FAILED, _S.IN_REVIEW})
