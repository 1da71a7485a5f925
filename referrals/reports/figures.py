"""The report of leads: funnel, win rate, times to accept and to win, reasons, by programme and by country (R50)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db.models import Count, F, Sum
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from common.money import country_name
from common.paging import Page, keyset
from common.sheets import sheet
from partners.models import User
from referrals.models import Programme, Referral
from referrals.reports.filters import ReportFilter
from referrals.states import Reason, State

PAGE_SIZE = 25
MOST_ROWS = 5000  # R50
ACCEPTED = frozenset({State.ACCEPTED, State.WON, State.LOST})
ORDER = ("submitted_at", "pk")


@dataclass(frozen=True)
class Group:
    """Leads that a report need not tell apart, counted by the database."""

    state: str
    reason: str
    programme: str
    country: str
    leads: int
    to_decide: timedelta
    to_close: timedelta


@dataclass(frozen=True)
class Line:
    """One line of the report."""

    label: str
    submitted: int
    accepted: int
    won: int
    declined: int
    expired: int
    acceptance_days: Decimal | None
    win_days: Decimal | None

    @property
    def win_rate(self) -> Decimal | None:
        """Won of a hundred accepted (R50); None of nobody."""
        return Decimal(self.won) / self.accepted if self.accepted else None


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: `share` in thousandths of the longest."""

    label: str
    count: int
    share: int


def report(form: ReportFilter, *, by: User, at: datetime) -> dict[str, Any]:
    """Everything on the page but the list of the leads."""
    groups = _groups(form, by=by, at=at)
    titles = {one.code: one.title for one in Programme.objects.all()}
    total = _line(_("All"), groups)
    return {
        "total": total,
        "funnel": _bars(_funnel(groups, total)),
        "declined": _bars(_reasons(groups, State.DECLINED)),
        "lost": _bars(_reasons(groups, State.LOST)),
        "by_programme": list(_lines(groups, lambda group: titles[group.programme])),
        "by_country": list(_lines(groups, lambda group: country_name(group.country))),
        "active": form.active,
        "as_of": at,
    }


def _groups(form: ReportFilter, *, by: User, at: datetime) -> list[Group]:
    facts = ("state", "reason", "programme__code", "country")
    rows = form.asked.leads(by=by, at=at).values(*facts).order_by()
    sums = rows.annotate(
        n=Count("pk"), decided=Sum(F("decided_at") - F("submitted_at")), closed=Sum(F("closed_at") - F("decided_at"))
    )
    nothing = timedelta()
    return [
        Group(state, reason, programme, country, count, decided or nothing, closed or nothing)
        for state, reason, programme, country, count, decided, closed in sums.values_list(
            *facts, "n", "decided", "closed"
        )
    ]


def _of(groups: Iterable[Group], *states: State) -> list[Group]:
    return [group for group in groups if group.state in states]


def _count(groups: Iterable[Group]) -> int:
    return sum(group.leads for group in groups)


def _days(total: timedelta, count: int) -> Decimal | None:
    return round(Decimal(total.total_seconds()) / 86400 / count, 1) if count else None


def _line(label: str, groups: Iterable[Group]) -> Line:
    rows = list(groups)
    accepted, won = _of(rows, *ACCEPTED), _of(rows, State.WON)
    return Line(
        label=label,
        submitted=_count(rows),
        accepted=_count(accepted),
        won=_count(won),
        declined=_count(_of(rows, State.DECLINED)),
        expired=_count(_of(rows, State.EXPIRED)),
        acceptance_days=_days(sum((group.to_decide for group in accepted), timedelta()), _count(accepted)),
        win_days=_days(sum((group.to_close for group in won), timedelta()), _count(won)),
    )


def _lines(groups: list[Group], label_of: Callable[[Group], str]) -> Iterator[Line]:
    """A line for each label, the one with the most leads first."""
    labels = {label_of(group) for group in groups}
    lines = [_line(label, [group for group in groups if label_of(group) == label]) for label in labels]
    yield from sorted(lines, key=lambda line: (-line.submitted, line.label))


def _funnel(groups: list[Group], total: Line) -> list[tuple[str, int]]:
    decided = total.accepted + total.declined
    return [
        (_("Submitted"), total.submitted),
        (_("Decided"), decided),
        (_("Accepted"), total.accepted),
        (_("Won"), total.won),
    ]


def _reasons(groups: list[Group], state: State) -> list[tuple[str, int]]:
    found = _of(groups, state)
    counts = [(str(one.label), _count(group for group in found if group.reason == one)) for one in Reason]
    return sorted((pair for pair in counts if pair[1]), key=lambda pair: (-pair[1], pair[0]))


def _bars(counts: list[tuple[str, int]]) -> list[Bar]:
    longest = max((count for _label, count in counts), default=0)
    return [Bar(label, count, count * 1000 // longest if longest else 0) for label, count in counts]


def listed(form: ReportFilter, *, by: User, at: datetime, after: str = "", before: str = "") -> Page[Referral]:
    """The leads that the report counts, the newest first."""
    rows = form.asked.leads(by=by, at=at).select_related("customer", "partner").defer("search_text", "notes")
    return keyset(rows, by=ORDER, after=after, before=before, size=PAGE_SIZE, is_newest_first=True)


def file(form: ReportFilter, *, by: User, at: datetime) -> Iterator[bytes]:
    """The same leads as CSV, the newest 5,000 (R50)."""
    rows = form.asked.leads(by=by, at=at).order_by("-submitted_at", "-pk")[:MOST_ROWS]
    yield from sheet(chain([_header()], _file_rows(rows)))


def _header() -> list[str]:
    return [
        _("Lead"),
        _("Customer"),
        _("Partner"),
        _("Programme"),
        _("Country"),
        _("State"),
        _("Reason"),
        _("Value"),
        _("Currency"),
        _("Submitted"),
        _("Decided"),
        _("Closed"),
    ]


_OF_ROW = (
    *("name", "customer__name", "partner__name", "programme__code", "country", "state", "reason", "value", "currency"),
    *("submitted_at", "decided_at", "closed_at"),
)


def _file_rows(rows: Any) -> Iterator[list[str]]:
    reasons = {one.value: str(one.label) for one in Reason}
    for row in rows.values_list(*_OF_ROW).iterator(chunk_size=2000):
        *texts, state, reason, value, currency, submitted, decided, closed = row
        money = ["" if value is None else str(value), currency]
        times = [f"{localtime(one):%Y-%m-%d %H:%M}" if one else "" for one in (submitted, decided, closed)]
        yield [*texts, str(State(state).label), reasons.get(reason, ""), *money, *times]
