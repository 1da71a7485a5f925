"""What the room shows of a customer: guidance, deals, choice. Each panel is one template and one context."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Customer
from motions import wording
from motions.bulk import MOST_FAILURES
from motions.current import rates_into, under
from motions.forms.deals import ChoiceForm, WhatIfForm, asked_text
from motions.ledger import Answer, Verdict, answer_of, edition_of, read, verdict
from motions.models import Assessment, Choice, Deal, PolicyVersion, RateSet, SetAside, Standing
from motions.policy.answer import VEHICLES, Decision, decide, flips, leaning
from motions.policy.editions import EDITIONS
from motions.policy.kit import MEASURES, Edition, Facts, Limits, Measure, Outcome, Reaches
from motions.scoping import with_freshness
from motions.sql.freshness import in_force
from motions.states import Motion, Source
from partners.models import User


@dataclass(frozen=True)
class Gauge:
    """One measure beside its limit; `share` in thousandths of the limit, None while the size is not known."""

    title: str
    value: str
    limit: str
    share: int | None
    sentence: str
    is_reached: bool


@dataclass(frozen=True)
class RuleLine:
    """One rule's outcome in words; `decides` marks the first that holds."""

    code: str
    outcome: Outcome
    text: str
    decides: bool
    source: str


@dataclass(frozen=True)
class Explained:
    """An answer ready to be shown: first the sentence, then the reasons, then what would change it."""

    motion: str
    label: str
    headline: str
    is_provisional: bool
    leaning: str
    vehicles: list[str]
    gauges: list[Gauge]
    rules: list[RuleLine]
    flips: list[str]


def explain(
    edition: Edition,
    facts: Facts,
    limits: Limits,
    currency: str,
    *,
    decision: Decision | None = None,
    shown: Facts | None = None,
) -> Explained:
    """A decision with everything that is said about it; decided here when no stored one is given.

    `facts` decide; `shown` are the sizes on the gauges, where a customer has more than what decides.
    """
    decision = decision or decide(edition, facts, limits)
    return Explained(
        motion=decision.motion.value,
        label=str(Motion(decision.motion.value).label),
        headline=wording.headline(decision.motion.value),
        is_provisional=decision.is_provisional,
        leaning=wording.leaning_text(leaning(facts, limits)),
        vehicles=[wording.vehicle_text(vehicle) for vehicle in VEHICLES[decision.motion]],
        gauges=[_gauge(measure, shown or facts, limits, currency) for measure in MEASURES],
        rules=_rules(edition, facts, limits, currency, decision),
        flips=[wording.flip_text(flip, currency) for flip in flips(edition, facts, limits)],
    )


def _rules(edition: Edition, facts: Facts, limits: Limits, currency: str, decision: Decision) -> list[RuleLine]:
    deciding = decision.outcomes.index(True) if True in decision.outcomes else None
    return [
        RuleLine(
            rule.code,
            outcome,
            wording.rule_text(rule.code, outcome, facts, limits, currency),
            index == deciding,
            rule.source,
        )
        for index, (rule, outcome) in enumerate(zip(edition.rules, decision.outcomes, strict=False))
    ]


def _gauge(measure: Measure, facts: Facts, limits: Limits, currency: str) -> Gauge:
    size, limit = facts.size(measure), limits.of(measure)
    title = _("Seats") if measure == "seats" else _("Azure consumption a year")
    limit_text = wording.size_text(measure, limit, currency)
    outcome = Reaches(measure).outcome(facts, limits)
    if size is not None:
        sentence = wording.rule_text(f"{measure}_reached", outcome, facts, limits, currency)
        share = int(min(size / limit, Decimal(2)) * 1000)
        return Gauge(title, wording.size_text(measure, size, currency), limit_text, share, sentence, outcome is True)
    if outcome is None:
        sentence = wording.rule_text(f"{measure}_reached", outcome, facts, limits, currency)
        return Gauge(title, "", limit_text, None, sentence, is_reached=False)
    sentence = _("No open seat deal.") if measure == "seats" else _("No open Azure deal.")
    return Gauge(title, "–", limit_text, 0, sentence, is_reached=False)


def guidance(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """The guidance panel: the answer that stands, whether it is fresh, and why it is what it is."""
    current = in_force(on)
    seen = with_freshness(Customer.objects.visible_to(by), current).get(pk=customer.pk)
    entries = Assessment.objects.visible_to(by).select_related("policy")
    entry = entries.filter(pk=seen.standing.assessment_id or 0).first()
    doubtful = doubt(entry) if entry else ""
    in_market = current.policy_of(customer.country)
    is_fresh = vars(seen)["is_fresh"]
    answer = read(entry.facts) if entry and not doubtful else None
    is_held = answer is not None and is_fresh and not _is_as_judged(answer, in_market, current.rates)
    if answer is not None and in_market is not None and is_held:
        rates = rates_into(in_market.currency, current.rates)
        answer = under(answer, in_market, rates, current.rates.date if current.rates else None)
    aside = SetAside.objects.visible_to(by).filter(customer=customer, failures__gte=MOST_FAILURES)
    return {
        "customer": customer,
        "standing": seen.standing,
        "is_fresh": is_fresh,
        "is_held": is_held,
        "is_set_apart": aside.exists(),
        "policy_in_force": in_market,
        "entry": entry,
        "answer": answer,
        "doubt": doubtful,
        "explained": explained(answer) if answer else None,
        "lines": lines_of(answer, names=deal_names((line.deal_id for line in answer.lines), by=by)) if answer else [],
        "together": _together(answer) if answer else "",
        "parts": wording.parts_of(answer.decision.motion) if answer else None,
    }


def _is_as_judged(answer: Answer, policy: PolicyVersion | None, rates: RateSet | None) -> bool:
    """Whether an answer was given by the very version and rates in force; else it holds, and is shown with theirs."""
    is_by_policy = policy is not None and answer.policy_id == policy.pk
    return is_by_policy and (answer.rate_date is None or (rates is not None and answer.rate_date == rates.date))


def choice(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """The customer's own choice beside the guidance (S3)."""
    standing = Standing.objects.visible_to(by).get(customer=customer)
    choices = list(Choice.objects.visible_to(by).filter(customer=customer).order_by("-id")[:5])
    newest = choices[0] if choices else None
    return {
        "customer": customer,
        "choice": newest,
        "earlier": choices[1:],
        "guided": standing.motion,
        "guided_label": Motion(standing.motion).label,
        "differs": newest is not None and newest.motion != standing.motion,
        "form": ChoiceForm(initial={"motion": newest.motion if newest else _likely_choice(standing.motion)}),
        "may_write": by.is_of_partner,
    }


def what_if(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """Trying other facts out, from the ones that stand."""
    standing = Standing.objects.visible_to(by).select_related("assessment__policy").get(customer=customer)
    answer = answer_of(standing.assessment)
    policy = in_force(on).policy_of(customer.country)
    return {"customer": customer, "form": WhatIfForm(initial=_what_if_initial(answer)), "policy": policy}


def _likely_choice(motion: str) -> str:
    return Motion.BREADTH.value if motion == Motion.UNKNOWN else motion


def explained(answer: Answer) -> Explained:
    """An entry of the ledger, ready to be shown."""
    return explain(
        answer.edition,
        answer.facts,
        answer.limits,
        answer.currency,
        decision=answer.decision,
        shown=answer.shown,
    )


def doubt(entry: Assessment) -> str:
    """Why an entry cannot be relied on; '' when it holds."""
    found = verdict(entry)
    return "" if found is Verdict.HOLDS else wording.verdict_text(found, edition=edition_of(entry))


def _together(answer: Answer) -> str:
    """The combined sizes of all open deals in words; '' when there is only one deal."""
    if len(answer.lines) < 2:
        return ""
    sizes = [(measure, answer.together.size(measure)) for measure in MEASURES]
    texts = [wording.size_text(measure, size, answer.currency) for measure, size in sizes if size is not None]
    return " · ".join(texts)


def doubt_of(policy: PolicyVersion | None) -> str:
    """Why nothing can be decided under a policy version; '' when it can."""
    return wording.edition_gone_text(policy.edition) if policy and policy.edition not in EDITIONS else ""


def deal_names(ids: Iterable[int], *, by: User) -> dict[int, str]:
    """Deals by name, as they are called today."""
    return dict(Deal.objects.visible_to(by).filter(pk__in=set(ids)).values_list("pk", "name"))


def lines_of(answer: Answer, *, names: dict[int, str]) -> list[dict[str, Any]]:
    """The deals of an answer in words."""
    return [
        {
            "line": line,
            "name": names.get(line.deal_id) or _("removed deal"),
            "size": wording.deal_size_text(line.seats, line.amount, line.currency),
            "converted": wording.conversion_text(line, answer.currency),
            "source": Source(line.source).label,
            "is_ruling": answer.ruling is line,
            "motion": line.decision.motion.value,
            "motion_label": Motion(line.decision.motion.value).label,
        }
        for line in answer.lines
    ]


def _what_if_initial(answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return {}
    facts = answer.facts
    return {
        "seats": facts.seats,
        "azure": facts.azure,
        "needs": sorted(facts.needs) or ["none"] if facts.needs is not None else None,
        "prefers_self_service": asked_text(facts.prefers_self_service),
    }


def deals(customer: Customer, *, by: User, on: date) -> dict[str, Any]:
    """The deals panel."""
    rows = [
        {
            "deal": deal,
            "size": wording.deal_size_text(deal.seats, deal.amount, deal.currency),
            "needs": wording.needs_text(deal.needs),
            "prefers": wording.asked_text(deal.prefers_self_service),
        }
        for deal in Deal.objects.visible_to(by).filter(customer=customer).order_by("-stage", "id")
    ]
    return {"customer": customer, "deals": rows, "may_write": by.is_of_partner}
