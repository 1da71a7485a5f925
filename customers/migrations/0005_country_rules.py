"""The rules of the countries that C4 names, and of those whose postal codes are known; read from a table of data."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

from django.db import migrations

from common.isolation import Side

RULES = Path(__file__).resolve().parent.parent / "data" / "country_rules.csv"
READERS = ", ".join(side.value for side in (Side.PARTNER, Side.CHANNEL, Side.OFFICE, Side.WORKER))
CLAIMS = ("asks_number", "asks_phone", "asks_postal_code", "asks_state")


def load(apps: Any, schema_editor: Any) -> None:
    CountryRule = apps.get_model("customers", "CountryRule")
    with RULES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            values = row | {name: row[name] == "yes" for name in CLAIMS}
            values |= {"states": row["states"].split(), "valid_from": date.fromisoformat(row["valid_from"])}
            CountryRule.objects.using(schema_editor.connection.alias).create(**values)


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_registration")]

    operations = [
        migrations.RunPython(load, migrations.RunPython.noop),
        migrations.RunSQL(
            f"GRANT SELECT ON customers_countryrule TO {READERS}", f"REVOKE ALL ON customers_countryrule FROM {READERS}"
        ),
    ]
