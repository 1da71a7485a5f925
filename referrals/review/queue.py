"""The review queue: hot leads first, then the oldest; the age in colour and in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from babel.dates import format_timedelta
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import money
from common.paging import Page, keyset
from partners.models import User
from referrals.models import Referral, Snooze
from referrals.models.leads import ReferralQuerySet
from referrals.review.forms import QueueFilter
from referrals.services.directing import routed_to
from referrals.states import HOLDERS, QUEUED, Holder, State

PAGE_SIZE = 40
HOT_FOR = timedelta(hours=72)  # R46
SOON = timedelta(hours=4)
WAITING = sorted(state for state, holder in HOLDERS.items() if holder == Holder.MICROSOFT)
ORDER = ("submitted_at", "pk")
# what the list shows of a row: of a hundred columns of three tables the others would be read and dressed for nothing
SHOWN = (
    "pk", "public_id", "name", "state", "version", "country", "value", "currency", "submitted_at", "answer_due_at",
    "asks_contact", "reviewer_name", "routed_to_name", "customer__name", "partner__name",
)  # fmt: skip
# babel's own units, the greatest first, and from which share of one on it is told
_UNITS = (365 * 86_400, 30 * 86_400, 7 * 86_400, 86_400, 3600, 60, 1)
_SHARE = 0.85


@dataclass(frozen=True)
class Age:
    """How a lead stands against its answer time: a tone for the eye and the same in words."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A lead as the list shows it: what is read, in the order of `SHOWN`, and what follows from it at the moment."""

    pk: int
    public_id: UUID
    name: str
    state: str
    version: int
    country: str
    value: Decimal | None
    currency: str
    submitted_at: datetime
    answer_due_at: datetime | None
    asks_contact: bool
    reviewer_name: str
    routed_to_name: str
    customer: str
    partner: str
    age: Age | None
    hot: bool
    waits: str


@dataclass(frozen=True)
class Queue:
    """One page: hot leads (on the first page alone), then the others; `more_hot` when there are hot ones beyond."""

    page: Page[Any]
    rows: list[Row]
    more_hot: bool = False


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
        assigned = Q(state__in=sorted(QUEUED)) & routed_to(by, localdate(at))
        return rows.filter(assigned | Q(state=State.IN_REVIEW, reviewer=by.pk))
    if whose == "unclaimed":
        return rows.filter(state__in=sorted(QUEUED))
    return rows.filter(answer_due_at__lt=at) if whose == "overdue" else rows


def queue(form: QueueFilter, *, by: User, at: datetime, after: str = "", before: str = "") -> Queue:
    """One page of the queue."""
    leads = filtered(form, by=by, at=at)
    is_first = not (after or before or form.chosen["heat"])
    first = list(_shown(leads.filter(is_hot(at))).order_by(*ORDER)[: PAGE_SIZE + 1]) if is_first else []
    others = leads if form.chosen["heat"] else leads.exclude(is_hot(at))
    page: Page[Any] = keyset(_shown(others), by=ORDER, after=after, before=before, size=PAGE_SIZE)
    language = get_language() or "en"
    rows = [_row(lead, at, language) for lead in (*first[:PAGE_SIZE], *page.rows)]
    return Queue(page, rows, len(first) > PAGE_SIZE)


def _shown(leads: ReferralQuerySet) -> Any:
    return leads.values_list(*SHOWN, named=True)


def _row(lead: Any, at: datetime, language: str) -> Row:
    waits = _told(_rounded(lead.submitted_at - at), language)
    return Row(*(*lead, _age(lead.answer_due_at, at, language), hot(lead, at), waits))


def dress(rows: Iterable[Referral], at: datetime) -> None:
    """Put what the list shows beside each row: its age in words, whether it is hot, how long it waits."""
    for row in rows:
        vars(row).update(age=age(row, at), hot=hot(row, at), waits=ago(row.submitted_at, at))


def hot(lead: Any, at: datetime) -> bool:
    """See `is_hot`, of a row at hand."""
    return lead.asks_contact and lead.submitted_at is not None and lead.submitted_at > at - HOT_FOR


def age(lead: Any, at: datetime) -> Age | None:
    """How a lead stands against the time of its answer; None when Microsoft does not hold it."""
    return _age(lead.answer_due_at, at, get_language() or "en")


def _age(due_at: datetime | None, at: datetime, language: str) -> Age | None:
    if due_at is None:
        return None
    left = due_at - at
    kind = "bad" if left <= timedelta() else "warn" if left < SOON else "good"
    return _aged(kind, _rounded(left), language)


# a page of a queue tells a hundred times and more, and few of these differ
@lru_cache(maxsize=2048)
def _aged(kind: str, seconds: int, language: str) -> Age:
    when = _told(seconds, language)
    text = _("Overdue (due %(when)s)") if kind == "bad" else _("Due %(when)s")
    return Age(kind, text % {"when": when})


def ago(moment: datetime | None, at: datetime) -> str:
    """'in 3 hours', '2 days ago' in the reader's language."""
    return "" if moment is None else _told(_rounded(moment - at), get_language() or "en")


def _rounded(span: timedelta) -> int:
    """The seconds of a whole number of the unit in which a span is told."""
    seconds = span // timedelta(seconds=1)
    unit = next((unit for unit in _UNITS if abs(seconds) >= _SHARE * unit), 1)
    return round(seconds / unit) * unit


@lru_cache(maxsize=2048)
def _told(seconds: int, language: str) -> str:
    locale = money.locale()  # of the language that is active, which `language` only names for the cache
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
