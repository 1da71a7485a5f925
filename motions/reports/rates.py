"""The history of exchange rates: days, the change from one to the next, and the days that are missing."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count

from common.paging import Page, keyset
from motions.models import HeldRates, Rate, RateSet
from motions.services.sources import the_source

PAGE_SIZE = 60


@dataclass
class DayLine:
    """One day with rates: the chosen currency's, its change since the row below, and working days missing before it."""

    rate_set: RateSet
    value: Decimal | None
    change: Decimal | None = None
    missing: int = 0
    missing_from: date | None = None
    missing_to: date | None = None


def history(*, currency: str, after: str, before: str, today: date) -> dict[str, Any]:
    """A page of days, the newest first."""
    rows = RateSet.objects.annotate(currencies=Count("rates"))
    page = keyset(rows, by=("date", "pk"), after=after, before=before, size=PAGE_SIZE, is_newest_first=True)
    newest = RateSet.objects.in_force(today)
    return {
        "newest": newest and newest.date,
        # the rates of today itself come in the afternoon
        "behind": len(missing(newest.date, today)) if newest else 0,
        "page": page,
        "lines": _lines(page, currency),
        "held": held(),
        "source": the_source().name,
    }


def _lines(page: Page[RateSet], currency: str) -> list[DayLine]:
    shown = list(page.rows)
    if not shown:
        return []
    below = RateSet.objects.filter(date__lt=shown[-1].date).order_by("-date")[:1]
    sets = [*shown, *below]
    values = dict(
        Rate.objects.filter(rate_set__in=[one.pk for one in sets], currency=currency).values_list(
            "rate_set", "per_euro"
        )
    )
    lines = [DayLine(one, values.get(one.pk)) for one in shown]
    for line, former in zip(lines, sets[1:], strict=False):
        last = values.get(former.pk)
        line.change = line.value / last - 1 if line.value is not None and last else None
        absent = missing(former.date, line.rate_set.date)
        line.missing = len(absent)
        line.missing_from, line.missing_to = (absent[0], absent[-1]) if absent else (None, None)
    return lines


def missing(former: date, later: date) -> list[date]:
    """Days between two that should have had rates: Monday to Friday, without the closing days of the euro system."""
    days = (former + timedelta(days=step) for step in range(1, (later - former).days))
    return [day for day in days if day.weekday() < 5 and not _is_closed(day)]


def _is_closed(day: date) -> bool:
    easter = _easter(day.year)
    fixed = {(1, 1), (5, 1), (12, 25), (12, 26)}
    return (day.month, day.day) in fixed or day in (easter - timedelta(days=2), easter + timedelta(days=1))


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the rule of Gauss as Butcher wrote it down."""
    century, rest = divmod(year, 100)
    golden, leap, skipped = year % 19, century // 4, century % 4
    drift = (century + 8) // 25
    moon = (19 * golden + century - leap - (century - drift + 1) // 3 + 15) % 30
    week = (32 + 2 * skipped + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)


def currencies() -> list[str]:
    """Currencies of the newest day, the euro itself left out."""
    newest = RateSet.objects.order_by("-date")[:1]
    found = Rate.objects.filter(rate_set__in=list(newest)).exclude(currency="EUR")
    return sorted(found.values_list("currency", flat=True))


def held() -> list[dict[str, Any]]:
    """Days that wait for somebody to decide, each with what lies far off: currency, last rate, this rate, change."""
    return [
        {
            "row": row,
            "outliers": [
                (currency, Decimal(last), Decimal(value), Decimal(value) / Decimal(last) - 1)
                for currency, (last, value) in sorted(row.outliers.items())
            ],
        }
        for row in HeldRates.objects.filter(verdict="").order_by("date")
    ]
