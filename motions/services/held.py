"""Rates that lie far off the last ones: found, held, and given an end."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from django.conf import settings

from motions.models import HeldRates, Rate
from motions.states import Verdict

Days: TypeAlias = dict[date, dict[str, Decimal]]
Far: TypeAlias = dict[date, dict[str, tuple[Decimal, Decimal]]]
REACH = timedelta(days=31)  # an older rate is no measure for a new one


def far_off(days: Days) -> Far:
    """Of days that are not in force yet those with a rate far off the last one: (last, this) by currency.

    "Far" is a share of the last rate (`RATES_FAR_SHARE`); a day that is far off is no measure for the next.
    """
    if not days:
        return {}
    known = _in_force(min(days) - REACH, max(days))
    last: dict[str, tuple[date, Decimal]] = {}
    found: Far = {}
    for day in sorted(known.keys() | days.keys()):
        rates = known.get(day) or days[day]
        if day in days and (far := _compared(day, rates, last)):
            found[day] = far
            continue
        last |= {currency: (day, value) for currency, value in rates.items()}
    return found


def _in_force(since: date, until: date) -> Days:
    found: Days = defaultdict(dict)
    rows = Rate.objects.filter(rate_set__date__range=(since, until))
    for day, currency, value in rows.values_list("rate_set__date", "currency", "per_euro"):
        found[day][currency] = value
    return found


def _compared(
    day: date, rates: dict[str, Decimal], last: dict[str, tuple[date, Decimal]]
) -> dict[str, tuple[Decimal, Decimal]]:
    return {
        currency: (last[currency][1], value)
        for currency, value in rates.items()
        if currency in last
        and day - last[currency][0] <= REACH
        and abs(value - last[currency][1]) > settings.RATES_FAR_SHARE * last[currency][1]
    }


def hold(days: Days, far: Far, *, at: datetime, source: str) -> None:
    """Keep days for somebody to decide; whoever was discarded as it stands here is not asked about again."""
    former = {row.date: row for row in HeldRates.objects.filter(date__in=list(days)).order_by("pk")}
    for day, rates in days.items():
        document = {currency: str(value) for currency, value in rates.items()}
        outliers = {currency: [str(last), str(value)] for currency, (last, value) in far[day].items()}
        row = former.get(day)
        if row and row.rates == document:
            continue
        if row and not row.verdict:
            row.rates, row.outliers, row.found_at, row.source = document, outliers, at, source
            row.save(update_fields=["rates", "outliers", "found_at", "source"])
            continue
        HeldRates.objects.create(date=day, source=source, found_at=at, rates=document, outliers=outliers)


def replace(days: Iterable[date], *, at: datetime, by_name: str) -> None:
    """A day that comes into force by itself needs no decision any more."""
    end(HeldRates.objects.filter(date__in=list(days), verdict=""), Verdict.REPLACED, at=at, by_name=by_name)


def end(rows: Iterable[HeldRates], verdict: Verdict, *, at: datetime, by_name: str) -> None:
    """Write down what became of days that were held."""
    for row in rows:
        row.verdict, row.decided_at, row.decided_by_name = verdict, at, by_name
        row.save(update_fields=["verdict", "decided_at", "decided_by_name"])


def rates_of(row: HeldRates) -> dict[str, Decimal]:
    """The rates of a held day as numbers."""
    return {currency: Decimal(value) for currency, value in row.rates.items()}
