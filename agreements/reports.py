"""Figures over many agreements: how many of each group, and how signing went month by month."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count

from agreements.forms.customer import language_name
from agreements.models import Agreement, AgreementEvent, TemplateLanguage
from agreements.policy import Rule
from agreements.scoping import GROUPS, group_of
from agreements.sql import PROGRESS
from common.templatetags.figures import month, number
from partners.models import User

MONTHS = 12
WIDTH, HEIGHT, FOOT = 720, 160, 24


def counts(*, by: User, rules: list[Rule], at: datetime) -> dict[str, int]:
    """Current customers' agreements by group, in one query."""
    rows = Agreement.objects.visible_to(by).filter(customer__archived_at__isnull=True)
    figures = {name: Count("pk", filter=group_of(name, rules=rules, at=at)) for name in GROUPS}
    return rows.aggregate(**figures)


def progress(*, by: User, on: date) -> dict[str, Any]:
    """Signed agreements at the end of each of the last twelve months: bars for the eye, a table for everybody."""
    events = AgreementEvent.objects.visible_to(by).order_by().values("at", "before", "after")
    sql, values = events.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(PROGRESS.format(events=sql), [settings.TIME_ZONE, *values])
        moves = {first: int(count) for first, count in cursor.fetchall()}
    months = _months(on)
    total = sum(count for first, count in moves.items() if first < months[0])
    points = []
    for first in months:
        total += moves.get(first, 0)
        points.append({"first": first, "label": month(first), "signed": total})
    return {"points": points, "bars": _bars(points), "width": WIDTH, "height": HEIGHT + FOOT}


def _months(on: date) -> list[date]:
    found = [on.replace(day=1)]
    while len(found) < MONTHS:
        earlier = found[-1]
        found.append(date(earlier.year - (earlier.month == 1), (earlier.month - 2) % 12 + 1, 1))
    return found[::-1]


def _bars(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where each bar stands in the picture."""
    most = max(*(point["signed"] for point in points), 1)
    step = WIDTH // len(points)
    return [
        {
            "x": index * step + 6,
            "y": HEIGHT - (tall := round(point["signed"] / most * (HEIGHT - 24))),
            "width": step - 12,
            "height": tall,
            "middle": index * step + step // 2,
            "value": number(point["signed"]),
            "value_at": HEIGHT - tall - 6,
            "month": f"{point['first']:%m/%y}",
        }
        for index, point in enumerate(points)
    ]


def languages() -> list[dict[str, Any]]:
    """The languages of the text, by country; the one without a country is for every other."""
    by_country: dict[str, list[str]] = {}
    for row in TemplateLanguage.objects.order_by("country", "pk"):
        by_country.setdefault(row.country, []).append(row.language)
    return [
        {"country": country, "languages": [(code, language_name(code)) for code in codes]}
        for country, codes in by_country.items()
    ]
