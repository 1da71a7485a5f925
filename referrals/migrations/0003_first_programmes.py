"""The programmes of the text: the Qualified Referral Program, open until its owner sets an end, and its successor (Q5, Q9).

Q8: no answer time is public. Two working days are taken from a comparable programme (Q7b); every figure can be changed.
"""

from datetime import date
from typing import Any

from django.db import migrations

ASKED = ["name", "value", "close_date", "notes", "solutions", "contact", "team"]


def add(apps: Any, schema_editor: Any) -> None:
    """Both programmes; Microsoft sends to partners in the second one, so nobody submits to it here."""
    # the owner of the tables migrates, through a connection of its own
    programme = apps.get_model("referrals", "Programme").objects.using(schema_editor.connection.alias)
    successor = programme.create(
        code="SMB_OPPORTUNITIES",
        name_en="SMB Opportunities",
        name_de="SMB Opportunities",
        direction="inbound",
        valid_from=date(2026, 4, 1),
        required_fields=[],
        reminder_days=[10, 13],
    )
    programme.create(
        code="QRP",
        name_en="Qualified Referral Program",
        name_de="Qualified Referral Program",
        direction="outbound",
        valid_from=date(2023, 6, 16),
        required_fields=ASKED,
        reminder_days=[10, 13],
        successor=successor,
    )


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_isolation")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
