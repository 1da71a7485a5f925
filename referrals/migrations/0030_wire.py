"""What the wire needs of a lead: the engagement that joins it with others, and what no column holds."""

from uuid import uuid4

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0029_searched_by_index")]

    operations = [
        migrations.AddField(
            "referral",
            "engagement_id",
            models.UUIDField(default=uuid4, db_default=models.Func(function="gen_random_uuid"), editable=False),
        ),
        migrations.AddField(
            "referral",
            "extra",
            models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
