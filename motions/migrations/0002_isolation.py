"""Who may reach deals, guidance and imports in the database."""

from django.db import migrations

from common.isolation import OWN_PARTNER, Side, guarded, of_partner

CUSTOMER_SEEN = "EXISTS (SELECT 1 FROM customers_customer AS seen WHERE seen.id = customer_id)"
ABOUT_CUSTOMERS = (
    "motions_deal",
    "motions_dealevent",
    "motions_choice",
    "motions_dossier",
    "motions_mark",
    "motions_assessment",
    "motions_standing",
    "motions_setaside",
)
SHARED = "motions_policyversion, motions_policyannouncement, motions_rateset, motions_rate"
READERS = ", ".join(side.value for side in (Side.PARTNER, Side.CHANNEL, Side.OFFICE, Side.WORKER))
OFFICE, WORKER = Side.OFFICE.value, Side.WORKER.value


class Migration(migrations.Migration):
    dependencies = [("motions", "0001_initial"), ("customers", "0002_isolation")]

    operations = [
        *(of_partner(table, "customer_id", "customers_customer") for table in ABOUT_CUSTOMERS),
        of_partner("motions_importrow", "batch_id", "motions_importbatch"),
        guarded(
            "motions_deal",
            partner=("SELECT, INSERT, UPDATE, DELETE", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
            worker=("SELECT", "true"),
        ),
        guarded(
            "motions_dealevent",
            partner=("SELECT, INSERT", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
        ),
        guarded(
            "motions_choice",
            partner=("SELECT, INSERT", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
        ),
        guarded(
            "motions_dossier",
            partner=("SELECT", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
            worker=("SELECT", "true"),
        ),
        # UPDATE is what locking a row asks for; the trigger of the next migration lets nobody change a mark
        guarded("motions_mark", office=("SELECT", "true"), worker=("SELECT, INSERT, UPDATE, DELETE", "true")),
        guarded(
            "motions_assessment",
            partner=("SELECT", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
            worker=("SELECT, INSERT", "true"),
        ),
        guarded(
            "motions_standing",
            partner=("SELECT", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
            worker=("SELECT, UPDATE", "true"),
        ),
        guarded(
            "motions_setaside",
            partner=("SELECT", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
            worker=("SELECT, INSERT, UPDATE, DELETE", "true"),
        ),
        guarded("motions_importbatch", partner=("SELECT, INSERT, UPDATE, DELETE", OWN_PARTNER)),
        guarded("motions_importrow", partner=("SELECT, INSERT, UPDATE, DELETE", OWN_PARTNER)),
        guarded("motions_importmapping", partner=("SELECT, INSERT, UPDATE", OWN_PARTNER)),
        migrations.RunSQL(
            f"GRANT SELECT ON {SHARED} TO {READERS};"
            f"GRANT INSERT, UPDATE ON {SHARED} TO {OFFICE};"
            f"GRANT SELECT, INSERT, UPDATE ON motions_fanout TO {WORKER};"
            f"GRANT SELECT, INSERT ON motions_fanout TO {OFFICE};",
            f"REVOKE ALL ON {SHARED} FROM {READERS};REVOKE ALL ON motions_fanout FROM {WORKER}, {OFFICE};",
        ),
    ]
