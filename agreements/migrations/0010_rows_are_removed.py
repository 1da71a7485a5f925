"""A dated row that was wrong is removed on the page of the rules, which keeps what it held."""

from django.db import migrations

from common.isolation import Side

OFFICE = Side.OFFICE.value
TABLES = "agreements_cutoff, agreements_pathrule, agreements_templateversion, agreements_templatelanguage"
TABLES += ", agreements_signingprogramme"


class Migration(migrations.Migration):
    dependencies = [("agreements", "0003_first_rows")]

    operations = [
        migrations.RunSQL(f"GRANT DELETE ON {TABLES} TO {OFFICE}", f"REVOKE DELETE ON {TABLES} FROM {OFFICE}")
    ]
