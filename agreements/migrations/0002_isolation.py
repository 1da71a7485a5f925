"""Who may reach agreements in the database; a signatory with a link reaches the one agreement that the link names."""

from django.db import migrations

from common.isolation import OWN_PARTNER, Side, guarded, of_partner

# read as the same role, so the customer's own policy decides
CUSTOMER_SEEN = "EXISTS (SELECT 1 FROM customers_customer AS seen WHERE seen.id = customer_id)"
# without a link in the context the cast fails: never an empty table
THE_LINK = "public_id = current_setting('app.link_id')::uuid"
OF_THE_LINK = (
    "agreement_id = (SELECT link.agreement_id FROM agreements_link AS link"
    " WHERE link.public_id = current_setting('app.link_id')::uuid)"
)
THE_AGREEMENT = OF_THE_LINK.replace("agreement_id =", "id =", 1)

ABOUT_CUSTOMERS = (
    "agreements_agreement",
    "agreements_acceptance",
    "agreements_link",
    "agreements_agreementevent",
    "agreements_mail",
    "agreements_providerrequest",
    "agreements_directanswer",
    "agreements_agreementfile",
)
SHARED = (
    "agreements_cutoff",
    "agreements_pathrule",
    "agreements_templateversion",
    "agreements_templatelanguage",
    "agreements_signingprogramme",
)
READERS = ", ".join(side.value for side in (Side.PARTNER, Side.CHANNEL, Side.WORKER))
OFFICE = Side.OFFICE.value
GRANTS = ";".join(
    f"GRANT SELECT ON {table} TO {READERS}; GRANT SELECT, INSERT, UPDATE ON {table} TO {OFFICE}" for table in SHARED
)
GRANTS_BACK = ";".join(f"REVOKE ALL ON {table} FROM {READERS}, {OFFICE}" for table in SHARED)

# runs as the owner, so that whoever registers a customer needs no right to make agreements; one pass for an import
ADDED = """
CREATE FUNCTION agreements_customer_added() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO agreements_agreement (public_id, partner_id, customer_id, state, since, path, by_provider, version)
        SELECT gen_random_uuid(), partner_id, id, 'not_started', created_at, '', false, 1 FROM after_rows ORDER BY id;
    RETURN NULL;
END $$;
CREATE TRIGGER agreements_added AFTER INSERT ON customers_customer
    REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION agreements_customer_added();
INSERT INTO agreements_agreement (public_id, partner_id, customer_id, state, since, path, by_provider, version)
    SELECT gen_random_uuid(), partner_id, id, 'not_started', created_at, '', false, 1 FROM customers_customer ORDER BY id;
"""
ADDED_BACK = "DROP TRIGGER agreements_added ON customers_customer; DROP FUNCTION agreements_customer_added();"

STANDING = "state, since, path, accepted_on, by_provider, version"


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_initial"), ("customers", "0002_isolation")]

    operations = [
        *(of_partner(table, "customer_id", "customers_customer") for table in ABOUT_CUSTOMERS),
        *(
            of_partner(f"agreements_{table}", "agreement_id", "agreements_agreement")
            for table in ("acceptance", "link", "agreementevent", "providerrequest", "agreementfile")
        ),
        of_partner("agreements_mail", "link_id", "agreements_link"),
        of_partner("agreements_providerrequest", "provider_link_id", "agreements_providerlink"),
        guarded(
            "agreements_agreement",
            partner=(f"SELECT, UPDATE ({STANDING}, needs_amendment)", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
            worker=(f"SELECT, UPDATE ({STANDING}, asked_at)", "true"),
            signer=(f"SELECT, UPDATE ({STANDING})", THE_AGREEMENT),
        ),
        guarded(
            "agreements_acceptance",
            partner=("SELECT, INSERT", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
            worker=("SELECT, INSERT, UPDATE (revoked_at)", "true"),
        ),
        guarded(
            "agreements_link",
            partner=("SELECT, INSERT, UPDATE (ended_at, ended_why)", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
            worker=("SELECT, INSERT, UPDATE (ended_at, ended_why)", "true"),
            signer=("SELECT, UPDATE (ended_at, ended_why)", THE_LINK),
        ),
        guarded(
            "agreements_agreementevent",
            partner=("SELECT, INSERT", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
            worker=("SELECT, INSERT, UPDATE (notified_at, failures)", "true"),
            signer=("SELECT, INSERT", OF_THE_LINK),
        ),
        guarded(
            "agreements_mail",
            partner=("SELECT, INSERT", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
            worker=("SELECT, INSERT, UPDATE (claimed_at, sent_at, failures, error)", "true"),
        ),
        guarded(
            "agreements_providerlink",
            partner=("SELECT", OWN_PARTNER),
            office=("SELECT, INSERT, UPDATE", "true"),
            worker=("SELECT", "true"),
        ),
        guarded(
            "agreements_providerrequest",
            partner=("SELECT, INSERT, UPDATE (state, answered_at, answer_note)", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
            worker=("SELECT, UPDATE (state, delivered_at, answered_at, answer_note)", "true"),
        ),
        guarded(
            "agreements_providertask",
            partner=(
                "SELECT, UPDATE (answer, answer_on, answer_note, answered_at, answered_by_name, is_overtaken)",
                OWN_PARTNER,
            ),
            office=("SELECT", "true"),
            worker=("SELECT, INSERT, UPDATE", "true"),
        ),
        guarded(
            "agreements_directanswer",
            partner=("SELECT", OWN_PARTNER),
            office=("SELECT, INSERT, UPDATE", "true"),
            worker=("SELECT", "true"),
        ),
        guarded(
            "agreements_agreementfile",
            partner=("SELECT, INSERT", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
        ),
        migrations.RunSQL(GRANTS, GRANTS_BACK),
        migrations.RunSQL(ADDED, ADDED_BACK),
    ]
