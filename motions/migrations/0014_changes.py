"""The feed of changes: what happens to customers, deals, choices, agreements, guidance and imports is told to programs.

Statement-level triggers over the rows of history, so that no path forgets it. A partner without a program has no feed,
and pays nothing for it: the feed begins with its first client.
"""

from django.db import migrations

FEED = """
CREATE FUNCTION motions_tell_customers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO partners_change (partner_id, kind, subject, subject_id, of_customer, at)
        SELECT made.partner_id, 'customer.' || made.kind, 'customers', customer.public_id, customer.public_id, made.at
        FROM after_rows AS made JOIN customers_customer AS customer ON customer.id = made.customer_id
        WHERE made.partner_id IN (SELECT partner_id FROM partners_apiclient) ORDER BY made.id;
    RETURN NULL;
END $$;

CREATE FUNCTION motions_tell_deals() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO partners_change (partner_id, kind, subject, subject_id, of_customer, at)
        SELECT made.partner_id, 'deal.' || made.kind, 'deals', deal.public_id, customer.public_id, made.at
        FROM after_rows AS made JOIN customers_customer AS customer ON customer.id = made.customer_id
        LEFT JOIN motions_deal AS deal ON deal.id = made.deal_id
        WHERE made.partner_id IN (SELECT partner_id FROM partners_apiclient) ORDER BY made.id;
    RETURN NULL;
END $$;

CREATE FUNCTION motions_tell_facts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO partners_change (partner_id, kind, subject, subject_id, of_customer, at)
        SELECT made.partner_id, TG_ARGV[0], TG_ARGV[1], customer.public_id, customer.public_id, made.at
        FROM after_rows AS made JOIN customers_customer AS customer ON customer.id = made.customer_id
        WHERE made.partner_id IN (SELECT partner_id FROM partners_apiclient) ORDER BY made.id;
    RETURN NULL;
END $$;

CREATE FUNCTION motions_tell_guidance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO partners_change (partner_id, kind, subject, subject_id, of_customer, at)
        SELECT NEW.partner_id, 'guidance.moved', 'guidance', customer.public_id, customer.public_id, NEW.motion_since
        FROM customers_customer AS customer WHERE customer.id = NEW.customer_id
        AND EXISTS (SELECT 1 FROM partners_apiclient AS client WHERE client.partner_id = NEW.partner_id);
    RETURN NULL;
END $$;

CREATE FUNCTION motions_tell_imports() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO partners_change (partner_id, kind, subject, subject_id, at)
        SELECT NEW.partner_id, 'import.' || NEW.state, 'imports', NEW.public_id, clock_timestamp()
        WHERE EXISTS (SELECT 1 FROM partners_apiclient AS client WHERE client.partner_id = NEW.partner_id);
    RETURN NULL;
END $$;

CREATE TRIGGER motions_told AFTER INSERT ON customers_customerevent
    REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION motions_tell_customers();
CREATE TRIGGER motions_told AFTER INSERT ON motions_dealevent
    REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION motions_tell_deals();
CREATE TRIGGER motions_told AFTER INSERT ON motions_choice REFERENCING NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION motions_tell_facts('choice.recorded', 'choices');
CREATE TRIGGER motions_told AFTER INSERT ON motions_contract REFERENCING NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION motions_tell_facts('agreement_end.recorded', 'customers');
CREATE TRIGGER motions_told AFTER UPDATE ON motions_standing
    FOR EACH ROW WHEN (OLD.motion IS DISTINCT FROM NEW.motion) EXECUTE FUNCTION motions_tell_guidance();
CREATE TRIGGER motions_told AFTER UPDATE ON motions_importbatch
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION motions_tell_imports();
"""

BACK = """
DROP TRIGGER motions_told ON customers_customerevent;
DROP TRIGGER motions_told ON motions_dealevent;
DROP TRIGGER motions_told ON motions_choice;
DROP TRIGGER motions_told ON motions_contract;
DROP TRIGGER motions_told ON motions_standing;
DROP TRIGGER motions_told ON motions_importbatch;
DROP FUNCTION motions_tell_customers(), motions_tell_deals(), motions_tell_facts(), motions_tell_guidance(),
    motions_tell_imports();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("motions", "0013_policy_desk"),
        ("partners", "0007_api_isolation"),
    ]

    operations = [migrations.RunSQL(FEED, BACK)]
