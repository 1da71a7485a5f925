"""Who may reach API clients, their tokens, first answers and the feed of changes in the database."""

from django.db import migrations

from common.isolation import OWN_PARTNER, guarded, of_partner


class Migration(migrations.Migration):
    dependencies = [("partners", "0006_api_clients")]

    operations = [
        of_partner("partners_repeat", "client_id", "partners_apiclient", on_delete="CASCADE"),
        # a token is looked up before anybody knows whose it is
        guarded(
            "partners_apiclient",
            visitor=("SELECT", "true"),
            partner=("SELECT", OWN_PARTNER),
            office=("SELECT, INSERT, UPDATE", "true"),
            worker=("SELECT", "true"),  # whom not to tell of anything
        ),
        guarded(
            "allauth_idp_oidc_client",
            visitor=("SELECT", "true"),
            office=("SELECT, INSERT, UPDATE", "true"),
        ),
        guarded(
            "allauth_idp_oidc_token",
            visitor=("SELECT, INSERT", "true"),
            office=("SELECT, DELETE", "true"),
            worker=("SELECT, DELETE", "true"),
        ),
        guarded(
            "partners_repeat",
            partner=("SELECT, INSERT", OWN_PARTNER),
            worker=("SELECT, DELETE", "true"),
        ),
        # written by triggers as the owner of the tables
        guarded(
            "partners_change",
            partner=("SELECT", OWN_PARTNER),
            worker=("SELECT, DELETE", "true"),
        ),
    ]
