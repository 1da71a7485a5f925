"""An event of a conflict that cannot be told is tried again, and set apart at last."""

from django.db import migrations, models

from common.isolation import Side

WORKER = Side.WORKER.value


class Migration(migrations.Migration):
    dependencies = [("customers", "0013_conflict_isolation")]

    operations = [
        migrations.AddField("conflictevent", "failures", models.PositiveSmallIntegerField(default=0, db_default=0)),
        migrations.RunSQL(
            f"GRANT UPDATE (failures) ON customers_conflictevent TO {WORKER}",
            f"REVOKE UPDATE (failures) ON customers_conflictevent FROM {WORKER}",
        ),
    ]
