"""Who may reach tags, drafts, saved views and requests for a relationship; workers leave events of what they do."""

from django.db import migrations

from common.isolation import OWN_PARTNER, Side, guarded, of_partner

# read as the same role, so the customer's own policy decides
CUSTOMER_SEEN = "EXISTS (SELECT 1 FROM customers_customer AS seen WHERE seen.id = customer_id)"
WORKER = Side.WORKER.value


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_country_rules")]

    operations = [
        of_partner("customers_tag", "customer_id", "customers_customer"),
        guarded("customers_tag", partner=("SELECT, INSERT, DELETE", OWN_PARTNER)),
        guarded("customers_draft", partner=("SELECT, INSERT, UPDATE, DELETE", OWN_PARTNER)),
        guarded("customers_savedview", partner=("SELECT, INSERT, UPDATE, DELETE", OWN_PARTNER)),
        of_partner("customers_relation", "customer_id", "customers_customer"),
        guarded(
            "customers_relation",
            partner=("SELECT, INSERT, UPDATE", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
            worker=("SELECT, UPDATE", "true"),
        ),
        migrations.RunSQL(
            f"GRANT SELECT, INSERT ON customers_customerevent TO {WORKER};"
            f"CREATE POLICY worker ON customers_customerevent TO {WORKER} USING (true) WITH CHECK (true)",
            f"DROP POLICY worker ON customers_customerevent; REVOKE ALL ON customers_customerevent FROM {WORKER}",
        ),
    ]
