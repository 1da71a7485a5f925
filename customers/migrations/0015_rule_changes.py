"""Rules are changed on their page, and each change is kept."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from common.isolation import Side, guarded

OFFICE = Side.OFFICE.value


class Migration(migrations.Migration):
    dependencies = [("customers", "0014_conflict_notices"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            "RuleChange",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table", models.CharField(max_length=60)),
                ("row", models.BigIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                (
                    "undoes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="customers.rulechange",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("by_name", models.CharField(max_length=150)),
            ],
            {
                "verbose_name": "change of a rule",
                "verbose_name_plural": "changes of rules",
                "constraints": [
                    models.CheckConstraint(
                        name="rule_change_changes", condition=Q(before__isnull=False) | Q(after__isnull=False)
                    )
                ],
                "indexes": [
                    models.Index(fields=["table", "-id"], name="rule_change_history"),
                    models.Index(fields=["table", "row", "-id"], name="rule_change_of_row"),
                ],
            },
        ),
        # appended alone: what was changed stays told
        guarded("customers_rulechange", office=("SELECT, INSERT", "true")),
        migrations.RunSQL(
            f"GRANT INSERT, UPDATE, DELETE ON customers_countryrule TO {OFFICE}",
            f"REVOKE INSERT, UPDATE, DELETE ON customers_countryrule FROM {OFFICE}",
        ),
    ]
