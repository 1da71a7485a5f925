"""Workers know which programs read notices; of what a program signs in with, they know nothing."""

from django.db import migrations

from common.isolation import Side

WORKER = Side.WORKER.value
SEEN = f"""
GRANT SELECT (id, scopes) ON allauth_idp_oidc_client TO {WORKER};
CREATE POLICY worker ON allauth_idp_oidc_client TO {WORKER} USING (true) WITH CHECK (false);
"""
BACK = f"""
DROP POLICY worker ON allauth_idp_oidc_client;
REVOKE SELECT (id, scopes) ON allauth_idp_oidc_client FROM {WORKER};
"""  # noqa: S608 -- text of our own


class Migration(migrations.Migration):
    dependencies = [("partners", "0038_related")]

    operations = [migrations.RunSQL(SEEN, BACK)]
