"""The queue of a location is read in the order of time."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # nobody waits while the index is made

    dependencies = [("referrals", "0072_review_locations_isolation")]

    operations = [
        AddIndexConcurrently(
            "referral",
            models.Index(
                condition=models.Q(("state__in", ["in_review", "resubmitted", "submitted"])),
                fields=["routed_location", "submitted_at", "id"],
                name="referral_queue_location",
            ),
        ),
    ]
