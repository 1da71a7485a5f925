"""Who may reach subscriptions and messages in the database; and what a partner may know of its clients and their tokens."""

from django.db import migrations

from common.isolation import OWN_PARTNER, Side, guarded, of_partner

PARTNER = Side.PARTNER.value
# the partner's clients are those that its own policy lets it see; of a secret there is nothing here
OWN_CLIENTS = "SELECT mine.application_id FROM partners_apiclient AS mine"
SEEN = f"""
GRANT SELECT (id, name, scopes) ON allauth_idp_oidc_client TO {PARTNER};
CREATE POLICY partner ON allauth_idp_oidc_client TO {PARTNER} USING (id IN ({OWN_CLIENTS})) WITH CHECK (false);
GRANT SELECT (id, client_id, created_at) ON allauth_idp_oidc_token TO {PARTNER};
CREATE POLICY partner ON allauth_idp_oidc_token TO {PARTNER} USING (client_id IN ({OWN_CLIENTS})) WITH CHECK (false);
"""
SEEN_BACK = f"""
DROP POLICY partner ON allauth_idp_oidc_token;
REVOKE ALL ON allauth_idp_oidc_token FROM {PARTNER};
DROP POLICY partner ON allauth_idp_oidc_client;
REVOKE ALL ON allauth_idp_oidc_client FROM {PARTNER};
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0010_webhooks")]

    operations = [
        of_partner("partners_subscription", "client_id", "partners_apiclient", on_delete="CASCADE"),
        of_partner("partners_delivery", "subscription_id", "partners_subscription", on_delete="CASCADE"),
        guarded(
            "partners_subscription",
            partner=("SELECT, INSERT, UPDATE, DELETE", OWN_PARTNER),
            worker=("SELECT, UPDATE", "true"),
        ),
        guarded(
            "partners_delivery",
            partner=("SELECT, INSERT, UPDATE", OWN_PARTNER),
            worker=("SELECT, INSERT, UPDATE, DELETE", "true"),
        ),
        migrations.RunSQL(SEEN, SEEN_BACK),
    ]
