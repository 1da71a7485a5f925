"""The list of leads of many partners is read in the order of time."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # nobody waits while the index is made

    dependencies = [("referrals", "0075_registrations_isolation")]

    operations = [
        AddIndexConcurrently("referral", models.Index(fields=["-created_at", "-id"], name="referral_newest")),
        AddIndexConcurrently(
            "referral",
            models.Index(
                condition=models.Q(("direction", "inbound")), fields=["-created_at", "-id"], name="referral_inbound"
            ),
        ),
    ]
