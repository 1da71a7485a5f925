"""Entries of the ledger are found by the hash that a receipt carries."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the ledger is large, and nobody waits while its index is made

    dependencies = [("motions", "0009_contracts_and_alerts")]

    operations = [
        AddIndexConcurrently(
            model_name="assessment",
            index=models.Index(fields=["hash", "partner", "-id"], name="assessment_by_hash"),
        ),
    ]
