"""What the shell, the inbox and the pages of the team show."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import get_language

from partners.forms import ChannelScopeForm, HandOverForm, ReasonForm
from partners.models import ChannelScope, Invitation, Location, Notice, Partner, Post, TeamEvent, User
from partners.roles import GIVES, SEES_ALL, Role
from partners.services import work_of
from partners.states import PostKind
from partners.wording import Words, told_changes, words_of

MOST_EVENTS = 30


@dataclass(frozen=True)
class Entry:
    """A notice with its words."""

    notice: Notice
    words: Words


def entries(notices: list[Notice]) -> list[Entry]:
    """Notices in the reader's language."""
    return [Entry(notice, words_of(notice.kind, notice.params)) for notice in notices]


@dataclass(frozen=True)
class Shell:
    """What every page shows around itself: how many notices wait, and the banners of the day."""

    unread: int = 0
    banners: tuple[dict[str, str], ...] = ()


def shell(person: User, *, on: date) -> Shell:
    """Both in one query, because every page asks."""
    counted = Notice.objects.visible_to(person).unread().values("user").annotate(n=Count("pk")).values("n")
    language = "de" if (get_language() or "").startswith("de") else "en"
    banners = Post.objects.visible_to(person).filter(kind=PostKind.BANNER).shown_on(on).order_by("-shown_from", "-pk")
    told = banners.values(
        told=JSONObject(title=f"title_{language}", body=f"body_{language}", certainty="certainty", url="source_url")
    )
    row = User.objects.filter(pk=person.pk).values_list(Coalesce(Subquery(counted), 0), ArraySubquery(told)).first()
    return Shell(row[0], tuple(row[1])) if row else Shell()


def people(partner: Partner | None, *, by: User, at: datetime) -> dict[str, Any]:
    """Who is in an organisation (None: Microsoft's side), who is asked in, and what happened there."""
    here = User.objects.visible_to(by).filter(partner=partner, api_client__isnull=True).select_related("location")
    asked = Invitation.objects.visible_to(by).pending().filter(partner=partner).select_related("location")
    events = TeamEvent.objects.visible_to(by).filter(partner=partner)
    return {
        "people": list(here.order_by("-is_active", "name", "pk")),
        "invitations": [(one, one.is_open(at)) for one in asked.order_by("name", "pk")],
        "events": told_events(events),
    }


def told_events(events: QuerySet[TeamEvent]) -> list[tuple[TeamEvent, list[tuple[str, str, str]]]]:
    """The newest events, each with what changed in the reader's language."""
    newest = events.order_by("-at", "-pk")[:MOST_EVENTS]
    return [(event, told_changes(event.changes)) for event in newest]


def places(partner: Partner | None, *, by: User) -> list[Location]:
    """The locations of an organisation, with the number of people at each."""
    rows = Location.objects.visible_to(by).filter(partner=partner)
    counted = rows.annotate(head_count=Count("people", filter=Q(people__is_active=True)))
    return list(counted.order_by("-is_active", "name", "pk"))


def found_organisations(words: str, *, by: User) -> QuerySet[Partner, Partner]:
    """Organisations whose name contains the words, or whose PartnerID, or that of a location, begins with them."""
    rows = Partner.objects.visible_to(by).annotate(
        head_count=Count("people", filter=Q(people__is_active=True, people__api_client__isnull=True))
    )
    if not words:
        return rows
    place = Exists(Location.objects.filter(partner=OuterRef("pk"), partner_number__startswith=words))
    return rows.filter(Q(name__icontains=words) | Q(partner_number__startswith=words) | Q(place))


def person(found: User, *, by: User) -> dict[str, Any]:
    """One person: what they work on, what happened, and what may be done."""
    is_office = by.role == Role.ADMINISTRATOR
    is_colleague = found.partner_id == by.partner_id  # what is a partner's is handed over by the partner
    return {
        "person": found,
        "may_write": found.role in GIVES.get(Role(by.role), frozenset()),
        "work": work_of(found, by=by) if is_colleague else [],
        "events": told_events(TeamEvent.objects.visible_to(by).filter(person=found)),
        "hand_over": HandOverForm(by=by, person=found) if is_colleague else None,
        "scopes": list(ChannelScope.objects.filter(user=found).order_by("country", "segment")) if is_office else [],
        "scope_form": ChannelScopeForm() if is_office and found.role == Role.CHANNEL_MANAGER else None,
        "view_form": ReasonForm() if is_office and found.role not in SEES_ALL and found.is_active else None,
    }
