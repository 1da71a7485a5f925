"""What happens to leads is told to programs, by a trigger over the rows of history, so that no path forgets it."""

from django.db import migrations

FEED = """
CREATE FUNCTION referrals_tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO partners_change (partner_id, kind, subject, subject_id, of_customer, at)
        SELECT made.partner_id, 'referral.' || made.kind, 'referrals', lead.public_id, customer.public_id, made.at
        FROM after_rows AS made JOIN referrals_referral AS lead ON lead.id = made.referral_id
        JOIN customers_customer AS customer ON customer.id = lead.customer_id
        WHERE made.partner_id IN (SELECT partner_id FROM partners_apiclient) ORDER BY made.id;
    RETURN NULL;
END $$;

CREATE TRIGGER referrals_told AFTER INSERT ON referrals_referralevent
    REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION referrals_tell();
"""

BACK = """
DROP TRIGGER referrals_told ON referrals_referralevent;
DROP FUNCTION referrals_tell();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0051_erasing"),
        ("partners", "0007_api_isolation"),
    ]

    operations = [migrations.RunSQL(FEED, BACK)]
