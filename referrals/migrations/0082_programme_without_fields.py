"""A programme may ask for no fields, and remind of nothing; its page takes that."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0081_erasing_further"),
    ]

    operations = [
        migrations.AlterField(
            model_name="programme",
            name="reminder_days",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                blank=True,
                default=list,
                size=None,
                verbose_name="days of reminders",
            ),
        ),
        migrations.AlterField(
            model_name="programme",
            name="required_fields",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("name", "Name of the lead"),
                        ("value", "Estimated value"),
                        ("close_date", "Estimated close"),
                        ("notes", "What it is about"),
                        ("solutions", "Solutions"),
                        ("intent", "Buys in the marketplace"),
                        ("contact", "Person at the customer"),
                        ("team", "Own team"),
                    ],
                    max_length=20,
                ),
                blank=True,
                default=list,
                size=None,
                verbose_name="required fields",
            ),
        ),
    ]
