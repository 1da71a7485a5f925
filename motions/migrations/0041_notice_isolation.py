"""Who may reach the news of versions in the database."""

from django.db import migrations

from common.isolation import OWN_PARTNER, guarded


class Migration(migrations.Migration):
    dependencies = [("motions", "0040_notice_of_policies")]

    operations = [
        guarded(
            "motions_policynews",
            partner=("SELECT", OWN_PARTNER),
            office=("SELECT, INSERT", "true"),
            worker=("SELECT, UPDATE", "true"),
        ),
    ]
