"""Load euro reference rates from a file in the European Central Bank's format."""

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import TextIO

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from common.refusals import NotAllowed, Refused, Unfit
from motions.models import Fanout, FanoutCause, HeldRates, Rate, RateSet
from motions.services import held
from motions.services.held import Days
from motions.states import Verdict
from partners.models import User
from partners.roles import OFFICE

SOURCE = "ECB"
CODE = re.compile(r"[A-Z]{3}")
LEAST, MOST = Decimal("0.00000001"), Decimal(10) ** 12  # what the table of rates can hold


def load_rates(
    path: Path, *, at: datetime, newest: int | None = None, by: User | None = None, source: str = SOURCE
) -> int:
    """Load the days of a file that are not there yet; returns how many were new and are in force from now on.

    The format is one row a day, newest first: Date, then one column for each currency, N/A where there is no rate that
    day. `newest` limits how many days are read; `by` is None where the portal itself loads. A day whose rates lie far
    off the last ones is held for confirmation. Raises `Unfit` with line and cure; nothing is written then.
    """
    if by is not None and by.role not in OFFICE:
        raise NotAllowed(_("Only policy owners and administrators load exchange rates."))
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            days = list(_days(file, newest))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _no_such_file() from error
    late = [day for day, _rates in days if day > localdate(at)]
    if late:
        raise Unfit(_("Rates of %(day)s lie in the future; nothing was loaded.") % {"day": late[0]})
    # a day that stands there twice counts once, as it stands first
    return _take(dict(reversed(days)), at=at, source=source, by_name=str(by or ""))


def _no_such_file() -> Unfit:
    return Unfit(_("This is no file of euro reference rates: the first column must be called Date."))


@transaction.atomic
def _take(days: Days, *, at: datetime, source: str, by_name: str) -> int:
    """Put days that are new into force, but hold those that lie far off."""
    known = set(RateSet.objects.filter(date__in=list(days)).values_list("date", flat=True))
    new = {day: rates for day, rates in days.items() if day not in known}
    far = held.far_off(new)
    held.hold({day: new[day] for day in far}, far, at=at, source=source)
    sound = {day: rates for day, rates in new.items() if day not in far}
    held.replace(sound, at=at, by_name=by_name)
    return _store(sound, at=at, source=source, by_name=by_name)


def _store(days: Days, *, at: datetime, source: str, by_name: str) -> int:
    sets = RateSet.objects.bulk_create(
        RateSet(date=day, source=source, loaded_at=at) for day in sorted(days, reverse=True)
    )
    Rate.objects.bulk_create(
        (
            Rate(rate_set=one, currency=currency, per_euro=value)
            for one in sets
            for currency, value in {"EUR": Decimal(1), **days[one.date]}.items()
        ),
        batch_size=5000,
    )
    if days:
        Fanout.objects.create(cause=FanoutCause.RATES, made_at=at, by_name=by_name)
    return len(days)


@transaction.atomic
def decide_held(row: HeldRates, *, by: User, at: datetime, verdict: Verdict) -> int:
    """Confirm or discard a day that was held; returns how many days are in force from now on.

    With a day that is confirmed come those after it that lie close to it: they were held for its sake.
    """
    if by.role not in OFFICE:
        raise NotAllowed(_("Only policy owners and administrators decide about exchange rates."))
    row = HeldRates.objects.select_for_update().get(pk=row.pk)
    if row.verdict:
        raise Refused(_("Somebody has decided about these rates already."))
    held.end([row], verdict, at=at, by_name=str(by))
    if verdict != Verdict.CONFIRMED:
        return 0
    if RateSet.objects.filter(date=row.date).exists():
        raise Refused(_("There are other rates of this day by now. Please discard these."))
    count = _store({row.date: held.rates_of(row)}, at=at, source=row.source, by_name=str(by))
    for later in HeldRates.objects.select_for_update().filter(verdict="", date__gt=row.date).order_by("date"):
        if held.far_off({later.date: held.rates_of(later)}):
            continue
        held.end([later], verdict, at=at, by_name=str(by))
        count += _store({later.date: held.rates_of(later)}, at=at, source=later.source, by_name=str(by))
    return count


def _days(file: TextIO, newest: int | None) -> Iterator[tuple[date, dict[str, Decimal]]]:
    rows = csv.reader(file)
    header = next(rows, [])
    currencies = [name.strip() for name in header[1:]]
    if not header or header[0].strip() != "Date" or not all(CODE.fullmatch(name) for name in currencies if name):
        raise _no_such_file()
    filled = (row for row in rows if any(map(str.strip, row)))
    for row in islice(filled, newest):
        yield _day(row, currencies, rows.line_num)


def _day(row: list[str], currencies: list[str], line: int) -> tuple[date, dict[str, Decimal]]:
    try:
        rates = {
            currency: Decimal(cell)
            for currency, cell in zip(currencies, map(str.strip, row[1:]), strict=False)
            if currency and cell and cell != "N/A"
        }
        if not all(value.is_finite() and LEAST <= value < MOST for value in rates.values()):
            raise InvalidOperation
        return date.fromisoformat(row[0].strip()), rates
    except (ValueError, InvalidOperation, IndexError) as error:
        message = _("Line %(line)s cannot be read: a date and positive rates are expected. Nothing was loaded.")
        raise Unfit(message % {"line": line}) from error
