"""The review queue: hot leads first, then the oldest; the age in colour and in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from babel.dates import format_timedelta
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from common import money
from common.paging import Page, keyset
from partners.models import User
from referrals.models import Referral, Snooze
from referrals.models.leads import ReferralQuerySet
from referrals.review.forms import QueueFilter
from referrals.services.directing import stands_for
from referrals.states import HOLDERS, QUEUED, Holder, State

PAGE_SIZE = 40
HOT_FOR = timedelta(hours=72)  # R46
SOON = timedelta(hours=4)
WAITING = sorted(state for state, holder in HOLDERS.items() if holder == Holder.MICROSOFT)
ORDER = ("submitted_at", "pk")
# what the list shows of a row; of a hundred columns of three tables the others would be read for nothing
SHOWN = (
    "public_id", "name", "state", "version", "country", "value", "currency", "submitted_at", "answer_due_at", "asks_contact",
    "reviewer_name", "routed_to_name", "customer__name", "partner__name",
)  # fmt: skip
# babel's own units, the greatest first, and from which share of one on it is told
_UNITS = (365 * 86_400, 30 * 86_400, 7 * 86_400, 86_400, 3600, 60, 1)
_SHARE = 0.85


@dataclass(frozen=True)
class Age:
    """How a lead stands against its answer time: a tone for the eye and the same in words."""

    kind: str
    words: str


@dataclass(frozen=True)
class Queue:
    """One page: hot leads (on the first page alone), then the others; `more_hot` when there are hot ones beyond."""

    page: Page[Referral]
    hot: list[Referral] = field(default_factory=list)
    more_hot: bool = False

    @property
    def rows(self) -> list[Referral]:
        """All rows of the page, in order."""
        return [*self.hot, *self.page.rows]


def waiting(*, by: User) -> ReferralQuerySet:
    """What waits for Microsoft and a person may see."""
    return Referral.objects.visible_to(by).filter(state__in=WAITING)


def is_hot(at: datetime) -> Q:
    """The customer asked to be contacted, less than 72 hours ago (R46)."""
    return Q(asks_contact=True, submitted_at__gt=at - HOT_FOR)


def filtered(form: QueueFilter, *, by: User, at: datetime) -> ReferralQuerySet:
    """The part of the queue that a filter shows."""
    chosen, rows = form.chosen, waiting(by=by)
    for name in ("country", "segment"):
        if chosen[name]:
            rows = rows.filter(**{name: chosen[name]})
    if chosen["heat"]:
        rows = rows.filter(is_hot(at))
    put_off = Exists(Snooze.objects.filter(user=by.pk, until__gt=at, lead=OuterRef("public_id")))
    if chosen["whose"] == "snoozed":
        return rows.filter(put_off)
    return _of(chosen["whose"], rows.exclude(put_off), by=by, at=at)


def _of(whose: str, rows: ReferralQuerySet, *, by: User, at: datetime) -> ReferralQuerySet:
    if whose == "mine":
        assigned = Q(state__in=sorted(QUEUED), routed_to__in=stands_for(by, localdate(at)))
        return rows.filter(assigned | Q(state=State.IN_REVIEW, reviewer=by.pk))
    if whose == "unclaimed":
        return rows.filter(state__in=sorted(QUEUED))
    return rows.filter(answer_due_at__lt=at) if whose == "overdue" else rows


def queue(form: QueueFilter, *, by: User, at: datetime, after: str = "", before: str = "") -> Queue:
    """One page of the queue."""
    rows = filtered(form, by=by, at=at).select_related("customer", "partner").only(*SHOWN)
    if form.chosen["heat"]:
        return _dressed(Queue(keyset(rows, by=ORDER, after=after, before=before, size=PAGE_SIZE)), at)
    hot = [] if after or before else list(rows.filter(is_hot(at)).order_by(*ORDER)[: PAGE_SIZE + 1])
    others = keyset(rows.exclude(is_hot(at)), by=ORDER, after=after, before=before, size=PAGE_SIZE)
    return _dressed(Queue(others, hot[:PAGE_SIZE], len(hot) > PAGE_SIZE), at)


def _dressed(found: Queue, at: datetime) -> Queue:
    dress(found.rows, at)
    return found


def dress(rows: Iterable[Referral], at: datetime) -> None:
    """Put what the list shows beside each row: its age in words, whether it is hot, how long it waits."""
    for row in rows:
        vars(row).update(age=age(row, at), hot=hot(row, at), waits=ago(row.submitted_at, at))


def hot(lead: Referral, at: datetime) -> bool:
    """See `is_hot`, of a row at hand."""
    return lead.asks_contact and lead.submitted_at is not None and lead.submitted_at > at - HOT_FOR


def age(lead: Referral, at: datetime) -> Age | None:
    """How a lead stands against the time of its answer; None when Microsoft does not hold it."""
    if lead.answer_due_at is None:
        return None
    if lead.answer_due_at <= at:
        return Age("bad", _("Overdue (due %(when)s)") % {"when": ago(lead.answer_due_at, at)})
    words = _("Due %(when)s") % {"when": ago(lead.answer_due_at, at)}
    return Age("warn" if lead.answer_due_at - at < SOON else "good", words)


def ago(moment: datetime | None, at: datetime) -> str:
    """'in 3 hours', '2 days ago' in the reader's language."""
    if moment is None:
        return ""
    seconds = (moment - at) // timedelta(seconds=1)
    unit = next((unit for unit in _UNITS if abs(seconds) >= _SHARE * unit), 1)
    return _told(round(seconds / unit) * unit, str(money.locale()))


@lru_cache(maxsize=2048)
def _told(seconds: int, locale: str) -> str:
    """A whole number of a unit in words; a page of a queue has a hundred and more of them, and few that differ."""
    return format_timedelta(timedelta(seconds=seconds), threshold=1, add_direction=True, locale=locale)


def following(lead: Referral, form: QueueFilter, *, by: User, at: datetime) -> Referral | None:
    """What comes after a lead in the queue, or its first row; None when there is nothing else."""
    rows = filtered(form, by=by, at=at).exclude(pk=lead.pk).only("public_id", "submitted_at")
    later = Q(submitted_at__gt=lead.submitted_at) | Q(submitted_at=lead.submitted_at, pk__gt=lead.pk)
    parts: list[Any] = [rows.exclude(is_hot(at)).filter(later, submitted_at__gte=lead.submitted_at)]
    if hot(lead, at):
        parts = [rows.filter(is_hot(at)).filter(later, submitted_at__gte=lead.submitted_at)]
    parts += [rows.filter(is_hot(at)), rows.exclude(is_hot(at))]
    return next((found for part in parts if (found := part.order_by(*ORDER).first())), None)
