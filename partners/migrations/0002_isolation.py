"""Who may reach people and organisations in the database, and the tables of Django and allauth beside them."""

from django.db import migrations

from common.isolation import OWN_PARTNER, OWN_USER, Side, guarded

EVERY_SIDE = ", ".join(side.value for side in Side if side not in (Side.WORKER, Side.SIGNER))


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        guarded(
            "partners_partner",
            visitor=("SELECT", "true"),
            partner=("SELECT", "id = current_setting('app.partner_id')::bigint"),
            channel=("SELECT", "true"),
            office=("SELECT, INSERT, UPDATE", "true"),
            worker=("SELECT", "true"),
        ),
        # signing in looks for a person before anybody knows whose; colleagues see colleagues
        guarded(
            "partners_user",
            visitor=("SELECT, UPDATE", "true"),
            partner=("SELECT, UPDATE", OWN_PARTNER),
            channel=("SELECT, UPDATE", "id = current_setting('app.user_id')::bigint"),
            office=("SELECT, INSERT, UPDATE", "true"),
        ),
        guarded(
            "partners_channelscope",
            channel=("SELECT", OWN_USER),
            office=("SELECT, INSERT, UPDATE, DELETE", "true"),
        ),
        guarded(
            "account_emailaddress",
            visitor=("SELECT, INSERT, UPDATE", "true"),
            partner=("SELECT, INSERT, UPDATE, DELETE", OWN_USER),
            channel=("SELECT, INSERT, UPDATE, DELETE", OWN_USER),
            office=("SELECT, INSERT, UPDATE, DELETE", "true"),
        ),
        migrations.RunSQL(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO {EVERY_SIDE};"
            f"GRANT SELECT ON django_content_type TO {Side.OFFICE.value};"
            f"GRANT SELECT, INSERT ON django_admin_log TO {Side.OFFICE.value};",
            f"REVOKE ALL ON django_session FROM {EVERY_SIDE};"
            f"REVOKE ALL ON django_content_type, django_admin_log FROM {Side.OFFICE.value};",
        ),
    ]
