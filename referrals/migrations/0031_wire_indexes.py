"""Leads are found by what changed, and by engagement."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # nobody waits while the indexes are made

    dependencies = [("referrals", "0030_wire")]

    operations = [
        AddIndexConcurrently("referral", models.Index(fields=["partner", "updated_at", "id"], name="referral_changed")),
        AddIndexConcurrently("referral", models.Index(fields=["partner", "engagement_id"], name="referral_engagement")),
    ]
