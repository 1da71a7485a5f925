"""Who may reach locations, and which of the new columns of a person workers read."""

from django.db import migrations

from common.isolation import OWN_PARTNER, Side, guarded, of_partner

WORKER = Side.WORKER.value


class Migration(migrations.Migration):
    dependencies = [("partners", "0030_organisations")]

    operations = [
        of_partner("partners_user", "location_id", "partners_location"),
        guarded(
            "partners_location",
            partner=("SELECT", OWN_PARTNER),
            channel=("SELECT", "true"),
            office=("SELECT, INSERT, UPDATE", "true"),
            worker=("SELECT", "true"),
        ),
        migrations.RunSQL(
            f"GRANT SELECT (public_id, scope, team_name, location_id) ON partners_user TO {WORKER}",
            f"REVOKE SELECT (public_id, scope, team_name, location_id) ON partners_user FROM {WORKER}",  # noqa: S608 -- text of our own
        ),
    ]
