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
from django.utils.translation import gettext as _

from common.refusals import Unfit
from motions.models import Fanout, FanoutCause, Rate, RateSet

SOURCE = "ECB"
CODE = re.compile(r"[A-Z]{3}")
LEAST, MOST = Decimal("0.00000001"), Decimal(10) ** 12  # what the table of rates can hold


def load_rates(path: Path, *, at: datetime, newest: int | None = None) -> int:
    """Load the days of a file that are not there yet; returns how many were new.

    The format is one row a day, newest first: Date, then one column for each currency, N/A where there is no rate that
    day. `newest` limits how many days are read. Raises `Unfit` with line and cure; nothing is written then.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            days = list(_days(file, newest))
    except (UnicodeDecodeError, csv.Error) as error:
        raise _no_such_file() from error
    late = [day for day, _rates in days if day > at.date()]
    if late:
        raise Unfit(_("Rates of %(day)s lie in the future; nothing was loaded.") % {"day": late[0]})
    # a day that stands there twice counts once, as it stands first
    return _store(list(dict(reversed(days)).items())[::-1], at=at)


def _no_such_file() -> Unfit:
    return Unfit(_("This is no file of euro reference rates: the first column must be called Date."))


@transaction.atomic
def _store(days: list[tuple[date, dict[str, Decimal]]], *, at: datetime) -> int:
    known = set(RateSet.objects.filter(date__in=[day for day, _rates in days]).values_list("date", flat=True))
    new = [(day, rates) for day, rates in days if day not in known]
    sets = RateSet.objects.bulk_create(RateSet(date=day, source=SOURCE, loaded_at=at) for day, _rates in new)
    Rate.objects.bulk_create(
        (
            Rate(rate_set=one, currency=currency, per_euro=value)
            for one, (_day, rates) in zip(sets, new, strict=True)
            for currency, value in {"EUR": Decimal(1), **rates}.items()
        ),
        batch_size=5000,
    )
    if new:
        Fanout.objects.create(cause=FanoutCause.RATES, made_at=at)
    return len(new)


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
