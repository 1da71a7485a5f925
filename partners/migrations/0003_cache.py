"""The cache for sign-in limits lives in the database, so that people can sign in while the broker is away."""

from django.db import migrations

from common.isolation import Side

EVERY_SIDE = ", ".join(side.value for side in Side if side not in (Side.WORKER, Side.SIGNER))

TABLE = f"""
CREATE TABLE portal_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX portal_cache_expires ON portal_cache (expires);
GRANT SELECT, INSERT, UPDATE, DELETE ON portal_cache TO {EVERY_SIDE};
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_isolation")]

    operations = [migrations.RunSQL(TABLE, "DROP TABLE portal_cache")]
