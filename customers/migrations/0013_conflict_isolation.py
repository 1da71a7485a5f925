"""Who may reach conflicts and merges in the database; and the mark that no path to a customer may forget."""

from django.db import migrations

from common.isolation import OWN_PARTNER, guarded, of_partner

CUSTOMER_SEEN = "EXISTS (SELECT 1 FROM customers_customer AS seen WHERE seen.id = customer_id)"
# read as the same role: a channel manager sees a case when both customers are within countries and segments
BOTH_SEEN = (
    "EXISTS (SELECT 1 FROM customers_customer AS low WHERE low.id = low_id)"
    " AND EXISTS (SELECT 1 FROM customers_customer AS high WHERE high.id = high_id)"
)
CASE_SEEN = "EXISTS (SELECT 1 FROM customers_conflictcase AS seen WHERE seen.id = case_id)"
SIDE_SEEN = "EXISTS (SELECT 1 FROM customers_conflictside AS seen WHERE seen.id = side_id)"
ANSWER = "SELECT, UPDATE (answered_at, stands, appeal_answered_at)"

MARKS = """
CREATE FUNCTION customers_added() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO customers_conflictmark (customer_id, partner_id, made_at)
        SELECT id, partner_id, clock_timestamp() FROM after_rows ORDER BY id;
    RETURN NULL;
END $$;

CREATE FUNCTION customers_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO customers_conflictmark (customer_id, partner_id, made_at)
        SELECT now_so.id, now_so.partner_id, clock_timestamp() FROM after_rows AS now_so JOIN before_rows AS was USING (id)
        WHERE now_so.archived_at IS NULL
          AND (now_so.name_key, now_so.country, now_so.site_key, now_so.number_key, now_so.tenant_id, now_so.duns, NULL)
              IS DISTINCT FROM
              (was.name_key, was.country, was.site_key, was.number_key, was.tenant_id, was.duns, was.archived_at)
        ORDER BY id;
    RETURN NULL;
END $$;

CREATE TRIGGER customers_added AFTER INSERT ON customers_customer
    REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION customers_added();
CREATE TRIGGER customers_changed AFTER UPDATE ON customers_customer
    REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION customers_changed();
"""
MARKS_BACK = """
DROP TRIGGER customers_added ON customers_customer;
DROP TRIGGER customers_changed ON customers_customer;
DROP FUNCTION customers_added(), customers_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0012_conflicts")]

    operations = [
        *(
            of_partner(table, "customer_id", "customers_customer")
            for table in ("customers_conflictmark", "customers_conflictside", "customers_merge")
        ),
        of_partner("customers_merge", "duplicate_id", "customers_customer"),
        of_partner("customers_conflictevent", "side_id", "customers_conflictside"),
        # UPDATE is what locking a row asks for
        guarded("customers_conflictmark", worker=("SELECT, UPDATE, DELETE", "true")),
        guarded(
            "customers_conflictcase",
            channel=("SELECT, UPDATE (outcome, answered_at, version)", BOTH_SEEN),
            office=("SELECT, UPDATE (outcome, answered_at, version)", "true"),
            worker=("SELECT, INSERT, UPDATE (outcome, answered_at, version)", "true"),
        ),
        guarded(
            "customers_conflictside",
            partner=("SELECT, UPDATE (appealed_at, appeal_text, appeal_by_name)", OWN_PARTNER),
            channel=(ANSWER, CASE_SEEN),
            office=(ANSWER, "true"),
            worker=(f"{ANSWER}, INSERT", "true"),
        ),
        guarded(
            "customers_conflictevent",
            partner=("SELECT, INSERT", OWN_PARTNER),
            channel=("SELECT, INSERT", SIDE_SEEN),
            office=("SELECT, INSERT", "true"),
            worker=("SELECT, INSERT, UPDATE (notified_at)", "true"),
        ),
        guarded(
            "customers_conflictdecision",
            channel=("SELECT, INSERT", CASE_SEEN),
            office=("SELECT, INSERT", "true"),
            worker=("SELECT, INSERT", "true"),
        ),
        guarded(
            "customers_merge",
            partner=("SELECT, INSERT, UPDATE (undone_at, undone_by_name)", OWN_PARTNER),
            channel=("SELECT", CUSTOMER_SEEN),
            office=("SELECT", "true"),
            worker=("SELECT", "true"),
        ),
        migrations.RunSQL(MARKS, MARKS_BACK),
    ]
