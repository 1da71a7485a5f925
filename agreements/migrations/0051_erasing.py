"""A person's name goes from links that have ended and mails that were sent; what proves an acceptance is kept."""

from django.db import migrations

from common.isolation import Side

ERASE = """
CREATE FUNCTION agreements_erase_contact(contact_ bigint) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    was_ record;
    links_ bigint[];
    requests_ bigint[];
BEGIN
    SELECT * INTO was_ FROM customers_person_was(contact_);
    links_ := ARRAY(SELECT id FROM agreements_link WHERE customer_id = ANY (was_.places)
        AND lower(email) = ANY (was_.mails) AND ended_at IS NOT NULL AND ended_why <> 'accepted' ORDER BY id);
    requests_ := ARRAY(SELECT id FROM agreements_providerrequest WHERE customer_id = ANY (was_.places)
        AND lower(email) = ANY (was_.mails) AND state NOT IN ('open', 'taken') ORDER BY id);
    UPDATE agreements_mail SET {GONE} WHERE customer_id = ANY (was_.places) AND lower(email) = ANY (was_.mails)
        AND sent_at IS NOT NULL;
    UPDATE agreements_link SET {GONE} WHERE id = ANY (links_);
    UPDATE agreements_providerrequest SET {GONE} WHERE id = ANY (requests_);
    PERFORM partners_audit_erase('agreements_link', links_);
    PERFORM partners_audit_erase('agreements_providerrequest', requests_);
    RETURN (SELECT count(*) FROM agreements_acceptance WHERE customer_id = ANY (was_.places)
        AND lower(email) = ANY (was_.mails));
END $$;
REVOKE EXECUTE ON FUNCTION agreements_erase_contact(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION agreements_erase_contact(bigint) TO {office};
""".replace("{office}", Side.OFFICE.value).replace("{GONE}", "first_name = '', last_name = '', email = '', phone = ''")
BACK = "DROP FUNCTION agreements_erase_contact(bigint)"


class Migration(migrations.Migration):
    dependencies = [("agreements", "0050_audited"), ("customers", "0051_erasing")]

    operations = [migrations.RunSQL(ERASE, BACK)]
