"""Routing rules, locations, their preview, absences and the workload, ready to be shown and filled in."""

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
from referrals.models import Absence, LocationMember, Referral, ReviewLocation, RoutingRule
from referrals.models.leads import ReferralQuerySet
from referrals.review.queue import WAITING, dress
from referrals.services.directing import rule_for
from referrals.sql import responsible
from referrals.states import QUEUED, Solution, State

MOST_PREVIEWED = 50
LATELY = timedelta(days=7)


def _people() -> list[tuple[str, Any]]:
    return [("", _("Please choose")), *((str(pk), name) for pk, name in responsible().items())]


def _targets() -> list[tuple[Any, Any]]:
    """To whom a rule may send leads: everybody who reviews, and every location."""
    managers = [(f"manager:{pk}", name) for pk, name in responsible().items()]
    places = [(f"location:{place.pk}", place.name) for place in ReviewLocation.objects.order_by("name")]
    return [("", _("Please choose")), (_("Locations"), places), (_("Channel managers"), managers)]


class RuleForm(forms.Form):
    """A new rule: market by solution to a manager or a location."""

    country = forms.ChoiceField(label=_("Market"), required=False)
    solution = forms.ChoiceField(
        label=_("Solution"), required=False, choices=[("", _("All solutions")), *Solution.choices]
    )
    to = forms.ChoiceField(label=_("Goes to"))
    starts_at = forms.DateTimeField(
        label=_("In force from"),
        required=False,
        help_text=_("Empty: at once. Leads that came before stay where they are."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["country"].choices = [("", _("All markets")), *country_choices()]  # type: ignore[attr-defined]
        self.fields["to"].choices = _targets()  # type: ignore[attr-defined]

    @property
    def said(self) -> dict[str, Any]:
        """The arguments of the service: a manager or a location."""
        said = dict(self.cleaned_data)
        kind, _colon, key = said.pop("to").partition(":")
        return {**said, kind: int(key)}


class LocationForm(forms.Form):
    """A location and who works there; the name is asked for once."""

    name = forms.CharField(label=_("Name"), max_length=150)
    people = forms.TypedMultipleChoiceField(
        label=_("Who works there"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, place: "Place | None" = None) -> None:
        initial = {"people": place.keys} if place else {}
        super().__init__(data, initial=initial, auto_id=f"id_location_{place.location.pk if place else 'new'}_%s")
        self.fields["people"].choices = [(str(pk), name) for pk, name in responsible().items()]  # type: ignore[attr-defined]
        if place:
            del self.fields["name"]


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
class Place:
    """A location with the people who work there, by key and by name; whoever reviews no longer is left out."""

    location: ReviewLocation
    people: dict[int, str]

    @property
    def keys(self) -> list[str]:
        """The keys as a form has them."""
        return [str(pk) for pk in self.people]


def places(country: str = "", segment: str = "") -> list[Place]:
    """All locations by name, with those of their people who are responsible for a market and a segment; '' is any."""
    people = responsible(country, segment)
    at_place: dict[int, set[int]] = {}
    for location, person in LocationMember.objects.values_list("location_id", "user_id"):
        at_place.setdefault(location, set()).add(person)
    return [
        Place(one, {pk: name for pk, name in people.items() if pk in at_place.get(one.pk, ())})
        for one in ReviewLocation.objects.order_by("name")
    ]


@dataclass(frozen=True)
class Preview:
    """What the rules would do with a lead: by which rule, and who would be told; no rule: everybody responsible."""

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
    if rule and rule.location_id:
        there = next(one for one in places(asked["market"], segment) if one.location.pk == rule.location_id)
        people = list(there.people.values())
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
    """What one manager has on the desk; of a location, whose `people` are named, what none of them has claimed yet."""

    name: str
    assigned: int
    overdue: int
    claimed: int = 0
    decided: int = 0
    away: str = ""
    people: tuple[str, ...] = ()
    is_location: bool = False


def workload(*, by: User, at: datetime) -> dict[str, Any]:
    """What everybody has on the desk, as far as the person sees the leads; claims one by one."""
    leads = Referral.objects.visible_to(by).shared()
    waiting = leads.filter(state__in=WAITING)
    claims = list(waiting.filter(state=State.IN_REVIEW).select_related("customer").order_by("claimed_until")[:200])
    dress(claims, at)
    return {
        "loads": _loads(leads, waiting, at=at),
        "claims": claims,
        "absences": list(Absence.objects.filter(last_day__gte=_today(at)).order_by("first_day", "pk")),
    }


def _today(at: datetime) -> date:
    return localdate(at)


def _loads(leads: ReferralQuerySet, waiting: ReferralQuerySet, *, at: datetime) -> list[Load]:
    """Locations first, then people, both by name."""
    counts = {"n": Count("pk"), "late": Count("pk", filter=Q(answer_due_at__lt=at))}
    assigned = waiting.filter(state__in=sorted(QUEUED)).values_list("routed_location", "routed_to_name")
    queued = {(place, name): (n, late) for place, name, n, late in assigned.annotate(**counts).order_by()}
    claimed = waiting.filter(state=State.IN_REVIEW).values_list("reviewer_name")
    held = {name: (n, late) for name, n, late in claimed.annotate(**counts).order_by()}
    decided = leads.filter(decided_at__gt=at - LATELY).values_list("reviewer_name")
    lately = dict(decided.annotate(n=Count("pk")).order_by())
    away = {one.user_name: one.substitute_name for one in Absence.objects.on(localdate(at))}
    people = {name for place, name in queued if place is None} | set(held) | set(lately) - {""}
    loads = [
        Load(one.location.name, *queued.get((one.location.pk, one.location.name), (0, 0)),
             people=tuple(one.people.values()), is_location=True)
        for one in places()
    ]  # fmt: skip
    for name in sorted(people | set(responsible().values())):
        (waits, late), (holds, late_too) = queued.get((None, name), (0, 0)), held.get(name, (0, 0))
        loads.append(Load(name, waits, late + late_too, holds, lately.get(name, 0), away.get(name, "")))
    return loads
