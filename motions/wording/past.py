"""The ledger in words: what differs between two answers, which cause did it, and whether an entry still holds."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from common.templatetags.figures import amount, day, number
from motions.causes import Cause, Difference, Step
from motions.ledger import Verdict
from motions.states import Aggregation, Basis, Kind, Motion, Need, Source
from motions.states import Comparator as ComparatorName
from motions.wording.answers import size_text

_CHOICES: dict[str, type[TextChoices]] = {
    "basis": Basis,
    "kind": Kind,
    "source": Source,
    "comparator": ComparatorName,
    "aggregation": Aggregation,
}


def _fact_text(what: str, value: Any, currency: str) -> str:
    if value is None or value == "":
        return _("unknown")
    if what in ("seats", "seat_limit"):
        return size_text("seats", Decimal(value), "")
    if what in ("amount", "azure_limit") and currency:
        return amount(Decimal(value), currency)
    if what == "rate":
        return number(Decimal(value).normalize())
    if what in ("as_of", "rates"):
        return day(date.fromisoformat(value))
    if what == "needs":
        return ", ".join(str(Need(need).label) for need in value) or _("none")
    if what == "prefers":
        return _("yes") if value else _("no")
    return str(_CHOICES[what](value).label) if what in _CHOICES else str(value)


def _names() -> dict[str, str]:
    return {
        "policy": _("Policy version"),
        "rates": _("Exchange rates of"),
        "rate": _("Exchange rate of %(currency)s"),
        "kind": _("Kind"),
        "seats": _("Seats"),
        "amount": _("Annual consumption"),
        "currency": _("Currency"),
        "needs": _("Contract needs"),
        "prefers": _("Prefers self-service"),
        "basis": _("Basis"),
        "as_of": _("Size as of"),
        "source": _("Source"),
        "seat_limit": _("Seat limit"),
        "azure_limit": _("Azure limit"),
        "comparator": _("Exactly on the limit"),
        "aggregation": _("Roll-up"),
        "policy_currency": _("Currency of the limits"),
        "edition": _("Edition of the rules"),
    }


def difference_text(difference: Difference, *, deal_name: str, policy_names: dict[int, str], currency: str = "") -> str:
    """One difference between two answers, as the reader of a history sees it."""
    if difference.what == "deal_added":
        return _("Deal “%(deal)s” came in") % {"deal": deal_name}
    if difference.what == "deal_removed":
        return _("Deal “%(deal)s” went out") % {"deal": deal_name}
    before, after = difference.before, difference.after
    if difference.what == "policy":
        before, after = policy_names.get(before, str(before)), policy_names.get(after, str(after))
    texts = [_fact_text(difference.what, value, difference.currency or currency) for value in (before, after)]
    what = _names()[difference.what] % {"currency": difference.currency}
    values = {"deal": deal_name, "what": what, "before": texts[0], "after": texts[1]}
    if difference.deal_id is None:
        return _("%(what)s: %(before)s → %(after)s") % values
    return _("%(deal)s, %(what)s: %(before)s → %(after)s") % values


def cause_text(cause: Cause) -> str:
    """A cause by name."""
    return {
        Cause.INPUT: _("Input"),
        Cause.POLICY: _("Policy version"),
        Cause.RATE: _("Exchange rate"),
        Cause.EDITION: _("Edition of the rules"),
    }[cause]


def step_text(step: Step) -> str:
    """What exchanging one cause did to the motion."""
    values = {"before": Motion(step.before.value).label, "after": Motion(step.after.value).label}
    if not step.moves:
        if step.moves_alone:
            values["alone"] = Motion(step.alone.value).label
            return (
                _("Left the motion at %(after)s here; without the causes above it would have led to %(alone)s.")
                % values
            )
        return _("Changed figures only: the motion stays %(after)s.") % values
    if step.moves_alone:
        return _("Moved the motion from %(before)s to %(after)s.") % values
    return _("Moved the motion from %(before)s to %(after)s, together with the causes above; not by itself.") % values


def edition_gone_text(edition: int) -> str:
    """Why a policy version cannot be decided under."""
    return _("The policy asks for edition %(edition)s of the rules, which this release does not have.") % {
        "edition": edition
    }


def verdict_text(verdict: Verdict, *, edition: Any = "") -> str:
    """Whether an entry still holds, as a sentence."""
    return {
        Verdict.HOLDS: _("This entry holds: its facts give its hash, and its own policy gives the same answer again."),
        Verdict.ALTERED: _(
            "This entry was altered after it was written: its facts do not give its hash or its answer."
        ),
        Verdict.EDITION_GONE: _(
            "This answer was given under edition %(edition)s of the rules, which this release no longer has. Its facts"
            " give its hash, but the answer cannot be found again, nor its reasons be told."
        )
        % {"edition": edition},
    }[verdict]
