"""Changes of programmes say whose they are, as those of other dated rows do."""

from django.db import migrations

NAME = """
UPDATE partners_revision SET name = programme.name_en FROM referrals_programme AS programme
WHERE what = 'referrals.programme' AND row_id = programme.id AND name = ''
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0076_newest"), ("partners", "0040_one_history")]

    operations = [migrations.RunSQL(NAME, migrations.RunSQL.noop)]
