"""Signing in and keeping one's account touch three columns of a person; role and organisation are the office's alone."""

from django.db import migrations

from common.isolation import Side

VISITOR, PARTNER, CHANNEL = Side.VISITOR.value, Side.PARTNER.value, Side.CHANNEL.value


class Migration(migrations.Migration):
    dependencies = [("partners", "0003_cache")]

    operations = [
        migrations.RunSQL(
            f"REVOKE UPDATE ON partners_user FROM {VISITOR}, {PARTNER}, {CHANNEL};"
            f"GRANT UPDATE (last_login, password) ON partners_user TO {VISITOR};"
            f"GRANT UPDATE (last_login, password, language) ON partners_user TO {PARTNER}, {CHANNEL}",
            f"REVOKE UPDATE (last_login, password) ON partners_user FROM {VISITOR};"
            f"REVOKE UPDATE (last_login, password, language) ON partners_user FROM {PARTNER}, {CHANNEL};"
            f"GRANT UPDATE ON partners_user TO {VISITOR}, {PARTNER}, {CHANNEL}",
        ),
    ]
