"""Who may reach posts, subscriptions and revisions in the database."""

from django.db import migrations

from common.isolation import OWN_USER, guarded

OWN = ("SELECT, INSERT, UPDATE", OWN_USER)
NAMED = "public_id = current_setting('app.link_id')::uuid"


class Migration(migrations.Migration):
    dependencies = [("partners", "0034_posts")]

    operations = [
        guarded(
            "partners_post",
            partner=("SELECT", "true"),
            channel=("SELECT", "true"),
            office=("SELECT, INSERT, UPDATE", "true"),
            worker=("SELECT", "true"),
        ),
        guarded(
            "partners_newssubscription",
            partner=OWN,
            channel=OWN,
            office=OWN,
            worker=("SELECT", "true"),
            signer=("SELECT, UPDATE (is_on, changed_at)", NAMED),
        ),
        guarded("partners_newsmail", office=("SELECT", "true"), worker=("SELECT, INSERT, UPDATE", "true")),
        guarded("partners_revision", office=("SELECT, INSERT", "true")),
    ]
