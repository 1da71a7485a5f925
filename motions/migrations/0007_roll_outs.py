"""Deciding sizes beside the answer, and roll-outs in slices: only what may flip is judged again."""

import django.db.models.deletion
from django.db import migrations, models

from common.isolation import Side

WORKER, OFFICE = Side.WORKER.value, Side.OFFICE.value
GRANTS = f"""
GRANT SELECT, INSERT, UPDATE, DELETE ON motions_fanoutslice TO {WORKER};
GRANT SELECT, DELETE ON motions_fanoutslice TO {OFFICE};
GRANT UPDATE ON motions_fanout TO {OFFICE};
"""
GRANTS_BACK = f"""
REVOKE ALL ON motions_fanoutslice FROM {WORKER}, {OFFICE};
REVOKE UPDATE ON motions_fanout FROM {OFFICE};
"""
# answers of before have no sizes: everybody is judged once more, and nothing is written to the ledger for it
AGAIN = """
UPDATE motions_fanout SET "end" = 'done' WHERE ended_at IS NOT NULL;
INSERT INTO motions_fanout (cause, made_at, by_name, computed, changed, moved, "end")
    SELECT 'all', now(), '', 0, 0, 0, '' WHERE EXISTS (SELECT 1 FROM motions_standing WHERE policy_id IS NOT NULL);
"""


class Migration(migrations.Migration):
    dependencies = [("motions", "0006_who_asked")]

    operations = [
        migrations.AddField("standing", "seats", models.BigIntegerField(null=True)),
        migrations.AddField("standing", "azure", models.DecimalField(decimal_places=2, max_digits=20, null=True)),
        migrations.AddField("standing", "azure_currency", models.CharField(max_length=3, null=True)),
        migrations.RemoveField("fanout", "cursor"),
        migrations.RemoveField("fanout", "marked"),
        migrations.AlterField(
            "fanout",
            "cause",
            models.CharField(
                choices=[("policy", "policy version"), ("rates", "exchange rates"), ("all", "everybody")], max_length=10
            ),
        ),
        migrations.AddField("fanout", "by_name", models.CharField(blank=True, default="", max_length=150), False),
        migrations.AddField("fanout", "slices", models.PositiveIntegerField(null=True)),
        migrations.AddField("fanout", "computed", models.BigIntegerField(default=0)),
        migrations.AddField("fanout", "changed", models.BigIntegerField(default=0)),
        migrations.AddField("fanout", "moved", models.BigIntegerField(default=0)),
        migrations.AddField("fanout", "paused_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "fanout",
            "end",
            models.CharField(
                blank=True,
                choices=[
                    ("done", "done"),
                    ("superseded", "superseded by a newer one"),
                    ("cancelled", "cancelled"),
                ],
                default="",
                max_length=10,
            ),
            False,
        ),
        migrations.CreateModel(
            "FanoutSlice",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("low", models.BigIntegerField()),
                ("high", models.BigIntegerField(null=True)),
                (
                    "fanout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="motions.fanout"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(GRANTS, GRANTS_BACK),
        migrations.RunSQL(AGAIN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "fanout",
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, end="") | ~models.Q(end=""), name="fanout_end_is_told"
            ),
        ),
    ]
