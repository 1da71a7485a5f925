"""What happens to agreements is told to programs, by a trigger over the rows of history, so that no path forgets it."""

from django.db import migrations

FEED = """
CREATE FUNCTION agreements_tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO partners_change (partner_id, kind, subject, subject_id, of_customer, at)
        SELECT made.partner_id, 'agreement.' || made.step, 'agreements', customer.public_id, customer.public_id, made.at
        FROM after_rows AS made JOIN customers_customer AS customer ON customer.id = made.customer_id
        WHERE made.partner_id IN (SELECT partner_id FROM partners_apiclient) ORDER BY made.id;
    RETURN NULL;
END $$;

CREATE TRIGGER agreements_told AFTER INSERT ON agreements_agreementevent
    REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION agreements_tell();
"""

BACK = """
DROP TRIGGER agreements_told ON agreements_agreementevent;
DROP FUNCTION agreements_tell();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0051_erasing"),
        ("partners", "0007_api_isolation"),
    ]

    operations = [migrations.RunSQL(FEED, BACK)]
