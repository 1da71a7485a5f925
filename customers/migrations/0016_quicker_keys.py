"""The keys of a company by a shorter way; they stay the same, so that no row is written."""

from django.db import migrations

from customers.sql.keys import QUICKER
from customers.sql.suffixes import site_key_function


class Migration(migrations.Migration):
    dependencies = [("customers", "0015_rule_changes")]

    operations = [
        migrations.RunSQL(QUICKER, migrations.RunSQL.noop),
        migrations.RunSQL(
            f"{site_key_function()}; DROP FUNCTION IF EXISTS site_is_shared(text)", migrations.RunSQL.noop
        ),
    ]
