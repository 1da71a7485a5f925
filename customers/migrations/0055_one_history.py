"""The changes of rules move into the one history of dated rows."""

from django.db import migrations

from common.isolation import guarded

# with new numbers, as many further on as there are already
MOVE = """
WITH taken AS (SELECT coalesce(max(id), 0) AS most FROM partners_revision)
INSERT INTO partners_revision (id, what, row_id, name, before, after, undoes_id, at, by_id, by_name)
SELECT id + most, "table", "row", name, before, after, undoes_id + most, at, by_id, by_name
FROM customers_rulechange, taken ORDER BY id
"""
COUNT_ON = """
SELECT setval(pg_get_serial_sequence('partners_revision', 'id'), greatest(max(id), 1), max(id) IS NOT NULL)
FROM partners_revision
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0051_erasing"), ("partners", "0040_one_history")]

    operations = [
        migrations.RunSQL([MOVE, COUNT_ON], migrations.RunSQL.noop),
        # on the way back the table has its policies again
        migrations.RunSQL(
            migrations.RunSQL.noop, guarded("customers_rulechange", office=("SELECT, INSERT", "true")).sql
        ),
        migrations.DeleteModel("RuleChange"),
    ]
