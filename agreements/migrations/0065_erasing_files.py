"""Files about an agreement that name an erased person go, unless they prove that the person accepted it."""

from django.db import migrations

from common.isolation import Side

ERASE = r"""
-- gives the files that are to be taken out of the storage
CREATE FUNCTION agreements_erase_files(contact_ bigint) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    was_ record;
    files_ bigint[];
BEGIN
    SELECT * INTO was_ FROM customers_person_was(contact_);
    IF EXISTS (SELECT 1 FROM agreements_acceptance WHERE customer_id = ANY (was_.places)
               AND lower(email) = ANY (was_.mails)) THEN
        RETURN;
    END IF;
    files_ := ARRAY(SELECT id FROM agreements_agreementfile WHERE customer_id = ANY (was_.places)
        AND translate(file_name, '_-', '  ') ~* customers_person_pattern(contact_));
    UPDATE agreements_agreementevent AS event SET changes = jsonb_set(event.changes, '{file}', '[null, "[–]"]')
        FROM agreements_agreementfile AS file
        WHERE file.id = ANY (files_) AND event.agreement_id = file.agreement_id
          AND event.changes -> 'file' ->> 1 = file.file_name;
    RETURN QUERY DELETE FROM agreements_agreementfile WHERE id = ANY (files_) RETURNING stored_as::text;
    PERFORM partners_audit_erase('agreements_agreementfile', files_);
END $$;
REVOKE EXECUTE ON FUNCTION agreements_erase_files(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION agreements_erase_files(bigint) TO {office};
""".replace("{office}", Side.OFFICE.value)


class Migration(migrations.Migration):
    dependencies = [("agreements", "0060_changes"), ("customers", "0056_erasing_further")]

    operations = [migrations.RunSQL(ERASE, "DROP FUNCTION agreements_erase_files(bigint)")]
