"""The guidance of 2021 and its advisory continuation, with the dates that moved (S5, I5, I10, I11)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import migrations

ORIGINAL = (
    "https://partner.microsoft.com/en-us/blog/article/optimizing-our-purchasing-motions-for-customers-and-partners"
)
COMMON = {
    "edition": 1,
    "market": "",
    "seat_limit": 2400,
    "azure_limit": Decimal("1000000.00"),
    "currency": "USD",
    "comparator": "at_least",
    "aggregation": "largest",
    "near_share": Decimal("0.90"),
    "source_url": ORIGINAL,
}
ANNOUNCEMENTS = [
    (
        date(2021, 5, 1),
        "earliest",
        date(2022, 3, 1),
        "Incentives and wholesale prices by motion, March 2022 at the earliest",
        "Incentives und Großhandelspreise nach Motion, frühestens im März 2022",
    ),
    (
        date(2021, 12, 20),
        "postponed",
        date(2022, 7, 1),
        "Postponed: 1 July 2022 at the earliest",
        "Verschoben: frühestens am 1. Juli 2022",
    ),
    (
        date(2022, 5, 23),
        "postponed",
        None,
        "Postponed: late in calendar year 2022",
        "Verschoben: gegen Ende des Kalenderjahres 2022",
    ),
    (
        date(2022, 9, 8),
        "postponed",
        None,
        "Postponed: not in calendar year 2022",
        "Verschoben: nicht mehr im Kalenderjahr 2022",
    ),
    (
        date(2023, 6, 29),
        "withdrawn",
        date(2023, 10, 1),
        "Approach changed: motions differ by CSP incentives alone; wholesale prices and margins stay as they are",
        "Neuer Ansatz: Die Motions unterscheiden sich nur bei den CSP-Incentives; Großhandelspreise und Margen bleiben",
    ),
]


def add(apps: Any, schema_editor: Any) -> None:
    using = schema_editor.connection.alias
    versions = apps.get_model("motions", "PolicyVersion").objects.using(using)
    words = apps.get_model("motions", "PolicyAnnouncement").objects.using(using)
    first = versions.create(
        code="GUIDANCE_2021",
        title_en="Purchasing guidance of 2021",
        title_de="Purchasing Guidance von 2021",
        note_en="The source leaves open what holds at exactly 2,400 seats or exactly 1 million; here the limit counts as reached.",
        note_de="Die Quelle lässt offen, was bei genau 2.400 Seats oder genau 1 Million gilt; hier gilt der Schwellenwert als erreicht.",
        valid_from=date(2021, 5, 1),
        valid_to=date(2023, 10, 1),
        published_at=datetime(2021, 5, 1, tzinfo=UTC),
        **COMMON,
    )
    second = versions.create(
        code="GUIDANCE_2023_10",
        title_en="Purchasing guidance, advisory since October 2023",
        title_de="Purchasing Guidance, als Orientierung seit Oktober 2023",
        note_en="The same limits as advice only; wholesale prices and margins do not depend on the motion.",
        note_de="Dieselben Schwellenwerte nur noch als Orientierung; Großhandelspreise und Margen hängen nicht von der Motion ab.",
        valid_from=date(2023, 10, 1),
        published_at=datetime(2023, 10, 1, tzinfo=UTC),
        **COMMON,
    )
    for day, state, effective, text_en, text_de in ANNOUNCEMENTS:
        words.create(
            policy=first,
            date=day,
            state=state,
            effective=effective,
            text_en=text_en,
            text_de=text_de,
            source_url=ORIGINAL,
        )
    words.create(
        policy=second,
        date=date(2023, 10, 1),
        state="confirmed",
        effective=date(2023, 10, 1),
        text_en="In force as advice",
        text_de="Gilt als Orientierung",
        source_url=ORIGINAL,
    )


class Migration(migrations.Migration):
    dependencies = [("motions", "0003_triggers")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
