"""Which partners fit a customer who looks for one (S1, S4): by country, service areas, solutions and load; and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.money import country_name
from customers.models import CompanyKey, Customer
from partners.models import Partner, User
from referrals import wording
from referrals.models import Referral
from referrals.states import OPEN, State

MOST = 10
LATELY = timedelta(days=730)


@dataclass(frozen=True)
class Fit:
    """A partner, what speaks for it, what speaks against it or is not known."""

    partner: Partner
    reasons: list[str]
    doubts: list[str]


@dataclass(frozen=True)
class Wanted:
    """What a customer looks for."""

    name: str
    country: str
    areas: Sequence[str]
    solutions: Sequence[str]


@dataclass(frozen=True)
class _Seen:
    """What the person knows of the partners: counts by partner, as far as one's countries and segments go."""

    has_customer: frozenset[int]
    done: dict[int, int]
    load: dict[int, int]


def areas_of(partner: Partner) -> list[str] | None:
    """What a partner does for customers (S4), None where partners do not say so."""
    found: list[str] | None = getattr(partner, "service_areas", None)
    return found


def countries_of(partner: Partner) -> list[str]:
    """Where a partner works: at home, and where it says so."""
    return [partner.country, *getattr(partner, "countries", [])]


def fitting(wanted: Wanted, *, by: User, at: datetime) -> list[Fit]:
    """Active partners for the country, the most fitting first: who has the customer, does most of what is wanted, has
    done it before, and has the least to do."""
    seen = _seen(wanted, by=by, at=at)
    partners = [one for one in Partner.objects.filter(is_active=True) if wanted.country in countries_of(one)]
    ranked = sorted(partners, key=lambda one: _rank(one, wanted, seen))
    return [Fit(one, _reasons(one, wanted, seen), _doubts(one, wanted)) for one in ranked[:MOST]]


def _seen(wanted: Wanted, *, by: User, at: datetime) -> _Seen:
    leads = Referral.objects.visible_to(by)
    # what Microsoft has decided; what a partner has kept for itself and accepted is its own word
    done = leads.filter(state__in=[State.ACCEPTED, State.WON], decided_at__gt=at - LATELY, submitted_at__isnull=False)
    if wanted.solutions:
        done = done.filter(solutions__overlap=list(wanted.solutions))
    same = Q(name_key=CompanyKey(Value(wanted.name)), country=wanted.country)
    mine = Customer.objects.visible_to(by).current().filter(same)
    return _Seen(
        frozenset(mine.values_list("partner_id", flat=True)),
        dict(done.order_by().values_list("partner_id").annotate(Count("pk"))),
        dict(leads.filter(state__in=sorted(OPEN)).order_by().values_list("partner_id").annotate(Count("pk"))),
    )


def _met(partner: Partner, wanted: Wanted) -> list[str]:
    return [area for area in wanted.areas if area in (areas_of(partner) or [])]


def _rank(partner: Partner, wanted: Wanted, seen: _Seen) -> tuple[bool, int, int, int, str]:
    return (
        partner.pk not in seen.has_customer,
        -len(_met(partner, wanted)),
        -seen.done.get(partner.pk, 0),
        seen.load.get(partner.pk, 0),
        partner.name,
    )


def _reasons(partner: Partner, wanted: Wanted, seen: _Seen) -> list[str]:
    found = []
    if partner.pk in seen.has_customer:
        found.append(_("has registered this customer"))
    where = _("at home in %(country)s") if partner.country == wanted.country else _("works in %(country)s")
    found.append(where % {"country": country_name(wanted.country)})
    if met := _met(partner, wanted):
        found.append(_("does: %(areas)s") % {"areas": ", ".join(map(wording.area, met))})
    if done := seen.done.get(partner.pk, 0):
        text = ngettext(
            "%(count)d lead of this kind accepted in two years",
            "%(count)d leads of this kind accepted in two years",
            done,
        )
        found.append(text % {"count": done})
    load = seen.load.get(partner.pk, 0)
    text = ngettext("%(count)d open lead now", "%(count)d open leads now", load)
    return [*found, text % {"count": load}]


def _doubts(partner: Partner, wanted: Wanted) -> list[str]:
    if not areas_of(partner):
        return [_("has not said what it does")]
    lacking = [area for area in wanted.areas if area not in _met(partner, wanted)]
    return [_("does not do: %(areas)s") % {"areas": ", ".join(map(wording.area, lacking))}] if lacking else []
