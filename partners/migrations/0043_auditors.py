"""Auditors: who reads what was changed, and writes nothing."""

import django.contrib.postgres.fields
from django.db import migrations, models

ROLES = [
    ("partner_staff", "Partner staff"),
    ("partner_admin", "Partner administrator"),
    ("channel_manager", "Channel manager"),
    ("policy_owner", "Policy owner"),
    ("administrator", "Administrator"),
    ("auditor", "Auditor"),
]


def role() -> models.Field:
    return models.CharField(choices=ROLES, max_length=20, verbose_name="role")


class Migration(migrations.Migration):
    dependencies = [("partners", "0042_sightings_end")]

    operations = [
        migrations.AlterField("invitation", "role", role()),
        migrations.AlterField("user", "role", role()),
        migrations.AlterField(
            "post",
            "roles",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(choices=ROLES, max_length=20),
                blank=True,
                default=list,
                size=None,
                verbose_name="for roles",
            ),
        ),
    ]
