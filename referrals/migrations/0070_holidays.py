"""Days on which nobody works, beside the national holidays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0060_changes")]

    operations = [
        migrations.AddField(
            model_name="programme",
            name="holidays",
            field=models.JSONField(blank=True, default=dict, verbose_name="additional holidays"),
        ),
    ]
