"""Guidance in words: one trace, and German and English sentences made from it."""

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.figures import amount, number
from motions.ledger import Line
from motions.policy.answer import Flip, Leaning, Vehicle
from motions.policy.kit import Comparator, Facts, Limits, Measure, Outcome
from motions.states import Motion, Need

Sentence = Callable[[Outcome, Facts, Limits, str], str]


def size_text(measure: Measure, size: Decimal, currency: str) -> str:
    """'2,400 seats' or 'US$1,000,000 a year' in the reader's language."""
    if measure == "seats":
        return ngettext("%(number)s seat", "%(number)s seats", int(size)) % {"number": number(size)}
    return _("%(amount)s a year") % {"amount": amount(size, currency)}


def _contract_needs(outcome: Outcome, facts: Facts, limits: Limits, currency: str) -> str:
    if outcome is None:
        return _("Nobody has recorded yet whether there are contract needs beyond the price.")
    if not outcome:
        return _("There are no contract needs beyond the price.")
    needs = ", ".join(str(Need(need).label) for need in sorted(facts.needs or ()) if need in Need.values)
    return _("Contract needs beyond the price: %(needs)s. They call for Enterprise at any size.") % {"needs": needs}


def _self_service(outcome: Outcome, facts: Facts, limits: Limits, currency: str) -> str:
    if outcome is None:
        return _("Nobody has recorded yet whether the buyer prefers to buy online and manage alone.")
    if outcome:
        return _("The buyer prefers to buy online and to manage the subscriptions alone.")
    return _("The buyer does not ask for self-service.")


def _reached(measure: Measure) -> Sentence:
    def sentence(outcome: Outcome, facts: Facts, limits: Limits, currency: str) -> str:
        size = facts.size(measure)
        if size is None:
            return _size_missing(measure, outcome)
        values = {
            "size": size_text(measure, size, currency),
            "limit": size_text(measure, limits.of(measure), currency),
        }
        if size == limits.of(measure):
            return boundary_text(limits) % values
        if outcome is None:
            return _("%(size)s are known, but the size of another deal is not.") % values
        if outcome:
            return _("%(size)s: the limit of %(limit)s is reached.") % values
        return _("%(size)s: below the limit of %(limit)s.") % values

    return sentence


def _size_missing(measure: Measure, outcome: Outcome) -> str:
    if outcome is None:
        if measure == "seats":
            return _("The number of seats is not known yet.")
        return _("The annual Azure consumption is not known yet, or there is no exchange rate for its currency.")
    return _("What decides here is no seat deal.") if measure == "seats" else _("What decides here is no Azure deal.")


def deal_size_text(seats: int | None, amount_: Decimal | None, currency: str) -> str:
    """The size of one deal in its own unit."""
    if seats is not None:
        return size_text("seats", Decimal(seats), "")
    return _("Unknown") if amount_ is None else size_text("azure", amount_, currency)


def conversion_text(line: Line, currency: str) -> str:
    """What an amount in another currency was taken as; '' where nothing was converted."""
    if line.amount is None or line.currency == currency:
        return ""
    if line.azure is None or line.rate is None:
        return _("no exchange rate for %(currency)s") % {"currency": line.currency}
    values = {"amount": amount(line.azure, currency), "rate": number(line.rate.normalize())}
    return _("%(amount)s at a rate of %(rate)s") % values


def needs_text(needs: list[str] | None) -> str:
    """Contract needs by name."""
    if needs is None:
        return _("Not asked yet")
    return ", ".join(str(Need(need).label) for need in needs) or _("None")


def asked_text(value: bool | None) -> str:
    """A fact that may not have been asked for."""
    return {None: _("Not asked yet"), True: _("Yes"), False: _("No")}[value]


def boundary_text(limits: Limits) -> str:
    """What the convention makes of a size exactly on its limit (I2)."""
    if limits.comparator is Comparator.AT_LEAST:
        return _("%(size)s: exactly on the limit. By this policy's convention it counts as reached.")
    return _("%(size)s: exactly on the limit. By this policy's convention it still counts as below.")


def _below_limits(outcome: Outcome, facts: Facts, limits: Limits, currency: str) -> str:
    if outcome is None:
        return _("Whether everything stays below the limits cannot be said before the size is known.")
    if outcome:
        return _("Everything stays below the limits.")
    if facts.seats is None and facts.azure is None:
        return _("There is no deal whose size could be compared with the limits.")
    return _("Not everything stays below the limits.")


RULES: dict[str, Sentence] = {
    "contract_needs": _contract_needs,
    "self_service": _self_service,
    "seats_reached": _reached("seats"),
    "azure_reached": _reached("azure"),
    "below_limits": _below_limits,
}


def test_text(code: str, limits: Limits, currency: str) -> str:
    """What a rule asks, with the limits of a version."""
    reached = _("%(size)s or more") if limits.comparator is Comparator.AT_LEAST else _("more than %(size)s")
    seats, azure = size_text("seats", Decimal(limits.seats), ""), size_text("azure", limits.azure, currency)
    return {
        "contract_needs": _("A contract need beyond the price"),
        "self_service": _("The buyer prefers to buy online and manage alone"),
        "seats_reached": reached % {"size": seats},
        "azure_reached": reached % {"size": azure},
        "below_limits": _("Everything below the limits"),
    }[code]


def rule_text(code: str, outcome: Outcome, facts: Facts, limits: Limits, currency: str) -> str:
    """The sentence of one rule's outcome."""
    return RULES[code](outcome, facts, limits, currency)


def flip_text(flip: Flip, currency: str) -> str:
    """What would change the answer, and to what."""
    motion = str(Motion(flip.motion.value).label)
    if flip.kind == "need":
        return _("One special contract term → %(motion)s") % {"motion": motion}
    if flip.kind == "no_needs":
        return _("Without the contract needs → %(motion)s") % {"motion": motion}
    if flip.kind == "self_service":
        return _("If the buyer prefers self-service → %(motion)s") % {"motion": motion}
    if flip.kind == "not_self_service":
        return _("If the buyer does not want self-service → %(motion)s") % {"motion": motion}
    return _size_flip_text(flip, motion, currency)


def _size_flip_text(flip: Flip, motion: str, currency: str) -> str:
    by, to = flip.by or Decimal(0), flip.to or Decimal(0)
    if flip.kind == "seats":
        values = {"number": number(abs(by)), "to": number(to), "motion": motion}
        if by > 0:
            return (
                ngettext(
                    "%(number)s more seat (%(to)s) → %(motion)s", "%(number)s more seats (%(to)s) → %(motion)s", int(by)
                )
                % values
            )
        return (
            ngettext(
                "%(number)s seat less (%(to)s) → %(motion)s", "%(number)s seats less (%(to)s) → %(motion)s", int(-by)
            )
            % values
        )
    values = {"amount": amount(abs(by), currency), "to": amount(to, currency), "motion": motion}
    if by > 0:
        return _("%(amount)s more Azure consumption a year (%(to)s) → %(motion)s") % values
    return _("%(amount)s less Azure consumption a year (%(to)s) → %(motion)s") % values


def headline(motion: str) -> str:
    """The answer in one sentence."""
    sentences = {
        Motion.BREADTH: _("Breadth fits: the partner leads, through the Cloud Solution Provider programme."),
        Motion.ENTERPRISE: _("Enterprise fits: together with Microsoft, on an enterprise contract."),
        Motion.SELF_SERVICE: _(
            "Self-Service fits: the customer buys online and manages alone, with help where wanted."
        ),
        Motion.UNKNOWN: _("No answer yet: the size of the business is not known."),
    }
    return sentences[Motion(motion)]


def leaning_text(leaning: Leaning) -> str:
    """Where the partner's economics stand (S2)."""
    return {
        Leaning.BREADTH_OPTIMISED: _("The partner's economics are optimised for Breadth at this size."),
        Leaning.TOWARDS_ENTERPRISE: _(
            "At this size the economics move towards Enterprise. Selling through CSP stays possible; nobody has to switch."
        ),
        Leaning.UNKNOWN: _("Where the economics stand cannot be said before the size is known."),
    }[leaning]


def vehicle_text(vehicle: Vehicle) -> str:
    """A vehicle by name (I28)."""
    return {
        Vehicle.CSP: _("Cloud Solution Provider (CSP)"),
        Vehicle.EA: _("Enterprise Agreement (EA)"),
        Vehicle.MCA_E: _("Microsoft Customer Agreement through Microsoft sales (MCA-E)"),
        Vehicle.WEB_DIRECT: _("Web portal of Microsoft or a partner"),
    }[vehicle]
