"""A contact can be erased: every name and address of the person goes, the rows and what they tell stay."""

from django.db import migrations

from common.isolation import Side

# a person's names and addresses stand in the contact, in the events about it, and in the audit; there they are found
# with what they were before, so that an event that names the person by a former name is found as well
ERASE = """
CREATE FUNCTION customers_person_was(contact_ bigint, OUT names text[], OUT mails text[], OUT places bigint[])
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH known AS (
        SELECT field.key, word FROM partners_auditentry AS entry, jsonb_each(entry.personal) AS field,
            jsonb_array_elements_text(field.value) AS word
        WHERE entry.subject = 'customers_contact' AND entry.row_id = contact_ AND word <> ''
        UNION SELECT unnest(ARRAY['first_name', 'last_name', 'email']), unnest(ARRAY[first_name, last_name, email])
        FROM customers_contact WHERE id = contact_
    )
    SELECT
        ARRAY(SELECT DISTINCT f.word || ' ' || l.word FROM known AS f, known AS l
              WHERE f.key = 'first_name' AND l.key = 'last_name'),
        ARRAY(SELECT DISTINCT lower(word) FROM known WHERE key = 'email'),
        ARRAY(SELECT of_customer FROM partners_auditentry WHERE subject = 'customers_contact' AND row_id = contact_
              UNION SELECT customer_id FROM customers_contact WHERE id = contact_)
$$;

CREATE FUNCTION customers_without_person(changes jsonb) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE
        WHEN key = 'contact' THEN '"[–]"'
        WHEN key IN ('first_name', 'last_name', 'email', 'phone', 'consent_by') THEN '["[–]", "[–]"]'
        ELSE value END), '{}') FROM jsonb_each(changes)
$$;

CREATE FUNCTION customers_erase_contact(contact_ bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    was_ record;
BEGIN
    PERFORM 1 FROM customers_contact WHERE id = contact_ FOR UPDATE;
    SELECT * INTO was_ FROM customers_person_was(contact_);
    UPDATE customers_customerevent SET changes = customers_without_person(changes)
        WHERE customer_id = ANY (was_.places) AND kind IN ('contact_added', 'contact_corrected', 'contact_removed')
          AND changes ->> 'contact' = ANY (was_.names);
    UPDATE customers_contact SET first_name = '[–]', last_name = '[–]', email = 'erased-' || id || '@erased.invalid',
        phone = '', consent_by = CASE WHEN consents = '{}' THEN '' ELSE '[–]' END, is_primary = false,
        removed_at = coalesce(removed_at, now()), updated_at = now(), version = version + 1
        WHERE id = contact_;
    PERFORM partners_audit_erase('customers_contact', ARRAY[contact_]);
END $$;
REVOKE EXECUTE ON FUNCTION customers_erase_contact(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION customers_erase_contact(bigint) TO {office};
""".replace("{office}", Side.OFFICE.value)
BACK = """
DROP FUNCTION customers_erase_contact(bigint), customers_without_person(jsonb), customers_person_was(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0050_audited")]

    operations = [migrations.RunSQL(ERASE, BACK)]
