"""Routing rules, their preview, absences and the workload, ready to be shown and filled in."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from common.money import country_choices
from partners.models import User
from partners.roles import Role, Segment
from referrals import wording
from referrals.models import Absence, Referral, RoutingRule
from referrals.review.queue import WAITING, dress
from referrals.services.directing import rule_for
from referrals.sql import responsible
from referrals.states import QUEUED, Solution, State

MOST_PREVIEWED = 50
LATELY = timedelta(days=7)


def _people() -> list[tuple[str, Any]]:
    return [("", _("Please choose")), *((str(pk), name) for pk, name in responsible().items())]


class RuleForm(forms.Form):
    """A new rule: market by solution to a manager."""

    country = forms.ChoiceField(label=_("Market"), required=False)
    solution = forms.ChoiceField(
        label=_("Solution"), required=False, choices=[("", _("All solutions")), *Solution.choices]
    )
    manager = forms.TypedChoiceField(label=_("Channel manager"), coerce=int)
    starts_at = forms.DateTimeField(
        label=_("In force from"),
        required=False,
        help_text=_("Empty: at once. Leads that came before stay where they are."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["country"].choices = [("", _("All markets")), *country_choices()]  # type: ignore[attr-defined]
        self.fields["manager"].choices = _people()  # type: ignore[attr-defined]


class PreviewForm(forms.Form):
    """A lead that might come: to whom would it go?"""

    market = forms.ChoiceField(label=_("Market"), required=False)
    segment = forms.ChoiceField(label=_("Segment"), required=False, choices=Segment.choices)
    solution = forms.ChoiceField(
        label=_("Solution"), required=False, choices=[("", _("None named")), *Solution.choices]
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_preview_%s")
        self.fields["market"].choices = [("", _("Please choose")), *country_choices()]  # type: ignore[attr-defined]


class AbsenceForm(forms.Form):
    """Who is away, who stands in, from when to when."""

    person = forms.TypedChoiceField(label=_("Who is away"), coerce=int)
    substitute = forms.TypedChoiceField(label=_("Who stands in"), coerce=int)
    first_day = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any = None, *, by: User) -> None:
        super().__init__(data, auto_id="id_absence_%s")
        people = _people()
        own = [(key, name) for key, name in people if key == str(by.pk)]
        self.fields["person"].choices = people if by.role == Role.ADMINISTRATOR else own  # type: ignore[attr-defined]
        self.fields["substitute"].choices = people  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Preview:
    """What the rules would do with a lead: to whom, by which rule; None when it stays with everybody responsible."""

    rule: RoutingRule | None
    name: str
    people: list[str]


def preview(form: PreviewForm, *, at: datetime) -> Preview | None:
    """To whom a lead would go now; None while nothing is asked."""
    if not form.is_bound or not form.is_valid() or not form.cleaned_data["market"]:
        return None
    asked = form.cleaned_data
    solutions = [asked["solution"]] if asked["solution"] else []
    segment = asked["segment"] or Segment.COMMERCIAL
    rule = rule_for(country=asked["market"], segment=segment, solutions=solutions, at=at)
    people = list(responsible(asked["market"], segment).values())
    return Preview(rule, wording.rule_name(rule) if rule else "", people)


def rules(*, at: datetime) -> dict[str, Any]:
    """Rules in force or to come, the most exact first, and those that ended lately."""
    found = list(RoutingRule.objects.order_by("-country", "-solution", "-starts_at"))
    standing = [rule for rule in found if rule.ends_at is None]
    ended = [rule for rule in found if rule.ends_at is not None]
    for rule in found:
        vars(rule)["product"] = wording.solution(rule.solution)
    return {
        "rules": sorted(standing, key=lambda rule: (not (rule.country and rule.solution), not rule.solution)),
        "ended": sorted(ended, key=lambda rule: rule.ends_at or at, reverse=True)[:MOST_PREVIEWED],
        "now": at,
    }


@dataclass(frozen=True)
class Load:
    """What one manager has on the desk."""

    name: str
    assigned: int
    claimed: int
    overdue: int
    decided: int
    away: str


def workload(*, by: User, at: datetime) -> dict[str, Any]:
    """What everybody has on the desk, as far as the person sees the leads; claims one by one."""
    leads = Referral.objects.visible_to(by).shared()
    waiting = leads.filter(state__in=WAITING)
    counts = {"n": Count("pk"), "late": Count("pk", filter=Q(answer_due_at__lt=at))}
    assigned = waiting.filter(state__in=sorted(QUEUED)).values_list("routed_to_name")
    queued = {name: (count, late) for name, count, late in assigned.annotate(**counts).order_by()}
    claimed = waiting.filter(state=State.IN_REVIEW).values_list("reviewer_name")
    held = {name: (count, late) for name, count, late in claimed.annotate(**counts).order_by()}
    decided = leads.filter(decided_at__gt=at - LATELY).values_list("reviewer_name")
    lately = dict(decided.annotate(n=Count("pk")).order_by())
    away = {one.user_name: one.substitute_name for one in Absence.objects.on(localdate(at))}
    names = sorted(set(queued) | set(held) | set(lately) - {""} | set(responsible().values()))
    claims = list(waiting.filter(state=State.IN_REVIEW).select_related("customer").order_by("claimed_until")[:200])
    dress(claims, at)
    return {
        "loads": [_load(name, queued, held, lately, away) for name in names],
        "claims": claims,
        "absences": list(Absence.objects.filter(last_day__gte=_today(at)).order_by("first_day", "pk")),
    }


def _today(at: datetime) -> date:
    return localdate(at)


def _load(
    name: str,
    queued: dict[str, tuple[int, int]],
    held: dict[str, tuple[int, int]],
    lately: dict[str, int],
    away: dict[str, str],
) -> Load:
    waits, late = queued.get(name, (0, 0))
    holds, late_too = held.get(name, (0, 0))
    return Load(name, waits, holds, late + late_too, lately.get(name, 0), away.get(name, ""))
