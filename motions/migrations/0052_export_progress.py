"""How far the making of a file is."""

from django.db import migrations, models

from common.isolation import Side

PARTNER = Side.PARTNER.value
GRANT = f"GRANT UPDATE (done_rows, all_rows) ON motions_export TO {PARTNER}"
REVOKE = f"REVOKE UPDATE (done_rows, all_rows) ON motions_export FROM {PARTNER}"


class Migration(migrations.Migration):
    dependencies = [("motions", "0051_counted_again")]

    operations = [
        migrations.AddField("export", "done_rows", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.AddField("export", "all_rows", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.RunSQL(GRANT, REVOKE),
    ]
